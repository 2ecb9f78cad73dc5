"""Why an Azure cost export cannot be read: file, line, column and value of the first bad one."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile
from centavo.sources.azure.columns import FIELDS, Field
from centavo.sources.azure.export_files import ExportGroup
from centavo.sources.azure.survey import FileStyle
from centavo.sources.csv_diagnosis import numbered_records

__all__ = ["BAD_COLUMN", "first_problem"]

_NO_VALUE = ("must have a value", "Every charge needs one; complete the export.")
_NO_NUMBER = (
    "is not a decimal number",
    "Write 1234.56; a decimal comma is read where the header is localised or semicolons separate.",
)
_NO_DAY = ("is not a day", "Write 2026-03-05, 3/5/2026 or 05.03.2026, one way in one file.")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})( .*)?")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})( .*)?")
_LARGEST = Decimal(10) ** 26

# SQL over the text columns and the file's style: the first column that cannot be read, or NULL.
BAD_COLUMN = (
    "CASE "
    + " ".join(
        f"WHEN {field.name} IS NOT NULL AND azure_{field.kind}({field.name},"
        f" {'comma' if field.kind == 'amount' else 'day_first'}) IS NULL THEN '{field.name}'"
        for field in FIELDS
        if field.kind != "text"
    )
    + " WHEN cost IS NULL THEN 'cost' WHEN day IS NULL THEN 'day'"
    " WHEN account IS NULL AND subscription IS NULL THEN 'subscription' END"
)


def first_problem(
    connection: duckdb.DuckDBPyConnection,
    groups: list[ExportGroup],
    styles: Mapping[str, FileStyle],
) -> InputError | None:
    """Return the first thing wrong with the files; reads them once more, slowly."""
    for group in groups:
        for file in group.files:
            style = styles.get(file.batch_id, FileStyle())
            try:
                found = (
                    _parquet_problem(connection, group, file, style)
                    if group.header is None
                    else _csv_problem(group, file, style)
                )
            except InputError as error:
                return error
            if found is not None:
                return found
    return None


def _csv_problem(group: ExportGroup, file: InputFile, style: FileStyle) -> BadValueError | None:
    for line, cells in numbered_records(file.path, name=file.name):
        if len(cells) != len(group.columns):
            return BadValueError(
                f"has {len(cells)} values where the header names {len(group.columns)}",
                file=file.name,
                line=line,
                column="the record",
                value=",".join(cells),
                hint="Put values that contain the separator in double quotes.",
            )
        found = _record_problem(group, cells, style)
        if found is not None:
            field, value, (problem, hint) = found
            return BadValueError(
                problem,
                file=file.name,
                line=line,
                column=_spelled(group, field),
                value=value,
                hint=hint,
            )
    return None


def _record_problem(
    group: ExportGroup, cells: list[str], style: FileStyle
) -> tuple[str, str, tuple[str, str]] | None:
    values = {
        name: "" if cells[at].strip() == "NULL" else cells[at].strip()
        for name, at in group.layout.positions.items()
    }
    blank = ("cost", "quantity", "subscription", "account", "meter", "meter_id")
    if not any(values.get(name) for name in blank):
        return None
    for field in FIELDS:
        value = values.get(field.name, "")
        problem = _value_problem(field, value, style) if value else None
        if problem is not None:
            return field.name, value, problem
    missing = [name for name in ("cost", "day") if not values.get(name)]
    if not values.get("account") and not values.get("subscription"):
        missing.append("subscription")
    return (missing[0], "", _NO_VALUE) if missing else None


def _spelled(group: ExportGroup, field: str) -> str:
    position = group.layout.positions.get(field)
    return field if position is None else group.columns[position]


def _value_problem(field: Field, value: str, style: FileStyle) -> tuple[str, str] | None:
    if field.kind == "amount":
        text = value.replace(".", "").replace(",", ".") if style.comma else value
        return None if _is_number(text) else _NO_NUMBER
    if field.kind == "day":
        return None if _is_day(value, day_first=style.day_first) else _NO_DAY
    return None


def _is_number(text: str) -> bool:
    try:
        return "_" not in text and abs(Decimal(text)) < _LARGEST
    except InvalidOperation:
        return False


def _is_day(value: str, *, day_first: bool) -> bool:
    slashes = _SLASHES.fullmatch(value)
    points = _POINTS.fullmatch(value)
    try:
        if slashes:
            first, second = int(slashes[1]), int(slashes[2])
            day, month = (first, second) if day_first else (second, first)
            datetime(2000 + int(slashes[3]) % 100, month, day)  # noqa: DTZ001 -- only whether it exists
        elif points:
            datetime(2000 + int(points[3]) % 100, int(points[2]), int(points[1]))  # noqa: DTZ001 -- the same
        elif re.fullmatch(r"\d{8}", value):
            datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007 -- the same
        else:
            datetime.fromisoformat(re.sub(r"\.\d+", "", value).removesuffix("Z"))
    except ValueError:
        return False
    return True


def _parquet_problem(
    connection: duckdb.DuckDBPyConnection, group: ExportGroup, file: InputFile, style: FileStyle
) -> BadValueError | None:
    single = ExportGroup(group.columns, group.missing, group.layout, (file,))
    result = connection.execute(
        f"SELECT bad, r FROM (SELECT {BAD_COLUMN} AS bad, r FROM (SELECT *, {style.comma} AS comma,"
        f" {style.day_first} AS day_first FROM ({single.rows()})) AS r) WHERE bad IS NOT NULL LIMIT 1"
    ).fetchone()
    if result is None:
        return None
    field, record = str(result[0]), dict(result[1])
    value = record.get(field)
    kind = next(one.kind for one in FIELDS if one.name == field)
    problem, hint = (_NO_NUMBER if kind == "amount" else _NO_DAY) if value else _NO_VALUE
    return BadValueError(
        problem, file=file.name, line=None, column=_spelled(group, field), value=value, hint=hint
    )
