"""How a day stands against its series' past, beside the size of its shifts: five figures in logarithms.

A size is a shift in spreads of its own past. That leaves out what a person sees at a glance: whether the
series has long been rising, whether the week as a whole is high, whether anything like it was there
before, and whether the series jumps every few days anyway. A figure is zero where the past is too short.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from centavo.consumption.detection.level import BASE_DAYS, BASE_LEAST, Shifts
from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["high_share", "peak", "restlessness", "rise", "trend"]

_WEEK = 7
# A figure beyond these says no more than one at them: a factor of 2.7, and one of 2 for the peak.
_MOST, _MOST_PEAK = 1.0, 0.7
_SHORT_BASE_DAYS, _SHORT_BASE_LEAST = 14, 5
_HIGH_AT = 0.85
_PEAK_WINDOW, _PEAK_PAST_DAYS, _PEAK_AT = 2, 56, 0.98
_MOVES_DAYS, _MOVES_AT, _MOVES_DELAY = 84, 0.95, 14
# Moves of a hundredth are rounding; nothing is calmer than that for certain.
_LEAST_MOVE = 0.01


def trend(windows: Sequence[Shifts]) -> "Matrix":
    """Return the drift of eight weeks that the sizes have taken out, of the shortest and longest window."""
    import numpy as np

    ends = (windows[0].centre, windows[-1].centre)
    return np.sum([np.nan_to_num(np.clip(each, -_MOST, _MOST)) for each in ends], axis=0)


def rise(flat: "Matrix") -> "Matrix":
    """Return the mean of the last week less the median of the two weeks before it."""
    import numpy as np

    base = rolling_quantiles(flat, _SHORT_BASE_DAYS, at=[0.5], least=_SHORT_BASE_LEAST)[0]
    return np.nan_to_num(np.clip(rolling_mean(flat, _WEEK) - delayed(base, _WEEK), -_MOST, _MOST))


def high_share(flat: "Matrix") -> "Matrix":
    """Return the share of the last seven days above the 85th percentile of the 28 days before them."""
    import numpy as np

    high = rolling_quantiles(flat, BASE_DAYS, at=[_HIGH_AT], least=BASE_LEAST)[0]
    before = delayed(high, _WEEK)
    days = np.stack([delayed(flat, back) > before for back in range(_WEEK)])
    return days.sum(axis=0).astype(np.float64) / _WEEK


def peak(amounts: "Matrix", *, least: float) -> "Matrix":
    """Return how far the last two days are above the highest two days of the eight weeks before.

    The highest is the 98th percentile, so that one earlier spike is not the measure of all.

    Args:
        amounts: Series by days.
        least: An amount that is as good as nothing.
    """
    import numpy as np

    mean = rolling_mean(amounts, _PEAK_WINDOW)
    highest = rolling_quantiles(mean, _PEAK_PAST_DAYS, at=[_PEAK_AT], least=_WEEK)[0]
    before = np.maximum(delayed(highest, _PEAK_WINDOW), least)
    above = np.log(np.maximum(mean, least)) - np.log(before)
    return np.nan_to_num(np.clip(above, -_MOST_PEAK, _MOST_PEAK))


def restlessness(flat: "Matrix") -> "Matrix":
    """Return the logarithm of the move from day to day that one day in twenty exceeds.

    Of the twelve weeks that end two weeks before a day. Zero, a factor of 2.7, where that is not known.
    """
    import numpy as np

    moves = np.abs(flat - delayed(flat, 1))
    large = rolling_quantiles(moves, _MOVES_DAYS, at=[_MOVES_AT], least=_WEEK)[0]
    return np.nan_to_num(np.log(delayed(large, _MOVES_DELAY) + _LEAST_MOVE))
