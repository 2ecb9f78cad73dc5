"""Money of findings in the currency that was asked for, and at which rates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from centavo.consumption.conversion import RateUse, converted
from centavo.consumption.cost_cells import CostCell
from centavo.findings import KnownFinding
from centavo.ledger.engine import sql_text
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger

__all__ = ["ShownFindings", "findings_in"]

_Days = dict[tuple[str, date], tuple[Decimal, str]]


@dataclass(frozen=True)
class ShownFindings:
    """Findings as they are shown.

    Attributes:
        known: By id; money in the currency that was asked for where a rate is known, else in its own.
        rates: How it was converted, and what was not; ``rows`` counts findings.
    """

    known: Mapping[str, KnownFinding]
    rates: tuple[RateUse, ...] = ()


def findings_in(
    currency: str | None,
    register: Mapping[str, KnownFinding],
    ledger: Ledger,
    *,
    rates: ExchangeRates | None,
    now: datetime,
) -> ShownFindings:
    """Return findings with their money in one currency, at the rate of each finding's last day.

    As for cost, the user's file comes first, then the newest rate of the bill's own rows until that day.

    Args:
        currency: What was asked for; ``None`` leaves each finding its own.
        register: By id.
        ledger: Opened at the moment to answer from.
        rates: The user's exchange rates.
        now: The clock, for findings whose period is open.
    """
    days = {
        key: (known.finding.per_30d, _last_day(known, now))
        for key, known in register.items()
        if currency and known.finding.per_30d and known.finding.per_30d.currency != currency
    }
    if currency is None or not days:
        return ShownFindings(register)
    places = {(money.currency, day) for money, day in days.values() if money}
    missing = {
        place
        for place in places
        if rates is None or rates.find(place[0], currency, place[1]) is None
    }
    own = _bill_rates(ledger, currency, missing)
    cells = [
        CostCell((), money, 1, 0, 0, day, own.get((money.currency, day)))
        for money, day in days.values()
        if money
    ]
    done, used = converted(cells, currency, rates, apart=True)
    shown = dict(register)
    for key, cell in zip(days, done, strict=True):
        shown[key] = replace(shown[key], finding=replace(shown[key].finding, per_30d=cell.cost))
    return ShownFindings(shown, tuple(used))


def _last_day(known: KnownFinding, now: datetime) -> date:
    end = known.finding.period.until or now
    return (end.astimezone(UTC) - timedelta(microseconds=1)).date()


def _bill_rates(ledger: Ledger, currency: str, places: Iterable[tuple[str, date]]) -> _Days:
    """Return the newest rate of the bill's own rows on or before each day, by currency and day."""
    values = ", ".join(f"({sql_text(name)}, DATE '{day}')" for name, day in sorted(places))
    if not values:
        return {}
    # Of several rates of one day the greatest, so that the same ledger always says the same.
    rows = ledger.rows(
        "SELECT asked, until, max({'at': ChargePeriodStart, 'rate': x_FxRate}).rate FROM charges "
        f"JOIN (VALUES {values}) AS places(asked, until) "
        "ON BillingCurrency = asked AND ChargePeriodStart < until + 1 "
        "WHERE x_FxRate > 0 AND coalesce(PricingCurrency, 'USD') = ? GROUP BY ALL",
        [currency],
    )
    return {
        (str(name), day): (rate, currency)
        for name, day, rate in rows
        if isinstance(day, date) and isinstance(rate, Decimal)
    }
