"""Which candidate to believe: each weighs by how it did on the series' own past.

At every weekly origin the weights come from errors that were known then, so that the past forecasts
are honest ones: their errors say how wide an interval must be, and how often it held.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.forecast.candidates import Candidates, steps_ahead

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["AHEAD", "SOON", "Mixture", "mixed"]

AHEAD = 30
SOON = 7
# An error over the next week is known after a week, so that a step is followed soon; it counts three
# times. On the development half 0 to 3 times differ little, and 3 is best by a hair.
_SOON_COUNTS = 3.0
# Mean error of each candidate beside the mean of all, on the development half of the panel where every
# series counts the same, in the order of candidates.NAMES; it counts as much as so many origins of the series' own.
# `python benchmarks/forecast.py --calibrate` prints it.
RELATIVE_ERROR = (
    *(0.92, 0.84, 0.84, 0.90),
    *(1.00, 1.27, 0.98, 1.25, 1.01, 1.29),
    *(0.86, 0.90, 0.94, 0.99),
)
_PRIOR_ORIGINS = 5.0
# Weights fall with this power of the error: the best few count, the others hardly.
_POWER = 8.0
_LEAST_ERROR = 0.003


@dataclass(frozen=True)
class Mixture:
    """The believed level and slope, and the errors of past forecasts.

    Attributes:
        log_level: By series, at the last day.
        slope: By series, per day, before damping.
        weights: [candidate, series] at the last day.
        error: [series, origin] logarithm of what came over what was forecast for the next 30 days;
            NaN where unknown. Origins are a week apart, the last one is the last day.
        spread: [series, origin] mean size of the errors known at the origin.
        tried: [candidate, series, origin] size of each candidate's own error.
    """

    log_level: "Matrix"
    slope: "Matrix"
    weights: "Matrix"
    error: "Matrix"
    spread: "Matrix"
    tried: "npt.NDArray[np.float64]"


def mixed(found: Candidates, *, came: "Matrix", soon: "Matrix", noise: "Matrix") -> Mixture:
    """Return the mixture.

    Args:
        found: What each candidate says at each origin.
        came: [series, origin] logarithm of the mean of the 30 days after; NaN where unknown.
        soon: The same of the 7 days after.
        noise: Spread of single days, by series: all that is known before there are errors.
    """
    said = _said(found, AHEAD)
    tried = np.abs(came - said)
    weights = _weights(tried, np.abs(soon - _said(found, SOON)))
    error = came - (weights * said).sum(axis=0)
    return Mixture(
        (weights[:, :, -1] * found.log_level[:, :, -1]).sum(axis=0),
        (weights[:, :, -1] * found.slope[:, :, -1]).sum(axis=0),
        weights[:, :, -1],
        error,
        _spread(error, noise),
        tried,
    )


def _said(found: Candidates, days: int) -> "npt.NDArray[np.float64]":
    """Return the logarithm of the mean of so many days, as each candidate sees it."""
    return found.log_level + steps_ahead(days).mean() * found.slope


def _weights(
    size: "npt.NDArray[np.float64]", soon: "npt.NDArray[np.float64]"
) -> "npt.NDArray[np.float64]":
    sums = _known_then(size, AHEAD) + _SOON_COUNTS * _known_then(soon, SOON)
    counted = [np.isfinite(each[:1]).astype(np.float64) for each in (size, soon)]
    count = _known_then(counted[0], AHEAD) + _SOON_COUNTS * _known_then(counted[1], SOON)
    mean = sums.mean(axis=0, keepdims=True) / np.maximum(count, 1)
    prior = np.array(RELATIVE_ERROR)[:, None, None] * np.where(count > 0, mean, 1.0)
    expected = (sums + _PRIOR_ORIGINS * prior) / (count + _PRIOR_ORIGINS)
    weights = (expected + _LEAST_ERROR) ** -_POWER
    return weights / weights.sum(axis=0)


# Size of 30-day errors for a noise of single days, and for how many origins of the series' own it
# counts: chosen on the development half so that intervals cover the same after 14 days and after 730.
SPREAD_AT_REST, SPREAD_PER_NOISE = 0.10, 0.50
_SPREAD_ORIGINS = 4.0
# A month that came to next to nothing says no more than one that came to a quarter or to four times.
_LARGEST_ERROR = 1.4


def _spread(error: "Matrix", noise: "Matrix") -> "Matrix":
    """Return the mean size of the errors known at each origin, with a prior for few of them."""
    prior = SPREAD_AT_REST + SPREAD_PER_NOISE * noise[:, None]
    sums = _known_then(np.minimum(np.abs(error), _LARGEST_ERROR), AHEAD)
    counts = _known_then(np.isfinite(error).astype(np.float64), AHEAD)
    return (sums + _SPREAD_ORIGINS * prior) / (counts + _SPREAD_ORIGINS)


def _known_then(values: "npt.NDArray[np.float64]", days: int) -> "npt.NDArray[np.float64]":
    """Return running sums over weekly origins, without what became known later; NaN adds nothing."""
    sums = np.cumsum(np.nan_to_num(values), axis=-1)
    origins = -(-days // 7)
    late = np.zeros_like(sums)
    late[..., origins:] = sums[..., :-origins]
    return late
