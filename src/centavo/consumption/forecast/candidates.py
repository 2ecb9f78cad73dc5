"""Levels that a series may stand at: means and damped lines, at every weekly origin.

The hot path: each step is one operation over all series and all smoothing constants at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from centavo.consumption.forecast.known_median import known_median

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Cube = npt.NDArray[np.float64]

__all__ = ["NAMES", "Candidates", "candidates", "clipped", "steps_ahead"]

# Simple exponential smoothing (Brown, 1956) of the level, and Brown's double smoothing of its
# logarithm with the line at full and at half slope (Gardner and McKenzie, 1985, on damped trends).
_LEVEL = (0.05, 0.12, 0.25, 0.45)
_LINE = (0.03, 0.06, 0.12)
_SLOPES = (0.5, 1.0)
# Plain means of so many days: a month's total has its outliers too.
_MEAN_DAYS = (14, 28, 42, 56)
NAMES: tuple[str, ...] = (
    *(f"level {a}" for a in _LEVEL),
    *(f"line {a} x {d}" for a in _LINE for d in _SLOPES),
    *(f"mean {n}" for n in _MEAN_DAYS),
)
# Per day: beyond this a doubling takes less than 23 days, and a line through it is no forecast.
_STEEPEST = 0.03
# A slope loses 1.5 % a day: half of it is gone after 46 days.
DAMPING = 0.985
# A day further than this many spreads from the running median counts as that far.
_CLIP = 3.0
# In a plain mean it counts as it is, unless it is no day of this series at all: one spike in a flat
# series is not next month. On the development half 5 to 12 differ little.
_CLIP_OF_MEANS = 8.0
_RUNNING = 15
# Half a year says how far a day of this series usually is from it.
_CALM_DAYS = 182
# Standard deviations in a median absolute deviation of normal noise.
NORMAL = 1.4826
_LEAST_SPREAD = 0.02


@dataclass(frozen=True)
class Candidates:
    """What each candidate says at each weekly origin; the last origin is the last day.

    Attributes:
        log_level: [candidate, series, origin], natural logarithm.
        slope: The same shape: change of the logarithm per day, before damping.
    """

    log_level: "Cube"
    slope: "Cube"


def candidates(
    days: "Matrix", loose: "Matrix", known: "npt.NDArray[np.bool_]", *, floor: "Matrix"
) -> Candidates:
    """Return the candidates of series without their weekday shape.

    Args:
        days: Logarithms by day, oldest first, outliers clipped.
        loose: The same, only the farthest outliers clipped.
        known: Which days count.
        floor: What was added before the logarithm, by series, as a column.
    """
    width = days.shape[1]
    first = (width - 1) % 7
    level = _smoothed(np.exp(days) - floor, known, np.array(_LEVEL))
    rates = np.array(_LINE)
    once = _smoothed(days, known, rates)
    twice = _smoothed(once, known, rates)
    level, once, twice = (each[:, :, first::7] for each in (level, once, twice))
    gap = once - twice
    slope = np.clip((rates / (1 - rates))[:, None, None] * gap, -_STEEPEST, _STEEPEST)
    lines = [(once[k] + d * gap[k], d * slope[k]) for k in range(len(rates)) for d in _SLOPES]
    logs = np.log(np.maximum(level, 0) + floor)
    origins = np.arange(first, width, 7, dtype=np.int64)
    means = np.log(_means(np.exp(loose) - floor, known, origins) + floor)
    return Candidates(
        np.concatenate([logs, np.stack([line for line, _ in lines]), means]),
        np.concatenate(
            [np.zeros_like(logs), np.stack([change for _, change in lines]), np.zeros_like(means)]
        ),
    )


def clipped(logs: "Matrix", known: "npt.NDArray[np.bool_]") -> tuple["Matrix", "Matrix"]:
    """Return the logarithms with days far from the running median of two weeks brought nearer.

    Twice: near enough for a level, and only those that are no part of any month for a plain mean.
    """
    filled = _filled(logs, known)
    padded = np.concatenate([np.repeat(filled[:, :1], _RUNNING - 1, axis=1), filled], axis=1)
    middle = np.median(sliding_window_view(padded, _RUNNING, axis=1), axis=2)
    away = np.abs(filled - middle)[:, -_CALM_DAYS:]
    spread = np.maximum(NORMAL * known_median(away, known[:, -_CALM_DAYS:]), _LEAST_SPREAD)
    near, far = (each * spread[:, None] for each in (_CLIP, _CLIP_OF_MEANS))
    return np.clip(filled, middle - near, middle + near), np.clip(
        filled, middle - far, middle + far
    )


def steps_ahead(days: int) -> "Matrix":
    """Return what a slope of 1 adds after 1, 2, … days."""
    left = np.power(DAMPING, np.arange(1, days + 1, dtype=np.float64))
    return DAMPING * (1 - left) / (1 - DAMPING)


def _smoothed(values: "Cube", known: "npt.NDArray[np.bool_]", rates: "Matrix") -> "Cube":
    """Return exponential means [rate, series, day]; a day that is not known changes nothing.

    A mean begins as the mean of what it has seen: there is no first value to forget.
    """
    shape = np.broadcast_shapes(values.shape, (len(rates), *known.shape))
    values = np.broadcast_to(values, shape)
    keep = (1 - rates)[:, None]
    total, weight = np.zeros(shape[:2]), np.zeros(shape[:2])
    means = np.empty(shape)
    for day in range(shape[2]):
        has = known[:, day]
        faded = np.where(has, keep, 1.0)
        total = total * faded + np.where(has, values[:, :, day], 0.0)
        weight = weight * faded + has
        means[:, :, day] = total / np.maximum(weight, 1e-12)
    return means


def _means(
    plain: "Matrix", known: "npt.NDArray[np.bool_]", origins: "npt.NDArray[np.int64]"
) -> "Cube":
    """Return [length, series, origin] means of the known days that end with each origin."""
    sums = np.pad(np.cumsum(np.where(known, plain, 0), axis=1), ((0, 0), (1, 0)))
    counts = np.pad(np.cumsum(known, axis=1), ((0, 0), (1, 0)))
    starts = [np.maximum(origins + 1 - days, 0) for days in _MEAN_DAYS]
    return np.stack(
        [
            np.maximum(sums[:, origins + 1] - sums[:, start], 0)
            / np.maximum(counts[:, origins + 1] - counts[:, start], 1)
            for start in starts
        ]
    )


def _filled(logs: "Matrix", known: "npt.NDArray[np.bool_]") -> "Matrix":
    """Return the series with unknown days as the last known one; before the first, as the first."""
    width = logs.shape[1]
    place = np.where(known, np.arange(width, dtype=np.int64), np.int64(-1))
    latest: npt.NDArray[np.int64] = np.maximum.accumulate(place, axis=1)
    first = np.argmax(known, axis=1)[:, None]
    return np.take_along_axis(logs, np.where(latest < 0, first, latest), axis=1)
