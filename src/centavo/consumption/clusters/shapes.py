"""Usage shapes: lengths of input and output cut where hardly any call lies.

Lengths are counted on a logarithmic grid. Calls of one kind are cut at a valley between two hills, along
input or output, again and again; each rectangle that remains is a shape.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["LEAST_CALLS", "STEPS", "Shape", "cell_start", "find_shapes"]

# Cells to a doubling of tokens.
STEPS = 4
# Fewer calls have no shape yet.
LEAST_CALLS = 20
# A valley holds at most a fifth of the lower of the two hills, and a side of it one call in twenty.
_VALLEY, _LEAST_SIDE = 0.2, 0.05
_SMOOTHING = np.array([1, 2, 3, 2, 1]) / 9

Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Shape:
    """A rectangle of lengths of one kind of call; the ends are cells, both included.

    Attributes:
        key: Kind of call: JSON object of provider, model, operation, tier, tools, limit and system.
        inputs: First and last cell of input tokens.
        outputs: First and last cell of output tokens.
        cells: (input cell, output cell, calls).
    """

    key: str
    inputs: tuple[int, int]
    outputs: tuple[int, int]
    cells: tuple[Cell, ...]

    @property
    def calls(self) -> int:
        """Return how many calls have the shape."""
        return sum(calls for _, _, calls in self.cells)


def cell_start(cell: int) -> int:
    """Return the fewest tokens of a cell.

    >>> cell_start(40)
    1023
    """
    return round(2 ** (cell / STEPS) - 1)


def find_shapes(key: str, cells: Sequence[Cell]) -> Iterator[Shape]:
    """Yield the shapes of the calls of one kind; too few calls have none."""
    if sum(calls for _, _, calls in cells) < LEAST_CALLS:
        return
    cut = _cut(cells)
    if cut is None:
        inputs, outputs = [c[0] for c in cells], [c[1] for c in cells]
        yield Shape(
            key, (min(inputs), max(inputs)), (min(outputs), max(outputs)), tuple(sorted(cells))
        )
        return
    axis, at = cut
    yield from find_shapes(key, [cell for cell in cells if cell[axis] < at])
    yield from find_shapes(key, [cell for cell in cells if cell[axis] >= at])


def _cut(cells: Sequence[Cell]) -> tuple[int, int] | None:
    """Return the axis and the cell of the deepest valley, or ``None`` for one hill."""
    found = [(depth, axis, at) for axis in (0, 1) for depth, at in _valley(cells, axis)]
    if not found:
        return None
    _, axis, at = min(found)
    return axis, at


def _valley(cells: Sequence[Cell], axis: int) -> Iterator[tuple[float, int]]:
    places = np.array([cell[axis] for cell in cells], np.int64)
    calls = np.array([cell[2] for cell in cells], np.int64)
    first = int(places.min())
    counts = np.bincount(places - first, calls)
    smooth = np.convolve(counts, _SMOOTHING, mode="same")
    total = counts.sum()
    for at in range(1, len(counts)):
        left, right = counts[:at].sum(), counts[at:].sum()
        if min(left, right) < max(_LEAST_SIDE * total, LEAST_CALLS):
            continue
        depth = float(smooth[at] / min(smooth[:at].max(), smooth[at:].max()))
        if depth <= _VALLEY:
            yield depth, first + at
