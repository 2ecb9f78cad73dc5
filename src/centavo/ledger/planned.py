"""The files of a snapshot, as values: what a reader needs to know of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

__all__ = [
    "BOUNDED",
    "Change",
    "NewFile",
    "PlannedFile",
    "Snapshot",
    "TablePlan",
    "address_of",
    "local_path",
    "moved_to",
    "planned",
]

# Columns by whose first and last day files are left out of a read or a restatement.
BOUNDED = (
    "x_RestatementDate",
    "ChargePeriodStart",
    "started_at",
    "interval_start",
    "BillingPeriodStart",
    "ContractCommitmentPeriodStart",
)
_SCHEME = "file://"
_START = datetime(1970, 1, 1, tzinfo=UTC)


def address_of(path: Path) -> str:
    """Return the path as Iceberg stores it: readers take what follows the scheme as it stands."""
    return f"{_SCHEME}{path.absolute()}"


def local_path(address: str) -> Path:
    """Return the path of an address."""
    return Path(address.removeprefix(_SCHEME))


def moved_to(home: str, address: str) -> str:
    """Return the address of a table's file when the table's folder is ``home``, wherever it was before.

    >>> moved_to("file:///new/centavo/charges", "file:///old/centavo/charges/data/a.parquet")
    'file:///new/centavo/charges/data/a.parquet'
    """
    if address.startswith(f"{home}/"):
        return address
    table = "/".join(home.split("/")[-2:])
    _, found, name = address.rpartition(f"/{table}/")
    return f"{home}/{name}" if found else address


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
        return self.path.removeprefix(_SCHEME)


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
class NewFile:
    """A Parquet file that was just written, and what its footer says.

    Attributes:
        path: Address (``file:///…``).
        rows: Rows in the file.
        size_bytes: Size of the file.
        nulls: Rows without a value, by column; of the columns that have to have one, and of those
            in ``BOUNDED``.
        bounds: Lowest and highest instant (microseconds since 1970, UTC) by column of ``BOUNDED``.
    """

    path: str
    rows: int
    size_bytes: int
    nulls: dict[str, int]
    bounds: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Change:
    """One commit to one table.

    Attributes:
        name: What the names of its files contain; no other commit has the same.
        added: New Parquet files.
        removed: Paths of files that the new ones replace.
        properties: Recorded with the snapshot.
    """

    name: str
    added: Sequence[NewFile]
    removed: Sequence[str]
    properties: Mapping[str, str]


def planned(
    path: str, *, rows: int, size_bytes: int, bounds: Mapping[str, tuple[int, int]]
) -> PlannedFile:
    """Return a file as readers plan it; bounds as in ``NewFile``."""
    days = {name: (_day(low), _day(high)) for name, (low, high) in bounds.items()}
    return PlannedFile(path=path, rows=rows, size_bytes=size_bytes, days=days)


def _day(microseconds: int) -> str:
    return (_START + timedelta(microseconds=microseconds)).date().isoformat()
