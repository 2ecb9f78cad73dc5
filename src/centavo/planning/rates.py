"""Exchange rates of a plan: as stated, or the inverse of the opposite one."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.money import EXACT
from centavo.planning.plan import PlannedRate

__all__ = ["exact_rate", "rate_between"]


def rate_between(
    rates: Sequence[PlannedRate], base: str, to: str
) -> tuple[PlannedRate, bool] | None:
    """Return the stated rate between two currencies, and whether it is turned round."""
    for rate in rates:
        if (rate.base, rate.to) == (base, to):
            return rate, False
    for rate in rates:
        if (rate.base, rate.to) == (to, base):
            return rate, True
    return None


def exact_rate(rates: Sequence[PlannedRate], base: str, to: str) -> Decimal | None:
    """Return units of ``to`` for one ``base``; ``None`` where the plan states none."""
    if base == to:
        return Decimal(1)
    found = rate_between(rates, base, to)
    if found is None:
        return None
    rate, turned = found
    return EXACT.divide(Decimal(1), rate.rate) if turned else rate.rate
