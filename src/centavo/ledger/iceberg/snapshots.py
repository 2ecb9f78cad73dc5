"""Snapshots of a table: the files that one consists of, and the next one that a change makes."""

import os
import time
from collections.abc import Sequence

from msgspec.structs import replace

from centavo.ledger.iceberg.manifests import (
    DataFile,
    Entry,
    Manifest,
    Status,
    read_entries,
    read_list,
    write_list,
    write_manifest,
)
from centavo.ledger.iceberg.metadata import TableSchema, TableSnapshot
from centavo.ledger.iceberg.stored_table import StoredTable, changed_meanwhile
from centavo.ledger.planned import BOUNDED, Change, NewFile, PlannedFile, address_of, planned

__all__ = ["next_snapshot", "planned_files"]

# A commit writes a manifest. When there are more than so many, it takes the small ones into its own,
# so that a ledger of daily commits neither opens hundreds of them nor writes all anew each day.
_MOST_MANIFESTS = 30
_LARGE_FILES = 1_000
_DAY_US = 86_400_000_000


def planned_files(table: StoredTable, snapshot: TableSnapshot) -> tuple[PlannedFile, ...]:
    """Return the data files of a snapshot as readers plan them."""
    names = {field.id: field for field in table.metadata.schema.fields if field.name in BOUNDED}
    found: list[PlannedFile] = []
    for manifest in read_list(snapshot.manifest_list):
        for entry in _entries(table, manifest):
            file = entry.data_file
            bounds = {
                names[number].name: (
                    _number(low, names[number].type),
                    _number(high, names[number].type),
                )
                for number, (low, high) in file.bounds().items()
                if number in names
            }
            found.append(
                planned(
                    file.file_path,
                    rows=file.record_count,
                    size_bytes=file.file_size_in_bytes,
                    bounds=bounds,
                )
            )
    return tuple(found)


