"""Passages of retrieved text that stand in it more than once, exactly or nearly."""

import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

__all__ = ["distinct_chunks", "finds_near_copies"]

# Empty lines, and the marks with which retrieval separates what it found.
_BORDERS = re.compile(r"\n\s*\n|\n(?=<(?:document|source|chunk|passage)\b|\[\d+\] )")
_WORD = re.compile(r"\w+")
_LEAST_WORDS = 25
_SHINGLE_WORDS = 3
_PERMUTATIONS = 64
# Estimated Jaccard similarity of shingles; with 64 permutations its standard error is 0.045.
_ALIKE = 0.85
_SEED = 7


def finds_near_copies() -> bool:
    """Return whether passages that are nearly the same are seen: rensa is installed."""
    return find_spec("rensa") is not None


def distinct_chunks(text: str) -> str:
    r"""Return the text without passages of 25 words or more that stood before in it, nearly or exactly.

    >>> passage = " ".join(f"word{n}" for n in range(30))
    >>> distinct_chunks(f"{passage}\n\n{passage}") == passage
    True
    """
    pieces = list(_pieces(text))
    if len(pieces) < 2:
        return text
    kept: list[str] = []
    seen: list[_Passage] = []
    for piece, border in pieces:
        words = _WORD.findall(piece.casefold())
        if len(words) >= _LEAST_WORDS:
            passage = _Passage(words)
            if any(map(passage.is_like, seen)):
                continue
            seen.append(passage)
        kept += (piece, border)
    return "".join(kept).rstrip("\n") if len(kept) < 2 * len(pieces) else text


class _Passage:
    """The words of a passage; sketched only where there is another to hold it against."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def is_like(self, other: "_Passage") -> bool:
        """Say whether both say the same, nearly or exactly."""
        return self._words == other._words or _alike(self._sketch, other._sketch)  # noqa: SLF001 -- of its own kind

    @cached_property
    def _sketch(self) -> object:
        return _sketch(self._words)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    begin = 0
    for border in _BORDERS.finditer(text):
        yield text[begin : border.start()], border[0]
        begin = border.end()
    yield text[begin:], ""


def _sketch(words: list[str]) -> object:
    if not finds_near_copies():
        return None
    library: Any = import_module("rensa")
    sketch = library.RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    last = len(words) - _SHINGLE_WORDS + 1
    sketch.update([" ".join(words[n : n + _SHINGLE_WORDS]) for n in range(last)])
    return sketch


def _alike(sketch: Any, known: Any) -> bool:  # noqa: ANN401 -- sketches of a library without types
    return sketch is not None and sketch.jaccard(known) >= _ALIKE
