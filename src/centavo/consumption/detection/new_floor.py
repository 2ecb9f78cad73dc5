"""A new member that runs day and night: what a place pays without pause, against what it paid before.

A forgotten machine or key costs the same every day, weekends too, and is small beside what varies; the
level of the whole hides it for weeks. By members it is plain: something that was not there runs a week and a day
at one cost, and the *floor* (what members cost that ran all those days without pause, each at its
cheapest day) is higher than it was. A machine that took another's place leaves the floor where it was, and
a job that stops before, or pauses at the weekend, is no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from centavo.consumption.detection.rolling import delayed, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

__all__ = ["RUN_DAYS", "NewFloor", "new_floors", "within_budget"]

# A week and a day: a weekend is in it, and a job of one week is over. On seeds 101 to 104 the day more took
# half of the false alerts away and no true one.
RUN_DAYS = 8
# A day of 25 hours costs 4 % more; what varies by more than a tenth follows its use.
_FLAT_WITHIN = 1.10
_PAST_DAYS = 28
_PAST_LEAST = 14
# The floor of the past is one that was passed on three days of 28: an earlier incident does not hide this.
_FLOOR_AT = 0.9
# Of a place's usual day: below it nobody acts. A house value.
_LEAST_SHARE = 0.05


@dataclass(frozen=True)
class NewFloor:
    """One member that raised the floor of its place.

    Attributes:
        member: Its row.
        onset: Column of its first whole day.
        alert: Column of the day on which it is known, a week later.
        extra: Cost a day above the floor of the past; a float, for ranking and merging only.
        share: The same for all new members of the place on that day, in the place's usual days.
    """

    member: int
    onset: int
    alert: int
    extra: float
    share: float


def new_floors(costs: "Matrix", places: "Rows", usual: "Matrix") -> list[NewFloor]:
    """Return the members that appeared, run without pause and raised their place's floor.

    Args:
        costs: Members by days; zero where a member cost nothing.
        places: The row of ``usual`` that each member belongs to.
        usual: Places by days: all that a place costs; NaN on days that are unknown.
    """
    import numpy as np

    unpaused = _unpaused(costs)
    floor = np.zeros_like(usual)
    np.add.at(floor, places, unpaused)
    floor[np.isnan(delayed(usual, RUN_DAYS - 1))] = np.nan
    past = delayed(
        rolling_quantiles(floor, _PAST_DAYS, at=[_FLOOR_AT], least=_PAST_LEAST)[0], RUN_DAYS
    )
    level = delayed(rolling_quantiles(usual, _PAST_DAYS, at=[0.5], least=_PAST_LEAST)[0], RUN_DAYS)
    new = np.where(_appears(costs) & (unpaused > 0), unpaused, 0.0)
    arrived = np.zeros_like(usual)
    np.add.at(arrived, places, new)
    extra = np.minimum(arrived, np.maximum(floor - past, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        share, part = extra / level, extra / arrived
    raised = (new > 0) & (share > _LEAST_SHARE)[places]
    return [
        NewFloor(
            int(member),
            int(day) - RUN_DAYS + 1,
            int(day),
            float(new[member, day] * part[places[member], day]),
            float(share[places[member], day]),
        )
        for member, day in zip(*np.nonzero(raised), strict=True)
    ]


def within_budget(
    found: Sequence[NewFloor], usual: "Matrix", *, per_series_month: float
) -> list[NewFloor]:
    """Return those that a budget of alerts has room for, by share of their place.

    As in `budget.py`, history may hold what clean places would in all but one in a hundred cases.
    """
    import numpy as np

    mean = per_series_month * float(np.isfinite(usual).sum()) / 30
    room = int(mean + 3 * sqrt(mean) + 1)
    return sorted(found, key=lambda each: -each.share)[:room]


def _unpaused(costs: "Matrix") -> "Matrix":
    """Return each member's cheapest day of the run that ends on a day; zero where it paused or varied."""
    import numpy as np

    found = np.zeros_like(costs)
    if costs.shape[1] < RUN_DAYS or not len(costs):
        return found
    weeks = np.lib.stride_tricks.sliding_window_view(costs, RUN_DAYS, axis=1)
    low, high = weeks.min(axis=2), weeks.max(axis=2)
    found[:, RUN_DAYS - 1 :] = np.where((low > 0) & (high <= _FLAT_WITHIN * low), low, 0.0)
    return found


def _appears(costs: "Matrix") -> "npt.NDArray[np.bool_]":
    """Say where a run reaches its eighth day for the first time: at most one day, cut short, before it."""
    import numpy as np

    ran = np.cumsum(costs > 0, axis=1)
    short = ran == RUN_DAYS + 1
    cut = np.zeros(costs.shape, dtype=np.bool_)
    if costs.shape[1] > RUN_DAYS:
        # The day before was a part of a day.
        before, begun = costs[:, :-RUN_DAYS], costs[:, 1 : 1 + costs.shape[1] - RUN_DAYS]
        cut[:, RUN_DAYS:] = (before > 0) & (_FLAT_WITHIN * before < begun)
    return (ran == RUN_DAYS) | (short & cut)
