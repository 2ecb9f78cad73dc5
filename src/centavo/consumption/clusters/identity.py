"""The identity of a cluster: what it is recognised by when everything is computed again.

A template is known by a sketch of its skeleton (its lowest grams; Broder 1997), a shape by its kind and the
share of its calls in each cell of input and of output. New clusters take the ids of the old ones that they overlap
most, one for one.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from centavo.consumption.clusters.fingerprints import Hashes
from centavo.consumption.clusters.shapes import Shape

__all__ = ["Kind", "Sketch", "match_ids", "overlap", "shape_sketch", "template_sketch"]

Kind = Literal["template", "shape"]

_SKETCH_GRAMS = 128
_LEAST_OVERLAP = 0.5
_ID_DIGITS = 8


@dataclass(frozen=True)
class Sketch:
    """What a cluster is recognised by.

    Attributes:
        kind: Template or shape.
        key: Of a shape: its kind of call; empty for a template.
        weights: Of a template: its lowest grams, 1 each. Of a shape: share of calls by cell of each axis.
    """

    kind: Kind
    key: str
    weights: Mapping[str, float]

    def to_json(self) -> str:
        """Return the sketch as the ledger keeps it."""
        return json.dumps([self.kind, self.key, dict(sorted(self.weights.items()))])

    @classmethod
    def from_json(cls, text: str) -> "Sketch":
        """Return the sketch that was kept."""
        kind, key, weights = json.loads(text)
        return cls(kind, key, weights)

    def new_id(self) -> str:
        """Return the id of a cluster that nobody has seen before: ``t`` or ``s`` and eight digits."""
        digest = hashlib.sha256(self.to_json().encode()).hexdigest()
        return f"{self.kind[0]}{digest[:_ID_DIGITS]}"


def template_sketch(skeleton: Hashes) -> Sketch:
    """Return the sketch of a template's skeleton."""
    lowest = sorted(skeleton.tolist())[:_SKETCH_GRAMS]
    return Sketch("template", "", {f"{gram >> 16:012x}": 1.0 for gram in lowest})


def shape_sketch(shape: Shape) -> Sketch:
    """Return the sketch of a shape: how its calls lie along input (``i``) and output (``o``)."""
    counts: Counter[str] = Counter()
    for input_cell, output_cell, calls in shape.cells:
        counts[f"i{input_cell}"] += calls
        counts[f"o{output_cell}"] += calls
    weights = {cell: round(calls / shape.calls, 6) for cell, calls in counts.items()}
    return Sketch("shape", shape.key, weights)


def overlap(one: Sketch, other: Sketch) -> float:
    """Return how much two sketches have in common, 0 to 1."""
    if (one.kind, one.key) != (other.kind, other.key) or not one.weights or not other.weights:
        return 0.0
    if one.kind == "shape":
        return min(_along(axis, one, other) for axis in "io")
    # Of the lowest grams of both, those that both have: an unbiased estimate of Jaccard's measure.
    size = min(_SKETCH_GRAMS, max(len(one.weights), len(other.weights)))
    lowest = sorted({*one.weights, *other.weights})[:size]
    return sum(gram in one.weights and gram in other.weights for gram in lowest) / len(lowest)


def _along(axis: str, one: Sketch, other: Sketch) -> float:
    return sum(
        min(weight, other.weights.get(cell, 0.0))
        for cell, weight in one.weights.items()
        if cell.startswith(axis)
    )


def match_ids(new: Sequence[Sketch], known: Mapping[str, Sketch]) -> list[str]:
    """Return an id for each new cluster: that of the known one it overlaps most, or one of its own."""
    pairs = sorted(
        (
            (-shared, place, name)
            for place, sketch in enumerate(new)
            for name, old in known.items()
            if (shared := overlap(sketch, old)) >= _LEAST_OVERLAP
        )
    )
    ids: dict[int, str] = {}
    for _, place, name in pairs:
        if place not in ids and name not in ids.values():
            ids[place] = name
    taken = {*known, *ids.values()}
    for place, sketch in enumerate(new):
        if place not in ids:
            ids[place] = _free(sketch.new_id(), taken)
            taken.add(ids[place])
    return [ids[place] for place in range(len(new))]


def _free(name: str, taken: set[str]) -> str:
    """Return the name, lengthened where it is taken by what a cluster once was."""
    return name if name not in taken else _free(f"{name}x", taken)
