"""Manifests: which data files a snapshot consists of, in Avro files that a list names."""

import io
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path

import fastavro
import msgspec

from centavo.errors import LedgerError
from centavo.ledger.iceberg.avro_schemas import MANIFEST_ENTRY, MANIFEST_FILE
from centavo.ledger.iceberg.metadata import TableSchema
from centavo.ledger.planned import address_of, local_path

__all__ = [
    "DataFile",
    "Entry",
    "Manifest",
    "Status",
    "read_entries",
    "read_list",
    "write_list",
    "write_manifest",
]


class Status(IntEnum):
    """What a snapshot did with a file."""

    EXISTING = 0
    ADDED = 1
    DELETED = 2


class _Count(msgspec.Struct, frozen=True):
    key: int
    value: int


class _Bound(msgspec.Struct, frozen=True):
    key: int
    value: bytes


class DataFile(msgspec.Struct, frozen=True):
    """A data file with its statistics by column number; fields as the specification names them."""

    file_path: str
    record_count: int
    file_size_in_bytes: int
    content: int = 0
    file_format: str = "PARQUET"
    partition: dict[str, object] = {}
    column_sizes: list[_Count] | None = None
    value_counts: list[_Count] | None = None
    null_value_counts: list[_Count] | None = None
    nan_value_counts: list[_Count] | None = None
    lower_bounds: list[_Bound] | None = None
    upper_bounds: list[_Bound] | None = None
    key_metadata: bytes | None = None
    split_offsets: list[int] | None = None
    equality_ids: list[int] | None = None
    sort_order_id: int | None = None

    @classmethod
    def of(
        cls,
        path: str,
        *,
        rows: int,
        size_bytes: int,
        nulls: Mapping[int, int],
        bounds: Mapping[int, tuple[bytes, bytes]],
    ) -> "DataFile":
        """Return the file with the statistics that the ledger uses."""
        return cls(
            file_path=path,
            record_count=rows,
            file_size_in_bytes=size_bytes,
            value_counts=[_Count(key, rows) for key in nulls],
            null_value_counts=[_Count(key, count) for key, count in nulls.items()],
            lower_bounds=[_Bound(key, low) for key, (low, _) in bounds.items()],
            upper_bounds=[_Bound(key, high) for key, (_, high) in bounds.items()],
        )

    def bounds(self) -> dict[int, tuple[bytes, bytes]]:
        """Return the lowest and highest value of the columns that have both."""
        highs = {bound.key: bound.value for bound in self.upper_bounds or ()}
        lows = self.lower_bounds or ()
        return {low.key: (low.value, highs[low.key]) for low in lows if low.key in highs}


class Entry(msgspec.Struct, frozen=True):
    """A data file in a manifest; what is ``None`` there is inherited and filled in by reading."""

    status: Status
    snapshot_id: int | None
    sequence_number: int | None
    file_sequence_number: int | None
    data_file: DataFile


class Manifest(msgspec.Struct, frozen=True):
    """A manifest as a list names it; fields as the specification names them."""

    manifest_path: str
    manifest_length: int
    partition_spec_id: int
    content: int
    sequence_number: int
    min_sequence_number: int
    added_snapshot_id: int
    added_files_count: int
    existing_files_count: int
    deleted_files_count: int
    added_rows_count: int
    existing_rows_count: int
    deleted_rows_count: int
    partitions: list[dict[str, object]] | None = None
    key_metadata: bytes | None = None


def read_list(address: str) -> list[Manifest]:
    """Return the manifests of a snapshot.

    Raises:
        LedgerError: It cannot be read, or another program keeps deleted rows beside the data.
    """
    manifests = msgspec.convert(_records(address), list[Manifest])
    if any(manifest.content != 0 for manifest in manifests):
        raise LedgerError(
            "another program deleted rows of the ledger and left their files as they were",
            hint="Let it rewrite the data files (Spark: rewrite_data_files), then run it again.",
        )
    return manifests


def read_entries(manifest: Manifest) -> list[Entry]:
    """Return the live files of a manifest, with what they inherit from it.

    Raises:
        LedgerError: It cannot be read.
    """
    entries = msgspec.convert(_records(manifest.manifest_path), list[Entry])
    return [_inheriting(entry, manifest) for entry in entries if entry.status != Status.DELETED]


def write_list(target: Path, manifests: Sequence[Manifest], *, header: Mapping[str, str]) -> None:
    """Write the list of a snapshot's manifests."""
    _write(target, MANIFEST_FILE, manifests, header)


def write_manifest(
    target: Path,
    entries: Sequence[Entry],
    *,
    schema: TableSchema,
    snapshot_id: int,
    sequence_number: int,
) -> Manifest:
    """Write a manifest of an unpartitioned table and return it as a list names it."""
    header = {
        "schema": msgspec.json.encode(schema).decode(),
        "schema-id": str(schema.schema_id),
        "partition-spec": "[]",
        "partition-spec-id": "0",
        "format-version": "2",
        "content": "data",
    }
    length = _write(target, MANIFEST_ENTRY, entries, header)
    files = dict.fromkeys(Status, 0)
    rows = dict.fromkeys(Status, 0)
    for entry in entries:
        files[entry.status] += 1
        rows[entry.status] += entry.data_file.record_count
    live = [entry for entry in entries if entry.status != Status.DELETED]
    return Manifest(
        manifest_path=address_of(target),
        manifest_length=length,
        partition_spec_id=0,
        content=0,
        sequence_number=sequence_number,
        # An added file has no number of its own: it has this commit's.
        min_sequence_number=min(
            (sequence_number if e.sequence_number is None else e.sequence_number for e in live),
            default=sequence_number,
        ),
        added_snapshot_id=snapshot_id,
        added_files_count=files[Status.ADDED],
        existing_files_count=files[Status.EXISTING],
        deleted_files_count=files[Status.DELETED],
        added_rows_count=rows[Status.ADDED],
        existing_rows_count=rows[Status.EXISTING],
        deleted_rows_count=rows[Status.DELETED],
        partitions=[],
    )


def _inheriting(entry: Entry, manifest: Manifest) -> Entry:
    number = manifest.sequence_number
    own, files_own = entry.sequence_number, entry.file_sequence_number
    return msgspec.structs.replace(
        entry,
        snapshot_id=manifest.added_snapshot_id if entry.snapshot_id is None else entry.snapshot_id,
        sequence_number=number if own is None else own,
        file_sequence_number=number if files_own is None else files_own,
    )


def _records(address: str) -> list[object]:
    try:
        with local_path(address).open("rb") as stream:
            return list(fastavro.reader(stream))
    except (OSError, ValueError, EOFError) as error:
        raise LedgerError(
            f"a manifest of the ledger cannot be read: {address}: {error}",
            hint="`centavo doctor` names what is missing; restore it from a backup.",
        ) from error


def _name_arrays(file: dict[str, object]) -> None:
    """Say of each list that it is an array: fastavro then does not try it against the types it may have."""
    for name, value in file.items():
        if isinstance(value, list):
            file[name] = ("array", value)


def _write(
    target: Path,
    schema: dict[str, object],
    records: Sequence[Entry] | Sequence[Manifest],
    header: Mapping[str, str],
) -> int:
    """Write the Avro file and return its length."""
    buffer = io.BytesIO()
    plain = msgspec.to_builtins(records, builtin_types=(bytes,))
    for record in plain:
        _name_arrays(record.get("data_file", {}))
    fastavro.writer(  # pyright: ignore[reportUnknownMemberType] -- its stream's type has no argument
        buffer, schema, plain, codec="deflate", metadata=dict(header)
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.write_bytes(buffer.getvalue())
