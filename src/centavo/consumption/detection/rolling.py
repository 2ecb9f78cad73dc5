"""Means and quantiles of the days up to each day, for all series at once: the hot path of detection.

Every matrix is series by days; a day without data is NaN and counts for nothing. Nothing looks ahead:
column ``t`` of a result rests on columns up to ``t`` of its input.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["delayed", "rolling_mean", "rolling_quantiles"]

# Series whose windows are sorted together: their copies (days x window each) stay in the cache.
_BLOCK = 32


def delayed(values: "Matrix", days: int) -> "Matrix":
    """Return what was known ``days`` earlier; before that, nothing.

    >>> import numpy as np
    >>> delayed(np.array([[1.0, 2.0, 3.0]]), 1).tolist()
    [[nan, 1.0, 2.0]]
    """
    import numpy as np

    moved = np.full_like(values, np.nan)
    moved[:, days:] = values[:, : max(values.shape[1] - days, 0)]
    return moved


def rolling_mean(values: "Matrix", window: int) -> "Matrix":
    """Return the mean of the last ``window`` days, where two thirds of them have data.

    >>> import numpy as np
    >>> rolling_mean(np.array([[2.0, 4.0, np.nan, 6.0]]), 3).round(1).tolist()
    [[nan, 3.0, 3.0, 5.0]]
    """
    import numpy as np

    if window == 1:
        return values
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0.0), axis=1)
    counts = np.cumsum(known, axis=1)
    earlier_sums, earlier_counts = np.zeros_like(sums), np.zeros_like(counts)
    earlier_sums[:, window:] = sums[:, :-window]
    earlier_counts[:, window:] = counts[:, :-window]
    count = counts - earlier_counts
    mean = (sums - earlier_sums) / np.maximum(count, 1)
    return np.where(count >= max(1, window * 2 // 3), mean, np.nan)


def rolling_quantiles(
    values: "Matrix", window: int, *, at: Sequence[float], least: int
) -> "list[Matrix]":
    """Return quantiles of the last ``window`` days, interpolated, where ``least`` have data.

    >>> import numpy as np
    >>> rolling_quantiles(np.array([[3.0, 1.0, 2.0]]), 3, at=[0.5], least=2)[0].tolist()
    [[nan, 2.0, 2.0]]
    """
    import numpy as np

    series = len(values)
    padded = np.concatenate([np.full((series, window - 1), np.nan), values], axis=1)
    found = [np.empty_like(values) for _ in at]
    for first in range(0, series, _BLOCK):
        block = slice(first, first + _BLOCK)
        windows = np.lib.stride_tricks.sliding_window_view(padded[block], window, axis=1)
        # NaN sorts to the end, so that the first ``count`` are the data.
        ordered = np.sort(windows, axis=2)
        count = np.isfinite(ordered).sum(axis=2)
        for result, share in zip(found, at, strict=True):
            result[block] = np.where(count >= least, _at(ordered, count, share), np.nan)
    return found


def _at(ordered: "Matrix", count: "npt.NDArray[np.int64]", share: float) -> "Matrix":
    import numpy as np

    place = np.maximum((count - 1) * share, 0.0)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    below = np.take_along_axis(ordered, low[..., None], axis=2)[..., 0]
    above = np.take_along_axis(ordered, high[..., None], axis=2)[..., 0]
    return below + (above - below) * (place - low)
