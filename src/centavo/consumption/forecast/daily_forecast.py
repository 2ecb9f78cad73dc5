"""Daily series to their daily medians: weekday shape, candidates, mixture, back-tested errors.

Many series at once: arrays are [series, day]. Floats, because a forecast is an estimate; amounts are
made exact where they leave this package.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.forecast.candidates import NORMAL, candidates, clipped, steps_ahead
from centavo.consumption.forecast.known_median import known_median
from centavo.consumption.forecast.mixture import AHEAD, SOON, mixed
from centavo.consumption.forecast.weekday_profile import LEAST_FACTOR, weekday_factors

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Cube = npt.NDArray[np.float64]

__all__ = ["LOOK_BACK_DAYS", "DailyForecast", "daily_forecast"]

# A year and six weeks: further back says nothing about next month.
LOOK_BACK_DAYS = 406
# Memory stays below 200 MB at so many series at once.
_AT_ONCE = 500
# Added before a logarithm, as a share of the mean day: a day of nothing is a day.
_FLOOR_SHARE = 1e-3
# Of the days after an origin, this share must be known for their mean to count as what came.
_LEAST_KNOWN = 2 / 3
_FIRST_WEEKS = 21
# Below so many changes from one day to the next, days are taken to vary by half.
_LEAST_STEPS = 5
_UNKNOWN_NOISE = 0.5
# Mean days between amounts above which a series is intermittent.
REGULAR_INTERVAL_DAYS = 1.32


@dataclass(frozen=True)
class DailyForecast:
    """Medians of the days to come, and what past forecasts of the same kind missed by.

    Attributes:
        median: [series, day] from the day after the last.
        error: [series, origin] logarithm of 30 days' actual over forecast; NaN where unknown.
        spread: [series, origin] size of the errors that were known at the origin; the last is now.
        noise: Spread of single days, by series, as a logarithm.
        weights: [candidate, series].
        tried: [candidate, series, origin] size of each candidate's own ``error``.
    """

    median: "Matrix"
    error: "Matrix"
    spread: "Matrix"
    noise: "Matrix"
    weights: "Matrix"
    tried: "Cube"


def daily_forecast(history: "Matrix", ahead: int) -> DailyForecast:
    """Return the forecast of each series.

    Args:
        history: [series, day], oldest first; NaN is unknown (a gap), never zero. The last column is
            the last complete day.
        ahead: Days to forecast.
    """
    parts = [
        _forecast(history[start : start + _AT_ONCE], ahead)
        for start in range(0, len(history), _AT_ONCE)
    ]
    return DailyForecast(
        np.concatenate([part.median for part in parts]),
        np.concatenate([part.error for part in parts]),
        np.concatenate([part.spread for part in parts]),
        np.concatenate([part.noise for part in parts]),
        np.concatenate([part.weights for part in parts], axis=1),
        np.concatenate([part.tried for part in parts], axis=1),
    )


def _forecast(history: "Matrix", ahead: int) -> DailyForecast:
    days = _whole_weeks(np.maximum(history, 0))
    known = ~np.isnan(days)
    factor = weekday_factors(days)
    plain = days / np.maximum(np.tile(factor, days.shape[1] // 7), LEAST_FACTOR)
    recent = plain[:, -56:]
    mean = np.nansum(recent, axis=1) / np.maximum((~np.isnan(recent)).sum(axis=1), 1)
    floor = (_FLOOR_SHARE * mean + 1e-12)[:, None]
    logs = np.where(known, np.log(np.where(known, plain, 0) + floor), 0)
    # What is mostly nothing has no running median to be far from: there every day counts whole.
    is_regular = _is_regular(days)[:, None]
    calm, loose = (np.where(is_regular, each, logs) for each in clipped(logs, known))
    noise = _noise(calm, known)
    came, soon = (np.log(_came(plain, known, days=days) + floor) for days in (AHEAD, SOON))
    found = candidates(calm, loose, known, floor=floor)
    mix = mixed(found, came=came, soon=soon, noise=noise)
    growth = mix.log_level[:, None] + mix.slope[:, None] * steps_ahead(ahead)
    shape = np.tile(factor, -(-ahead // 7))[:, :ahead]
    median = np.maximum(np.exp(growth) - floor, 0) * shape
    return DailyForecast(median, mix.error, mix.spread, noise, mix.weights, mix.tried)


def _whole_weeks(history: "Matrix") -> "Matrix":
    """Return the last days, as whole weeks: unknown days come first where there are too few."""
    cut = history[:, -LOOK_BACK_DAYS:]
    missing = max(-cut.shape[1] % 7, 56 - cut.shape[1])
    return np.pad(cut, ((0, 0), (missing, 0)), constant_values=np.nan)


def _came(plain: "Matrix", known: "npt.NDArray[np.bool_]", *, days: int) -> "Matrix":
    """Return the mean of the days after each weekly origin; NaN where too few of them are known."""
    width = plain.shape[1]
    sums = np.pad(np.cumsum(np.where(known, plain, 0), axis=1), ((0, 0), (1, 0)))
    counts = np.pad(np.cumsum(known, axis=1), ((0, 0), (1, 0)))
    origins = np.arange((width - 1) % 7, width, 7, dtype=np.int64)
    ends = np.minimum(origins + 1 + days, width)
    count = counts[:, ends] - counts[:, origins + 1]
    seen = counts[:, origins + 1] >= _FIRST_WEEKS
    enough = (count > _LEAST_KNOWN * days) & (origins + days < width) & seen
    mean = (sums[:, ends] - sums[:, origins + 1]) / np.maximum(count, 1)
    return np.where(enough, np.maximum(mean, 0), np.nan)


def _is_regular(days: "Matrix") -> "npt.NDArray[np.bool_]":
    """Say which series have an amount on most days (Syntetos, Boylan and Croston, 2005)."""
    known = (~np.isnan(days)).sum(axis=1)
    return known <= REGULAR_INTERVAL_DAYS * (days > 0).sum(axis=1)


def _noise(calm: "Matrix", known: "npt.NDArray[np.bool_]") -> "Matrix":
    """Return the median change from day to day over the last eight weeks, as a standard deviation."""
    both = known[:, -55:] & known[:, -56:-1]
    steps = np.abs(np.diff(calm[:, -56:], axis=1))
    return np.where(
        both.sum(axis=1) >= _LEAST_STEPS,
        NORMAL / np.sqrt(2) * known_median(steps, both),
        _UNKNOWN_NOISE,
    )
