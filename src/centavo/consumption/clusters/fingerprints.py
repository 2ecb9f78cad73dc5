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
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["GRAM_BYTES", "TEXT_BITS", "Grams", "fold_text", "grams_of"]

GRAM_BYTES = 24
# One place in four: a constant passage of 60 bytes gives nine grams.
_CHOSEN_BELOW = np.uint32(1 << 30)
# A longer prompt is read at its two ends, where instructions stand.
_HEAD_BYTES, _TAIL_BYTES = 8192, 4096
_BLOCK_BYTES = 1 << 18
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

Ints = npt.NDArray[np.int64]
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


def grams_of(texts: pa.Array) -> Grams:
    """Return the grams of an array of strings; NULL is an empty text."""
    counts: list[Ints] = []
    hashes: list[Hashes] = []
    for block, starts in _blocks(texts):
        each, found = _block_grams(block, starts)
        counts.append(each)
        hashes.append(found)
    if not counts:
        return Grams(np.zeros(1, np.int64), np.zeros(0, np.uint64))
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate(counts))])
    return Grams(total, np.concatenate(hashes))


def _blocks(texts: pa.Array) -> Iterator[tuple[bytes, Ints]]:
    """Yield folded text of about a block's size, and where each of its texts starts and the last ends."""
    held = pc.fill_null(texts.cast(pa.large_binary()), b"")
    _, offset_buffer, data = held.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[held.offset : held.offset + len(held) + 1]
    text = memoryview(data) if data is not None else memoryview(b"")
    first = 0
    while first < len(held):
        last = int(np.searchsorted(offsets, offsets[first] + _BLOCK_BYTES, side="right")) - 1
        last = min(max(last, first + 1), len(held))
        starts = offsets[first : last + 1] - offsets[first]
        if starts[-1] > _BLOCK_BYTES:
            yield _ends_only(text[offsets[first] : offsets[last]])
        elif (np.diff(starts) > _HEAD_BYTES + _TAIL_BYTES).any():
            for number in range(first, last):
                yield _ends_only(text[offsets[number] : offsets[number + 1]])
        else:
            yield fold_text(bytes(text[offsets[first] : offsets[last]])), starts
        first = last


def _ends_only(text: memoryview) -> tuple[bytes, Ints]:
    if len(text) > _HEAD_BYTES + _TAIL_BYTES:
        # NUL bytes between the ends, so that no gram spans the cut unnoticed by chance.
        short = bytes(text[:_HEAD_BYTES]) + bytes(GRAM_BYTES) + bytes(text[-_TAIL_BYTES:])
    else:
        short = bytes(text)
    return fold_text(short), np.array([0, len(short)], np.int64)


def _block_grams(block: bytes, starts: Ints) -> tuple[Ints, Hashes]:
    """Return the number of grams of each text of a block, and the grams."""
    padded = np.frombuffer(block + bytes(40), np.uint8)
    size = len(block)
    quads = np.ndarray(size, "<u4", padded, strides=(1,))
    words = np.ndarray(size + 32, "<u8", padded, strides=(1,))
    places = np.flatnonzero(quads * _PLACE < _CHOSEN_BELOW)
    bounds = np.searchsorted(places, starts)
    owner_end = np.repeat(starts[1:], np.diff(bounds))
    whole = places + GRAM_BYTES <= owner_end
    kept = places[whole]
    first, second, third = words[kept], words[kept + 8], words[kept + 16]
    mixed = first * _MIX[0] + second * _MIX[1] + third * _MIX[2]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[3]
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(whole)])
    counts = np.diff(running[bounds])
    return _with_anchors(words, starts, counts, mixed)


def _with_anchors(
    words: Hashes, starts: Ints, counts: Ints, mixed: Hashes
) -> tuple[Ints, Hashes]:
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
    return after, joined & ~TEXT_BITS
