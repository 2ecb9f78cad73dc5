"""Charges that come back: what the same day of the month, or of the month's end, held before.

A subscription on the first of the month is no anomaly, and neither is a closing run in the last days.
What a day had above the two weeks after it, in each of the two months before, is expected again (the larger of both); with one
month of history, what it had in that one. A charge of a year ago is expected on its day as well.
"""

from typing import TYPE_CHECKING

from centavo.consumption.detection.rolling import delayed, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Dates = npt.NDArray[np.datetime64]
    Places = npt.NDArray[np.int64]

__all__ = ["TOLERANCE", "recurring", "without_recurring"]

_AFTER_DAYS = 14
# Seats are added and exchange rates move: a quarter more than what recurred still recurs.
TOLERANCE = 0.25
# Half a usual day above it: what recurs and is less does not raise an alert by itself.
_LEAST_SHARE = 0.5


def without_recurring(amounts: "Matrix", first_days: "Dates") -> "Matrix":
    """Return the amounts less what is expected to recur on each day.

    A day that holds hardly more than what recurs says nothing about the rest: it is taken for a
    middle one of the four same weekdays before it.
    """
    import numpy as np

    back = recurring(amounts, first_days)
    rest = amounts - back
    weeks = [delayed(amounts, 7 * week) for week in range(1, 5)]
    usual = np.fmax(np.fmin(weeks[0], weeks[1]), np.fmin(weeks[2], weeks[3]))
    hidden = np.where(rest <= TOLERANCE * back, np.fmin(usual, amounts), rest)
    return np.where(back > 0, hidden, amounts)


def recurring(amounts: "Matrix", first_days: "Dates") -> "Matrix":
    """Return what is expected on each day beside its usual level, by earlier months.

    Args:
        amounts: Series by days.
        first_days: Date of the first column, for each series.
    """
    import numpy as np

    above = _above_next(amounts)
    days = first_days.astype("datetime64[D]").astype(np.int64)[:, None]
    dates = days + np.arange(amounts.shape[1], dtype=np.int64)
    expected = np.zeros_like(amounts)
    for from_end in (False, True):
        once = _at(above, _earlier(dates, 1, from_end=from_end))
        twice = _at(above, _earlier(dates, 2, from_end=from_end))
        both = np.where(np.fmin(once, twice) > 0, np.fmax(once, twice), 0.0)
        both = np.where(np.isfinite(twice), both, once)
        expected = np.fmax(expected, np.nan_to_num(both))
    return np.fmax(expected, np.nan_to_num(_at(above, _earlier(dates, 12, from_end=False))))


def _above_next(amounts: "Matrix") -> "Matrix":
    """Return what each day had above the median of the two weeks after it; little counts as zero.

    The day it is used for is four weeks later, so that nothing looks ahead.
    """
    import numpy as np

    median = rolling_quantiles(amounts, _AFTER_DAYS, at=[0.5], least=7)[0]
    after = np.full_like(amounts, np.nan)
    after[:, :-_AFTER_DAYS] = median[:, _AFTER_DAYS:]
    above = amounts - after
    return np.where(above > _LEAST_SHARE * after, above, np.where(np.isfinite(above), 0.0, np.nan))


def _earlier(days: "Places", months: int, *, from_end: bool) -> "Places":
    """Return the column of the same day so many months before, counted from the start or the end.

    Minus one where that month has no such day, or where it lies before the first column.

    Args:
        days: Days since 1970, series by days.
        months: How many before.
        from_end: Whether the last day of a month is the same as that of another.
    """
    import numpy as np

    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    then = month - months
    first, next_first = _first_day(then), _first_day(then + 1)
    day = (
        next_first - (_first_day(month + 1) - days)
        if from_end
        else first + days - _first_day(month)
    )
    place = day - days[:, :1]
    return np.where((day >= first) & (day < next_first) & (place >= 0), place, -1)


def _first_day(months: "Places") -> "Places":
    """Return the first day of months since 1970, as days since then."""
    import numpy as np

    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _at(values: "Matrix", places: "Places") -> "Matrix":
    import numpy as np

    taken = np.take_along_axis(values, np.maximum(places, 0), axis=1)
    return np.where(places >= 0, taken, np.nan)
