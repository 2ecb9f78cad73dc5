"""One figure of evidence for each series and day: how improbable, how lasting, how much money.

With a tail that falls as a power (Lomax: P(size > z) = 1 / (1 + z)), which daily cost has, the negative
logarithm of the tail probability of a size is log(1 + size). The evidence is the mean of that over the
windows, plus weighted parts for what the sizes do not see (slope, trend, rise, the week's high days, the
peak), less one for a restless past, plus one for the money: of two equally improbable days the dearer
one comes first, because the budget of alerts is one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.consumption.detection.growth import slope_size, slopes
from centavo.consumption.detection.level import BASE_DAYS, BASE_LEAST, Shifts, shifts
from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles
from centavo.consumption.detection.standing import high_share, peak, restlessness, rise, trend
from centavo.consumption.detection.weekday import flattened, logarithms

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["Evidence", "evidence_of"]

# Chosen on seeds 1001 to 1010 of benchmarks/detection.py's generator and looked at on 1011 to 1014, on none
# that is reported. Leaving any one of them out costs up to 2.5 points of recall, or 6 of dollars (money).
GROWTH_WEIGHT = 0.2
TREND_WEIGHT = 1.2
RISE_WEIGHT = 0.6
HIGH_WEIGHT = 0.9
PEAK_WEIGHT = 0.8
RESTLESS_WEIGHT = 0.24
MONEY_WEIGHT = 0.28
# Extra money below this share of a usual series' day is nothing.
_LEAST_MONEY_SHARE = 0.0015
# And a day below it is as good as nothing: from zero to that is no growth without end.
_NOTHING_SHARE = 0.005
# Below a tenth of that, no day is a peak beside another.
_LEAST_PEAK_SHARE = 0.0005
_MONEY_WINDOWS = (2, 3, 7, 14)
_LEAST_WINDOWS = 2


@dataclass(frozen=True)
class Evidence:
    """Evidence, and what it is made of; matrices are series by days.

    Attributes:
        total: The sum that is compared with the threshold.
        flat: Logarithms without their weekly rhythm.
        windows: The shifts of each window.
        growth: Slope of five weeks, in spreads.
        extra: Money a day above the level of the 28 days before, by the window where it is most.
    """

    total: "Matrix"
    flat: "Matrix"
    windows: list[Shifts]
    growth: "Matrix"
    extra: "Matrix"


def evidence_of(amounts: "Matrix", *, usual_day: float) -> Evidence:
    """Return the evidence that each day is unusually high.

    Args:
        amounts: Series by days, in one currency; NaN where a day is unknown or must not count.
        usual_day: Amount of a usual series' day, to compare money with.
    """
    import numpy as np

    flat = flattened(logarithms(amounts, least=_NOTHING_SHARE * usual_day))
    windows = shifts(flat)
    improbable = _mean_known([np.log1p(np.maximum(window.size, 0.0)) for window in windows])
    growth = slope_size(slopes(flat))
    extra = _extra(amounts)
    total = (
        improbable
        + GROWTH_WEIGHT * np.log1p(np.maximum(growth, 0.0))
        + TREND_WEIGHT * trend(windows)
        + RISE_WEIGHT * rise(flat)
        + HIGH_WEIGHT * high_share(flat)
        + PEAK_WEIGHT * peak(amounts, least=_LEAST_PEAK_SHARE * usual_day)
        - RESTLESS_WEIGHT * restlessness(flat)
        + MONEY_WEIGHT * np.log(extra / usual_day + _LEAST_MONEY_SHARE)
    )
    return Evidence(total, flat, windows, growth, extra)


def _mean_known(parts: "list[Matrix]") -> "Matrix":
    """Return the mean of the windows that have a past to compare with: a young series has the short."""
    import numpy as np

    stacked = np.stack(parts)
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    mean = np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(count, 1)
    return np.where(count >= _LEAST_WINDOWS, mean, np.nan)


def _extra(amounts: "Matrix") -> "Matrix":
    """Return the money a day above the level before it; a window of two days counts two thirds."""
    import numpy as np

    level = rolling_quantiles(amounts, BASE_DAYS, at=[0.5], least=BASE_LEAST)[0]
    extra = np.zeros_like(amounts)
    for window in _MONEY_WINDOWS:
        more = rolling_mean(amounts, window) - delayed(level, window)
        extra = np.fmax(extra, more * min(window, 3) / 3)
    return extra
