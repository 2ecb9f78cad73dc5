"""The metadata of an Iceberg table as a value, and what a commit makes of it.

One JSON file holds all of it: columns, properties and every snapshot. It is read, given one more
snapshot and written again in a few milliseconds, however many snapshots there are. A field that is
not known here is an error, so that nothing which another writer put there is lost.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Literal

import msgspec

from centavo.errors import LedgerError
from centavo.ledger.column import Column, SqlType
from centavo.ledger.planned import BOUNDED, moved_to

__all__ = [
    "TableMetadata",
    "TableSchema",
    "TableSnapshot",
    "at_home",
    "metadata_from",
    "new_metadata",
    "with_columns",
    "with_snapshot",
]

_TYPES: dict[SqlType, str] = {
    "VARCHAR": "string",
    "DECIMAL(38,12)": "decimal(38, 12)",
    "DECIMAL(18,12)": "decimal(18, 12)",
    "BIGINT": "long",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamptz",
    "DATE": "date",
}

_PROPERTIES = {
    # Metadata of every commit is kept in the newest file; older copies of it are only clutter.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}
_NAME_MAPPING = "schema.name-mapping.default"
# What Iceberg numbers before the first partition field.
_NO_PARTITION_ID = 999


class _Part(
    msgspec.Struct, frozen=True, rename="kebab", omit_defaults=True, forbid_unknown_fields=True
):
    """A part of the metadata: a field that is not known is an error."""


class TableField(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A column; ``type`` is a name, or an object for nested types, which the ledger never makes."""

    id: int
    name: str
    required: bool
    type: object
    doc: str | None = None


class TableSchema(_Part, frozen=True, tag_field="type", tag="struct"):
    """The columns of a table at one time."""

    schema_id: int
    fields: tuple[TableField, ...]
    identifier_field_ids: tuple[int, ...] = ()

    @property
    def ids(self) -> dict[str, int]:
        """The number of each column."""
        return {field.name: field.id for field in self.fields}


class _PartitionSpec(_Part, frozen=True):
    spec_id: int
    fields: tuple[object, ...]


class TableSnapshot(_Part, frozen=True):
    """One commit: its files are those of the manifests that its list names."""

    snapshot_id: int
    sequence_number: int
    timestamp_ms: int
    manifest_list: str
    summary: dict[str, str]
    schema_id: int | None = None
    parent_snapshot_id: int | None = None


class _LoggedSnapshot(_Part, frozen=True):
    snapshot_id: int
    timestamp_ms: int


class _LoggedMetadata(_Part, frozen=True):
    metadata_file: str
    timestamp_ms: int


class _Ref(_Part, frozen=True):
    snapshot_id: int
    type: str
    min_snapshots_to_keep: int | None = None
    max_snapshot_age_ms: int | None = None
    max_ref_age_ms: int | None = None


class TableMetadata(_Part, frozen=True):
    """A table of format version 2."""

    format_version: Literal[2]
    table_uuid: str
    location: str
    last_sequence_number: int
    last_updated_ms: int
    last_column_id: int
    schemas: tuple[TableSchema, ...]
    current_schema_id: int
    partition_specs: tuple[_PartitionSpec, ...]
    default_spec_id: int
    last_partition_id: int
    sort_orders: tuple[object, ...]
    default_sort_order_id: int
    properties: dict[str, str] = {}
    current_snapshot_id: int | None = None
    snapshots: tuple[TableSnapshot, ...] = ()
    snapshot_log: tuple[_LoggedSnapshot, ...] = ()
    metadata_log: tuple[_LoggedMetadata, ...] = ()
    refs: dict[str, _Ref] = {}
    statistics: tuple[object, ...] = ()
    partition_statistics: tuple[object, ...] = ()

    @property
    def schema(self) -> TableSchema:
        """The columns of now."""
        return next(s for s in self.schemas if s.schema_id == self.current_schema_id)

    @property
    def current(self) -> TableSnapshot | None:
        """The snapshot of now; ``None`` while nothing was written."""
        return self._snapshot(self.current_snapshot_id)

    def at(self, moment_ms: int) -> TableSnapshot | None:
        """Return the snapshot that was current at the moment (milliseconds since 1970, UTC)."""
        seen = [entry for entry in self.snapshot_log if entry.timestamp_ms <= moment_ms]
        return self._snapshot(seen[-1].snapshot_id) if seen else None

    def _snapshot(self, snapshot_id: int | None) -> TableSnapshot | None:
        return next((s for s in self.snapshots if s.snapshot_id == snapshot_id), None)


