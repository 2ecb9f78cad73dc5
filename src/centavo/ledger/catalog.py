"""The Iceberg side of the ledger: tables, commits and the files of a snapshot.

Only writing and a cold read import this module: ``import pyiceberg`` alone costs half a second.
Files are written by DuckDB without field ids and registered with a name mapping, which Spark,
Trino, BigQuery and pyiceberg all read.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IcebergType,
    LongType,
    NestedField,
    PrimitiveType,
    StringType,
    TimestamptzType,
)

from centavo.errors import InputError, LedgerBusyError, LedgerError
from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.column import Column, SqlType
from centavo.ledger.location import NAMESPACE, LedgerLocation
from centavo.ledger.planned import Change, PlannedFile, Snapshot, TablePlan
from centavo.ledger.schema import TABLES

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile

__all__ = ["IcebergLedger"]

_TYPES: dict[SqlType, PrimitiveType] = {
    "VARCHAR": StringType(),
    "DECIMAL(38,12)": DecimalType(38, 12),
    "DECIMAL(18,12)": DecimalType(18, 12),
    "BIGINT": LongType(),
    "DOUBLE": DoubleType(),
    "BOOLEAN": BooleanType(),
    "TIMESTAMP": TimestamptzType(),
    "DATE": DateType(),
}

_PROPERTIES = {
    # Metadata of every commit is kept in the newest file; older copies of it are only clutter.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}

# Columns by whose first and last day files are left out of a read or a restatement.
_BOUNDED = (
    "x_RestatementDate",
    "ChargePeriodStart",
    "started_at",
    "interval_start",
    "BillingPeriodStart",
    "ContractCommitmentPeriodStart",
)


class IcebergLedger:
    """The ledger's tables in an Iceberg catalog, each loaded once.

    A table is loaded at its first use and follows its own commits. A commit of somebody else in
    between is noticed by the catalog, which then refuses this one's.
    """

    def __init__(self, location: LedgerLocation) -> None:
        if location.is_default_catalog:
            location.folder.mkdir(parents=True, exist_ok=True)
        self._catalog: Catalog = load_catalog(NAMESPACE, **location.catalog_properties())
        self._location = location
        self._tables: dict[str, Table] = {}

    def ensure_tables(self, names: Sequence[str]) -> list[str]:
        """Create those of the tables that are missing and return their names."""
        self._catalog.create_namespace_if_not_exists(NAMESPACE)
        there = {name[-1] for name in self._catalog.list_tables(NAMESPACE)}
        missing = [name for name in names if name not in there]
        for name in missing:
            schema = _schema(_all_tables()[name])
            mapping = schema.name_mapping.model_dump_json()
            self._tables[name] = self._catalog.create_table(  # pyright: ignore[reportUnknownMemberType] -- it also takes a pyarrow schema, which has no stubs
                f"{NAMESPACE}.{name}",
                schema=schema,
                location=self._table_location(name),
                properties={
                    **_properties(_all_tables()[name]),
                    "schema.name-mapping.default": mapping,
                },
            )
        return missing

    def _table_location(self, name: str) -> str | None:
        # Said outright, so that a writer knows the folder without asking the catalog.
        if self._location.is_default_catalog:
            return (self._location.folder / "warehouse" / NAMESPACE / name).absolute().as_uri()
        return None

    def plan(self, table_name: str, *, as_of: datetime | None = None) -> TablePlan:
        """Return the files of the table's snapshot that was current at ``as_of``.

        A table that an earlier version of centavo did not know has no files.

        Raises:
            LedgerError: There is no ledger in this catalog.
        """
        if table_name != "batches" and not self._catalog.table_exists(f"{NAMESPACE}.{table_name}"):
            return TablePlan("", (), ())
        table = self._load(table_name)
        snapshot = table.current_snapshot() if as_of is None else _snapshot_at(table, as_of)
        files = (
            tuple(_planned(table, file) for file in _files(table, snapshot.snapshot_id))
            if snapshot
            else ()
        )
        return TablePlan(table.metadata_location, files, _snapshots(table))

    def commit(self, table_name: str, change: Change) -> None:
        """Replace ``change.removed`` by ``change.added`` in one atomic commit.

        Raises:
            InputError: A required column has NULLs.
            LedgerBusyError: Another writer committed in between.
        """
        table = self._load(table_name)
        _add_columns(table, _all_tables()[table_name])
        removed = set(change.removed)
        doomed = [file for file in _files(table, None) if file.file_path in removed]
        if len(doomed) != len(removed):
            raise LedgerBusyError(
                f"another process changed {table_name} while this one was writing",
                hint="Nothing was written; run the command again.",
            )
        new = _staged(table, table_name, change.added)
        try:
            with table.transaction() as transaction:
                update = transaction.update_snapshot(snapshot_properties=dict(change.properties))
                with update.overwrite() as overwrite:
                    for file in doomed:
                        overwrite.delete_data_file(file)
                    for file in new:
                        overwrite.append_data_file(file)
        except CommitFailedException as error:
            raise LedgerBusyError(
                f"another process changed {table_name} while this one was writing: {error}",
                hint="Nothing was written; run the command again.",
            ) from error

    def data_folder(self, table_name: str) -> str:
        """Return the address of the folder that holds the table's data files."""
        return f"{self._load(table_name).location()}/data"

    def _load(self, table_name: str) -> Table:
        if table_name in self._tables:
            return self._tables[table_name]
        try:
            return self._tables.setdefault(
                table_name, self._catalog.load_table(f"{NAMESPACE}.{table_name}")
            )
        except NoSuchTableError:
            raise LedgerError(
                f"the ledger has no table {table_name}", hint="Run `centavo ingest FILE` first."
            ) from None


