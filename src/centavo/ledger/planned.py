"""The files of a snapshot, as values: what a reader needs to know of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

__all__ = ["Change", "PlannedFile", "Snapshot", "TablePlan"]


class PlannedFile(msgspec.Struct, frozen=True):
    """One Parquet file of a snapshot.

    Attributes:
        path: Address as Iceberg stores it (``file:///…``).
        rows: Rows in the file.
        size_bytes: Size of the file.
        days: First and last day (ISO, UTC) of the table's day and time columns.
    """

    path: str
    rows: int
    size_bytes: int
    days: dict[str, tuple[str, str]]

    @property
    def local(self) -> str:
        """The address as DuckDB opens it."""
        return self.path.removeprefix("file://")


class Snapshot(msgspec.Struct, frozen=True):
    """One commit to a table: id, time (milliseconds since 1970, UTC) and Iceberg's summary."""

    snapshot_id: int
    committed_at_ms: int
    summary: dict[str, str]


class TablePlan(msgspec.Struct, frozen=True):
    """The files of one snapshot of one table, and the table's history.

    Attributes:
        metadata_location: Address of the Iceberg metadata that it was made from.
        files: Data files of the snapshot.
        snapshots: Every commit to the table.
        live_rows: Rows of the snapshot by batch; ``None`` when nobody has counted them.
    """

    metadata_location: str
    files: tuple[PlannedFile, ...]
    snapshots: tuple[Snapshot, ...]
    live_rows: dict[str, int] | None = None


@dataclass(frozen=True)
class Change:
    """One commit to one table.

    Attributes:
        added: Paths of new Parquet files.
        removed: Paths of files that the new ones replace.
        properties: Recorded with the snapshot.
    """

    added: Sequence[str]
    removed: Sequence[str]
    properties: Mapping[str, str]
