"""Steady growth: the median slope of weekly logarithms (Theil and Sen), and its doubling time."""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["Growth", "growth_now", "slope_size", "slopes", "theil_sen"]

_SHORT_WEEKS = 5
_PAST_DAYS = 84
_PAST_LEAST = 20
_LEAST_SPREAD = 0.03


@dataclass(frozen=True)
class Growth:
    """The growth of series over some weeks, one value for each series.

    Attributes:
        per_week: Median of the slopes between all pairs of weeks, in logarithms.
        low: Tenth percentile of that slope over resampled weeks.
        chance: Share of resamples whose doubling time is below the limit.
    """

    per_week: "npt.NDArray[np.float64]"
    low: "npt.NDArray[np.float64]"
    chance: "npt.NDArray[np.float64]"


def slopes(flat: "Matrix") -> "Matrix":
    """Return each day's Theil-Sen slope a week over the five weeks that end on it."""
    import numpy as np

    means = rolling_mean(flat, 7)
    weeks = [delayed(means, 7 * back) for back in range(_SHORT_WEEKS)]
    pairs = [
        (weeks[late] - weeks[early]) / (early - late)
        for late in range(_SHORT_WEEKS)
        for early in range(late + 1, _SHORT_WEEKS)
    ]
    return np.median(np.stack(pairs), axis=0)


def slope_size(slope: "Matrix") -> "Matrix":
    """Return the slopes in spreads of their own last twelve weeks, unknown as zero."""
    import numpy as np

    centre, high = rolling_quantiles(
        delayed(slope, 7), _PAST_DAYS, at=[0.5, 0.85], least=_PAST_LEAST
    )
    return np.nan_to_num((slope - centre) / np.maximum(high - centre, _LEAST_SPREAD))


def growth_now(
    weekly: "Matrix", *, doubling_days: float, seed: int, resamples: int = 200
) -> Growth:
    """Return the growth of series by the logarithms of their weeks, the newest last.

    Args:
        weekly: Series by weeks; all known.
        doubling_days: The limit whose chance is asked for.
        seed: Of the resampling.
        resamples: How many; 200 give a chance of 0.9 a standard error of 0.02.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    weeks = weekly.shape[1]
    whole = theil_sen(weekly, np.arange(weeks, dtype=np.int64))
    draws = np.sort(random.integers(0, weeks, (resamples, weeks), dtype=np.int64), axis=1)
    drawn = np.stack([theil_sen(weekly, places) for places in draws])
    limit = 7 * log(2) / doubling_days
    known = np.isfinite(drawn)
    chance = ((drawn > limit) & known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return Growth(whole, np.quantile(drawn, 0.1, axis=0), chance)


def theil_sen(weekly: "Matrix", places: "npt.NDArray[np.int64]") -> "npt.NDArray[np.float64]":
    """Return the median slope between all pairs of the chosen weeks; unknown where a week is.

    >>> import numpy as np
    >>> theil_sen(np.array([[0.0, 1, 2, 3, 40]]), np.arange(5)).tolist()
    [1.0]
    """
    import numpy as np

    early, late = np.triu_indices(len(places), 1)
    apart = places[late] - places[early]
    far = apart > 0
    rise = weekly[:, places[late[far]]] - weekly[:, places[early[far]]]
    return np.median(rise / apart[far], axis=1)
