"""Grams of prompts: hashes of 24 bytes at places that the text itself chooses.

A place is chosen by a hash of its own four bytes, so the same passage gives the same grams wherever
it stands in a prompt and whatever stands before it (content-defined sampling; Schleimer, Wilkerson
and Aiken, "Winnowing", SIGMOD 2003, discuss this family). No words are cut, so every script is
treated alike. Digits count as one character and upper case as lower: numbers, dates and identifiers
are the first thing that varies in a prompt.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from centavo.consumption.clusters.texts import Ints, Texts

__all__ = ["GRAM_BYTES", "TEXT_BITS", "Grams", "fold_text", "gram_places", "grams_of"]

GRAM_BYTES = 24
# One place in four: a constant passage of 60 bytes gives nine grams.
_CHOSEN_BELOW = np.uint32(1 << 30)
# A longer prompt is read at its two ends, where instructions stand.
_HEAD_BYTES, _TAIL_BYTES = 8192, 4096
_BLOCK_BYTES = 1 << 18
# Room behind a block, so that whatever starts in it can be read.
_BEYOND = bytes(40)
_ANCHORS = (16, 24, 32)
_FOLD = bytes(
    ord("0") if ord("0") <= byte <= ord("9") else byte + 32 if 65 <= byte <= 90 else byte
    for byte in range(256)
)
_PLACE = np.uint32(0x9E3779B1)
_MIX = tuple(
    np.uint64(value)
    for value in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)

# The lowest bits of a gram are zero: a sample keeps the number of the text there.
TEXT_BITS = np.uint64(0xFFFF)

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Grams:
    """Grams of several texts: of text ``n``, ``hashes[starts[n]:starts[n + 1]]``, in text order."""

    starts: Ints
    hashes: Hashes

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1


def fold_text(text: bytes) -> bytes:
    """Return the text as grams see it.

    >>> fold_text(b"Order 4711")
    b'order 0000'
    """
    return text.translate(_FOLD)


def grams_of(texts: Texts) -> Grams:
    """Return the grams of texts."""
    counts: list[Ints] = []
    hashes: list[Hashes] = []
    for block, starts in _blocks(texts):
        each, found = _block_grams(block, starts)
        counts.append(each)
        hashes.append(found)
    total = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    return Grams(total, np.concatenate([np.zeros(0, np.uint64), *hashes]))


def _blocks(texts: Texts) -> Iterator[tuple[bytes, Ints]]:
    """Yield folded text of about a block's size, and where each of its texts starts and the last ends."""
    offsets = texts.starts
    first = 0
    while first < len(texts):
        end = int(offsets[first]) + _BLOCK_BYTES
        last = int(np.searchsorted(offsets, end, side="right")) - 1
        last = min(max(last, first + 1), len(texts))
        starts = offsets[first : last + 1] - offsets[first]
        if (np.diff(starts) > _HEAD_BYTES + _TAIL_BYTES).any():
            for number in range(first, last):
                yield _ends_only(texts.data[offsets[number] : offsets[number + 1]])
        else:
            yield fold_text(texts.data[offsets[first] : offsets[last]]), starts
        first = last


def _ends_only(text: bytes) -> tuple[bytes, Ints]:
    if len(text) > _HEAD_BYTES + _TAIL_BYTES:
        # NUL bytes between the ends: a gram that spans them is in no other text by chance.
        text = text[:_HEAD_BYTES] + bytes(GRAM_BYTES) + text[-_TAIL_BYTES:]
    return fold_text(text), np.array([0, len(text)], np.int64)


def gram_places(text: bytes) -> list[tuple[int, int, int]]:
    """Return place, length and hash of each gram of a text; only of its beginning when it is long."""
    block, starts = _ends_only(text[: _HEAD_BYTES + _TAIL_BYTES])
    padded = block + _BEYOND
    places, counts, mixed = _chosen(padded, starts)
    _, all_grams = _with_anchors(_words(padded), starts, counts, mixed)
    anchors = len(all_grams) - len(places)
    spans = [(0, length) for length in _ANCHORS[:anchors]] + [
        (p, GRAM_BYTES) for p in places.tolist()
    ]
    return [(*span, gram) for span, gram in zip(spans, all_grams.tolist(), strict=True)]


def _block_grams(block: bytes, starts: Ints) -> tuple[Ints, Hashes]:
    """Return the number of grams of each text of a block, and the grams."""
    padded = block + _BEYOND
    _, counts, mixed = _chosen(padded, starts)
    return _with_anchors(_words(padded), starts, counts, mixed)


def _words(padded: bytes) -> Hashes:
    """Return the eight bytes from every place on, without copying them."""
    return np.ndarray(len(padded) - 8, "<u8", padded, strides=(1,))


def _chosen(padded: bytes, starts: Ints) -> tuple[Ints, Ints, Hashes]:
    """Return places of grams, how many each text has, and the grams."""
    quads = np.ndarray(len(padded) - len(_BEYOND), "<u4", padded, strides=(1,))
    places = np.flatnonzero(quads * _PLACE < _CHOSEN_BELOW)
    bounds = np.searchsorted(places, starts)
    # A gram ends within its text: the last places of each text are too late.
    late = np.searchsorted(places, starts[1:] - GRAM_BYTES, side="right")
    late = np.maximum(late, bounds[:-1])
    kept = np.delete(places, _runs(late, bounds[1:]))
    # Whole grams at once: numpy copies 24 bytes of a void in half the time of three unaligned words.
    spans = np.ndarray(len(quads), f"V{GRAM_BYTES}", padded, strides=(1,))
    thirds = spans[kept].view("<u8").reshape(-1, 3)
    mixed = thirds[:, 0] * _MIX[0]
    mixed += thirds[:, 1] * _MIX[1]
    mixed += thirds[:, 2] * _MIX[2]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[3]
    return kept, late - bounds[:-1], mixed


def _runs(first: Ints, end: Ints) -> Ints:
    """Return the numbers from each first to its end, which is excluded, one after the other."""
    lengths = end - first
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1])) + np.repeat(first - (ends - lengths), lengths)


def _with_anchors(words: Hashes, starts: Ints, counts: Ints, mixed: Hashes) -> tuple[Ints, Hashes]:
    """Put before each text's grams the hashes of its first 16, 24 and 32 bytes, where it has them."""
    begin, sizes = starts[:-1], np.diff(starts)
    anchors = np.zeros((len(begin), len(_ANCHORS)), np.uint64)
    value = words[begin] * _MIX[3]
    for column, length in enumerate(_ANCHORS):
        value = (value ^ (value >> np.uint64(29))) * _MIX[0] + words[begin + length - 8]
        anchors[:, column] = value * _MIX[1]
    given = sizes[:, None] >= np.array(_ANCHORS)
    per_text = given.sum(axis=1)
    after = counts + per_text
    ends = np.cumsum(after)
    joined = np.empty(int(ends[-1]), np.uint64)
    is_anchor = np.zeros(len(joined), bool)
    first = ends - after
    for column in range(len(_ANCHORS)):
        is_anchor[first[given[:, column]] + column] = True
    joined[is_anchor] = anchors[given]
    joined[~is_anchor] = mixed
    joined &= ~TEXT_BITS
    return after, joined
