"""The figures of *Where does it go?*: one question to the ledger, cut by thing and by time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from centavo.consumption.costs import CostReport, CostRow
from centavo.money import Money
from centavo.period import Grain, Period

__all__ = ["Spend", "SpendRow", "grain_of", "hue_places", "spend_of"]

TOP = 5
_DAYS_BY_DAY = 62
_DAYS_BY_WEEK = 400


@dataclass(frozen=True)
class SpendRow:
    """One thing: its name (``None``: has none), its cost now and before, and its cost at each time."""

    name: str | None
    cost: Money
    before: Money | None
    times: Mapping[date, Decimal]


@dataclass(frozen=True)
class Spend:
    """Spend of a period in one currency.

    Attributes:
        rows: The costliest first.
        total: Their sum.
        before: Sum of the period before; ``None`` where the ledger does not reach back.
        times: Every day, week or month of the period, whether or not there is spend.
        grain: What the times are.
        apart: Totals in other currencies, which no rate converts.
    """

    rows: tuple[SpendRow, ...]
    total: Money
    before: Money | None
    times: tuple[date, ...]
    grain: Grain
    apart: tuple[Money, ...]


def grain_of(period: Period) -> Grain:
    """Return the grain in which a period is shown, so that a chart has room for its columns."""
    assert period.since is not None
    assert period.until is not None
    days = (period.until - period.since).days
    return "day" if days <= _DAYS_BY_DAY else "week" if days <= _DAYS_BY_WEEK else "month"


def spend_of(
    whole: CostReport, *, series: CostReport | None, before: CostReport | None, compared: bool
) -> Spend | None:
    """Return the spend of a period, or ``None`` where there is none.

    Args:
        whole: Cost of the period by one dimension.
        series: The same by time; without it nothing is drawn.
        before: The same of the period before; without it that period cost nothing.
        compared: Whether the ledger reaches back far enough to compare.
    """
    if not whole.rows:
        return None
    currency = _main_currency(whole.rows)
    times = _times_by_name(series, currency) if series else {}
    earlier = _by_name(before, currency) if before else {}
    zero = Money(Decimal(0), currency)
    rows = [
        SpendRow(name, cost, earlier.get(name, zero) if compared else None, times.get(name, {}))
        for name, cost in _by_name(whole, currency).items()
    ]
    period = whole.question.period
    return Spend(
        rows=tuple(rows),
        total=sum((row.cost for row in rows), zero),
        before=sum(earlier.values(), zero) if compared else None,
        times=_times(period, series.question.grain or "day") if series else (),
        grain=(series.question.grain if series else None) or "day",
        apart=tuple(total for total in whole.totals if total.currency != currency),
    )


def hue_places(
    names: Sequence[str | None], ranks: Mapping[str | None, int]
) -> dict[str | None, int]:
    """Return the place of a colour for up to five names, by their ranks in the whole ledger.

    The five that cost most in all have their own; another takes the first that is free in this view.

    >>> hue_places(["b", "x", None], {"a": 0, "b": 1, "x": 9})
    {'b': 1, 'x': 4, None: 5}
    """
    places: dict[str | None, int] = {
        name: rank for name in names if name is not None and (rank := ranks.get(name, TOP)) < TOP
    }
    for name in names:
        if name is None:
            places[None] = TOP
        elif name not in places:
            free = [hue for hue in range(TOP) if hue not in places.values()]
            wish = ranks.get(name, 0) % TOP
            places[name] = TOP if not free else wish if wish in free else free[0]
    return {name: places[name] for name in names}


def _by_name(report: CostReport, currency: str) -> dict[str | None, Money]:
    dimension = report.question.by[0]
    return {row.key[dimension]: row.cost for row in report.rows if row.cost.currency == currency}


def _times_by_name(report: CostReport, currency: str) -> dict[str | None, dict[date, Decimal]]:
    dimension = report.question.by[0]
    found: dict[str | None, dict[date, Decimal]] = {}
    for row in report.rows:
        if row.cost.currency == currency:
            found.setdefault(row.key[dimension], {})[_day(row)] = row.cost.amount
    return found


def _main_currency(rows: Sequence[CostRow]) -> str:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.cost.currency] = sums.get(row.cost.currency, 0) + row.rows
    return max(sums, key=lambda name: (sums[name], name))


def _day(row: CostRow) -> date:
    text = row.key["period"] or ""
    return date.fromisoformat(f"{text}-01" if len(text) == 7 else text)


def _times(period: Period, grain: Grain) -> tuple[date, ...]:
    assert period.since is not None
    assert period.until is not None
    day, end = period.since.date(), period.until.date()
    if grain == "week":
        day -= timedelta(days=day.weekday())
    if grain == "month":
        day = day.replace(day=1)
    times: list[date] = []
    while day < end:
        times.append(day)
        step = timedelta(days=7 if grain == "week" else 1)
        day = (day + timedelta(days=32)).replace(day=1) if grain == "month" else day + step
    return tuple(times)