def next_snapshot(table: StoredTable, change: Change) -> TableSnapshot:
    """Write the manifests of the table after the change, and return the snapshot that names them.

    Raises:
        LedgerBusyError: A file that is to go is no longer there.
    """
    metadata, folder, name = table.metadata, table.metadata_folder, change.name
    base, number = metadata.current, metadata.last_sequence_number + 1
    snapshot_id = int.from_bytes(os.urandom(8), "big") >> 1
    kept, taken = _sorted_out(table, read_list(base.manifest_list) if base else [], change.removed)
    removed = set(change.removed)
    gone = [entry for entry in taken if entry.data_file.file_path in removed]
    if len(gone) != len(removed):
        raise changed_meanwhile(table.name)
    stay = [entry for entry in taken if entry.data_file.file_path not in removed]
    new = [_data_file(file, metadata.schema) for file in change.added]
    entries = [
        *(Entry(Status.ADDED, snapshot_id, None, None, file) for file in new),
        *(_marked(entry, Status.EXISTING, entry.snapshot_id) for entry in stay),
        *(_marked(entry, Status.DELETED, snapshot_id) for entry in gone),
    ]
    written = [
        write_manifest(
            folder / f"{name}-m{place}.avro",
            entries[place * _LARGE_FILES : (place + 1) * _LARGE_FILES],
            schema=metadata.schema,
            snapshot_id=snapshot_id,
            sequence_number=number,
        )
        for place in range(-(-len(entries) // _LARGE_FILES))
    ]
    target = folder / f"snap-{snapshot_id}-{name}.avro"
    parent = base.snapshot_id if base else None
    header = {
        "snapshot-id": str(snapshot_id),
        "parent-snapshot-id": "null" if parent is None else str(parent),
        "sequence-number": str(number),
        "format-version": "2",
    }
    write_list(target, [*written, *kept], header=header)
    return TableSnapshot(
        snapshot_id=snapshot_id,
        parent_snapshot_id=parent,
        sequence_number=number,
        # Two commits are never told apart by less than the clock's unit, not even when it jumps.
        timestamp_ms=max(time.time_ns() // 1_000_000, metadata.last_updated_ms + 1),
        manifest_list=address_of(target),
        summary={
            **_summary(base, new, [entry.data_file for entry in gone]),
            **change.properties,
        },
        schema_id=metadata.current_schema_id,
    )


def _entries(table: StoredTable, manifest: Manifest) -> list[Entry]:
    """Return the live files of a manifest where they stand now."""
    here = replace(manifest, manifest_path=table.here(manifest.manifest_path))
    return [
        replace(
            entry,
            data_file=replace(entry.data_file, file_path=table.here(entry.data_file.file_path)),
        )
        for entry in read_entries(here)
    ]


def _sorted_out(
    table: StoredTable, manifests: Sequence[Manifest], removed: Sequence[str]
) -> tuple[list[Manifest], list[Entry]]:
    """Return the manifests that stay as they are, and the live entries of those that do not."""
    going = set(removed)
    merging = len(manifests) > _MOST_MANIFESTS
    kept: list[Manifest] = []
    taken: list[Entry] = []
    for manifest in manifests:
        live = manifest.added_files_count + manifest.existing_files_count
        # One that was written before the ledger was moved names files where they stood then.
        is_moved = table.here(manifest.manifest_path) != manifest.manifest_path
        renewed = is_moved or (merging and live < _LARGE_FILES)
        entries = _entries(table, manifest) if going or renewed else []
        if renewed or any(entry.data_file.file_path in going for entry in entries):
            taken += entries
        elif live:
            kept.append(manifest)
    return kept, taken


def _marked(entry: Entry, status: Status, snapshot_id: int | None) -> Entry:
    return Entry(
        status, snapshot_id, entry.sequence_number, entry.file_sequence_number, entry.data_file
    )


def _summary(
    base: TableSnapshot | None, new: Sequence[DataFile], gone: Sequence[DataFile]
) -> dict[str, str]:
    before = base.summary if base else {}
    added, removed = _measures(new), _measures(gone)
    summary = {"operation": "overwrite" if gone else "append"}
    for name, total in (("data-files", 0), ("records", 1), ("files-size", 2)):
        came = "added-files-size" if name == "files-size" else f"added-{name}"
        went = "removed-files-size" if name == "files-size" else f"deleted-{name}"
        if new:
            summary[came] = str(added[total])
        if gone:
            summary[went] = str(removed[total])
        after = int(before.get(f"total-{name}", "0")) + added[total] - removed[total]
        summary[f"total-{name}"] = str(after)
    nothing = ("total-delete-files", "total-position-deletes", "total-equality-deletes")
    return summary | dict.fromkeys(nothing, "0")


def _measures(files: Sequence[DataFile]) -> tuple[int, int, int]:
    return (
        len(files),
        sum(file.record_count for file in files),
        sum(file.file_size_in_bytes for file in files),
    )


def _data_file(file: NewFile, schema: TableSchema) -> DataFile:
    kinds = {field.name: field.type for field in schema.fields}
    return DataFile.of(
        file.path,
        rows=file.rows,
        size_bytes=file.size_bytes,
        nulls={schema.ids[name]: count for name, count in file.nulls.items()},
        bounds={
            schema.ids[name]: (_raw(low, kinds[name]), _raw(high, kinds[name]))
            for name, (low, high) in file.bounds.items()
        },
    )


def _raw(microseconds: int, kind: object) -> bytes:
    """Return an instant as Iceberg writes a bound: little-endian days, or microseconds since 1970."""
    if kind == "date":
        return (microseconds // _DAY_US).to_bytes(4, "little", signed=True)
    return microseconds.to_bytes(8, "little", signed=True)


def _number(raw: bytes, kind: object) -> int:
    number = int.from_bytes(raw, "little", signed=True)
    return number * _DAY_US if kind == "date" else number
