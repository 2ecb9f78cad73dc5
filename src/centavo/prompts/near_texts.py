"""How alike two texts are by their words, and which stored text is alike enough: exact, without a model."""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

__all__ = ["Asked", "answered_before", "likeness", "shingles_of"]

_WORD = re.compile(r"\w+")
# Of a share times a size, e.g. 0.55 * 20 = 11.000000000000002.
_ROUNDING = 1e-9

Shingles = frozenset[str]


def shingles_of(text: str) -> Shingles:
    """Return the pairs of neighbouring words, without case and punctuation; of one word the word.

    >>> sorted(shingles_of("Where is MY order?"))
    ['is my', 'my order', 'where is']
    """
    words: list[str] = _WORD.findall(text.casefold())
    return frozenset(map(" ".join, pairwise(words))) if len(words) > 1 else frozenset(words)


def likeness(one: Shingles, other: Shingles) -> float:
    """Return the Jaccard similarity, 0 to 1; 0 where a text has no words.

    >>> likeness(shingles_of("where is my order"), shingles_of("Where is my parcel?"))
    0.5
    """
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that may be answered from a cache.

    Attributes:
        number: Of its request.
        at_us: When it was asked, in microseconds.
        place: Equal where everything but the words of the question is equal.
        shingles: Of its words.
    """

    number: int
    at_us: int
    place: object
    shingles: Shingles


def answered_before(asked: Sequence[Asked], *, threshold: float, lifetime_us: int) -> Iterator[int]:
    """Yield the numbers of questions that find a stored answer to one at least this much alike.

    An answer is stored at a miss and lives from then on; a hit does not renew it.

    Args:
        asked: In the order of time.
        threshold: Least likeness, above 0.
        lifetime_us: How long an answer lives, its last microsecond included.
    """
    rank = _rarest_first(question.shingles for question in asked)
    # Two sets that are alike enough share one of their rarest members (prefix filter: Chaudhuri,
    # Ganti and Kaushik, ICDE 2006), so only texts that share one are compared.
    stored: dict[tuple[object, str], deque[Asked]] = defaultdict(deque)
    for question in asked:
        size = len(question.shingles)
        many = size - ceil(threshold * size - _ROUNDING) + 1 if size else 0
        rarest = sorted(question.shingles, key=rank.__getitem__)[:many]
        shelves = [stored[question.place, shingle] for shingle in rarest]
        if _finds(question, shelves, threshold=threshold, oldest_us=question.at_us - lifetime_us):
            yield question.number
        else:
            for shelf in shelves:
                shelf.append(question)


def _finds(
    question: Asked, shelves: Iterable[deque[Asked]], *, threshold: float, oldest_us: int
) -> bool:
    for shelf in shelves:
        while shelf and shelf[0].at_us < oldest_us:
            shelf.popleft()
        if any(likeness(question.shingles, known.shingles) >= threshold for known in shelf):
            return True
    return False


def _rarest_first(sets: Iterable[Shingles]) -> dict[str, int]:
    counts = Counter(shingle for each in sets for shingle in each)
    return {name: at for at, name in enumerate(sorted(counts, key=lambda it: (counts[it], it)))}
