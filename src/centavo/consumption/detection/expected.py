"""What a day was expected to be: the median of the same weekday in the four weeks before an incident."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]

__all__ = ["WEEKS_BEFORE", "expected_days"]

WEEKS_BEFORE = 4


def expected_days(amounts: "Vector", onset: int, until: int) -> "Vector":
    """Return the expectation of the days ``onset`` to ``until``, excluded, of one series.

    Known weekdays only count; where a weekday has none, the median of all 28 days before stands in.

    >>> import numpy as np
    >>> expected_days(np.array([5.0, 9.0] * 14 + [50.0, 90.0]), 28, 30).tolist()
    [7.0, 7.0]
    """
    import numpy as np

    before = amounts[max(0, onset - 7 * WEEKS_BEFORE) : onset]
    whole = float(np.nanmedian(before)) if np.isfinite(before).any() else 0.0
    found = np.empty(until - onset)
    for place in range(min(7, until - onset)):
        same = amounts[[onset + place - 7 * w for w in range(1, 5) if onset + place >= 7 * w]]
        found[place::7] = np.nanmedian(same) if np.isfinite(same).any() else whole
    return found
