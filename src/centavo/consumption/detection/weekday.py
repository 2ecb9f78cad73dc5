"""Logarithms of daily amounts without their weekly rhythm, learnt from the weeks before each day."""

from typing import TYPE_CHECKING

from centavo.consumption.detection.rolling import delayed, rolling_mean, rolling_quantiles

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["WEEKS", "flattened", "logarithms"]

# Four of each weekday: fewer say little, and what people did two months ago says less.
WEEKS = 4
_LEVEL_DAYS = 56
_LEAST_DAYS = 5
# Added to every day before its logarithm, as a share of the usual day: without it a day of nothing
# has none, and a day of next to nothing outweighs a doubling.
_OFFSET_SHARE = 0.05


def logarithms(amounts: "Matrix", *, least: float) -> "Matrix":
    """Return the logarithm of each day plus a twentieth of the median of the eight weeks before it.

    Args:
        amounts: Series by days.
        least: Added to that: an amount that is as good as nothing.
    """
    import numpy as np

    usual = delayed(rolling_quantiles(amounts, _LEVEL_DAYS, at=[0.5], least=_LEAST_DAYS)[0], 1)
    usual = np.where(np.isfinite(usual), usual, amounts)
    return np.log(np.maximum(amounts, 0.0) + _OFFSET_SHARE * usual + least)


def flattened(logs: "Matrix") -> "Matrix":
    """Return the logarithms less what their weekday usually differs from the week it ends."""
    return logs - _profile(logs)


def _profile(logs: "Matrix") -> "Matrix":
    """Return each day's weekday effect: the median of four, each against the mean of its seven days."""
    import numpy as np

    apart = logs - rolling_mean(logs, 7)
    same = np.sort(np.stack([delayed(apart, 7 * week) for week in range(1, WEEKS + 1)], axis=2), 2)
    count = np.isfinite(same).sum(axis=2)
    low = np.take_along_axis(same, np.maximum((count - 1) // 2, 0)[..., None], axis=2)[..., 0]
    high = np.take_along_axis(same, np.minimum(count // 2, WEEKS - 1)[..., None], axis=2)[..., 0]
    return np.where(count >= 2, (low + high) / 2, 0.0)
