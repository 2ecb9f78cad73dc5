"""What a simulated use of a cache costs: exact, from prices per million tokens."""

from dataclasses import dataclass
from decimal import Decimal

from centavo.money import EXACT
from centavo.prompts.cache.replay import CacheUse

__all__ = ["CachePrices"]

_MILLION = Decimal(1_000_000)
_HOUR_S = Decimal(3600)


@dataclass(frozen=True)
class CachePrices:
    """Prices of a million tokens in one currency.

    Attributes:
        uncached: Input.
        read: Input read from a cache.
        written: Input written to a cache; equal to ``uncached`` where a write costs nothing more.
        output: Output.
        kept_hour: Keeping a million tokens for an hour.
    """

    uncached: Decimal
    read: Decimal
    written: Decimal
    output: Decimal = Decimal(0)
    kept_hour: Decimal = Decimal(0)

    def cost(self, use: CacheUse) -> Decimal:
        """Return the amount.

        >>> CachePrices(Decimal(3), Decimal("0.3"), Decimal("3.75")).cost(CacheUse(written=10**6))
        Decimal('3.75')
        """
        tokens = (
            use.read * self.read
            + use.written * self.written
            + use.uncached * self.uncached
            + use.output * self.output
        )
        kept = EXACT.divide(use.kept_token_s * self.kept_hour, _HOUR_S)
        return EXACT.divide(tokens + kept, _MILLION)

    def cost_without(self, use: CacheUse) -> Decimal:
        """Return the amount of the same tokens without a cache."""
        plain = CacheUse(uncached=use.read + use.written + use.uncached, output=use.output)
        return self.cost(plain)

    @property
    def premium(self) -> Decimal:
        """What writing costs more than plain input."""
        return self.written - self.uncached

    @property
    def discount(self) -> Decimal:
        """What reading costs less than plain input."""
        return self.uncached - self.read
