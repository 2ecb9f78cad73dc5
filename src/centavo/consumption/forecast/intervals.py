"""How far a total may fall from its median: quantiles that were calibrated on other series.

Split conformal prediction with scaled scores (Lei et al., JASA 2018, section 5): on the development
half of a panel of daily series, the logarithm of what came over what was forecast, in units of the
series' own spread, gives quantiles by horizon. A series then needs only its spread. The held-out half
says whether they hold: `benchmarks/forecast.py`, which also prints the table anew (`--calibrate`).
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["BLOCKS", "LEVELS", "SPANS", "coverage_of_past", "log_quantiles", "scale_of"]

LEVELS = (0.025, 0.1, 0.9, 0.975)
# Days from now, and the quantiles of the total until then: so far out that a series which the table
# has not seen passes them as often as they say (each left out in turn). Seeds 1 to 4; beyond 30 days,
# where fewer series reach further and came out narrower than a nearer horizon, the nearer one's
# quantile stands.
SPANS: dict[int, tuple[float, float, float, float]] = {
    1: (-2.69, -1.31, 0.90, 1.70),
    3: (-2.41, -1.17, 0.93, 2.15),
    7: (-2.23, -1.17, 1.09, 2.75),
    14: (-2.19, -1.12, 1.11, 2.65),
    30: (-2.39, -1.25, 1.58, 3.64),
    60: (-2.43, -1.33, 1.68, 3.64),
    90: (-3.26, -1.92, 2.08, 3.76),
    180: (-3.74, -2.45, 2.48, 5.32),
    365: (-3.74, -2.45, 4.05, 8.16),
}
# Days until a total of 30 days begins, and its quantiles.
BLOCKS: dict[int, tuple[float, float, float, float]] = {
    0: (-2.39, -1.25, 1.58, 3.64),
    15: (-2.89, -1.52, 1.74, 3.64),
    30: (-3.32, -1.84, 2.09, 3.76),
    60: (-4.26, -3.05, 2.64, 5.21),
    90: (-4.71, -3.11, 3.15, 5.59),
    150: (-4.97, -3.80, 3.44, 7.08),
    210: (-5.70, -4.02, 3.83, 8.38),
    270: (-5.70, -4.02, 4.61, 10.24),
    335: (-5.70, -4.02, 5.67, 10.53),
}
# No total is sure to the last cent: a series that never moved may.
_LEAST_SCALE = 0.002


def scale_of(spread: "Matrix", noise: "Matrix", length: float) -> "Matrix":
    """Return the scale of a total's error: of the level, and of as many single days."""
    return np.sqrt(spread**2 + noise**2 / length) + _LEAST_SCALE


def log_quantiles(start: float, length: float) -> "Matrix":
    """Return the four quantiles of a total of ``length`` days that begins ``start`` days from now."""
    spans = _between(SPANS, start + length)
    if start <= 0:
        return spans
    return _between(BLOCKS, start)


def coverage_of_past(
    error: "Matrix", spread: "Matrix", noise: "Matrix"
) -> tuple[float | None, int]:
    """Return the share of a series' past 30-day forecasts inside its 80 % interval, and their number.

    Args:
        error: By origin; NaN where nothing came yet.
        spread: By origin, as it was known then.
        noise: Of the series.
    """
    known = ~np.isnan(error)
    count = int(known.sum())
    if not count:
        return None, 0
    score = error[known] / scale_of(spread[known], noise, 30)
    low, high = SPANS[30][1:3]
    return float(((score >= low) & (score <= high)).mean()), count


def _between(table: dict[int, tuple[float, float, float, float]], days: float) -> "Matrix":
    places = sorted(table)
    values = np.array([table[place] for place in places])
    return np.array([np.interp(days, places, values[:, k]) for k in range(4)])
