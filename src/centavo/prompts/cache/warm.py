"""A beginning of constant length replayed on the times of requests: what each lifetime would have saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from centavo.ledger.ledger import Ledger
from centavo.prompts.cache.ratios import CacheRatios
from centavo.prompts.cache.terms import CacheTerms
from centavo.prompts.questions import question

__all__ = ["LifetimeResult", "WarmCall", "best_lifetime", "by_lifetime", "calls_of", "read_already"]

_HOUR_S = 3600


@dataclass(frozen=True)
class WarmCall:
    """A request as a cached beginning sees it.

    Attributes:
        at_s: When, in seconds.
        price: Of a plain input token; 0 where it is not known.
        read_tokens: Read from a cache as it was sent.
    """

    at_s: float
    price: float
    read_tokens: float


@dataclass(frozen=True)
class LifetimeResult:
    """What caching the beginning for one lifetime saves against paying it in full.

    Attributes:
        lifetime_s: Seconds that a write or a read keeps it.
        saving: When every request asks for the cache; below zero where writes cost more than reads save.
        bound: When it is written only where that pays, which nobody knows before; never below zero.
    """

    lifetime_s: int
    saving: float
    bound: float


def calls_of(ledger: Ledger, scope_no: int, days: tuple[date, date]) -> list[WarmCall]:
    """Return the requests of a scope, in the order of time.

    Args:
        ledger: With the tables of prompts.
        scope_no: Of the requests.
        days: First and last, both included.
    """
    rows = ledger.rows(question("calls_in_days"), [scope_no, *days])
    return [WarmCall(*(float(str(value)) for value in row)) for row in rows]


def best_lifetime(
    calls: Sequence[WarmCall], *, tokens: float, ratios: CacheRatios, terms: CacheTerms
) -> LifetimeResult:
    """Return the best of the provider's lifetimes; of two that save the same the shorter one."""
    tried = by_lifetime(calls, tokens=tokens, ratios=ratios, terms=terms)
    return max(tried, key=lambda each: (each.saving, -each.lifetime_s))


def by_lifetime(
    calls: Sequence[WarmCall], *, tokens: float, ratios: CacheRatios, terms: CacheTerms
) -> list[LifetimeResult]:
    """Return what each lifetime saves, in the requests' currency."""
    return [_result(calls, tokens, ratios, each) for each in terms.lifetimes_s]


def read_already(calls: Sequence[WarmCall], *, tokens: float, ratios: CacheRatios) -> float:
    """Return what reads of the beginning save as the requests were sent."""
    discount = 1 - float(ratios.read)
    return sum(min(call.read_tokens, tokens) * call.price * discount for call in calls)


def _result(
    calls: Sequence[WarmCall], tokens: float, ratios: CacheRatios, lifetime_s: int
) -> LifetimeResult:
    written = float(ratios.write_1h if lifetime_s >= _HOUR_S else ratios.write)
    read = float(ratios.read)
    saving = bound = 0.0
    for chain in _chains(calls, lifetime_s):
        first, *others = chain
        gain = first.price * (1 - written) + sum(call.price * (1 - read) for call in others)
        saving += tokens * gain
        bound += tokens * max(gain, 0.0)
    return LifetimeResult(lifetime_s, saving, bound)


def _chains(calls: Sequence[WarmCall], lifetime_s: int) -> Iterator[list[WarmCall]]:
    """Yield runs of requests each of which comes within the lifetime of the one before: one write, then reads."""
    chain: list[WarmCall] = []
    for call in calls:
        if chain and call.at_s - chain[-1].at_s > lifetime_s:
            yield chain
            chain = []
        chain.append(call)
    if chain:
        yield chain
