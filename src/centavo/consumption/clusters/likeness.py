"""How much the calls of two owners are alike: the overlap of their distributions, feature by feature."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Features", "Likeness", "likeness"]

Features = Mapping[str, Mapping[str, int]]

# What every call has. The rest counts only where both owners have it.
_ALWAYS = ("input length", "output length", "hours", "days", "cache reads")


@dataclass(frozen=True)
class Likeness:
    """Likeness of two owners, 0 to 1.

    Attributes:
        score: Geometric mean over the features that both have.
        by_feature: Overlap of the two distributions of each (1: the same; Inman and Bradley 1989).
    """

    score: float
    by_feature: Mapping[str, float]

    @property
    def weakest(self) -> tuple[str, float]:
        """Return the feature in which they differ most, and its overlap."""
        return min(self.by_feature.items(), key=lambda item: (item[1], item[0]))


def likeness(one: Features, other: Features) -> Likeness:
    """Return how much the owners are alike.

    >>> night = {"hours": {"0": 9, "1": 1}}
    >>> likeness(night, {"hours": {"0": 5, "4": 5}}).by_feature["hours"]
    0.5
    """
    shared = [name for name in one if name in other]
    missing = [name for name in _ALWAYS if (name in one) != (name in other)]
    overlaps = {name: _overlap(one[name], other[name]) for name in shared}
    overlaps |= dict.fromkeys(missing, 0.0)
    if not overlaps or not all(overlaps.values()):
        return Likeness(0.0, overlaps)
    mean = sum(math.log(value) for value in overlaps.values()) / len(overlaps)
    return Likeness(math.exp(mean), overlaps)


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    calls, of_other = sum(one.values()), sum(other.values())
    return sum(min(n / calls, other.get(value, 0) / of_other) for value, n in one.items())