def metadata_from(content: bytes, *, name: str) -> TableMetadata:
    """Return the metadata that a file holds.

    Raises:
        LedgerError: It is no table as the ledger keeps them.
    """
    try:
        metadata = msgspec.json.decode(content, type=TableMetadata)
    except msgspec.DecodeError as error:
        raise LedgerError(
            f"the metadata of the table {name} cannot be read: {error}",
            hint="Was it changed by another program? centavo keeps tables of format version 2.",
        ) from error
    if any(spec.fields for spec in metadata.partition_specs):
        raise LedgerError(
            f"the table {name} is partitioned, which centavo does not write",
            hint="Drop its partition fields with the program that added them.",
        )
    return metadata


def new_metadata(columns: Sequence[Column], *, location: str, now_ms: int) -> TableMetadata:
    """Return the metadata of a table that nobody has written yet."""
    fields = _numbered(columns, after=0)
    return TableMetadata(
        format_version=2,
        table_uuid=str(uuid.uuid4()),
        location=location,
        last_sequence_number=0,
        last_updated_ms=now_ms,
        last_column_id=len(fields),
        schemas=(TableSchema(0, fields),),
        current_schema_id=0,
        partition_specs=(_PartitionSpec(0, ()),),
        default_spec_id=0,
        last_partition_id=_NO_PARTITION_ID,
        sort_orders=({"order-id": 0, "fields": []},),
        default_sort_order_id=0,
        properties={**_statistics(columns), _NAME_MAPPING: _name_mapping(fields)},
    )


def at_home(metadata: TableMetadata, home: str) -> TableMetadata:
    """Return the table as it is when its folder stands at the address ``home``."""
    if metadata.location == home:
        return metadata
    return msgspec.structs.replace(
        metadata,
        location=home,
        snapshots=tuple(
            msgspec.structs.replace(each, manifest_list=moved_to(home, each.manifest_list))
            for each in metadata.snapshots
        ),
        metadata_log=tuple(
            msgspec.structs.replace(each, metadata_file=moved_to(home, each.metadata_file))
            for each in metadata.metadata_log
        ),
    )


def with_columns(metadata: TableMetadata, columns: Sequence[Column]) -> TableMetadata:
    """Return the table with those of the columns that it lacks; its rows have NULL there."""
    missing = [column for column in columns if column.name not in metadata.schema.ids]
    if not missing:
        return metadata
    fields = (*metadata.schema.fields, *_numbered(missing, after=metadata.last_column_id))
    schema = TableSchema(
        max(s.schema_id for s in metadata.schemas) + 1,
        fields,
        metadata.schema.identifier_field_ids,
    )
    return msgspec.structs.replace(
        metadata,
        last_column_id=metadata.last_column_id + len(missing),
        schemas=(*metadata.schemas, schema),
        current_schema_id=schema.schema_id,
        properties={**metadata.properties, _NAME_MAPPING: _name_mapping(fields)},
    )


def with_snapshot(
    metadata: TableMetadata, snapshot: TableSnapshot, *, address: str
) -> TableMetadata:
    """Return the table after a commit.

    Args:
        metadata: The table before it.
        snapshot: What the commit made.
        address: Where the table's metadata stood before; empty for a new table.
    """
    log = metadata.metadata_log
    if address:
        log = (*log, _LoggedMetadata(address, metadata.last_updated_ms))
    # What somebody set for the branch stays.
    main = metadata.refs.get("main", _Ref(snapshot.snapshot_id, "branch"))
    head = msgspec.structs.replace(main, snapshot_id=snapshot.snapshot_id)
    kept = int(metadata.properties.get("write.metadata.previous-versions-max", "100"))
    return msgspec.structs.replace(
        metadata,
        last_sequence_number=snapshot.sequence_number,
        last_updated_ms=snapshot.timestamp_ms,
        current_snapshot_id=snapshot.snapshot_id,
        snapshots=(*metadata.snapshots, snapshot),
        snapshot_log=(
            *metadata.snapshot_log,
            _LoggedSnapshot(snapshot.snapshot_id, snapshot.timestamp_ms),
        ),
        metadata_log=log[-kept:],
        refs={**metadata.refs, "main": head},
    )


def _numbered(columns: Sequence[Column], *, after: int) -> tuple[TableField, ...]:
    # Parquet written by DuckDB marks every column optional, so the ledger checks itself.
    return tuple(
        TableField(number, column.name, required=False, type=_TYPES[column.type], doc=column.doc)
        for number, column in enumerate(columns, start=after + 1)
    )


def _name_mapping(fields: Sequence[TableField]) -> str:
    # Files are written without field ids: every reader finds the columns by name.
    return json.dumps([{"names": [field.name], "field-id": field.id} for field in fields])


def _statistics(columns: Sequence[Column]) -> dict[str, str]:
    """Return the table's properties: statistics only where they are used, since each costs time."""
    kept = {f"write.metadata.metrics.column.{c.name}": "counts" for c in columns if c.required}
    bounds = {
        f"write.metadata.metrics.column.{c.name}": "full" for c in columns if c.name in BOUNDED
    }
    return {**_PROPERTIES, "write.metadata.metrics.default": "none", **kept, **bounds}
