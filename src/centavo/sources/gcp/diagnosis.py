"""Why a Cloud Billing export cannot be read: file, line, column and value of the first bad one."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile
from centavo.sources.gcp.columns import FIELDS, Field, FieldKind
from centavo.sources.gcp.jsonl import BYTE_ORDER_MARK, MAX_RECORD_BYTES

__all__ = ["BAD_COLUMN", "bad_value", "unreadable_json"]

_PROBLEMS: dict[FieldKind, tuple[str, str]] = {
    "text": ("is not text", "Export the table again."),
    "amount": (
        "is not a decimal number",
        "Write 1234.56; decimal commas and thousands separators are not read.",
    ),
    "instant": ("is not a date and time", "Write 2026-03-05T12:00:00Z."),
    "month": ("is not an invoice month", "Write the year and the month: 202604."),
    "list": ("is not a list of records", 'Write [{"key": "…", "value": "…"}].'),
}


def _bad(field: Field) -> str:
    """Return a SQL condition that is true where the field's text cannot be read."""
    conditions = {
        "text": "false",
        "amount": f"TRY_CAST({field.name} AS DECIMAL(38, 12)) IS NULL",
        "instant": f"gcp_instant({field.name}) IS NULL",
        "month": f"gcp_month({field.name}) IS NULL",
        "list": f"left({field.name}, 1) NOT IN ('[', '{{')",
    }
    unreadable = f"{field.name} IS NOT NULL AND {conditions[field.kind]}"
    missing = f"{field.name} IS NULL OR " if field.required else ""
    return f"WHEN {missing}({unreadable}) THEN '{field.path}'"


# SQL: the path of a record's first column that is missing or cannot be read, or NULL.
BAD_COLUMN = (
    "CASE WHEN broken_json IS NOT NULL THEN broken_json\n        "
    + "\n        ".join(_bad(field) for field in FIELDS if field.required or field.kind != "text")
    + "\n        WHEN credits IS NOT NULL AND len(list_filter(gcp_credits(credits),"
    " lambda c: gcp_amount(c.amount) IS NULL)) > 0 THEN 'credits'\n    END"
)


def bad_value(
    connection: duckdb.DuckDBPyConnection, relation: str, *, file: InputFile, has_lines: bool
) -> InputError:
    """Return the error for the first record of a file that cannot be read.

    Args:
        connection: With the macros of this source.
        relation: SQL of the file's records as text; at least one is bad.
        file: The file.
        has_lines: Whether the n-th record is the n-th line that is not blank.
    """
    found = connection.execute(
        f"SELECT * FROM (SELECT row_number() OVER () AS n, {BAD_COLUMN} AS bad, r.* "
        f"FROM ({relation}) AS r) WHERE bad IS NOT NULL ORDER BY n LIMIT 1"
    )
    names = [str(column[0]) for column in found.description or ()]
    row = found.fetchone()
    if row is None:
        return InputError(f"{file.name} cannot be read", hint="Export it again.")
    record = dict(zip(names, cast("tuple[object, ...]", row), strict=True))
    number, path = cast("int", record["n"]), str(record["bad"])
    field = next((field for field in FIELDS if field.path == path), None)
    value = record.get(field.name) if field else None
    if field is None:
        problem, hint = "is not valid JSON", 'Write {"key": "value"}, keys in double quotes.'
    elif value is None:
        problem, hint = "must have a value", "Every record needs one; complete the export."
    elif path == "credits":
        problem, hint = "has an amount that is not a decimal number", _PROBLEMS["amount"][1]
    else:
        problem, hint = _PROBLEMS[field.kind]
    line = _line_of_record(file.path, number) if has_lines else None
    column = path if has_lines else f"record {number}, {path}"
    return BadValueError(problem, file=file.name, line=line, column=column, value=value, hint=hint)


def unreadable_json(file: InputFile) -> InputError | None:
    """Return the first thing that makes a JSON file unreadable, or ``None`` when nothing does.

    The whole file is streamed through Python's parser: call it on an error only.
    """
    try:
        with _open(file.path) as stream:
            if stream.read(4).removeprefix(BYTE_ORDER_MARK)[:1] == b"[":
                return None
        for number, line in _lines(file):
            problem = _line_problem(line)
            if problem is not None:
                return BadValueError(
                    problem,
                    file=file.name,
                    line=number,
                    column="the record",
                    value=line.decode("utf-8", "replace").strip(),
                    hint="One JSON object per line, as BigQuery's EXTRACT writes them.",
                )
    except InputError as error:
        return error
    return None


def _line_problem(line: bytes) -> str | None:
    if line.startswith(BYTE_ORDER_MARK):
        return "begins with a byte order mark"
    try:
        value = cast("object", json.loads(line.decode("utf-8")))
    except UnicodeDecodeError as error:
        return f"is not UTF-8 at its byte {error.start + 1}"
    except ValueError as error:
        return f"is not valid JSON ({error})"
    except RecursionError:
        return "is nested too deeply"
    return None if isinstance(value, dict) else "is not a JSON object"


def _lines(file: InputFile) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    number = 0
    with _open(file.path) as stream:
        while True:
            try:
                line = stream.readline(MAX_RECORD_BYTES + 1)
            except EOFError:
                raise InputError(
                    f"{file.name}: the file ends before its gzip stream does",
                    hint="Copy or download the file again.",
                ) from None
            except (gzip.BadGzipFile, zlib.error) as error:
                raise InputError(
                    f"{file.name}: its gzip stream is damaged ({error})",
                    hint="Copy or download the file again.",
                ) from None
            if not line:
                return
            number += 1
            if number == 1:
                line = line.removeprefix(BYTE_ORDER_MARK)
            if len(line) > MAX_RECORD_BYTES:
                raise InputError(
                    f"{file.name}, line {number} is longer than {MAX_RECORD_BYTES >> 20} MiB",
                    hint="One JSON object per line, as BigQuery's EXTRACT writes them.",
                )
            if line.strip():
                yield number, line


def _line_of_record(path: Path, record: int) -> int | None:
    """Return the number of the line that holds the n-th record."""
    file = InputFile(path, str(path), "", "", 0)
    for count, (number, _) in enumerate(_lines(file), start=1):
        if count == record:
            return number
    return None


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    return cast("BinaryIO", gzip.open(path, "rb")) if is_gzip else path.open("rb")
