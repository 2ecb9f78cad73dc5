"""The search: which elements of the cube moved as one, against the noise of everything else.

Risk localisation over cuboids as in RiskLoc (Kalander, 2022), with the assumption of Squeeze (Li et
al., ISSRE 2019) that the cells of one cause move by one factor. Where RiskLoc weighs and thresholds,
this compares description lengths: an element is a cause when saying "these cells moved by this
factor" saves more than naming it costs. There is no threshold to tune but the odds of a false cause.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.consumption.root_cause.cube import Cube, Cuboid, Element
from centavo.consumption.root_cause.deviation import Noise, is_extreme, log_ratio, noise_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Sizes = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["Found", "search"]

DEEPEST = 3
MOST_CAUSES = 8
# Odds against a cause in a cube without any.
_FALSE_CAUSE_ODDS = 100.0
_SWEEPS = 3
# A cause that explains this much of a cell that appeared or went explains it wholly.
_MOSTLY_EXTREME = 1.5
# Fewer cells than this have no noise to compare with.
_LEAST_CELLS = 12


@dataclass
class Found:
    """A cause that the search found.

    Attributes:
        element: Attribute values by dimension.
        cells: Which cells it holds.
        factor_log: Logarithm of the factor that its cells moved by, beside the common movement.
        gain: Nats saved by naming it, above what naming it costs.
        price: What naming it costs, in nats.
    """

    element: Element
    cells: "Mask"
    factor_log: float
    gain: float
    price: float


def search(cube: Cube, *, deepest: int = DEEPEST, most: int = MOST_CAUSES) -> list[Found]:
    """Return the elements that moved as one, the clearest first; none when all is noise.

    Args:
        cube: Leaf cells before and after.
        deepest: Attributes that a cause may have.
        most: Causes at most.
    """
    import numpy as np

    if cube.size < _LEAST_CELLS:
        return []
    moved = log_ratio(cube.before, cube.after)
    order = np.argsort(np.abs(cube.before) + np.abs(cube.after), kind="stable")
    cuboids = cube.cuboids(deepest)
    causes: list[Found] = []
    while len(causes) < most:
        rest = _rest(causes, moved)
        noise = noise_of(rest, order)
        best = _best(cube, cuboids, rest - noise.centre, noise)
        if best is None or any(best.element == cause.element for cause in causes):
            break
        causes.append(best)
        _fit(causes, moved, noise.centre)
    noise = noise_of(_rest(causes, moved), order)
    return _without_idle(_without_details(causes), moved, noise)


def _rest(causes: list[Found], moved: "Sizes") -> "Sizes":
    """Return what the causes leave over; NaN in cells that a cause says are new, or gone.

    Another cause may hold there too and nobody can see it.
    """
    import numpy as np

    explained = _explained(causes, len(moved))
    silent = is_extreme(moved) & (explained * np.sign(moved) > _MOSTLY_EXTREME)
    return np.where(silent, np.nan, moved - explained)


def _best(cube: Cube, cuboids: list[Cuboid], rest: "Sizes", noise: Noise) -> Found | None:
    """Return the element that saves most, or ``None`` when none saves more than it costs."""
    import numpy as np

    silent = np.isnan(rest)
    rest = np.where(silent, 0, rest)
    weight = np.where(silent, 0, 1 / noise.scale**2)
    alone = noise.cost(rest)
    weighted = weight * rest
    winner: tuple[float, Cuboid, int, float, float] | None = None
    for cuboid in cuboids:
        group, count = cuboid.group, cuboid.count
        mass = np.bincount(group, weight, count)
        factor = np.divide(
            np.bincount(group, weighted, count), mass, out=np.zeros(count), where=mass > 0
        )
        after = noise.cost(rest - factor[group])
        saved = np.bincount(group, np.where(silent, 0, alone - after), count)
        saved[cuboid.nameless] = -np.inf
        place = int(np.argmax(saved))
        price = math.log(cuboid.filled * len(cuboids) * _FALSE_CAUSE_ODDS)
        gain = float(saved[place]) - price
        if gain > 0 and (winner is None or gain > winner[0] + 1e-9):
            winner = (gain, cuboid, place, float(factor[place]), price)
    if winner is None:
        return None
    gain, cuboid, place, factor_log, price = winner
    cells = cuboid.group == place
    element = cube.simplest(cube.element(cuboid, place), cells)
    return Found(element, cells, factor_log, gain, price)


def _explained(causes: list[Found], size: int) -> "Sizes":
    import numpy as np

    total = np.zeros(size)
    for cause in causes:
        total[cause.cells] += cause.factor_log
    return total


def _fit(causes: list[Found], moved: "Sizes", centre: float) -> None:
    """Set each cause's factor beside the others', where they share cells."""
    import numpy as np

    for _ in range(_SWEEPS):
        for cause in causes:
            others = [other for other in causes if other is not cause]
            rest = _rest(others, moved)[cause.cells] - centre
            heard = rest[~np.isnan(rest)]
            if len(heard):
                cause.factor_log = float(np.median(heard))


def _without_details(causes: list[Found]) -> list[Found]:
    """Return the causes without those that only shade another: part of it, the same way, and less."""
    kept: list[Found] = []
    for cause in causes:
        around = [
            other
            for other in causes
            if other is not cause and set(other.element) < set(cause.element)
        ]
        if not any(abs(cause.factor_log) < abs(other.factor_log) for other in around):
            kept.append(cause)
    return kept


def _without_idle(causes: list[Found], moved: "Sizes", noise: Noise) -> list[Found]:
    """Return the causes that still pay for themselves beside all the others."""
    import numpy as np

    kept = list(causes)
    while True:
        _fit(kept, moved, noise.centre)
        gains: list[float] = []
        for cause in kept:
            others = [other for other in kept if other is not cause]
            rest = _rest(others, moved) - noise.centre
            heard = cause.cells & ~np.isnan(rest)
            saved = noise.cost(rest[heard], heard) - noise.cost(
                rest[heard] - cause.factor_log, heard
            )
            gains.append(float(saved.sum()) - cause.price)
        for cause, gain in zip(kept, gains, strict=True):
            cause.gain = gain
        if not gains or min(gains) > 0:
            return sorted(kept, key=lambda cause: -cause.gain)
        kept.pop(gains.index(min(gains)))
