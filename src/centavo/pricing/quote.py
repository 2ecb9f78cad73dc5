"""A price that can be shown: one unit of one model, when it holds and where it comes from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from centavo.pricing.slices import ALWAYS, DAY_US, NEVER, PriceSlice
from centavo.pricing.tiers import Tier

__all__ = ["Quote", "quotes"]


@dataclass(frozen=True)
class Quote:
    """The price of ``per`` units.

    Attributes:
        provider: Provider that serves the model.
        model: Model of the price book.
        unit: Price key, as in the user's price file: ``input_mtok``, ``web_searches_kcount`` …
        price: In ``currency``, for ``per`` units.
        currency: ISO 4217 code.
        per: Number of units that the price is for.
        valid_from: First instant, naive UTC; ``None`` since ever.
        valid_to: End, excluded, naive UTC; ``None`` without end.
        tier_from_input_tokens: The price is for requests with at least this much input.
        variant: Processing tier.
        source: Where the price comes from.
        daily_from: Time of day (UTC) from which the price holds; ``None`` from midnight.
        daily_to: Time of day (UTC) at which it ends, excluded; ``None`` at midnight.
    """

    provider: str
    model: str
    unit: str
    price: Decimal
    currency: str
    per: int
    valid_from: datetime | None
    valid_to: datetime | None
    tier_from_input_tokens: int
    variant: Tier
    source: str
    daily_from: time | None = None
    daily_to: time | None = None


def quotes(
    slices: Iterable[PriceSlice], *, provider: str, model: str, tier: Tier, per: dict[str, int]
) -> Iterator[Quote]:
    """Yield one quote per unit, input tier and slice of time.

    Args:
        slices: Prices of the model in the tier.
        provider: Shown.
        model: Shown.
        tier: Shown.
        per: Number of units of each price key; prices of other keys are not shown.
    """
    for piece in slices:
        for unit, price in piece.price_set.prices.items():
            if unit not in per:
                continue
            for start, amount in ((0, price.base), *((at + 1, it) for at, it in price.above)):
                yield Quote(
                    provider=provider,
                    model=model,
                    unit=unit,
                    price=amount,
                    currency=piece.price_set.currency,
                    per=per[unit],
                    valid_from=None if piece.valid_from == ALWAYS else piece.valid_from,
                    valid_to=None if piece.valid_to == NEVER else piece.valid_to,
                    tier_from_input_tokens=start,
                    variant=tier,
                    source=piece.price_set.source,
                    daily_from=_clock(piece.day_from_us),
                    daily_to=_clock(piece.day_to_us),
                )


def _clock(microseconds: int) -> time | None:
    if microseconds in {0, DAY_US}:
        return None
    seconds, rest = divmod(microseconds, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest)
