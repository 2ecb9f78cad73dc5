"""What requests cost in the last thirty days, in the currency that findings are weighed in."""

from datetime import date
from decimal import Decimal

from centavo.findings.pace import PACE_DAYS
from centavo.findings.report import worth_of
from centavo.findings.rule_settings import RuleSettings
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, Money

__all__ = ["request_factors", "request_spend"]


def request_factors(ledger: Ledger, relation: str, settings: RuleSettings) -> dict[str, Decimal]:
    """Return what one unit of each currency is worth in the floor's; those without a rate are left out.

    Args:
        ledger: Opened at the moment to answer from.
        relation: Name or SELECT of requests with ``currency``, ``day`` and ``cost``.
        settings: With the rates.
    """
    found = {settings.floor_currency: Decimal(1)}
    if settings.rates is None:
        return found
    rows = ledger.rows(
        f"SELECT currency, max(day) FROM ({relation}) WHERE currency IS NOT NULL GROUP BY currency"
    )
    for name, day in rows:
        if name == settings.floor_currency or not isinstance(day, date):
            continue
        way = settings.rates.find(str(name), settings.floor_currency, day)
        if way is not None:
            found[str(name)] = EXACT.divide(way.multiply, way.divide)
    return found


def request_spend(
    ledger: Ledger, relation: str, factors: dict[str, Decimal], settings: RuleSettings
) -> Money:
    """Return the cost of the last thirty days in the floor's currency, as far as rates are known."""
    rows = ledger.rows(
        f"SELECT currency, coalesce(sum(cost), 0) FROM ({relation}) WHERE cost IS NOT NULL "
        f"AND day > (SELECT max(day) FROM ({relation})) - {PACE_DAYS} GROUP BY currency"
    )
    total = sum(
        (worth_of(Money(Decimal(str(cost)), str(name)), factors) for name, cost in rows), Decimal(0)
    )
    return Money(total, settings.floor_currency)
