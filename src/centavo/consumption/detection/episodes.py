"""From evidence to alerts: one alert when a series rises above the threshold, and none while it stays."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Days = npt.NDArray[np.bool_]

__all__ = ["QUIET_DAYS", "alerts", "threshold_for"]

# A week of quiet ends an episode: what flickers over a weekend is one incident.
QUIET_DAYS = 7


def alerts(evidence: "Matrix", threshold: float) -> "Days":
    """Return the days on which an alert is raised: above the threshold after seven days below it.

    >>> import numpy as np
    >>> alerts(np.array([[0.0, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2]]), 1.0).nonzero()[1].tolist()
    [1, 12]
    """
    import numpy as np

    above = evidence > threshold
    counts = np.cumsum(above, axis=1)
    before = np.zeros_like(counts)
    before[:, 1:] = counts[:, :-1]
    earlier = np.zeros_like(counts)
    earlier[:, QUIET_DAYS + 1 :] = counts[:, : -QUIET_DAYS - 1]
    return above & (before == earlier)


def threshold_for(evidence: "Matrix", *, per_series_month: float) -> float:
    """Return the lowest threshold at which clean history raises no more alerts than the budget.

    Args:
        evidence: Of clean history; NaN or minus infinity on days that do not count.
        per_series_month: Alerts per series and 30 days.
    """
    import numpy as np

    known = np.isfinite(evidence)
    months = known.sum() / 30
    if not months:
        return float("inf")
    values = np.where(known, evidence, -np.inf)
    # The number of alerts does not fall steadily with the threshold; above its last crossing it does.
    steps = np.unique(np.quantile(evidence[known], np.linspace(0.8, 1.0, 801)))
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if alerts(values, float(steps[middle])).sum() <= per_series_month * months:
            high = middle
        else:
            low = middle + 1
    return float(steps[low])
