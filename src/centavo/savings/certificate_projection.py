"""What a certified move will save on requests still to come, with a prediction interval.

An interval for the mean alone is too narrow: the requests to come vary too. And savings by request
are skewed, a few long requests carry much of them, so that a symmetric interval misses above more
often than below; both ends are moved by the first terms of the Cornish-Fisher expansion.

Source: Hall, The Bootstrap and Edgeworth Expansion (1992), section 2.6, for a studentised mean; here for
the difference between the mean of a sample and that of the requests to come.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Projection", "project_total"]


@dataclass(frozen=True)
class Projection:
    """A total over requests to come, in the unit of what was sampled.

    Attributes:
        expected: The sample's mean for every request to come.
        low: Lower end of the prediction interval.
        high: Upper end.
        requests: How many are to come.
        sampled: How many the projection rests on.
    """

    expected: float
    low: float
    high: float
    requests: int
    sampled: int


def project_total(
    sample: "npt.NDArray[np.float64]", *, requests: int, confidence: float = 0.95
) -> Projection | None:
    """Return the total over ``requests`` more requests like these; ``None`` of fewer than 2.

    Args:
        sample: Amount by request; 0 where nothing is saved.
        requests: How many are to come, more than 0.
        confidence: That the total lies between the ends.
    """
    count = len(sample)
    if count < 2 or requests < 1:
        return None
    mean = float(sample.mean())
    deviation = float(sample.std(ddof=1))
    if deviation == 0:
        return Projection(mean * requests, mean * requests, mean * requests, requests, count)
    skewness = float(((sample - mean) ** 3).mean()) / deviation**3
    width = sqrt(1 / count + 1 / requests)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    moved = _shift(skewness, count=count, requests=requests, z=z)
    low, high = (mean + deviation * width * (end + moved) for end in (-z, z))
    return Projection(mean * requests, low * requests, high * requests, requests, count)


def _shift(skewness: float, *, count: int, requests: int, z: float) -> float:
    """Return how far both quantiles of the studentised error move, by its bias and skewness."""
    width = sqrt(1 / count + 1 / requests)
    bias = skewness / (2 * count * width)
    third = skewness * (requests**-2 - count**-2) / width**3 + 3 * skewness / (count * width)
    return bias + third * (z * z - 1) / 6
