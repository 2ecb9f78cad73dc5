"""A table as a catalog holds it, and what the ledger asks of a catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from centavo.errors import LedgerBusyError
from centavo.ledger.column import Column
from centavo.ledger.iceberg.metadata import TableMetadata, TableSnapshot
from centavo.ledger.planned import local_path, moved_to

__all__ = ["StoredTable", "TableCatalog", "changed_meanwhile"]


@dataclass(frozen=True)
class StoredTable:
    """A table at one moment.

    Attributes:
        name: Its name.
        address: Where its metadata stands; empty before its first snapshot.
        metadata: What stands there.
        home: Address of its folder, where that is the ledger's own; empty in a catalog of the user's.
    """

    name: str
    address: str
    metadata: TableMetadata
    home: str = ""

    @property
    def metadata_folder(self) -> Path:
        """Where its metadata and manifests are written."""
        return local_path(self.metadata.location) / "metadata"

    def here(self, address: str) -> str:
        """Return where a file of the table stands now, though its ledger was moved or copied since."""
        return moved_to(self.home, address) if self.home else address


class TableCatalog(Protocol):
    """Where the current metadata of each table is found and replaced."""

    def load(self, name: str) -> StoredTable | None:
        """Return the table; ``None`` when there is none."""
        ...

    def ready(self, name: str, columns: Sequence[Column]) -> StoredTable:
        """Return the table with all of the columns, as its next snapshot finds it."""
        ...

    def publish(self, table: StoredTable, snapshot: TableSnapshot, *, name: str) -> StoredTable:
        """Make the snapshot current, unless somebody else has committed since ``table``.

        Args:
            table: As it was found.
            snapshot: What the commit made.
            name: Where the catalog lets us, its metadata file is named for this.

        Raises:
            LedgerBusyError: Somebody has.
        """
        ...


def changed_meanwhile(table: str, reason: object = "") -> LedgerBusyError:
    """Return the error of a commit that another program's came before."""
    why = f": {reason}" if reason else ""
    return LedgerBusyError(
        f"another process changed {table} while this one was writing{why}",
        hint="Nothing was written; run the command again.",
    )
