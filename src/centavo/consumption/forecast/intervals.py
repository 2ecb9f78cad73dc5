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
    1: (-2.22, -1.09, 1.01, 2.06),
    3: (-2.22, -1.09, 1.04, 2.49),
    7: (-2.22, -1.09, 1.25, 2.54),
    14: (-2.22, -1.14, 1.27, 2.58),
    30: (-2.22, -1.24, 1.53, 3.21),
    60: (-2.57, -1.44, 1.78, 3.51),
    90: (-3.18, -1.90, 2.00, 3.77),
    180: (-3.54, -2.51, 2.21, 4.44),
    365: (-3.54, -2.51, 3.36, 6.67),
}
# Days until a total of 30 days begins, and its quantiles.
BLOCKS: dict[int, tuple[float, float, float, float]] = {
    0: (-2.22, -1.24, 1.53, 3.21),
    15: (-2.84, -1.53, 2.02, 3.62),
    30: (-3.44, -1.91, 2.36, 4.13),
    60: (-4.09, -2.97, 2.66, 4.99),
    90: (-4.73, -3.09, 3.52, 4.99),
    150: (-4.95, -3.82, 3.52, 5.33),
    210: (-5.63, -3.95, 3.52, 5.49),
    270: (-5.63, -3.95, 3.60, 7.68),
    335: (-5.63, -3.95, 3.60, 7.68),
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
