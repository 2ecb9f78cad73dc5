"""What a cache read and a cache write cost of a model, as multiples of its input price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from centavo.errors import PriceError
from centavo.money import EXACT
from centavo.pricing import PriceBook
from centavo.prompts.cache.terms import CacheTerms

__all__ = ["CacheRatios", "cache_ratios"]

# The price list names no 1-hour write; Anthropic's and Bedrock's pages say twice the input.
_WRITE_1H = Decimal(2)


@dataclass(frozen=True)
class CacheRatios:
    """Multiples of the input price; a write that costs nothing more is 1."""

    read: Decimal
    write: Decimal
    write_1h: Decimal


@lru_cache(maxsize=256)
def cache_ratios(
    provider: str | None, model: str, at: datetime, terms: CacheTerms
) -> CacheRatios | None:
    """Return the multiples of the day, by the price list; ``None`` where it has no price of a read.

    Args:
        provider: As in ``usage_events``.
        model: As logged or priced.
        at: Naive UTC or aware.
        terms: Say how a write is priced.
    """
    try:
        quotes = _book().show(model, at, provider)
    except PriceError:
        return None
    prices = {
        quote.unit: EXACT.divide(quote.price, Decimal(quote.per))
        for quote in reversed(quotes)
        if quote.variant == "standard" and not quote.tier_from_input_tokens
    }
    plain, read = prices.get("input_mtok"), prices.get("cache_read_mtok")
    if not plain or read is None:
        return None
    write = prices.get("cache_write_mtok", plain) if terms.write != "free" else plain
    hour = prices.get("cache_write_1h_mtok")
    return CacheRatios(
        read=EXACT.divide(read, plain),
        write=EXACT.divide(write, plain),
        write_1h=_WRITE_1H if hour is None else EXACT.divide(hour, plain),
    )


@lru_cache(maxsize=1)
def _book() -> PriceBook:
    return PriceBook.load()
