"""The Parquet files of the bodies: rows are added to them once, and seen when the index says so."""

import uuid
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from centavo.ledger.bodies.index import BodyIndex, BodyTable
from centavo.ledger.engine import open_engine, sql_text, sql_texts

__all__ = ["BodyFiles"]

_COLUMNS: dict[BodyTable, tuple[str, ...]] = {
    "bodies": ("body_hash", "kept_on"),
    "body_parts": ("body_hash", "position", "kind", "member", "role", "content_hash"),
    "body_contents": ("content_hash", "text"),
}
# What tells a row from others: a row whose key is there already is not written again.
_KEYS: dict[BodyTable, str] = {
    "bodies": "body_hash, kept_on",
    "body_parts": "body_hash",
    "body_contents": "content_hash",
}


class BodyFiles:
    """Adds files; readers see them after ``commit``. What a killed writer left is removed first.

    Args:
        folder: The ledger's folder ``bodies``; the caller holds the writer lock.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.index = BodyIndex.read(folder)
        self.index.sweep(folder)

    def add(self, table: BodyTable, rows: Sequence[tuple[object, ...]]) -> None:
        """Write the rows that are not there yet."""
        if rows:
            known = self.index.paths(self._folder, table)
            missing = f" ANTI JOIN read_parquet({sql_texts(known)}) USING ({_KEYS[table]})"
            select = f"SELECT * FROM waiting{missing if known else ''}"
            self._copy(table, select, waiting=_arrow_table(table, rows))

    def replace(self, table: BodyTable, select: str) -> None:
        """Take the rows of a query, over the files as they are, in the place of all."""
        self.index = _with_files(self.index, table, ())
        self._copy(table, select)

    def commit(self) -> None:
        """Make the files readable, in one step, and remove those that were replaced."""
        if self.index != BodyIndex.read(self._folder):
            self.index.write(self._folder)
            self.index.sweep(self._folder)

    def _copy(self, table: BodyTable, select: str, *, waiting: object = None) -> None:
        name = f"{uuid.uuid4().hex}-{table}.parquet"
        self._folder.mkdir(parents=True, exist_ok=True)
        path = sql_text(str(self._folder / name))
        # A connection of its own: the reading's is busy with the rows that bring these bodies.
        engine = open_engine()
        try:
            if waiting is not None:
                engine.register("waiting", waiting)
            counted = engine.execute(
                f"COPY ({select}) TO {path} (FORMAT parquet, COMPRESSION zstd)"
            )
            written = (counted.fetchone() or (0,))[0]
        finally:
            engine.close()
        if written:
            names: tuple[str, ...] = getattr(self.index, table)
            self.index = _with_files(self.index, table, (*names, name))


def _with_files(index: BodyIndex, table: BodyTable, names: tuple[str, ...]) -> BodyIndex:
    return msgspec.structs.replace(index, **{table: names})


def _arrow_table(table: BodyTable, rows: Sequence[tuple[object, ...]]) -> object:
    # Not a plain import: pyarrow carries no types, and takes time that a --help has no use for.
    pa: Any = import_module("pyarrow")
    types = {"kept_on": pa.date32(), "position": pa.int32()}
    names = _COLUMNS[table]
    arrays = [
        pa.array(column, types.get(name, pa.string()))
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    ]
    return pa.Table.from_arrays(arrays, names=list(names))
