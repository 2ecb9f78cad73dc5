"""When a ratio moved to another level and stayed there: prices, discounts, cache hits.

A ratio of two sums (cost by quantity) has little noise, so a level that moves shows within days.
The day is the one that splits the series into the two halves that fit their own medians best; the
move counts when it is large, larger than the noise of both halves, and has lasted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import log
from statistics import median

from centavo.money import EXACT

__all__ = [
    "LASTING_SHARE",
    "MAD_TO_SIGMA",
    "SIGMAS",
    "WINDOW",
    "DayRatio",
    "Shift",
    "ShiftLimits",
    "last_shift",
    "least_move",
]

# Four weeks on each side: as many weekdays as weekends, and one month end.
WINDOW = 28
# A median deviation of normal noise times this is its standard deviation.
MAD_TO_SIGMA = 1.4826
# Deviations of the mean from the median by chance: four standard errors are one in 16,000.
SIGMAS = 4.0
LASTING_SHARE = 0.8


@dataclass(frozen=True)
class DayRatio:
    """One day of a ratio: ``part`` by ``whole``; a day without a whole has no ratio and is left out."""

    day: date
    part: Decimal
    whole: Decimal


@dataclass(frozen=True)
class ShiftLimits:
    """What counts as a shift.

    Attributes:
        change: Least change: of the ratio itself, or relative to it.
        is_relative: Whether ``change`` is relative.
        days_before: Observed days that the old level needs.
        days_after: Observed days that the new level needs.
    """

    change: float
    is_relative: bool
    days_before: int = 7
    days_after: int = 3


@dataclass(frozen=True)
class Shift:
    """A level that moved, and stayed until the series ends or moves again.

    Attributes:
        day: First day at the new level.
        before: Pooled ratio of up to four weeks before it.
        after: Pooled ratio from that day on.
        quantity_per_day: Mean ``whole`` of an observed day, before and after.
    """

    day: date
    before: Decimal
    after: Decimal
    quantity_per_day: tuple[Decimal, Decimal]


def last_shift(days: Sequence[DayRatio], limits: ShiftLimits) -> Shift | None:
    """Return the latest shift of a series in order of days, or ``None``.

    >>> series = [DayRatio(date(2026, 1, d), Decimal(9 if d < 15 else 6), Decimal(3)) for d in range(1, 29)]
    >>> last_shift(series, ShiftLimits(0.02, is_relative=True)).day.isoformat()
    '2026-01-15'
    """
    seen = [each for each in days if each.whole > 0]
    levels = [_level(each, limits) for each in seen]
    if any(level is None for level in levels):
        # A price of zero has no logarithm: what was free and now costs is a lost credit.
        kept = [n for n, level in enumerate(levels) if level is not None]
        seen = [seen[n] for n in kept]
    values = [level for level in levels if level is not None]
    least = least_move(limits)
    start, found = 0, None
    while (split := _split(values[start:], limits, least)) is not None:
        found = start + split
        start = found
    if found is None:
        return None
    before, after = seen[max(0, found - WINDOW) : found], seen[found:]
    return Shift(
        seen[found].day,
        _pooled(before),
        _pooled(after),
        (_mean_whole(before), _mean_whole(after)),
    )


def least_move(limits: ShiftLimits) -> float:
    """Return the least difference of two levels: of logarithms where the change is relative."""
    return log(1 + limits.change) if limits.is_relative else limits.change


def _level(day: DayRatio, limits: ShiftLimits) -> float | None:
    ratio = float(day.part / day.whole)
    if not limits.is_relative:
        return ratio
    return log(ratio) if ratio > 0 else None


def _split(values: list[float], limits: ShiftLimits, least: float) -> int | None:
    """Return where the values split best, when the two sides differ by enough."""
    if len(values) < limits.days_before + limits.days_after or max(values) - min(values) < least:
        return None
    best, best_misfit = None, float("inf")
    for place in range(limits.days_before, len(values) - limits.days_after + 1):
        before, after = values[max(0, place - WINDOW) : place], values[place : place + WINDOW]
        move = median(after) - median(before)
        if abs(move) < least:
            continue
        misfit = (_spread(before) + _spread(after)) / abs(move)
        if misfit < best_misfit:
            best, best_misfit = place, misfit
    return best if best is not None and _holds(values, best, least) else None


def _holds(values: list[float], place: int, least: float) -> bool:
    before, after = values[max(0, place - WINDOW) : place], values[place : place + WINDOW]
    low, high = median(before), median(after)
    if abs(high - low) < least:
        return False
    rest = values[place:]
    noise = [abs(v - low) for v in before] + [abs(v - high) for v in after]
    # Both medians rest on a handful of days: the error of each shrinks with the root of their number.
    error = MAD_TO_SIGMA * median(noise) * (1 / len(before) + 1 / len(after)) ** 0.5
    middle = (low + high) / 2
    # All that follows, not four weeks: what comes back each month is no shift.
    beyond = sum((v > middle) == (high > low) for v in rest) / len(rest)
    behind = sum((v > middle) != (high > low) for v in before) / len(before)
    lasting = beyond >= LASTING_SHARE and behind >= LASTING_SHARE
    return lasting and abs(high - low) >= SIGMAS * error


def _spread(values: list[float]) -> float:
    middle = median(values)
    return sum(abs(value - middle) for value in values) / len(values)


def _pooled(days: Sequence[DayRatio]) -> Decimal:
    part = sum((each.part for each in days), Decimal(0))
    return EXACT.divide(part, sum((each.whole for each in days), Decimal(0)))


def _mean_whole(days: Sequence[DayRatio]) -> Decimal:
    return EXACT.divide(sum((each.whole for each in days), Decimal(0)), Decimal(len(days)))
