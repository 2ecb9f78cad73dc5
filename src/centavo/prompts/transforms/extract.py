"""An extract of a text: its most central sentences, in their order; lossy, and without any model.

Sentences are vectors of their words, weighed by how rare a word is among them; a sentence is central when
those that are like it are central too (Erkan and Radev, "LexRank", JAIR 22, 2004, and Mihalcea and Tarau,
"TextRank", EMNLP 2004: PageRank over similarities). What is no prose (JSON, code) stays as it is.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["LEAST_CHARS", "extract", "sentences_of"]

LEAST_CHARS = 600
_LEAST_SENTENCES = 6
# Beyond this many the square of similarities is not worth its memory; the text is cut into such runs.
_MOST_SENTENCES = 400
_ENDS = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-ZÀ-Þ0-9])|\n+")
_WORDS = re.compile(r"[^\W_]+")
_TAG = re.compile(r"</?[A-Za-z_][^<>]{0,200}>")
_NO_PROSE = re.compile(
    r"^\s*(?:[\[{]|<[!?]|<html)|```|^\s*(?:def|class|import|function|SELECT)\b", re.MULTILINE
)
_DAMPING = 0.85
_ROUNDS = 30


def extract(text: str, share: float) -> str:
    """Return the most central sentences that together take up to a share of the text, at least the first.

    Args:
        text: A text under ``LEAST_CHARS``, or one that is no prose, comes back as it is.
        share: Of the characters that stay, in (0, 1).

    >>> extract("Short.", 0.5)
    'Short.'
    """
    if len(text) < LEAST_CHARS or _NO_PROSE.search(text):
        return text
    sentences = sentences_of(text)
    if len(sentences) < _LEAST_SENTENCES:
        return text
    runs = (
        sentences[first : first + _MOST_SENTENCES]
        for first in range(0, len(sentences), _MOST_SENTENCES)
    )
    return "".join(_kept(run, share) for run in runs).rstrip()


def sentences_of(text: str) -> list[str]:
    """Return the sentences with the white space behind them: joined they are the text."""
    ends = [0, *(found.end() for found in _ENDS.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(ends) if b > a]


def _kept(sentences: list[str], share: float) -> str:
    room = share * sum(map(len, sentences))
    ranks = _centrality(sentences)
    # What opens or closes a document is no prose that could be missed.
    chosen = {0, *(place for place, each in enumerate(sentences) if _TAG.search(each))}
    used = sum(len(sentences[place]) for place in chosen)
    for place in sorted(range(len(sentences)), key=lambda each: -ranks[each]):
        if place not in chosen and used + len(sentences[place]) <= room:
            chosen.add(place)
            used += len(sentences[place])
    return "".join(sentences[place] for place in sorted(chosen))


def _centrality(sentences: list[str]) -> "Floats":
    """Return how central each sentence is; all together 1."""
    import numpy as np

    vectors = _vectors([_WORDS.findall(each.casefold()) for each in sentences])
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, 0.0)
    sums = alike.sum(axis=1, keepdims=True)
    count = len(sentences)
    steps = np.divide(alike, sums, out=np.full_like(alike, 1 / count), where=sums > 0)
    ranks = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        ranks = (1 - _DAMPING) / count + _DAMPING * (ranks @ steps)
    return ranks


def _vectors(words: list[list[str]]) -> "Floats":
    """Return unit vectors of the words' weights; of a sentence without words zeros."""
    import numpy as np

    spread = Counter(word for each in words for word in set(each))
    places = {word: place for place, word in enumerate(sorted(spread))}
    vectors = np.zeros((len(words), max(len(places), 1)))
    for row, each in enumerate(words):
        for word, times in Counter(each).items():
            vectors[row, places[word]] = times * np.log1p(len(words) / spread[word])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=vectors, where=lengths > 0)
