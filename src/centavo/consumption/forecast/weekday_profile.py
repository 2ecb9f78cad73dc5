"""The shape of a week: what each weekday is beside the mean of its week."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["LEAST_FACTOR", "weekday_factors"]

# A quarter: long enough for a steady shape, short enough to follow a changed one. On the panel's
# development half 8 to 52 weeks differ by less than 1 % of the error.
WEEKS = 13
# A weekday of less than this has no meaningful ratio; its days then count as they are.
LEAST_FACTOR = 0.05
# Weeks outside these quantiles count as the quantile: a holiday is no weekday.
_LOW, _HIGH = 0.2, 0.8


def weekday_factors(days: "Matrix") -> "Matrix":
    """Return seven factors of mean 1 for each series; column 0 is the weekday after the last day.

    Each factor is the winsorised mean of day / week over the last quarter, drawn towards 1 by as much
    of its spread as chance explains (the James-Stein idea: a weekday that is only noise is none).

    Args:
        days: Series by day, oldest first; NaN is unknown. A multiple of seven columns.
    """
    weeks = min(WEEKS, days.shape[1] // 7)
    cut = days[:, -7 * weeks :].reshape(len(days), weeks, 7)
    known = ~np.isnan(cut)
    mean = np.where(known, cut, 0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    whole = (known.sum(axis=2) == 7) & (mean > 0)
    ratio = np.where(whole[:, :, None], cut / np.where(mean > 0, mean, 1)[:, :, None], np.nan)
    count = whole.sum(axis=1)
    low, high = _quantile(ratio, count, _LOW), _quantile(ratio, count, _HIGH)
    clipped = np.clip(ratio, low[:, None, :], high[:, None, :])
    some = np.maximum(count, 1)[:, None]
    factor = np.where(count[:, None] > 0, np.nansum(clipped, axis=1) / some, 1.0)
    centred = np.nan_to_num(ratio - factor[:, None, :])
    noise = ((centred**2).sum(axis=1) / some**2).mean(axis=1)
    spread = factor.var(axis=1)
    kept = np.where(spread > 0, np.maximum(spread - noise, 0) / np.maximum(spread, 1e-12), 0)
    factor = 1 + (factor - 1) * kept[:, None]
    return factor / factor.mean(axis=1, keepdims=True)


def _quantile(ratio: "Matrix", count: "npt.NDArray[np.int64]", share: float) -> "Matrix":
    """Return the quantile of the known weeks; NaN sorts last, so that the count says where to look."""
    ranked = np.sort(ratio, axis=1)
    place = np.floor(share * np.maximum(count - 1, 0)).astype(np.int64)
    if share > 0.5:
        place = np.ceil(share * np.maximum(count - 1, 0)).astype(np.int64)
    return np.take_along_axis(ranked, place[:, None, None], axis=1)[:, 0, :]
