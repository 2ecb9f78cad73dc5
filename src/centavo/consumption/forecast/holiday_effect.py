"""What public holidays did to each series, learnt from those that it has seen."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.forecast.known_median import known_median

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["holiday_factors"]

# The same weekday of the two weeks before and after is what the day would have been.
_WEEKS = (-14, -7, 7, 14)
_LEAST_SEEN = 3
# Beyond this many standard errors an effect is one.
_CLEAR = 2.0
# A prior of so many holidays without an effect.
_PRIOR = 2.0


def holiday_factors(
    values: "Matrix", first: date, holidays: Collection[date]
) -> tuple["Matrix", int]:
    """Return what a holiday on a weekday costs beside the usual, by series, and how many were seen.

    A series without a clear effect has 1. The factor is the median of past ratios, drawn towards 1 by
    a prior of two holidays without an effect.

    Args:
        values: [series, day], oldest first; NaN is unknown.
        first: Day of column 0.
        holidays: Public holidays of those years.
    """
    factors = np.ones(len(values))
    ratios = [
        _ratio(values, place)
        for day in holidays
        if day.weekday() < 5
        and 14 <= (place := (day - first).days) < values.shape[1]
        and not any(day + timedelta(days=week) in holidays for week in _WEEKS)
    ]
    if len(ratios) < _LEAST_SEEN:
        return factors, len(ratios)
    logs = np.stack(ratios, axis=1)
    known = ~np.isnan(logs)
    count = known.sum(axis=1)
    middle = known_median(logs, known)
    spread = 1.4826 * known_median(np.abs(logs - middle[:, None]), known)
    clear = np.abs(middle) > _CLEAR * np.maximum(spread, 0.05) / np.sqrt(np.maximum(count, 1))
    learnt = np.exp(middle * count / (count + _PRIOR))
    return np.where(clear & (count >= _LEAST_SEEN), learnt, 1.0), len(ratios)


def _ratio(values: "Matrix", place: int) -> "Matrix":
    """Return the logarithm of the day over the usual; NaN where either is unknown or nothing."""
    near = [place + week for week in _WEEKS if 0 <= place + week < values.shape[1]]
    usual = known_median(values[:, near], ~np.isnan(values[:, near]))
    day = values[:, place]
    good = (usual > 0) & (day > 0)
    return np.where(good, np.log(np.where(good, day, 1) / np.where(good, usual, 1)), np.nan)
