"""A beginning of constant length replayed on the times of requests: what the best lifetime would have saved."""

from collections.abc import Sequence
from datetime import date

from centavo.ledger.ledger import Ledger
from centavo.prompts.cache.ratios import CacheRatios
from centavo.prompts.cache.terms import CacheTerms
from centavo.prompts.questions import question

__all__ = ["best_lifetime", "calls_of"]

_HOUR_S = 3600


def calls_of(ledger: Ledger, scope_no: int, days: tuple[date, date]) -> list[tuple[object, ...]]:
    """Return second, price of an input token and tokens read from a cache of each request, in order.

    Args:
        ledger: With the tables of prompts.
        scope_no: Of the requests.
        days: First and last, both included.
    """
    return ledger.rows(question("calls_in_days"), [scope_no, *days])


def best_lifetime(
    ledger: Ledger,
    scope_no: int,
    days: tuple[date, date],
    *,
    tokens: float,
    ratios: CacheRatios,
    terms: CacheTerms,
) -> tuple[float, int]:
    """Return what the best of the provider's lifetimes saves, in the requests' currency, and that lifetime.

    Each request reads the beginning when another came within the lifetime before it, else it writes.
    """
    calls = calls_of(ledger, scope_no, days)
    tried = [(_saving(calls, tokens, ratios, each), each) for each in terms.lifetimes_s]
    return max(tried, key=lambda each: (each[0], -each[1]))


def _saving(
    calls: Sequence[tuple[object, ...]], tokens: float, ratios: CacheRatios, lifetime_s: int
) -> float:
    written = float(ratios.write_1h if lifetime_s >= _HOUR_S else ratios.write)
    read = float(ratios.read)
    saved, warm_until = 0.0, -1.0
    for at, price, _ in calls:
        at_s = float(str(at))
        saved += tokens * float(str(price)) * (1 - (read if at_s <= warm_until else written))
        warm_until = at_s + lifetime_s
    return saved
