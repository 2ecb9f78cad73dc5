"""Which of many series may hold a level shift: a cheap test before the exact one.

A bill has tens of thousands of prices, and next to none of them moved. The exact search
(`level_shift.py`) asks of a shift, among more, that the medians of the four weeks on either side differ by
the least change and by four standard errors of their noise, and that four fifths of the days before lie
on the old side of the middle. All are read off rolling medians of all series at once; a series with no
such day holds no shift.
"""

from typing import TYPE_CHECKING

from centavo.consumption.level_shift import (
    LASTING_SHARE,
    MAD_TO_SIGMA,
    SIGMAS,
    WINDOW,
    ShiftLimits,
    least_move,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float64]
    Matrix = npt.NDArray[np.float64]

__all__ = ["may_shift"]

# Days of all series that are looked at together: their windows are 28 times as much memory.
_BLOCK_DAYS = 40_000
# Medians of floats in another order of sums differ in their last digits.
_ROUNDING = 1e-9


def may_shift(
    ratios: "Vector", lengths: "npt.NDArray[np.int64]", limits: ShiftLimits
) -> "npt.NDArray[np.bool_]":
    """Return of each series whether it may hold a shift; none that holds one is left out.

    Args:
        ratios: Of all series, one behind the other, each in order of days.
        lengths: Days of each series.
        limits: What counts as a shift.
    """
    import numpy as np

    found = np.zeros(len(lengths), dtype=np.bool_)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    order = np.argsort(lengths, kind="stable")
    shorter = np.searchsorted(lengths[order], limits.days_before + limits.days_after)
    first = int(shorter)
    while first < len(order):
        longest = int(lengths[order[first]])
        rows = order[first : first + max(_BLOCK_DAYS // longest, 1)]
        found[rows] = _block(ratios, starts[rows], lengths[rows], limits)
        first += len(rows)
    return found


def _block(
    ratios: "Vector",
    starts: "npt.NDArray[np.int64]",
    lengths: "npt.NDArray[np.int64]",
    limits: ShiftLimits,
) -> "npt.NDArray[np.bool_]":
    """Return the same of series of about one length."""
    import numpy as np

    days = np.arange(int(lengths.max(initial=0)), dtype=np.int64)
    known = days < lengths[:, None]
    values = np.where(known, ratios[np.minimum(starts[:, None] + days, len(ratios) - 1)], np.nan)
    if limits.is_relative:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log(values)
        # The exact search leaves out days without a logarithm; they are too few to be worth it here.
        odd = (~np.isfinite(values) & known).any(axis=1)
        return odd | _any_place(np.where(np.isfinite(values), values, np.nan), lengths, limits)
    return _any_place(values, lengths, limits)


def _any_place(
    values: "Matrix", lengths: "npt.NDArray[np.int64]", limits: ShiftLimits
) -> "npt.NDArray[np.bool_]":
    import numpy as np

    series, days = len(values), int(values.shape[1])
    padding = np.full((series, WINDOW - 1), np.nan)
    padded = np.concatenate([padding, values, padding], axis=1)
    # Window ``p - 1`` holds the days before place ``p``, window ``p + 27`` those from it on.
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)
    medians = _medians(np.sort(windows, axis=2))
    places = np.arange(limits.days_before, days - limits.days_after + 1, dtype=np.int64)
    if not len(places):
        return np.zeros(series, dtype=np.bool_)
    low, high = medians[:, places - 1], medians[:, places + WINDOW - 1]
    middle, rises = (low + high) / 2, high > low
    before = _beside(windows[:, places - 1], middle, above=rises)
    # All that follows must lie beyond the middle; what follows is one window near the end only.
    after = _beside(windows[:, places + WINDOW - 1], middle, above=~rises)
    rest = lengths[:, None] - places
    most = 1 - LASTING_SHARE
    fits = (before <= most * np.minimum(places, WINDOW) + _ROUNDING) & (
        (rest > WINDOW) | (after <= most * rest + _ROUNDING)
    )
    moved = np.abs(high - low) >= least_move(limits) - _ROUNDING
    rows, columns = np.nonzero((rest >= limits.days_after) & moved & fits)
    place = places[columns]
    beside = windows[rows, place - 1], windows[rows, place + WINDOW - 1]
    found = np.zeros(series, dtype=np.bool_)
    found[rows[_beyond_noise(*beside, low[rows, columns], high[rows, columns])]] = True
    return found


def _beyond_noise(
    before: "Matrix", after: "Matrix", low: "Vector", high: "Vector"
) -> "npt.NDArray[np.bool_]":
    """Say of each place whether its medians differ by enough standard errors of the noise."""
    import numpy as np

    apart = np.concatenate([before - low[:, None], after - high[:, None]], axis=1)
    noise = _medians(np.sort(np.abs(apart), axis=1))
    counts = [np.isfinite(each).sum(axis=1) for each in (before, after)]
    error = MAD_TO_SIGMA * noise * np.sqrt(1 / counts[0] + 1 / counts[1])
    return np.abs(high - low) >= SIGMAS * error - _ROUNDING


def _beside(
    windows: "npt.NDArray[np.float64]", middle: "Matrix", *, above: "npt.NDArray[np.bool_]"
) -> "npt.NDArray[np.int64]":
    """Return how many days of each window lie above its middle, or below it."""
    import numpy as np

    over = (windows > middle[..., None] + _ROUNDING).sum(axis=2, dtype=np.int64)
    under = (windows < middle[..., None] - _ROUNDING).sum(axis=2, dtype=np.int64)
    return under + above * (over - under)


def _medians(ordered: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
    """Return the medians along the last axis of what is sorted; what is missing is at its end."""
    import numpy as np

    last = np.maximum(np.isfinite(ordered).sum(axis=-1) - 1, 0)
    at = [
        np.take_along_axis(ordered, each[..., None], axis=-1)[..., 0]
        for each in (last // 2, (last + 1) // 2)
    ]
    return (at[0] + at[1]) / 2
