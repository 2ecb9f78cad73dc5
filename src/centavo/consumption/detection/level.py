"""How unusual each day's level is: mean shifts over one to fourteen days against their own past.

For a window of ``k`` days ending on a day, the shift is the mean of the flattened logarithms in it less
the median of the 28 days before it. Its size is judged by the shifts of the same window over the eight
weeks before: centre = their median, spread = their 85th percentile less the median. That takes the
series' own noise, memory and drift into account without a model of any of them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["BASE_DAYS", "BASE_LEAST", "WINDOWS", "Shifts", "shifts"]

WINDOWS = (1, 2, 3, 7, 14)
BASE_DAYS = 28
BASE_LEAST = 7
_PAST_DAYS = 56
_PAST_LEAST = 4
# The spread's place among past shifts: a third of what is above the median lies beyond it, so that it
# is neither moved by one earlier incident nor small in a series that is quiet most days.
_SPREAD_AT = 0.85
# Logarithms: a series that never moved is not judged by its rounding. A tenth is what a budget feels.
LEAST_SPREAD = 0.10


@dataclass(frozen=True)
class Shifts:
    """The mean shift of one window, and how it compares with its past; each series by days.

    Attributes:
        window: Days.
        base: Median of the flattened logarithms of the 28 days before the window.
        shift: Mean of the window less ``base``.
        centre: Median of the past shifts.
        spread: Their 85th percentile less ``centre``; at least a tenth.
    """

    window: int
    base: "Matrix"
    shift: "Matrix"
    centre: "Matrix"
    spread: "Matrix"

    @property
    def size(self) -> "Matrix":
        """The shift in spreads: zero is usual, one is seen every week, below zero is less."""
        return (self.shift - self.centre) / self.spread


def shifts(flat: "Matrix") -> list[Shifts]:
    """Return the shifts of each window."""
    import numpy as np

    middle = rolling_quantiles(flat, BASE_DAYS, at=[0.5], least=BASE_LEAST)[0]
    found: list[Shifts] = []
    for window in WINDOWS:
        base = delayed(middle, window)
        shift = rolling_mean(flat, window) - base
        # Windows that overlap the present one would hide it.
        past = delayed(shift, window)
        centre, high = rolling_quantiles(past, _PAST_DAYS, at=[0.5, _SPREAD_AT], least=_PAST_LEAST)
        found.append(Shifts(window, base, shift, centre, np.maximum(high - centre, LEAST_SPREAD)))
    return found
