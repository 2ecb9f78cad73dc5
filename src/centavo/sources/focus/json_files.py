"""FOCUS rows as JSON: lines or an array, as BigQuery exports a table, or the answer of its API.

BigQuery leaves a column out of a JSON record where it is null, writes NUMERIC as text and nests
records; its API answers with ``{"schema": …, "rows": [{"f": [{"v": …}]}]}``. Every value becomes
the text that stands in the file, records and lists JSON text; no number passes through a float.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeGuard

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Tally
from centavo.ledger.schema import CHARGES
from centavo.sources.csv_diagnosis import NULL_TEXTS, value_problem
from centavo.sources.focus.mapping import (
    REQUIRED,
    FocusLayout,
    kind_of,
    lay_out,
    quoted,
    select,
)
from centavo.sources.json_records import JsonText, decode_json, json_texts, opened
from centavo.sources.text_rows import register_text_rows

__all__ = ["JsonGroup", "find_json_problem", "is_json", "json_groups", "json_warnings"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Record = Mapping[str, object]
_AMOUNTS = frozenset(c.name.lower() for c in CHARGES if c.type.startswith("DECIMAL"))


@dataclass(frozen=True)
class JsonGroup:
    """One file; every file may leave out other columns.

    Attributes:
        columns: Keys of all of its records, in the order of their first appearance.
        layout: Where each goes.
        file: The file.
        rounded: How many records have an amount of more than 12 decimals.
        rounded_example: The first such amount.
    """

    columns: tuple[str, ...]
    layout: FocusLayout
    file: InputFile
    rounded: int = 0
    rounded_example: str = ""

    @property
    def files(self) -> tuple[InputFile, ...]:
        """The file alone, as other groups name theirs."""
        return (self.file,)

    def select(self, connection: duckdb.DuckDBPyConnection, tally: Tally, *, skip_bad: bool) -> str:
        """Return the SELECT over the records; with ``skip_bad`` over the good ones, counted."""
        relation = f"focus_json_{self.file.batch_id}"
        references = [f"c{position}" for position in range(len(self.columns))]
        rows = self._good(tally) if skip_bad else self._all()
        register_text_rows(connection, rows, relation=relation, columns=references)
        return select(
            self.layout,
            relation=relation,
            batch=quoted(self.file.batch_id),
            references=references,
        )

    def problem(self) -> InputError | None:
        """Return the first record or value that cannot be read."""
        try:
            for line, record in _records(self.file):
                found = self._judged(line, record)
                if found is not None:
                    return found
        except InputError as error:
            return error
        return None

    def _all(self) -> Iterator[list[str | None]]:
        for _, record in _records(self.file):
            yield self._row(record)

    def _good(self, tally: Tally) -> Iterator[list[str | None]]:
        batch = self.file.batch_id
        for line, record in _records(self.file, tally):
            tally.read[batch] += 1
            problem = self._judged(line, record)
            if problem is None:
                yield self._row(record)
            else:
                tally.skipped[batch, f"{problem.column} {problem.problem}"] += 1

    def _row(self, record: _Record) -> list[str | None]:
        return [_text(record.get(column)) for column in self.columns]

    def _judged(self, line: int, record: _Record) -> BadValueError | None:
        row = self._row(record)
        for name, positions in self.layout.sources.items():
            for position in positions:
                value = row[position]
                found = (
                    value_problem(kind_of(name), value)
                    if value is not None
                    else ("must have a value", "Every row needs one; complete the export.")
                    if name in REQUIRED
                    else None
                )
                if found is not None:
                    return BadValueError(
                        found[0],
                        file=self.file.name,
                        line=line,
                        column=self.columns[position],
                        value=value,
                        hint=found[1],
                    )
        return None


def is_json(file: InputFile) -> bool:
    """Say whether the file begins like JSON; gzip is looked into.

    A file that cannot be opened is not: the reader of CSV says what is wrong with it.
    """
    try:
        with opened(file.path, file.name) as stream:
            return stream.beginning.lstrip()[:1] in {b"{", b"["}
    except InputError:
        return False


def json_groups(files: Iterable[InputFile]) -> list[JsonGroup]:
    """Return one group per file; reads each once, for the keys of its records.

    Raises:
        InputError: A file has no JSON record, or lacks a column that no charge can do without.
    """
    found: list[JsonGroup] = []
    for file in files:
        keys: dict[str, None] = {}
        rounded: list[str] = []
        # What is no record is said, or counted, when the records are read as charges.
        for _, record in _records(file, Tally()):
            keys |= dict.fromkeys(record)
            long = _too_exact(record)
            if long:
                rounded.append(long)
        if not keys:
            raise InputError(
                f"{file.name} has no JSON record that can be read",
                hint="Export one object per row.",
            )
        columns = tuple(keys)
        layout = lay_out(columns, name=file.name)
        example = f"{rounded[0]} in {file.name}" if rounded else ""
        found.append(JsonGroup(columns, layout, file, len(rounded), example))
    return found


def find_json_problem(groups: Sequence[JsonGroup]) -> InputError | None:
    """Return the first thing wrong with the files."""
    return next(filter(None, (group.problem() for group in groups)), None)


def json_warnings(groups: Sequence[JsonGroup]) -> list[QualityWarning]:
    """Return the warning on amounts of more than 12 decimals; every record was looked at."""
    rows = sum(group.rounded for group in groups)
    if not rows:
        return []
    example = next(group.rounded_example for group in groups if group.rounded)
    text = (
        f"values with more than 12 decimals are rounded to 12: {rows:,} rows, for example {example}"
    )
    return [QualityWarning("decimals_rounded", text, rows)]


def _records(file: InputFile, tally: Tally | None = None) -> Iterator[tuple[int, _Record]]:
    """Yield every record with the line that it begins on; with a tally, what is no record is counted."""
    one_per_line = ".jsonl" in file.name or ".ndjson" in file.name
    with opened(file.path, file.name) as stream:
        for text in json_texts(stream, one_per_line=one_per_line):
            try:
                value = _decoded(text, file)
            except BadValueError as error:
                if tally is None:
                    raise
                tally.read[file.batch_id] += 1
                tally.skipped[file.batch_id, f"{error.column} {error.problem}"] += 1
                continue
            if "rows" in value and "schema" in value:
                for record in _answered(value):
                    yield text.line, record
            else:
                yield text.line, value


def _decoded(text: JsonText, file: InputFile) -> _Record:
    value = decode_json(text, name=file.name, exact=True)
    if _is_object(value):
        return value
    raise BadValueError(
        "is not a JSON object", file=file.name, line=text.line, column="the record", value=value
    )


def _is_object(value: object) -> TypeGuard[_Record]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


# --- the answer of BigQuery's API ---------------------------------------------------------------


def _answered(answer: _Record) -> Iterator[_Record]:
    """Yield the rows of an answer of tabledata.list or jobs.query, by their columns' names."""
    schema = answer.get("schema")
    fields = schema.get("fields") if _is_object(schema) else None
    rows = answer.get("rows")
    if not _is_list(fields) or not _is_list(rows):
        return
    for row in rows:
        if _is_object(row):
            yield _record(row, fields)


