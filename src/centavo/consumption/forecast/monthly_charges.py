"""Charges that come back on one day of each month: no spike, and no part of a daily level."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.forecast.candidates import NORMAL
from centavo.consumption.forecast.known_median import known_median

if TYPE_CHECKING:
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]

__all__ = ["MonthlyCharge", "monthly_charges", "on_days", "without_charges"]

LAST = 31
"""The day of month that stands for the last one, however long the month is."""

# Three months in a row make a habit; of two noisy months one pair in some hundred agrees by chance.
_MONTHS = 3
# So many spreads above the days around it, and at least this share of them.
_SPREADS = 6.0
_SHARE = 0.5
# The smallest of the three is at least this share of the largest: a habit has a size.
_ALIKE = 0.5
_AROUND_DAYS = 7


@dataclass(frozen=True)
class MonthlyCharge:
    """What one series pays on one day of each month, above its days around.

    Attributes:
        series: Row of the series.
        day_of_month: 1 to 28; 31 is the last day.
        amount: Median of the last three months, in the currency of the series.
        seen: Columns of the series on which it was seen.
    """

    series: int
    day_of_month: int
    amount: float
    seen: tuple[int, ...]


def monthly_charges(values: "Vector", first: date) -> list[MonthlyCharge]:
    """Return the charges of every series that came on the same day of each of the last three months.

    Args:
        values: [series, day], oldest first; NaN is unknown.
        first: Day of column 0.
    """
    found: list[MonthlyCharge] = []
    for day_of_month in (*range(1, 29), LAST):
        places = _places(first, values.shape[1], day_of_month)[-_MONTHS:]
        if len(places) == _MONTHS:
            found += _habits(values, day_of_month, places)
    return found


def without_charges(values: "Vector", charges: Sequence[MonthlyCharge]) -> "Vector":
    """Return the series without what was seen of their monthly charges."""
    if not charges:
        return values
    calm = values.copy()
    for charge in charges:
        places = list(charge.seen)
        calm[charge.series, places] = _around(values[[charge.series]], places)[0]
    return calm


def on_days(charge: MonthlyCharge, first: date, days: int) -> list[int]:
    """Return which of the days from ``first`` on the charge falls on."""
    return _places(first, days, charge.day_of_month)


def _habits(values: "Vector", day_of_month: int, places: list[int]) -> list[MonthlyCharge]:
    excess = values[:, places] - _around(values, places)
    recent = values[:, -91:]
    known = ~np.isnan(recent)
    middle = known_median(recent, known)
    spread = NORMAL * known_median(np.abs(recent - middle[:, None]), known)
    least = np.nan_to_num(excess, nan=-1.0).min(axis=1)
    most = np.nan_to_num(excess, nan=-1.0).max(axis=1)
    enough = least > np.maximum(_SPREADS * spread, _SHARE * np.abs(middle))
    rows = np.flatnonzero(enough & (least > 0) & (least >= _ALIKE * most))
    return [
        MonthlyCharge(int(row), day_of_month, float(np.median(excess[row])), tuple(places))
        for row in rows
    ]


def _around(values: "Vector", places: Sequence[int]) -> "Vector":
    """Return the median of the days around each place, the place itself left out."""
    columns: list[Vector] = []
    for place in places:
        near = [
            n
            for n in range(place - _AROUND_DAYS, place + _AROUND_DAYS + 1)
            if 0 <= n < values.shape[1] and n != place
        ]
        columns.append(known_median(values[:, near], ~np.isnan(values[:, near])))
    return np.stack(columns, axis=1)


def _places(first: date, days: int, day_of_month: int) -> list[int]:
    found: list[int] = []
    for number in range(days):
        day = first + timedelta(days=number)
        length = calendar.monthrange(day.year, day.month)[1]
        if day.day == (length if day_of_month == LAST else day_of_month):
            found.append(number)
    return found
