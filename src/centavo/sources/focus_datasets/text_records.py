"""The records of one file as text, whatever its format, each judged before it is read as a row.

These datasets have a row for an invoice line, a month or a contract: thousands where a bill has
millions. So Python reads them, and every bad value is named with its line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.column import Column
from centavo.ledger.reading import InputFile
from centavo.sources.csv_diagnosis import (
    NULL_TEXTS,
    ValueKind,
    numbered_records,
    read_header,
    value_problem,
)
from centavo.sources.focus_datasets.dataset import Dataset
from centavo.sources.json_records import decode_json, json_texts, opened
from centavo.sources.record_values import is_list, is_object
from centavo.sources.scan_paths import path_literal

__all__ = ["TextRecord", "TextRecords", "text_records"]

_PARQUET_MAGIC = b"PAR1"
_NO_VALUE = ("must have a value", "Every row needs one; complete the export.")
_WIDTH_HINT = "Put values that contain the separator in double quotes."


@dataclass(frozen=True)
class TextRecord:
    """One record.

    Attributes:
        values: One for each column that the file has, in the order of ``TextRecords.columns``.
        problem: The first thing wrong with it.
    """

    values: tuple[str | None, ...]
    problem: BadValueError | None


@dataclass(frozen=True)
class TextRecords:
    """What a file holds.

    Attributes:
        columns: The ledger's columns that the file has.
        kept_out: Columns that the ledger has no place for.
        inexact: Columns of amounts that the file stores as floating point.
        records: Its records, drawn once.
    """

    columns: tuple[str, ...]
    kept_out: tuple[str, ...]
    inexact: tuple[str, ...]
    records: Iterator[TextRecord]


@dataclass(frozen=True)
class _Header:
    """Where the ledger's columns stand in a file."""

    file: InputFile
    dataset: Dataset
    spelled: tuple[str, ...]
    positions: Mapping[str, int]
    kinds: Mapping[str, ValueKind]

    @property
    def kept_out(self) -> tuple[str, ...]:
        used = set(self.positions.values())
        own = {"x_rowid", "x_source", "x_ingestionbatchid"}
        return tuple(
            name
            for place, name in enumerate(self.spelled)
            if place not in used and name.strip().lower() not in own
        )

    def judged(self, line: int | None, cells: Sequence[str | None]) -> TextRecord:
        if len(cells) != len(self.spelled):
            problem = self._problem(
                f"has {len(cells)} values where the header names {len(self.spelled)}",
                line,
                ("the record", ",".join(cell or "" for cell in cells)),
                _WIDTH_HINT,
            )
            return TextRecord((), problem)
        values = tuple(_null(cells[place]) for place in self.positions.values())
        for column, value in zip(self.positions, values, strict=True):
            found = self._judge(column, value)
            if found is not None:
                spelled = self.spelled[self.positions[column]]
                return TextRecord(values, self._problem(found[0], line, (spelled, value), found[1]))
        return TextRecord(values, None)

    def _judge(self, column: str, value: str | None) -> tuple[str, str] | None:
        if value is None:
            return _NO_VALUE if column in self.dataset.required else None
        return value_problem(self.kinds[column], value)

    def _problem(
        self, text: str, line: int | None, where: tuple[str, object], hint: str
    ) -> BadValueError:
        return BadValueError(
            text, file=self.file.name, line=line, column=where[0], value=where[1], hint=hint
        )


def text_records(
    connection: duckdb.DuckDBPyConnection, file: InputFile, dataset: Dataset
) -> TextRecords:
    """Return the file's records; CSV, gzip CSV, Parquet, JSON lines or one JSON array.

    Raises:
        InputError: The file cannot be read, or lacks a column that no row can do without.
    """
    with file.path.open("rb") as stream:
        is_parquet = stream.read(4) == _PARQUET_MAGIC
    if is_parquet:
        return _parquet(connection, file, dataset)
    if _begins_like_json(file):
        return _json(file, dataset)
    header = _header(read_header(file.path, name=file.name).columns, file, dataset)
    rows = (
        header.judged(line, cells) for line, cells in numbered_records(file.path, name=file.name)
    )
    return TextRecords(tuple(header.positions), header.kept_out, (), rows)


