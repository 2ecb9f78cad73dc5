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
# Days from now, and the quantiles of the total until then. Seeds 1 to 10; where fewer series reach
# further and came out narrower than a nearer horizon, the nearer one's quantile stands.
SPANS: dict[int, tuple[float, float, float, float]] = {
    1: (-2.40, -1.07, 0.96, 1.88),
    3: (-2.22, -1.07, 1.03, 2.46),
    7: (-2.22, -1.07, 1.20, 2.53),
    14: (-2.22, -1.12, 1.23, 2.53),
    30: (-2.22, -1.18, 1.49, 3.21),
    60: (-2.49, -1.44, 1.78, 3.48),
    90: (-3.18, -1.90, 1.98, 3.68),
    180: (-3.54, -2.51, 2.17, 4.44),
    365: (-3.54, -2.51, 3.33, 6.63),
}
# Days until a total of 30 days begins, and its quantiles.
BLOCKS: dict[int, tuple[float, float, float, float]] = {
    0: (-2.22, -1.18, 1.49, 3.21),
    15: (-2.84, -1.50, 1.99, 3.60),
    30: (-3.44, -1.88, 2.36, 4.13),
    60: (-4.09, -2.97, 2.64, 4.93),
    90: (-4.73, -3.09, 3.51, 4.93),
    150: (-4.95, -3.82, 3.51, 5.33),
    210: (-5.63, -3.93, 3.51, 5.36),
    270: (-5.63, -3.93, 3.57, 7.16),
    335: (-5.63, -3.93, 3.57, 7.16),
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
