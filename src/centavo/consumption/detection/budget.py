"""The budget of alerts: how many a reader wants is the input, and the threshold follows.

Thresholds were measured once on clean history (447 windows of seeds 1001 to 1006 of benchmarks/detection.py: the
threshold at which undisturbed real series raise so many alerts). A ledger whose own history is noisier
than that gets a higher one: the threshold that would have kept its history within the budget.
"""

from itertools import pairwise
from math import log, sqrt
from typing import TYPE_CHECKING

from centavo.consumption.detection.episodes import threshold_for

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["clean_threshold", "threshold_within"]

# Alerts per series and 30 days -> threshold.
_CLEAN = ((0.02, 3.71), (0.05, 3.12), (0.1, 2.64), (0.2, 2.21), (0.5, 1.5), (1.0, 0.78))


def clean_threshold(per_series_month: float) -> float:
    """Return the threshold of a budget on clean series, between the measured ones by its logarithm.

    >>> round(clean_threshold(0.1), 2), round(clean_threshold(0.14), 2)
    (2.64, 2.43)
    """
    wanted = log(min(max(per_series_month, _CLEAN[0][0]), _CLEAN[-1][0]))
    for (low, high_threshold), (high, low_threshold) in pairwise(_CLEAN):
        if wanted <= log(high) + 1e-12:
            share = (wanted - log(low)) / (log(high) - log(low))
            return high_threshold + share * (low_threshold - high_threshold)
    return _CLEAN[-1][1]


def threshold_within(evidence: "Matrix", per_series_month: float) -> float:
    """Return the threshold for a ledger: that of clean series, or higher where its history asks for it.

    A few true incidents are no noise: its history may hold as many alerts as clean series of this
    number would hold in all but one in a hundred cases (a Poisson count, three deviations and one).
    """
    import numpy as np

    months = max(float(np.isfinite(evidence).sum()) / 30, 1e-9)
    mean = per_series_month * months
    allowed = mean + 3 * sqrt(mean) + 1
    own = threshold_for(evidence, per_series_month=allowed / months)
    clean = clean_threshold(per_series_month)
    return clean if own == float("inf") else max(clean, own)
