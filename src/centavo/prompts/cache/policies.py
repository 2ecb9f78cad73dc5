"""Policies: up to where to write a request's beginning to the cache, decided before the future is known."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from centavo.prompts.cache.bill import CachePrices
from centavo.prompts.cache.replay import Lifetime, Policy
from centavo.prompts.cache.request import CacheRequest

__all__ = ["LearningPolicy", "everything", "nothing", "oracle"]

# The lifetime is cut into this many ages.
_AGES = 8
# Before anything is known a write is expected to break even about: on generated conversations shares
# of 0.2 to 0.4 and weights of 20 to 200 uses differ by 3 % of what the oracle saves.
_PRIOR = 0.3
_PRIOR_USES = 30
_Group = tuple[int, int, int, int]
_MOST_TURNS = 5


def nothing(request: CacheRequest, known: int) -> int:  # noqa: ARG001 -- a policy's signature
    """Never write: no cache."""
    return known


def everything(request: CacheRequest, known: int) -> int:  # noqa: ARG001 -- a policy's signature
    """Write every request whole, as an automatic cache does."""
    return len(request.blocks)


def oracle(requests: Sequence[CacheRequest], lifetime: Lifetime) -> Policy:
    """Return the policy that knows the future: it writes a block if and only if its next use finds it.

    The bound that no policy beats where a write pays for itself at the first read. Call it once for
    each request, in order.
    """
    uses: dict[int, list[float]] = defaultdict(list)
    for request in requests:
        for block in request.blocks:
            uses[block].append(request.at_s)
    seen: dict[int, int] = defaultdict(int)

    def knowing(request: CacheRequest, known: int) -> int:
        upto = 0
        for place, block in enumerate(request.blocks):
            seen[block] += 1
            following = uses[block]
            after = seen[block]
            if after < len(following) and following[after] <= request.at_s + lifetime.seconds:
                upto = place + 1
        return max(upto, known)

    return knowing


@dataclass
class _Record:
    """When the blocks of one group were used, and at what age the next use came.

    Attributes:
        asked_at_s: Of each use, in order.
        reused: How many next uses came at an age of the i-th of ``_AGES`` parts of the lifetime.
    """

    asked_at_s: list[float] = field(default_factory=list[float])
    reused: list[int] = field(default_factory=lambda: [0] * _AGES)

    def chance(self, now_s: float, lifetime_s: float) -> float:
        """Return the chance of a next use within the lifetime (Kaplan and Meier's estimate).

        Uses that are too young to tell count for the ages that they have reached.
        """
        lives = 1.0
        share = 1 - (1 - _PRIOR) ** (1 / _AGES)
        gone = 0
        for age, reused in enumerate(self.reused):
            reached = bisect_right(self.asked_at_s, now_s - lifetime_s * age / _AGES) - gone
            at_risk = max(reached, reused)
            lives *= 1 - (reused + share * _PRIOR_USES) / (at_risk + _PRIOR_USES)
            gone += reused
        return 1 - lives


@dataclass
class LearningPolicy:
    """Writes what pays for itself by what it has seen so far; it never looks ahead.

    Each use of a block asks a question: will it be used again within the lifetime? Answers are counted
    by groups of blocks that are alike: how often the
    block was seen before, how far it stands from the request's end, how many requests the conversation
    had before, and how long it is. A block that is read goes on living for nothing, so a
    write is worth, in reads, the chance of a first use divided by the chance that the chain of uses
    ends. The request is written up to where the sum of (reads x discount - premium) x tokens is largest;
    where no sum is above zero, nothing is.

    Attributes:
        prices: Premium and discount decide; in any currency.
        lifetime: Of the terms.
    """

    prices: CachePrices
    lifetime: Lifetime
    _seen: dict[int, int] = field(default_factory=dict[int, int])
    _turn: dict[int, int] = field(default_factory=dict[int, int])
    _asked: dict[int, tuple[float, _Record]] = field(
        default_factory=dict[int, tuple[float, _Record]]
    )
    _first: dict[_Group, _Record] = field(default_factory=lambda: defaultdict(_Record))
    _again: dict[_Group, _Record] = field(default_factory=lambda: defaultdict(_Record))

    def __call__(self, request: CacheRequest, known: int) -> int:
        """Return up to which block the request is written."""
        turn = self._turn_of(request)
        groups = self._groups(request, turn)
        upto = self._best(request, groups, known)
        self._note(request, groups, turn)
        return upto

    def _turn_of(self, request: CacheRequest) -> int:
        """Return which request of its conversation this is: one that was half seen before goes on."""
        last, known = None, 0
        for block in request.blocks:
            if block not in self._turn:
                break
            last, known = block, known + 1
        goes_on = last is not None and known * 2 >= len(request.blocks)
        return min(self._turn[last] + 1, _MOST_TURNS) if goes_on and last is not None else 1

    def _groups(self, request: CacheRequest, turn: int) -> list[_Group]:
        blocks, seen = request.blocks, self._seen
        size = len(blocks)
        length = size.bit_length()
        return [
            (min(seen.get(block, 0), 3), min(size - 1 - place, 2), turn, length)
            for place, block in enumerate(blocks)
        ]

    def _best(self, request: CacheRequest, groups: Sequence[_Group], known: int) -> int:
        discount, premium = float(self.prices.discount), float(self.prices.premium)
        worth, most, upto = 0.0, 0.0, known
        values: dict[_Group, float] = {}
        for place in range(known, len(groups)):
            group = groups[place]
            reads = values.get(group)
            if reads is None:
                reads = values[group] = self._reads(group, request.at_s)
            worth += (reads * discount - premium) * request.tokens[place]
            if worth > most:
                most, upto = worth, place + 1
        return upto

    def _reads(self, group: _Group, now_s: float) -> float:
        """Return how many reads a write of such a block brings before it dies."""
        span = self.lifetime.seconds
        first = self._first[group].chance(now_s, span)
        if not self.lifetime.is_refreshed:
            return first
        again = self._again[group].chance(now_s, span)
        return first / (1 - min(again, 0.98))

    def _note(self, request: CacheRequest, groups: Sequence[_Group], turn: int) -> None:
        for block, group in zip(request.blocks, groups, strict=True):
            before = self._asked.get(block)
            is_alive = before is not None and request.at_s <= before[0]
            if before is not None and is_alive:
                left = (before[0] - request.at_s) / self.lifetime.seconds
                before[1].reused[min(int((1 - left) * _AGES), _AGES - 1)] += 1
            record = (self._again if is_alive else self._first)[group]
            record.asked_at_s.append(request.at_s)
            self._asked[block] = (request.at_s + self.lifetime.seconds, record)
            self._seen[block] = self._seen.get(block, 0) + 1
            self._turn.setdefault(block, turn)
