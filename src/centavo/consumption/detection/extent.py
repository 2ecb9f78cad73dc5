"""When an incident began and ended, from the day that raised the alert."""

from typing import TYPE_CHECKING

from centavo.consumption.detection.episodes import QUIET_DAYS
from centavo.consumption.detection.level import WINDOWS, Shifts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]

__all__ = ["extent_of"]

_LOOK_BACK = WINDOWS[-1] + QUIET_DAYS


def extent_of(flat: "Vector", windows: list[Shifts], *, row: int, alert: int) -> tuple[int, int]:
    """Return the first column of an incident and the column after its last.

    Half of the shift that speaks loudest on the day of the alert divides usual from unusual days. The
    first day is the one from which the sum of distances to that line is largest (a cumulative sum,
    as in Page, 1954); the last is the last above the line without a week of quiet before it.

    Args:
        flat: The series' logarithms without their weekly rhythm.
        windows: Shifts of all series.
        row: The series.
        alert: Column of the alert.
    """
    import numpy as np

    sizes = [float(np.nan_to_num(each.size[row, alert], nan=-np.inf)) for each in windows]
    loudest = windows[int(np.argmax(sizes))]
    line = float(loudest.base[row, alert] + loudest.shift[row, alert] / 2)
    first = max(0, alert - _LOOK_BACK)
    apart = np.nan_to_num(flat[first : alert + 1] - line)
    onset = first + int(np.argmax(np.cumsum(apart[::-1])[::-1]))
    above = np.nonzero(np.nan_to_num(flat[onset:], nan=-np.inf) > line)[0]
    if not len(above):
        return alert, alert + 1
    breaks = np.nonzero(np.diff(above) > QUIET_DAYS)[0]
    last = above[breaks[0]] if len(breaks) else above[-1]
    return onset, max(onset + int(last), alert) + 1