def _all_tables() -> dict[str, tuple[Column, ...]]:
    return {**TABLES, "batches": BATCH_COLUMNS}


def _add_columns(table: Table, columns: Sequence[Column]) -> None:
    """Give a table that an earlier version made the columns that it lacks; its rows have NULL."""
    known = set(table.schema().column_names)
    if missing := [column for column in columns if column.name not in known]:
        with table.update_schema() as update:
            for column in missing:
                update.add_column(column.name, _TYPES[column.type], column.doc)


def _staged(table: Table, table_name: str, paths: Sequence[str]) -> list["DataFile"]:
    """Return the files as Iceberg sees them, after checking that no required value is missing."""
    files = list(parquet_files_to_data_files(table.io, table.metadata, iter(paths)))
    for column in _all_tables()[table_name]:
        if not column.required:
            continue
        field_id = table.schema().find_field(column.name).field_id
        missing = sum((file.null_value_counts or {}).get(field_id, 0) for file in files)
        if missing:
            raise InputError(
                f"{missing} rows have no value for {column.name}, which every row must have",
                hint="Correct the file, or read it with --skip-bad to leave such rows out.",
            )
    return files


def _properties(columns: Sequence[Column]) -> dict[str, str]:
    """Return the table's properties: statistics only where they are used, since each costs time."""
    kept = {f"write.metadata.metrics.column.{c.name}": "counts" for c in columns if c.required}
    bounds = {
        f"write.metadata.metrics.column.{c.name}": "full" for c in columns if c.name in _BOUNDED
    }
    return {**_PROPERTIES, "write.metadata.metrics.default": "none", **kept, **bounds}


def _schema(columns: Sequence[Column]) -> Schema:
    fields = [
        NestedField(
            field_id=number,
            name=column.name,
            field_type=_TYPES[column.type],
            # Parquet written by DuckDB marks every column optional, so the ledger checks itself.
            required=False,
            doc=column.doc,
        )
        for number, column in enumerate(columns, start=1)
    ]
    return Schema(*fields)


def _files(table: Table, snapshot_id: int | None) -> Iterator["DataFile"]:
    for task in table.scan(snapshot_id=snapshot_id).plan_files():
        yield task.file


def _snapshot_at(table: Table, as_of: datetime) -> IcebergSnapshot | None:
    return table.snapshot_as_of_timestamp(int(as_of.timestamp() * 1000))


def _snapshots(table: Table) -> tuple[Snapshot, ...]:
    return tuple(
        Snapshot(
            snapshot_id=snapshot.snapshot_id,
            committed_at_ms=snapshot.timestamp_ms,
            summary=dict(snapshot.summary.additional_properties) if snapshot.summary else {},
        )
        for snapshot in table.snapshots()
    )


def _planned(table: Table, file: "DataFile") -> PlannedFile:
    bounds: dict[str, tuple[str, str]] = {}
    for name in _BOUNDED:
        if name not in table.schema().column_names:
            continue
        field = table.schema().find_field(name)
        low = (file.lower_bounds or {}).get(field.field_id)
        high = (file.upper_bounds or {}).get(field.field_id)
        if low is not None and high is not None:
            bounds[name] = (_day(field.field_type, low), _day(field.field_type, high))
    return PlannedFile(
        path=file.file_path,
        rows=file.record_count,
        size_bytes=file.file_size_in_bytes,
        days=bounds,
    )


def _day(kind: IcebergType, raw: bytes) -> str:
    # Iceberg writes a bound as a little-endian integer: days, or microseconds since 1970.
    number = int.from_bytes(raw, "little", signed=True)
    if isinstance(kind, DateType):
        return (date(1970, 1, 1) + timedelta(days=number)).isoformat()
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)).date().isoformat()
