"""The ledger's tables in Iceberg: their files at one moment, and commits."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from centavo.errors import InputError, LedgerError
from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.column import Column
from centavo.ledger.iceberg.own_catalog import OwnCatalog
from centavo.ledger.iceberg.snapshots import next_snapshot, planned_files
from centavo.ledger.iceberg.stored_table import StoredTable, TableCatalog, changed_meanwhile
from centavo.ledger.location import LedgerLocation
from centavo.ledger.planned import Change, Snapshot, TablePlan, local_path, planned
from centavo.ledger.schema import TABLES

__all__ = ["IcebergLedger"]


class IcebergLedger:
    """The ledger's tables in its own catalog, or in the user's."""

    def __init__(self, location: LedgerLocation) -> None:
        self._catalog = _catalog(location)

    def plan(self, table_name: str, *, as_of: datetime | None = None) -> TablePlan:
        """Return the files of the table's snapshot that was current at ``as_of``.

        A table that nobody has written yet has no files.

        Raises:
            LedgerError: There is no ledger in this catalog.
        """
        stored = self._catalog.load(table_name)
        if stored is None and table_name == "batches":
            raise LedgerError(
                f"the ledger has no table {table_name}", hint="Run `centavo ingest FILE` first."
            )
        if stored is None:
            return TablePlan("", (), ())
        metadata = stored.metadata
        moment = None if as_of is None else int(as_of.timestamp() * 1000)
        snapshot = metadata.current if moment is None else metadata.at(moment)
        files = planned_files(stored, snapshot) if snapshot else ()
        return TablePlan(stored.address, files, _snapshots(stored))

    def commit(self, table_name: str, change: Change, *, before: TablePlan) -> TablePlan:
        """Replace ``change.removed`` by ``change.added`` in one atomic commit.

        Args:
            table_name: The table.
            change: Files that come and go.
            before: The plan that the change was made from.

        Returns:
            The plan after it; nobody has counted its rows.

        Raises:
            InputError: A required column has NULLs.
            LedgerBusyError: Another writer committed in between.
        """
        columns = _columns(table_name)
        _require_values(change, columns)
        table = self._catalog.ready(table_name, columns)
        if table.address != before.metadata_location:
            raise changed_meanwhile(table_name)
        snapshot = next_snapshot(table, change)
        after = self._catalog.publish(table, snapshot, name=change.name)
        removed = set(change.removed)
        files = (
            *(file for file in before.files if file.path not in removed),
            *(
                planned(file.path, rows=file.rows, size_bytes=file.size_bytes, bounds=file.bounds)
                for file in change.added
            ),
        )
        return TablePlan(after.address, files, _snapshots(after))

    def data_folder(self, table_name: str) -> Path:
        """Return the folder that holds the table's data files."""
        table = self._catalog.ready(table_name, _columns(table_name))
        return local_path(table.metadata.location) / "data"


def _catalog(location: LedgerLocation) -> TableCatalog:
    if location.is_default_catalog:
        return OwnCatalog(location)
    from centavo.ledger.iceberg.users_catalog import UsersCatalog

    return UsersCatalog(location)


def _columns(table_name: str) -> tuple[Column, ...]:
    return {**TABLES, "batches": BATCH_COLUMNS}[table_name]


def _require_values(change: Change, columns: Sequence[Column]) -> None:
    for column in columns:
        missing = sum(file.nulls.get(column.name, 0) for file in change.added)
        if column.required and missing:
            raise InputError(
                f"{missing} rows have no value for {column.name}, which every row must have",
                hint="Correct the file, or read it with --skip-bad to leave such rows out.",
            )


def _snapshots(stored: StoredTable) -> tuple[Snapshot, ...]:
    return tuple(
        Snapshot(snapshot.snapshot_id, snapshot.timestamp_ms, snapshot.summary)
        for snapshot in stored.metadata.snapshots
    )
