"""Growth that goes on: weeks of steady rise on every scope, with how fast spend doubles."""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from centavo.consumption.detection.growth import growth_now
from centavo.consumption.detection.incident import Incident
from centavo.consumption.detection.series import DailySeries

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["GrowthLimits", "GrowthSpell", "growth_spells"]

# Two months: a slope through fewer weeks is mostly noise.
_WEEKS = 8
_SEED = 4


@dataclass(frozen=True)
class GrowthLimits:
    """What counts as growth.

    Attributes:
        doubling_days: Doubling times below it count …
        chance: … when their probability is above this, in two weeks running.
    """

    doubling_days: float
    chance: float


@dataclass(frozen=True)
class GrowthSpell:
    """A run of weeks in which a scope grew fast.

    Attributes:
        incident: Where and when; its extra is what was paid above the first week's level.
        doubling_days: Time in which spend doubles, by the median slope of the last eight of its weeks.
        slowest_days: The same at the tenth percentile of the slope: nine in ten resamples are faster.
        chance: Probability of the limit, in the last of its weeks.
    """

    incident: Incident
    doubling_days: float
    slowest_days: float | None
    chance: float


def growth_spells(
    series: DailySeries, amounts: "Matrix", limits: GrowthLimits
) -> list[GrowthSpell]:
    """Return the last spell of growth of each scope that had one.

    Args:
        series: Of every scope.
        amounts: Theirs, without what recurs each month.
        limits: What counts.
    """
    import numpy as np

    weekly = _weeks(amounts)
    ends = range(_WEEKS, weekly.shape[1] + 1)
    if not ends:
        return []
    stacked = np.concatenate([weekly[:, end - _WEEKS : end] for end in ends])
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(stacked)
    logs[~np.isfinite(logs)] = np.nan
    count = len(series.scopes)
    known = np.isfinite(logs).all(axis=1) & _is_line(logs)
    chance, slope, low = (np.full(len(logs), np.nan) for _ in range(3))
    if known.any():
        growth = growth_now(logs[known], doubling_days=limits.doubling_days, seed=_SEED)
        chance[known], slope[known], low[known] = growth.chance, growth.per_week, growth.low
    shaped = [each.reshape(len(ends), count) for each in (chance, slope, low)]
    found = [
        _spell(series, amounts, row=row, measured=shaped, limits=limits) for row in range(count)
    ]
    return [spell for spell in found if spell is not None]


def _is_line(logs: "Matrix") -> "npt.NDArray[np.bool_]":
    """Say whether a line leaves less of the weeks unexplained than the best single step does.

    A step inside the eight weeks has a slope as well; it is another rule's.
    """
    import numpy as np

    weeks = logs.shape[1]
    apart = logs - logs.mean(axis=1, keepdims=True)
    line = np.arange(weeks, dtype=np.float64) - (weeks - 1) / 2
    by_line = (apart @ line) ** 2 / (line @ line)
    sums = np.cumsum(apart, axis=1)[:, :-1]
    before = np.arange(1, weeks, dtype=np.float64)
    by_step = (sums**2 * (1 / before + 1 / (weeks - before))).max(axis=1)
    return by_line >= by_step


def _weeks(amounts: "Matrix") -> "Matrix":
    """Return the mean day of each week, the newest week last; unknown when most of it is."""
    import numpy as np

    days = amounts.shape[1]
    whole = amounts[:, days % 7 :].reshape(len(amounts), days // 7, 7)
    known = np.isfinite(whole)
    mean = np.where(known, whole, 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    return np.where(known.sum(axis=2) >= 4, mean, np.nan)


def _spell(
    series: DailySeries,
    amounts: "Matrix",
    *,
    row: int,
    measured: "list[Matrix]",
    limits: GrowthLimits,
) -> GrowthSpell | None:
    import numpy as np

    chance, slope, low = (each[:, row] for each in measured)
    fast = np.nan_to_num(chance) > limits.chance
    twice = np.nonzero(fast[1:] & fast[:-1])[0] + 1
    if not len(twice):
        return None
    last = int(twice[-1])
    first = last
    while first > 0 and fast[first - 1]:
        first -= 1
    skipped = series.days % 7
    onset = skipped + 7 * first
    until = skipped + 7 * (last + _WEEKS)
    level = float(np.nanmean(amounts[row, onset : onset + 7]))
    extra = float(np.nansum(np.maximum(amounts[row, onset:until] - level, 0.0)))
    incident = Incident(
        series.scopes[row], "growth", series.day(onset), series.day(until),
        series.day(skipped + 7 * (first + 1 + _WEEKS) - 1), extra, float(chance[last]),
    )  # fmt: skip
    slowest = 7 * log(2) / low[last] if low[last] > 0 else None
    return GrowthSpell(incident, 7 * log(2) / float(slope[last]), slowest, float(chance[last]))
