"""How far each cell moved, and how much of that is the common movement and the usual noise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]
    Sizes = npt.NDArray[np.float64]

__all__ = ["Noise", "is_extreme", "log_ratio", "noise_of"]

# A cell that appears or goes is shown as a factor of 20: far outside noise, and finite.
_FARTHEST = 3.0
# Below this relative movement nobody asks why, however steady everything else is.
_LEAST_SCALE = 0.01
# Costs are looked up in steps of a sixteenth of a scale, up to forty of them.
_STEPS = 16
_MOST_SCALES = 40
# Cells that a scale of noise is estimated from; fewer share one scale.
_CELLS_PER_SCALE = 250
# Half of all normal values lie within 0.6745 standard deviations.
_HALF = 0.6744897501960817
# The bulk is what lies within 2.5 standard deviations; its mean settles in a few steps.
_BULK_REACH = 2.5
_BULK_STEPS = 4


@dataclass(frozen=True)
class Noise:
    """What cells do without a cause.

    Attributes:
        centre: Common movement of all, as the logarithm of a factor.
        scale: Usual distance from it, for each cell: small cells are noisier.
        costs: What a distance of so many sixteenths of a scale costs, in nats.
    """

    centre: float
    scale: "Sizes"
    costs: "Sizes"

    def cost(self, rest: "Sizes", cells: "Mask | None" = None) -> "Sizes":
        """Return what each cell's distance from its explanation costs, in nats.

        As a normal density says, and never more than the share of cells that are as far away makes
        likely: a few wild cells among many make no cause.
        """
        import numpy as np

        scale = self.scale if cells is None else self.scale[cells]
        steps = np.minimum(np.abs(rest) * (_STEPS / scale), len(self.costs) - 1)
        return self.costs[steps.astype(np.int64)]


def log_ratio(before: "Sizes", after: "Sizes") -> "Sizes":
    """Return the logarithm of after over before, at most about a factor of 20 either way.

    It is written over the deviation score ``(after - before) / (|after| + |before|)`` of Squeeze (Li
    et al., ISSRE 2019), which also knows cells that appear, go, or change sign.
    """
    import numpy as np

    whole = np.abs(before) + np.abs(after)
    score = np.divide(after - before, whole, out=np.zeros_like(whole), where=whole > 0)
    return 2 * np.arctanh(np.clip(score, -np.tanh(_FARTHEST / 2), np.tanh(_FARTHEST / 2)))


def is_extreme(moved: "Sizes") -> "Mask":
    """Return which cells appeared or went: how far they moved is not known."""
    import numpy as np

    return np.abs(moved) > _FARTHEST - 1e-6


def noise_of(rest: "Sizes", size_order: "npt.NDArray[np.int64]") -> Noise:
    """Return the noise of what causes leave over.

    Args:
        rest: Log ratio of each cell less the causes found so far; NaN where it says nothing.
        size_order: Cells from the smallest to the largest.
    """
    import numpy as np

    known = ~np.isnan(rest)
    if not known.any():
        known, rest = np.ones_like(known), np.zeros_like(rest)
    centre = _bulk_mean(rest[known])
    distance = np.abs(rest - centre)
    bins = max(1, min(8, len(rest) // _CELLS_PER_SCALE))
    scale = np.empty_like(rest)
    least = np.inf
    # From small cells to large ones: larger cells are never noisier.
    for cells in np.array_split(size_order, bins):
        heard = distance[cells[known[cells]]]
        if len(heard):
            least = min(least, float(np.median(heard)) / _HALF)
        scale[cells] = max(least if least < np.inf else 0.0, _LEAST_SCALE)
    return Noise(centre, scale, _costs(distance[known] / scale[known]))


def _costs(distances: "Sizes") -> "Sizes":
    import numpy as np

    grid = np.arange(_STEPS * _MOST_SCALES) / _STEPS
    beyond = len(distances) - np.searchsorted(np.sort(distances), grid)
    rarity = -np.log((beyond + 0.5) / (len(distances) + 1))
    return np.minimum(grid**2 / 2, np.maximum(rarity, 0))


def _bulk_mean(values: "Sizes") -> float:
    """Return the mean of the values around the shortest half, which is a steadier centre than its own."""
    import numpy as np

    centre = _shortest_half_middle(values)
    for _ in range(_BULK_STEPS):
        distance = np.abs(values - centre)
        reach = _BULK_REACH * max(float(np.median(distance)) / _HALF, _LEAST_SCALE)
        centre = float(values[distance <= reach].mean())
    return centre


def _shortest_half_middle(values: "Sizes") -> float:
    """Return the middle of the shortest interval with half of the values (Rousseeuw's shorth).

    Unlike the median it stays put when four cells in ten move the same way.
    """
    import numpy as np

    ordered = np.sort(values)
    half = len(ordered) // 2
    if half == 0:
        return float(ordered[0]) if len(ordered) else 0.0
    lengths = ordered[half:] - ordered[: len(ordered) - half]
    start = int(np.argmin(lengths))
    return float(np.median(ordered[start : start + half + 1]))