def _record(row: _Record, fields: Sequence[object]) -> dict[str, object]:
    cells = row.get("f")
    if not _is_list(cells):
        return {}
    return {
        str(field.get("name")): _cell(cell, field)
        for cell, field in zip(cells, fields, strict=False)
        if _is_object(cell) and _is_object(field)
    }


def _cell(cell: _Record, field: _Record) -> object:
    value = cell.get("v")
    if field.get("mode") == "REPEATED":
        single = {**field, "mode": "NULLABLE"}
        return [_cell(one, single) for one in value if _is_object(one)] if _is_list(value) else []
    inner = field.get("fields")
    if _is_object(value) and _is_list(inner):
        return _record(value, inner)
    if field.get("type") == "TIMESTAMP" and isinstance(value, str):
        return _instant(value)
    return value


def _instant(text: str) -> str:
    """Return the instant of a number of microseconds, or of seconds with a fraction, as text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    seconds = number if "." in text or "E" in text.upper() else number / 1_000_000
    whole = _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))
    return whole.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- values -------------------------------------------------------------------------------------


def _text(value: object) -> str | None:
    if value is None or value in NULL_TEXTS:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _too_exact(record: _Record) -> str:
    """Return the first amount of a record that has more than 12 decimals, with its key."""
    for key, value in record.items():
        if key.lower() in _AMOUNTS:
            text = _text(value)
            if text is not None and _decimals(text) > 12:
                return f"{key} {text!r}"
    return ""


def _decimals(text: str) -> int:
    try:
        exponent = Decimal(text).normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return -exponent if isinstance(exponent, int) else 0
