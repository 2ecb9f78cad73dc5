"""The catalog in the ledger's folder: metadata files, and the pointer that says which is current.

Iceberg names files by their whole path. The folder of a ledger may be moved or copied all the same:
what it holds is looked for where it stands now, and the next commit names it so.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from centavo.errors import LedgerError
from centavo.ledger.column import Column
from centavo.ledger.iceberg.metadata import (
    TableMetadata,
    TableSnapshot,
    at_home,
    metadata_from,
    new_metadata,
    with_columns,
    with_snapshot,
)
from centavo.ledger.iceberg.pointer import move_pointer, read_pointer
from centavo.ledger.iceberg.stored_table import StoredTable, changed_meanwhile
from centavo.ledger.location import NAMESPACE, LedgerLocation
from centavo.ledger.planned import address_of, local_path, moved_to

__all__ = ["OwnCatalog"]


class OwnCatalog:
    """Tables of a ledger without a catalog of the user's; what it writes, pyiceberg can open."""

    def __init__(self, location: LedgerLocation) -> None:
        self._location = location

    def load(self, name: str) -> StoredTable | None:
        """Return the table; ``None`` when nobody has written it yet.

        Raises:
            LedgerError: There is no ledger, or it is damaged.
        """
        address = read_pointer(self._location, name)
        if address is None:
            return None
        home = self._home(name)
        try:
            content = local_path(moved_to(home, address)).read_bytes()
        except OSError as error:
            raise LedgerError(
                f"the metadata of the table {name} cannot be read: {address}: {error.strerror}",
                hint="Restore the ledger's folder from a backup.",
            ) from error
        return StoredTable(name, address, at_home(metadata_from(content, name=name), home), home)

    def ready(self, name: str, columns: Sequence[Column]) -> StoredTable:
        """Return the table with all of the columns; what it lacked is stored with its next snapshot."""
        stored = self.load(name) if self._location.catalog_file.exists() else None
        if stored is None:
            home = self._home(name)
            now_ms = time.time_ns() // 1_000_000
            metadata = new_metadata(columns, location=home, now_ms=now_ms)
            return StoredTable(name, "", metadata, home)
        return replace(stored, metadata=with_columns(stored.metadata, columns))

    def publish(self, table: StoredTable, snapshot: TableSnapshot, *, name: str) -> StoredTable:
        """Make the snapshot the table's current one.

        Raises:
            LedgerBusyError: Another process committed in between.
            LedgerError: The catalog cannot be written.
        """
        before = table.metadata
        metadata = with_snapshot(before, snapshot, address=table.here(table.address))
        target = table.metadata_folder / _file_name(table.address, name)
        target.write_bytes(msgspec.json.encode(metadata))
        after = address_of(target)
        if not move_pointer(self._location, table.name, before=table.address, after=after):
            raise changed_meanwhile(table.name)
        _remove_outdated(before, metadata)
        return replace(table, address=after, metadata=metadata)

    def _home(self, name: str) -> str:
        return address_of(self._location.folder / "warehouse" / NAMESPACE / name)


def _file_name(before: str, name: str) -> str:
    """Return the name of the next metadata file: its number is one more than that of the last."""
    number = Path(before).name.partition("-")[0]
    version = int(number) + 1 if number.isdecimal() else 0
    return f"{version:05}-{name}.metadata.json"


def _remove_outdated(before: TableMetadata, after: TableMetadata) -> None:
    if after.properties.get("write.metadata.delete-after-commit.enabled") != "true":
        return
    kept = {entry.metadata_file for entry in after.metadata_log}
    for entry in before.metadata_log:
        if entry.metadata_file not in kept:
            local_path(entry.metadata_file).unlink(missing_ok=True)