def _begins_like_json(file: InputFile) -> bool:
    try:
        with opened(file.path, file.name) as stream:
            return stream.beginning.lstrip()[:1] in {b"{", b"["}
    except InputError:
        # The reader of CSV says what is wrong with it.
        return False


def _header(spelled: Sequence[str], file: InputFile, dataset: Dataset) -> _Header:
    known = {column.name.lower(): column.name for column in dataset.columns}
    positions: dict[str, int] = {}
    for place, name in enumerate(spelled):
        column = known.get(name.strip().lower())
        if column in positions:
            raise InputError(
                f"{file.name}, line 1: the header names {column} twice",
                hint="Rename or remove one of the two columns.",
            )
        if column is not None:
            positions[column] = place
    missing = [column for column in dataset.required if column not in positions]
    if missing:
        raise InputError(
            f"{file.name} has no column {' and no column '.join(missing)};"
            f" it has {', '.join(spelled[:12])}",
            hint=f"Export FOCUS's {dataset.dataset} dataset with its mandatory columns.",
        )
    kinds: dict[str, ValueKind] = {column.name: _kind(column) for column in dataset.columns}
    return _Header(file, dataset, tuple(spelled), positions, kinds)


def _parquet(
    connection: duckdb.DuckDBPyConnection, file: InputFile, dataset: Dataset
) -> TextRecords:
    scan = f"read_parquet({path_literal(file)})"
    try:
        described: list[tuple[str, str]] = [
            (str(row[0]), str(row[1]))
            for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        ]
    except duckdb.Error as error:
        raise InputError(
            f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}",
            hint="Copy or download the file again.",
        ) from None
    header = _header([name for name, _ in described], file, dataset)
    shown = ", ".join(_parquet_text(name, stored) for name, stored in described)

    def rows() -> Iterator[TextRecord]:
        # A cursor of its own, because the caller writes while these rows are drawn.
        cursor = connection.cursor().execute(f"SELECT {shown} FROM {scan}")
        while batch := cursor.fetchmany(4096):
            for cells in batch:
                yield header.judged(None, cells)

    inexact = tuple(
        described[place][0]
        for column, place in header.positions.items()
        if described[place][1] in {"DOUBLE", "FLOAT"} and header.kinds[column] == "decimal"
    )
    return TextRecords(tuple(header.positions), header.kept_out, inexact, rows())


def _parquet_text(name: str, stored: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if stored.endswith("[]") or stored.startswith(("STRUCT", "MAP")):
        return f"CAST(to_json({quoted}) AS VARCHAR)"
    return f"CAST({quoted} AS VARCHAR)"


def _json(file: InputFile, dataset: Dataset) -> TextRecords:
    """Return the records; a key may be missing where it is null, so the keys of all are the header."""
    keys: dict[str, None] = {}
    for _, record in _json_records(file):
        if is_object(record):
            keys |= dict.fromkeys(record)
    if not keys:
        raise InputError(
            f"{file.name} has no JSON record that can be read", hint="Export one object per row."
        )
    header = _header(list(keys), file, dataset)

    def rows() -> Iterator[TextRecord]:
        for line, record in _json_records(file):
            if isinstance(record, BadValueError):
                yield TextRecord((), record)
            elif is_object(record):
                yield header.judged(line, [_json_text(record.get(key)) for key in keys])
            else:
                yield TextRecord((), _no_object(file, line, record))

    return TextRecords(tuple(header.positions), header.kept_out, (), rows())


def _json_records(file: InputFile) -> Iterator[tuple[int, object]]:
    one_per_line = ".jsonl" in file.name or ".ndjson" in file.name
    with opened(file.path, file.name) as stream:
        for text in json_texts(stream, one_per_line=one_per_line):
            try:
                yield text.line, decode_json(text, name=file.name, exact=True)
            except BadValueError as error:
                yield text.line, error


def _no_object(file: InputFile, line: int, record: object) -> BadValueError:
    return BadValueError(
        "is not a JSON object", file=file.name, line=line, column="the record", value=record
    )


def _json_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_object(value) or is_list(value):
        import json

        return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _null(value: str | None) -> str | None:
    return None if value is None or value in NULL_TEXTS else value


def _kind(column: Column) -> ValueKind:
    if column.type == "TIMESTAMP":
        return "instant"
    return "decimal" if column.type.startswith("DECIMAL") else "text"
