"""The fast pass by amount: elements that hold most of a change, where noise cannot be told.

Small cubes, cells that move each its own way, and what the search leaves over. As in Adtributor (Bhagwan
et al., NSDI 2014) an element must hold much of the change and be surprising; both are one figure
here: how much of the cells' single changes goes away when the element's cells are said to have moved
by one factor. "Everything moved alike" is a candidate like the others.
"""

from typing import TYPE_CHECKING

from centavo.consumption.root_cause.cube import Cube, Cuboid, Element

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Sizes = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

__all__ = ["largest_movers"]

# An element must take away this share of all single changes, and one more for each further attribute.
_LEAST_SHARE = 0.05
_SHARE_PER_ATTRIBUTE = 0.02


def largest_movers(
    cube: Cube, taken: "Mask", *, deepest: int, most: int
) -> "list[tuple[Element, Mask]]":
    """Return the elements that hold most of the change, the largest first.

    Args:
        cube: Leaf cells before and after.
        taken: Cells that have a cause already.
        deepest: Attributes that an element may have.
        most: Elements at most.

    Returns:
        Elements and their cells, disjoint. The empty element stands for "everything else alike" and
        ends the list.
    """
    import numpy as np

    free = ~taken
    change = cube.after - cube.before
    middle = (np.abs(cube.after) + np.abs(cube.before)) / 2
    gross = float(np.abs(change).sum())
    cuboids = cube.cuboids(deepest) if most and gross > 0 else []
    found: list[tuple[Element, Mask]] = []
    while len(found) < most and free.any():
        alike = (
            _saved(np.zeros_like(free, dtype=np.int64), 1, change * free, middle * free)[0] / gross
        )
        best = (float(alike), None, 0)
        for cuboid in cuboids:
            price = _SHARE_PER_ATTRIBUTE * len(cuboid.dimensions)
            saved = _saved(cuboid.group, cuboid.count, change * free, middle * free) / gross
            saved[cuboid.nameless] = -np.inf
            place = int(np.argmax(saved))
            if saved[place] - price > best[0] + 1e-12:
                best = (float(saved[place]) - price, cuboid, place)
        share, cuboid, place = best
        if share < _LEAST_SHARE:
            break
        element, cells = _named(cube, cuboid, place, free)
        found.append((element, cells))
        free &= ~cells
    return found


def _named(cube: Cube, cuboid: Cuboid | None, place: int, free: "Mask") -> "tuple[Element, Mask]":
    if cuboid is None:
        return (), free.copy()
    cells = cuboid.group == place
    return cube.simplest(cube.element(cuboid, place), cells), cells & free


def _saved(group: "npt.NDArray[np.int64]", count: int, change: "Sizes", middle: "Sizes") -> "Sizes":
    """Return how much of the single changes of each group its common factor takes away."""
    import numpy as np

    whole = np.bincount(group, middle, count).astype(np.float64)
    factor = np.divide(
        np.bincount(group, change, count), whole, out=np.zeros(count), where=whole > 0
    )
    saved = np.abs(change) - np.abs(change - middle * factor[group])
    return np.bincount(group, saved, count).astype(np.float64)
