"""Why two lists have two prices: a closed set of likely causes, and how each is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from centavo.pricing.event_units import EXACT
from centavo.pricing.slices import PriceSlice, UnitPrice

__all__ = ["CAUSES", "CAUSE_TEXTS", "Cause", "Evidence", "likely_cause"]

Cause = Literal[
    "own_price",
    "currency",
    "missing_price",
    "missing_cache_price",
    "zero_price",
    "older_price",
    "announced_price",
    "batch_price",
    "long_context_price",
    "regional_premium",
    "unit",
    "factor_two",
    "rounding",
    "unknown",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)
CAUSE_TEXTS: dict[Cause, str] = {
    "own_price": "your own price; the list agrees with the second opinion",
    "currency": "another currency",
    "missing_price": "one side has no price",
    "missing_cache_price": "one side has no price for the cache",
    "zero_price": "zero on one side: free, or not known there",
    "older_price": "an older price of the same model",
    "announced_price": "an announced price that does not hold yet",
    "batch_price": "the price of batch processing",
    "long_context_price": "the price of longer or shorter input",
    "regional_premium": "exactly 10 %: the premium of a regional endpoint",
    "unit": "a factor of 1,000 or 1,000,000: another unit",
    "factor_two": "a factor of 2: batch, or long context",
    "rounding": "less than 1 %: rounding",
    "unknown": "neither the dated book nor the ratio explains it",
}
_PREMIUM = Decimal("1.1")
_ROUNDING = Decimal("0.01")


@dataclass(frozen=True)
class Evidence:
    """What there is to explain a difference with.

    Attributes:
        unit: Price key.
        input_tokens: Length of input that the prices are for.
        slices: The book's prices of the model and tier over time.
        now: The moment of the comparison, naive UTC.
        listed: The list's price without the user's own, now.
        batch: The book's batch price, now.
        opinion: Every length's price of the second opinion.
    """

    unit: str
    input_tokens: int
    slices: Sequence[PriceSlice]
    now: datetime
    listed: Decimal | None
    batch: Decimal | None
    opinion: UnitPrice | None


def likely_cause(
    ours: Decimal | None, theirs: Decimal | None, evidence: Evidence
) -> tuple[Cause, str]:
    """Return the likely cause of two prices in one currency, and what else is known of it.

    What the dated book itself shows (an own price, a price of another day or tier) comes before
    what only a ratio suggests.

    Args:
        ours: The book's price; ``None`` where it has none of its own.
        theirs: The second opinion's.
        evidence: What else is known.
    """
    if ours is None or theirs is None:
        side = "price book" if ours is None else "second opinion"
        cache = evidence.unit.startswith("cache_")
        return ("missing_cache_price" if cache else "missing_price"), f"not in the {side}"
    if not ours or not theirs:
        return "zero_price", ""
    found = _from_book(theirs, evidence) or _from_length(ours, theirs, evidence)
    if found:
        return found
    if evidence.batch == theirs:
        return "batch_price", ""
    return _from_ratio(ours, theirs)


def _from_book(theirs: Decimal, evidence: Evidence) -> tuple[Cause, str] | None:
    if evidence.listed == theirs:
        return "own_price", ""
    for piece in evidence.slices:
        price = piece.price_set.prices.get(evidence.unit)
        if price is None or price.at(evidence.input_tokens) != theirs:
            continue
        if piece.valid_to <= evidence.now:
            return "older_price", f"held until {piece.valid_to:%Y-%m-%d}"
        if piece.valid_from > evidence.now:
            return "announced_price", f"from {piece.valid_from:%Y-%m-%d}"
    return None


def _from_length(ours: Decimal, theirs: Decimal, evidence: Evidence) -> tuple[Cause, str] | None:
    """Return the cause where one side prices the length of input in another way."""
    held = [piece for piece in evidence.slices if piece.holds(evidence.now)]
    own = next((piece.price_set.prices.get(evidence.unit) for piece in held), None)
    if theirs in _steps(own) or ours in _steps(evidence.opinion):
        return "long_context_price", ""
    steps = [bool(price and price.above) for price in (own, evidence.opinion)]
    if evidence.input_tokens and steps[0] != steps[1]:
        side = "second opinion" if steps[0] else "price book"
        return "long_context_price", f"one price for every length in the {side}"
    return None


def _from_ratio(ours: Decimal, theirs: Decimal) -> tuple[Cause, str]:
    larger, smaller = max(ours, theirs), min(ours, theirs)
    if EXACT.multiply(smaller, _PREMIUM) == larger:
        return "regional_premium", "dearer here" if ours > theirs else "dearer there"
    for factor in (1_000, 1_000_000):
        if EXACT.multiply(smaller, Decimal(factor)) == larger:
            return "unit", ""
    if EXACT.multiply(smaller, Decimal(2)) == larger:
        return "factor_two", ""
    if EXACT.subtract(larger, smaller) < EXACT.multiply(larger, _ROUNDING):
        return "rounding", ""
    return "unknown", ""


def _steps(price: UnitPrice | None) -> set[Decimal]:
    if price is None or not price.above:
        return set()
    return {price.base, *(amount for _, amount in price.above)}
