"""The cluster of every call: by the template of its prompt where it is kept, else by its shape."""

from dataclasses import dataclass

from centavo.consumption.clusters.asking import make_table, sql_of
from centavo.consumption.clusters.identity import (
    Sketch,
    match_ids,
    overlap,
    shape_sketch,
    template_sketch,
)
from centavo.consumption.clusters.naming import shape_name, template_names
from centavo.consumption.clusters.openings import group_openings
from centavo.consumption.clusters.register import KnownCluster, load_clusters
from centavo.consumption.clusters.usage_shapes import group_shapes
from centavo.consumption.dimensions import filter_sql
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.period import Period

__all__ = ["Cluster", "group_calls"]

# Templates that have half of their grams in common are versions of one prompt.
_VERSION_OVERLAP = 0.5


@dataclass(frozen=True)
class Cluster:
    """A group of calls.

    Attributes:
        known: Id, name and sketch; the same in every run.
        is_new: Whether this run found it first.
        constant: Constant passages of a template, a mark between them; empty for a shape.
        versions: Ids of templates that have half of their text in common with this one.
    """

    known: KnownCluster
    is_new: bool
    constant: str = ""
    versions: tuple[str, ...] = ()


def group_calls(ledger: Ledger, period: Period) -> list[Cluster]:
    """Make the tables ``grouped_calls`` and ``call_clusters`` (call, cluster_id); return the clusters."""
    merge_meters(ledger, period)
    condition = filter_sql(period, {}, at="started_at")
    make_table(ledger, "grouped_calls", sql_of("calls", filter=condition))
    templates = group_openings(ledger)
    shapes = group_shapes(ledger)
    sketches = [
        *(template_sketch(template.skeleton) for template in templates),
        *(shape_sketch(shape) for shape in shapes),
    ]
    names = [
        *template_names([template.constant for template in templates]),
        *(shape_name(shape) for shape in shapes),
    ]
    known = load_clusters(ledger)
    ids = match_ids(sketches, {name: each.sketch for name, each in known.items()})
    _keep_ids(ledger, ids[: len(templates)])
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP TABLE shape_clusters (cluster_id VARCHAR, shape_key VARCHAR, "
        "first_input_cell INTEGER, last_input_cell INTEGER, first_output_cell INTEGER, "
        "last_output_cell INTEGER)"
    )
    for name, shape in zip(ids[len(templates) :], shapes, strict=True):
        ledger.engine.execute(
            "INSERT INTO shape_clusters VALUES (?, ?, ?, ?, ?, ?)",
            [name, shape.key, *shape.inputs, *shape.outputs],
        )
    make_table(ledger, "call_clusters", sql_of("call_clusters"))
    constants = [*(template.constant for template in templates), *("" for _ in shapes)]
    return [
        Cluster(
            known.get(name) or KnownCluster(name, title, sketch),
            name not in known,
            constant,
            _versions(place, sketches, ids),
        )
        for place, (name, title, sketch, constant) in enumerate(
            zip(ids, names, sketches, constants, strict=True)
        )
    ]


def _keep_ids(ledger: Ledger, ids: list[str]) -> None:
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP TABLE template_clusters AS "
        "SELECT unnest(?::VARCHAR[]) AS cluster_id, unnest(?::INTEGER[]) AS number",
        [ids, list(range(len(ids)))],
    )


def _versions(place: int, sketches: list[Sketch], ids: list[str]) -> tuple[str, ...]:
    own = sketches[place]
    return tuple(
        ids[other]
        for other, sketch in enumerate(sketches)
        if other != place and own.kind == "template" and overlap(own, sketch) >= _VERSION_OVERLAP
    )
