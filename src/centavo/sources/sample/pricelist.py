"""The price of a token on a day, as whole picodollars, so that sums are exact and fast.

Prices come from the genai-prices library; a picodollar (10⁻¹² USD) per token is the same number
as a microdollar per million tokens, so every price with at most six decimals is whole.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.sources.sample.call import Tokens

if TYPE_CHECKING:
    from genai_prices.types import TieredPrices

__all__ = ["PriceList", "UnitPrice", "usd"]

_PICO = Decimal(10) ** 6
_SCALE = Decimal(10) ** -12


def usd(pico: int) -> Decimal:
    """Return picodollars as dollars.

    >>> usd(2_000_000)
    Decimal('0.000002000000')
    """
    return Decimal(pico) * _SCALE


@dataclass(frozen=True)
class UnitPrice:
    """Picodollars per token, by class; 0 where the model has no such class."""

    uncached: int
    cache_read: int
    cache_write: int
    output: int
    is_long: bool = field(default=False, kw_only=True)

    def cost(self, tokens: Tokens) -> int:
        """Return the price of the tokens, in picodollars."""
        return (
            tokens.uncached * self.uncached
            + tokens.cache_read * self.cache_read
            + tokens.cache_write * self.cache_write
            + tokens.output * self.output
        )


def _pico(price: "Decimal | TieredPrices | None", *, is_long: bool) -> int:
    if price is None:
        return 0
    if not isinstance(price, Decimal):
        price = price.tiers[0].price if is_long else price.base
    return int((price * _PICO).to_integral_exact())


@dataclass
class PriceList:
    """Prices by provider, model and day; asks the library once for each."""

    _known: dict[tuple[str, str, date], tuple[UnitPrice, UnitPrice, int]] = field(
        default_factory=dict[tuple[str, str, date], tuple[UnitPrice, UnitPrice, int]]
    )

    def unit(self, provider: str, model: str, *, day: date, input_tokens: int) -> UnitPrice:
        """Return the prices of a request of that size; above the model's step, the long ones."""
        key = (provider, model, day)
        if key not in self._known:
            self._known[key] = self._ask(provider, model, day)
        short, long, step = self._known[key]
        return long if input_tokens > step else short

    @staticmethod
    def _ask(provider: str, model: str, day: date) -> tuple[UnitPrice, UnitPrice, int]:
        # 0.1 s to import: only when a sample is really generated.
        from genai_prices import Usage, calc_price

        found = calc_price(
            Usage(input_tokens=1, output_tokens=1),
            model,
            provider_id=provider,
            genai_request_timestamp=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        ).model_price
        classes = (
            found.input_mtok,
            found.cache_read_mtok,
            found.cache_write_mtok,
            found.output_mtok,
        )
        steps = [each.tiers[0].start for each in classes if each and not isinstance(each, Decimal)]
        short, long = (
            UnitPrice(*(_pico(each, is_long=is_long) for each in classes), is_long=is_long)
            for is_long in (False, True)
        )
        return short, long, min(steps, default=10**9)
