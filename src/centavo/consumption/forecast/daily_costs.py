"""Cost by day and scope in one currency: what is known, what is zero, and what is a gap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.detection.completeness import nowcast
from centavo.money import EXACT, Money

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["DailyCosts", "ScopeKey", "daily_costs"]

ScopeKey = tuple[tuple[str, str | None], ...]
"""Dimension and value, in the order asked; ``None`` is "has none"."""

# A weekday on which nothing came in so many of its weeks is a day off, not a gap.
_DAY_OFF_SHARE = 0.75
_LEAST_WEEKS = 2


@dataclass(frozen=True)
class DailyCosts:
    """Series of one currency, oldest day first.

    Attributes:
        currency: Of every amount.
        scopes: Key of each row, the largest total first.
        first: Day of column 0.
        values: [scope, day] until the last complete day; NaN where a scope was not there yet, and
            where the whole ledger has nothing: a gap is never zero.
        exact: Exact amounts by scope and complete day.
        late: The same of the days after, which are still arriving.
        gap_days: Days without any row between the first and the last.
    """

    currency: str
    scopes: tuple[ScopeKey, ...]
    first: date
    values: "Matrix"
    exact: tuple[Mapping[date, Decimal], ...]
    late: tuple[Mapping[date, Decimal], ...]
    gap_days: int

    @property
    def until(self) -> date:
        """The first day that is not complete."""
        return self.first + timedelta(days=self.values.shape[1])

    def completed(self, shares: Mapping[int, Decimal]) -> "DailyCosts":
        """Return the same with late days as what they will come to, by the share that has arrived.

        Args:
            shares: By age in days; the newest day's is 0. A day of no known share stays as it is.
        """
        newest = max((day for days in self.late for day in days), default=self.until)
        late = tuple(
            {day: nowcast(seen, (newest - day).days, shares) for day, seen in days.items()}
            for days in self.late
        )
        return replace(self, late=late)

    def known(self, since: date, until: date) -> tuple[Decimal, ...]:
        """Return the exact amount of each scope on complete days of a half-open span."""
        asked = [since + timedelta(days=n) for n in range((min(until, self.until) - since).days)]
        return tuple(_sum(days[day] for day in asked if day in days) for days in self.exact)


def daily_costs(
    rows: Iterable[tuple[ScopeKey, date, Money]], until: date
) -> tuple[DailyCosts, ...]:
    """Return the series of each currency, the largest currency first.

    Args:
        rows: Any number for a scope and day.
        until: The first day that is not complete.
    """
    sums: dict[str, dict[ScopeKey, dict[date, Decimal]]] = {}
    for key, day, money in rows:
        days = sums.setdefault(money.currency, {}).setdefault(key, {})
        days[day] = EXACT.add(days.get(day, Decimal(0)), money.amount)
    found = [_series(currency, scopes, until) for currency, scopes in sums.items()]
    return tuple(sorted((each for each in found if each), key=_size, reverse=True))


def _series(
    currency: str, scopes: Mapping[ScopeKey, Mapping[date, Decimal]], until: date
) -> DailyCosts | None:
    present = {day for days in scopes.values() for day in days if day < until}
    if not present:
        return None
    first = min(present)
    width = (until - first).days
    order = sorted(scopes, key=lambda key: (-_sum(scopes[key].values()), str(key)))
    values = np.full((len(order), width), np.nan)
    gaps = _gaps(present, first, width)
    for row, key in zip(values, order, strict=True):
        days = {(day - first).days: amount for day, amount in scopes[key].items() if day < until}
        if days:
            row[min(days) :] = 0.0
        row[list(days)] = [float(amount) for amount in days.values()]
        row[gaps] = np.nan
    exact, late = (
        tuple({d: a for d, a in scopes[key].items() if (d >= until) is is_late} for key in order)
        for is_late in (False, True)
    )
    return DailyCosts(currency, tuple(order), first, values, exact, late, len(gaps))


def _gaps(present: set[date], first: date, width: int) -> list[int]:
    """Return the days without any row, except weekdays that are days off."""
    missing = [n for n in range(width) if first + timedelta(days=n) not in present]
    by_weekday = [sum(n % 7 == weekday for n in missing) for weekday in range(7)]
    weeks = [len(range(weekday, width, 7)) for weekday in range(7)]
    off = {
        weekday
        for weekday in range(7)
        if weeks[weekday] >= _LEAST_WEEKS and by_weekday[weekday] >= _DAY_OFF_SHARE * weeks[weekday]
    }
    return [n for n in missing if n % 7 not in off]


def _size(series: DailyCosts) -> Decimal:
    return _sum(amount for days in series.exact for amount in days.values())


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
