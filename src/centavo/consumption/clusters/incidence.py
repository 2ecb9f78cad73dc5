"""Which texts of a sample hold which recurring grams, in both directions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from centavo.consumption.clusters.fingerprints import TEXT_BITS, Grams, Hashes
from centavo.consumption.clusters.texts import Ints

__all__ = ["MOST_TEXTS", "Incidence", "incidence_of"]

MOST_TEXTS = int(TEXT_BITS) + 1


@dataclass(frozen=True)
class Incidence:
    """A sparse 0/1 table of texts by grams.

    Attributes:
        hashes: The grams that are columns, sorted.
        starts: Of text ``n``, ``columns[starts[n]:starts[n + 1]]`` are its grams.
        columns: See ``starts``.
        gram_starts: Of column ``n``, ``texts[gram_starts[n]:gram_starts[n + 1]]`` are its texts.
        texts: See ``gram_starts``.
    """

    hashes: Hashes
    starts: Ints
    columns: Ints
    gram_starts: Ints
    texts: Ints

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    @property
    def holders(self) -> Ints:
        """In how many texts each gram stands."""
        return np.diff(self.gram_starts)

    def grams_of(self, text: int) -> Ints:
        """Return the columns of a text."""
        return self.columns[self.starts[text] : self.starts[text + 1]]

    def hits(self, grams: Ints) -> Ints:
        """Return how many of these columns each text holds."""
        return np.bincount(_gathered(self.texts, self.gram_starts, grams), minlength=len(self))

    def shared(self, texts: Ints) -> Ints:
        """Return in how many of these texts each column stands."""
        picked = _gathered(self.columns, self.starts, texts)
        return np.bincount(picked, minlength=len(self.hashes))

    def among(self, texts: Ints, columns: Ints) -> "Incidence":
        """Return the part of the table with these texts and columns, both numbered anew."""
        new_column = np.full(len(self.hashes), -1, np.int64)
        new_column[columns] = np.arange(len(columns))
        lengths = np.diff(self.starts)[texts]
        cells = new_column[_gathered(self.columns, self.starts, texts)]
        rows = np.repeat(np.arange(len(texts)), lengths)
        kept = cells >= 0
        return _table(self.hashes[columns], rows[kept], cells[kept], size=len(texts))


def incidence_of(grams: Grams, *, least: int) -> Incidence:
    """Return the table of the grams that stand in at least so many texts.

    Raises:
        ValueError: There are more texts than a gram's free bits can number.
    """
    if len(grams) > MOST_TEXTS:
        raise ValueError(f"{len(grams)} texts are more than {MOST_TEXTS}")
    # Gram and text in one word: one sort brings equal grams together, and equal pairs beside each other.
    owner = np.repeat(np.arange(len(grams), dtype=np.uint64), np.diff(grams.starts))
    pairs = np.sort(grams.hashes | owner)
    pairs = pairs[_is_first(pairs)]
    hashes = pairs & ~TEXT_BITS
    first = np.flatnonzero(_is_first(hashes))
    holders = np.diff(np.concatenate([first, np.array([len(pairs)])]))
    recurs = holders >= least
    kept = pairs[np.repeat(recurs, holders)]
    columns = np.repeat(np.arange(int(recurs.sum())), holders[recurs])
    texts = (kept & TEXT_BITS).astype(np.uint16)
    by_text = np.argsort(texts, kind="stable")
    return Incidence(
        hashes[first[recurs]],
        _starts(np.bincount(texts, minlength=len(grams))),
        columns[by_text],
        _starts(holders[recurs]),
        texts.astype(np.int64),
    )


def _table(hashes: Hashes, rows: Ints, cells: Ints, *, size: int) -> Incidence:
    """Return the table of (text, column) pairs that are sorted by text."""
    by_column = np.argsort(cells, kind="stable")
    return Incidence(
        hashes,
        _starts(np.bincount(rows, minlength=size)),
        cells,
        _starts(np.bincount(cells, minlength=len(hashes))),
        rows[by_column],
    )


def _is_first(ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Say of each value whether it differs from the one before it."""
    differs = np.ones(len(ordered), np.bool_)
    differs[1:] = ordered[1:] != ordered[:-1]
    return differs


def _starts(counts: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _gathered(values: Ints, starts: Ints, chosen: Ints) -> Ints:
    """Return the values of the chosen runs, one after the other."""
    lengths = starts[chosen + 1] - starts[chosen]
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    shift = np.repeat(starts[chosen] - (ends - lengths), lengths)
    return values[np.arange(total) + shift]
