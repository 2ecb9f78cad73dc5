"""Amounts of some days as amounts of thirty, the unit in which findings are compared."""

from decimal import Decimal

from centavo.money import EXACT, Money

__all__ = ["PACE_DAYS", "per_30_days"]

PACE_DAYS = 30
# Fewer days than a week say nothing about thirty: weekdays differ.
_LEAST_DAYS = 7


def per_30_days(amount: Decimal, days: int, currency: str) -> Money:
    """Return an amount of so many days as one of thirty; below a week as it is.

    >>> per_30_days(Decimal(140), 14, "USD").amount
    Decimal('300.000000000000')
    """
    if days >= _LEAST_DAYS:
        amount = EXACT.divide(EXACT.multiply(amount, Decimal(PACE_DAYS)), Decimal(days))
    return Money(EXACT.quantize(amount, Decimal("1E-12")), currency)
