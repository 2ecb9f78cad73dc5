"""Draws of one uncertain quantity: PERT, triangular, uniform or log-normal.

PERT is the beta distribution of Malcolm, Roseboom, Clark and Fazar (1959) with weight 4 on the mode.
A log-normal range is read as its 5th and 95th percentile; the others' ranges are their ends.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from centavo.planning.plan import Spread

__all__ = ["Array", "Rows", "from_normal", "quantile_function", "standard_normal_share"]

Array = npt.NDArray[np.float64]
# Draws may be single precision: seven digits of a random number are all true.
Rows = npt.NDArray[np.float64 | np.float32]

_Z_95 = 1.6448536269514722
_STEPS = 1024
_EDGE = 8.0


def from_normal(spread: Spread, z: Rows) -> Rows:
    """Return log-normal values of standard normal draws."""
    low, high = np.log(float(spread.low)), np.log(float(spread.high))
    middle, sigma = (low + high) / 2, (high - low) / (2 * _Z_95)
    return np.exp(z * z.dtype.type(sigma) + z.dtype.type(middle))


def quantile_function(spread: Spread, mode: float) -> Callable[[Rows], Rows]:
    """Return the function from a share to the value that this share of draws falls below.

    Args:
        spread: Range and shape; not log-normal.
        mode: The value taken, within the range.
    """
    low, width = float(spread.low), float(spread.high) - float(spread.low)
    if spread.shape == "uniform" or width == 0:
        return lambda u: u * u.dtype.type(width) + u.dtype.type(low)
    place = (mode - low) / width
    table = _triangular(place) if spread.shape == "triangular" else _pert(place)
    values = (low + width * table).astype(np.float32)
    steps = np.diff(values, append=values[-1:])

    def value(u: Rows) -> Rows:
        scaled = u * u.dtype.type(_STEPS)
        index = scaled.astype(np.intp)
        scaled -= index.astype(u.dtype)
        scaled *= steps.take(index, mode="clip")
        scaled += values.take(index, mode="clip")
        return scaled

    return value


def standard_normal_share(z: Rows) -> Array:
    """Return the share of a standard normal below each draw, below 1."""
    grid, shares = _normal_table()
    return np.minimum(np.interp(z, grid, shares), 1 - 1e-9)


@lru_cache(maxsize=1)
def _normal_table() -> tuple[Array, Array]:
    from math import erf, sqrt

    grid = np.linspace(-_EDGE, _EDGE, 4097)
    return grid, np.array([0.5 * (1 + erf(z / sqrt(2))) for z in grid.tolist()])


def _triangular(place: float) -> Array:
    u = np.linspace(0, 1, _STEPS + 1)
    rising = np.sqrt(u * place)
    falling = 1 - np.sqrt((1 - u) * (1 - place))
    return np.where(u < place, rising, falling)


@lru_cache(maxsize=4096)
def _pert(place: float) -> Array:
    """Return the quantiles of a PERT on 0 to 1 with its mode at ``place``, at equal shares."""
    x, log_x, log_rest = _grid()
    density = np.exp((4 * place) * log_x + (4 * (1 - place)) * log_rest)
    # At an end whose exponent is 0 the density is that of the other factor alone.
    density[0] = 1.0 if place == 0 else 0.0
    density[-1] = 1.0 if place == 1 else 0.0
    below: Array = np.zeros(len(x))
    np.cumsum(density[1:] + density[:-1], out=below[1:])
    table: Array = np.interp(x * float(below[-1]), below, x)
    return table


@lru_cache(maxsize=1)
def _grid() -> tuple[Array, Array, Array]:
    x: Array = np.linspace(0, 1, _STEPS + 1)
    # The ends are set by hand; what stands there only has to be finite.
    inside = np.clip(x, 1e-300, 1 - 1e-16)
    return x, np.log(inside), np.log1p(-inside)
