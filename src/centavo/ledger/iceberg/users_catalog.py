"""A catalog of the user's own (REST, Glue, SQL …), through pyiceberg.

Only a ledger that has one imports pyiceberg, which takes half a second.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError
from pyiceberg.schema import Schema
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.snapshots import Snapshot as IcebergSnapshot
from pyiceberg.table.update import (
    AddSnapshotUpdate,
    AssertRefSnapshotId,
    AssertTableUUID,
    SetSnapshotRefUpdate,
)

from centavo.ledger.column import Column
from centavo.ledger.iceberg.metadata import (
    TableMetadata,
    TableSnapshot,
    metadata_from,
    new_metadata,
    with_columns,
)
from centavo.ledger.iceberg.stored_table import StoredTable, changed_meanwhile
from centavo.ledger.location import NAMESPACE, LedgerLocation

__all__ = ["UsersCatalog"]


class UsersCatalog:
    """Tables in a catalog that the user named; their files are on this machine's folders.

    A table is loaded at its first use and follows its own commits: the catalog is a request away.
    """

    def __init__(self, location: LedgerLocation) -> None:
        self._catalog: Catalog = load_catalog(NAMESPACE, **location.catalog_properties())
        self._tables: dict[str, Table] = {}

    def load(self, name: str) -> StoredTable | None:
        """Return the table; ``None`` when there is none."""
        try:
            return _stored(name, self._table(name))
        except NoSuchTableError:
            return None

    def ready(self, name: str, columns: Sequence[Column]) -> StoredTable:
        """Return the table with all of the columns, which are stored in the catalog at once."""
        stored = self.load(name) or self._created(name, columns)
        wanted = with_columns(stored.metadata, columns)
        if wanted is stored.metadata:
            return stored
        table = self._table(name)
        known = stored.metadata.schema.ids
        with table.update_schema() as update:
            for field in _schema(wanted).fields:
                if field.name not in known:
                    update.add_column(field.name, field.field_type, field.doc)
        return _stored(name, table)

    def publish(self, table: StoredTable, snapshot: TableSnapshot, *, name: str) -> StoredTable:  # noqa: ARG002 -- the catalog names the file
        """Make the snapshot the table's current one.

        Raises:
            LedgerBusyError: Another process committed in between.
        """
        base = table.metadata
        parent = base.current.snapshot_id if base.current else None
        head = {"ref-name": "main", "type": "branch", "snapshot-id": snapshot.snapshot_id}
        updates = (
            AddSnapshotUpdate(
                snapshot=IcebergSnapshot.model_validate_json(msgspec.json.encode(snapshot))
            ),
            SetSnapshotRefUpdate.model_validate(head),
        )
        requirements = (
            AssertTableUUID(uuid=UUID(base.table_uuid)),
            AssertRefSnapshotId.model_validate({"ref": "main", "snapshot-id": parent}),
        )
        try:
            done = self._catalog.commit_table(self._table(table.name), requirements, updates)
        except CommitFailedException as error:
            raise changed_meanwhile(table.name, error) from error
        finally:
            del self._tables[table.name]
        return _stored(table.name, done)

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            self._tables[name] = self._catalog.load_table(_identifier(name))
        return self._tables[name]

    def _created(self, name: str, columns: Sequence[Column]) -> StoredTable:
        self._catalog.create_namespace_if_not_exists(NAMESPACE)
        wanted = new_metadata(columns, location="", now_ms=0)
        table = self._catalog.create_table(  # pyright: ignore[reportUnknownMemberType] -- it also takes a pyarrow schema, which has no stubs
            _identifier(name), schema=_schema(wanted), properties=wanted.properties
        )
        return _stored(name, table)


def _identifier(name: str) -> str:
    return f"{NAMESPACE}.{name}"


def _schema(metadata: TableMetadata) -> Schema:
    return Schema.model_validate_json(msgspec.json.encode(metadata.schema))


def _stored(name: str, table: Table | CommitTableResponse) -> StoredTable:
    content = table.metadata.model_dump_json().encode()
    return StoredTable(name, table.metadata_location, metadata_from(content, name=name))
