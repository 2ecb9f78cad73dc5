"""The template of each text, by the skeleton that explains most of it: the path that every call takes.

A skeleton explains a text when the text holds three quarters of its grams; of several, the one with
the most grams held beyond those missed wins. Texts that no skeleton explains get ``NONE``.
"""

from collections.abc import Sequence

import numpy as np

from centavo.consumption.clusters.fingerprints import Grams, Hashes, grams_of
from centavo.consumption.clusters.templates import MEMBER_SHARE, Flags
from centavo.consumption.clusters.texts import Ints, Texts

__all__ = ["NONE", "SkeletonIndex"]

NONE = -1
# Most grams of contexts and slots are in no skeleton: one look into a megabyte of bits tells.
_FILTER_BITS = 20
_FILTER_SHIFT = np.uint64(64 - _FILTER_BITS)
_BATCH_TEXTS = 2048
# Cells of the table of texts by skeletons that is held at a time.
_MOST_CELLS = 1 << 22


class SkeletonIndex:
    """Skeletons, ready to be looked up by their grams."""

    def __init__(self, skeletons: Sequence[Hashes]) -> None:
        self._sizes = np.array([len(grams) for grams in skeletons], np.int64)
        grams = np.concatenate([np.zeros(0, np.uint64), *skeletons])
        owners = np.repeat(np.arange(len(skeletons)), self._sizes)
        order = np.argsort(grams, kind="stable")
        self._grams, first = np.unique(grams[order], return_index=True)
        self._owners = owners[order]
        self._starts = np.concatenate([first, np.array([len(grams)])]).astype(np.int64)
        # Grams are sorted, so those of one bucket stand side by side.
        buckets, begin, sizes = np.unique(
            self._grams >> _FILTER_SHIFT, return_index=True, return_counts=True
        )
        self._filter = np.zeros(1 << _FILTER_BITS, np.bool_)
        self._filter[buckets] = True
        self._bucket_starts = np.zeros(1 << _FILTER_BITS, np.int32)
        self._bucket_starts[buckets] = begin
        self._most_in_bucket = int(sizes.max(initial=0))

    def assign(self, texts: Texts) -> Ints:
        """Return the number of the skeleton of each text, or ``NONE``."""
        found = [
            self.assign_grams(grams_of(texts.between(first, first + _BATCH_TEXTS)))
            for first in range(0, len(texts), _BATCH_TEXTS)
        ]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def assign_grams(self, grams: Grams) -> Ints:
        """Return the number of the skeleton of each text, given its grams."""
        if not len(self._sizes):
            return np.full(len(grams), NONE)
        texts, columns = self._hits(grams)
        step = max(_MOST_CELLS // len(self._sizes), 1)
        found = [
            self._best(texts, columns, first, min(step, len(grams) - first))
            for first in range(0, len(grams), step)
        ]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def _hits(self, grams: Grams) -> tuple[Ints, Ints]:
        """Return each (text, gram of a skeleton) once, in the order of texts."""
        places = np.flatnonzero(self._filter[grams.hashes >> _FILTER_SHIFT])
        seen = grams.hashes[places]
        columns = self._columns(seen)
        known: Flags = self._grams[columns] == seen
        texts = np.searchsorted(grams.starts, places[known], side="right") - 1
        size = len(self._grams)
        pairs = np.sort(texts * size + columns[known])
        once = np.ones(len(pairs), np.bool_)
        once[1:] = pairs[1:] != pairs[:-1]
        return np.divmod(pairs[once], size)

    def _columns(self, seen: Hashes) -> Ints:
        """Return the place of each gram of a skeleton; of one that is in none, some other place."""
        columns = self._bucket_starts[seen >> _FILTER_SHIFT].astype(np.int64)
        for _ in range(1, self._most_in_bucket):
            other = np.flatnonzero(self._grams[columns] != seen)
            columns[other] = np.minimum(columns[other] + 1, len(self._grams) - 1)
        return columns

    def _best(self, texts: Ints, columns: Ints, first: int, count: int) -> Ints:
        begin, end = np.searchsorted(texts, [first, first + count])
        rows, cells = texts[begin:end] - first, columns[begin:end]
        repeats = self._starts[cells + 1] - self._starts[cells]
        ends = np.cumsum(repeats)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - repeats, repeats)
        owners = self._owners[np.repeat(self._starts[cells], repeats) + within]
        size = len(self._sizes)
        held = np.bincount(np.repeat(rows, repeats) * size + owners, minlength=count * size)
        held = held.reshape(count, size)
        score = np.where(held >= MEMBER_SHARE * self._sizes, 2 * held - self._sizes, -1)
        best = score.argmax(axis=1)
        return np.where(score[np.arange(count), best] > 0, best, NONE)
