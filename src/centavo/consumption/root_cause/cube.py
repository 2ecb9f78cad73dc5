"""The cube that causes are sought in: leaf cells, their coded dimensions, their size on both sides."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Sizes = npt.NDArray[np.float64]

__all__ = ["Cube", "Cuboid", "Element"]

Element = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Cuboid:
    """The cube grouped by some of its dimensions.

    Attributes:
        dimensions: Those, in the order of the cube.
        group: Number of each cell's group, in the order of the cells.
        count: Groups there can be; some may have no cell.
        filled: Groups that have a cell.
        nameless: Groups of a value that says nothing.
    """

    dimensions: tuple[int, ...]
    group: "Codes"
    count: int
    filled: int
    nameless: "Codes"


@dataclass(frozen=True)
class Cube:
    """Leaf cells before and after.

    Sizes are floats because they only decide *where* a cause lies. Every amount that is reported is
    summed again in the ledger's decimals.

    Attributes:
        dimensions: Names.
        codes: For each dimension the number of each cell's value.
        values: For each dimension the values by number; ``None`` is "has none".
        before: Cost of each cell in the earlier period; 0 where it had none.
        after: Cost of each cell in the later period.
        nameless: By dimension the value that is no cause: cost without a region did not move for
            itself, and that "usage" grew says nothing.
    """

    dimensions: tuple[str, ...]
    codes: "tuple[Codes, ...]"
    values: tuple[Sequence[str | None], ...]
    before: "Sizes"
    after: "Sizes"
    nameless: Mapping[str, str | None] = field(default_factory=dict[str, str | None])

    @classmethod
    def of_table(cls, table: Any) -> "Cube":  # noqa: ANN401 -- a pyarrow.Table; pyarrow has no types
        """Return the cube of an Arrow table: ``before``, ``after``, all other columns are dimensions."""
        import numpy as np

        columns: dict[str, Any] = dict(zip(table.column_names, table.columns, strict=True))
        # Not pyarrow's own way to numpy: that loads pandas, which takes longer than all that follows.
        before, after = (
            np.nan_to_num(np.array(columns.pop(side).to_pylist(), np.float64))
            for side in ("before", "after")
        )
        codes: list[Codes] = []
        values: list[Sequence[str | None]] = []
        for column in columns.values():
            coded = column.dictionary_encode(null_encoding="encode").unify_dictionaries()
            chunks: list[Any] = coded.chunks
            parts = [np.from_dlpack(chunk.indices) for chunk in chunks]
            codes.append(np.concatenate([np.zeros(0), *parts]).astype(np.int64))
            values.append(chunks[0].dictionary.to_pylist() if chunks else [])
        return cls(tuple(columns), tuple(codes), tuple(values), before, after)

    @cached_property
    def size(self) -> int:
        """Number of leaf cells."""
        return len(self.before)

    def cuboids(self, deepest: int) -> list[Cuboid]:
        """Return the cube grouped by every one, two … ``deepest`` of its dimensions."""
        return list(self._cuboids(deepest))

    def element(self, cuboid: Cuboid, group: int) -> Element:
        """Return the attribute values of a group, by dimension."""
        place = int((cuboid.group == group).argmax())
        return tuple(
            (self.dimensions[d], self.values[d][int(self.codes[d][place])])
            for d in cuboid.dimensions
        )

    def shared(self, cells: "npt.NDArray[np.bool_]") -> Element:
        """Return the values that all these cells have in common, of dimensions that vary at all."""
        found: list[tuple[str, str | None]] = []
        for name, codes, values in zip(self.dimensions, self.codes, self.values, strict=True):
            inside = codes[cells]
            if len(values) > 1 and len(inside) and (inside == inside[0]).all():
                found.append((name, values[int(inside[0])]))
        return tuple(found)

    def simplest(self, element: Element, cells: "npt.NDArray[np.bool_]") -> Element:
        """Return the shortest element with exactly these cells; of several the earliest dimensions.

        Values come before those that say nothing, and before "has none", which is a poorer name.
        """
        shared = sorted(
            self.shared(cells),
            key=lambda pair: (pair[1] is None, pair in self.nameless.items()),
        )
        return self._same_cells(shared, cells, longest=len(element)) or element

    def readable(
        self, element: Element, cells: "npt.NDArray[np.bool_]", *, names: Collection[str]
    ) -> Element:
        """Return an element of these dimensions with exactly these cells, if there is one."""
        silent = self.nameless.items()
        shared = [
            pair
            for pair in self.shared(cells)
            if pair[0] in names and pair[1] is not None and pair not in silent
        ]
        return self._same_cells(shared, cells, longest=len(names)) or element

    def _same_cells(
        self,
        pairs: Sequence[tuple[str, str | None]],
        cells: "npt.NDArray[np.bool_]",
        *,
        longest: int,
    ) -> Element | None:
        size = int(cells.sum())
        for length in range(1, longest + 1):
            for candidate in combinations(pairs, length):
                if int(self.inside(candidate).sum()) == size:
                    return candidate
        return None

    def inside(self, element: Mapping[str, str | None] | Element) -> "npt.NDArray[np.bool_]":
        """Return which cells an element holds."""
        import numpy as np

        mask = np.ones(self.size, dtype=bool)
        for name, value in dict(element).items():
            number = self.dimensions.index(name)
            known = self.values[number]
            mask &= self.codes[number] == (known.index(value) if value in known else -1)
        return mask

    def _cuboids(self, deepest: int) -> "Iterator[Cuboid]":
        import numpy as np

        used = [number for number, names in enumerate(self.values) if len(names) > 1]
        for depth in range(1, min(deepest, len(used)) + 1):
            for chosen in combinations(used, depth):
                group, count = np.zeros(self.size, dtype=np.int64), 1
                for number in chosen:
                    group = group * len(self.values[number]) + self.codes[number]
                    count *= len(self.values[number])
                if count > 4 * self.size:
                    # Sparse: number the groups that occur, so that sums stay short.
                    _, group = np.unique(group, return_inverse=True)
                    count = int(group.max()) + 1
                filled = int(np.count_nonzero(np.bincount(group, minlength=count)))
                yield Cuboid(chosen, group, count, filled, self._nameless(chosen, group))

    def _nameless(self, chosen: tuple[int, ...], group: "Codes") -> "Codes":
        import numpy as np

        silent = np.zeros(self.size, dtype=bool)
        for number in chosen:
            name, known = self.dimensions[number], self.values[number]
            if name in self.nameless and self.nameless[name] in known:
                silent |= self.codes[number] == known.index(self.nameless[name])
        return np.unique(group[silent])
