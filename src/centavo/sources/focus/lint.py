"""What a FOCUS file breaks of its version's rules, as far as one file shows it.

Made from the facts of the FOCUS models: mandatory columns, nulls, allowed values, formats, the
order of periods, columns that are null together. Values are read as text, so that a file is
judged by what it says and not by what a reader makes of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from centavo.errors import InputError
from centavo.sources.focus.columns import (
    ALLOWED_VALUES,
    CURRENCY_COLUMNS,
    FLAT_OBJECTS,
    NON_NEGATIVE,
    NULL_TOGETHER,
    NULL_WITH,
    SUBCATEGORY_PARENTS,
    ExportVersion,
    FocusColumn,
    columns_of,
)

__all__ = ["LintFinding", "lint_columns", "lint_focus"]

_INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z"
_DECIMAL = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"


@dataclass(frozen=True)
class LintFinding:
    """One rule that a file breaks.

    Attributes:
        rule: Stable short name: ``mandatory_column``, ``not_null``, ``allowed_value`` …
        column: Column concerned.
        message: What is wrong, with an example where there is one.
        rows: Rows concerned; 0 for a rule about the header.
    """

    rule: str
    column: str
    message: str
    rows: int


def lint_focus(path: Path, version: ExportVersion) -> list[LintFinding]:
    """Return the rules that a Cost and Usage file breaks, those about the header first.

    Raises:
        InputError: The file cannot be read at all.
    """
    return lint_columns(path, columns_of(version), allowed=ALLOWED_VALUES)


def lint_columns(
    path: Path, expected: Sequence[FocusColumn], *, allowed: Mapping[str, tuple[str, ...]]
) -> list[LintFinding]:
    """Return the rules that the file of a dataset breaks, those about the header first.

    Args:
        path: The file.
        expected: The dataset's columns.
        allowed: Values that a column may have, by its name.

    Raises:
        InputError: The file cannot be read at all.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        columns = _load(connection, path)
        known = {column.name: column for column in expected}
        findings = list(_of_header(columns, known))
        for check in _checks(columns, known, allowed):
            row = connection.execute(
                f"SELECT count(*), any_value({check.example}) FROM focus_lint WHERE {check.broken}"
            ).fetchone()
            if row is not None and row[0]:
                shown = "" if row[1] is None else f", for example {row[1]!r}"
                message = f"{check.column} {check.message}: {row[0]} rows{shown}"
                findings.append(LintFinding(check.rule, check.column, message, int(row[0])))
    return findings


@dataclass(frozen=True)
class _Check:
    """A condition in SQL that is true on the rows that break a rule."""

    rule: str
    column: str
    message: str
    broken: str
    example: str


def _load(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Load the file as text into ``focus_lint`` and return its columns."""
    literal = "'" + str(path).replace("'", "''") + "'"
    if path.suffix == ".parquet":
        types = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal})").fetchall()
        values = ", ".join(
            f'strftime("{name}", \'%Y-%m-%dT%H:%M:%SZ\') AS "{name}"'
            if stored == "TIMESTAMP WITH TIME ZONE"
            else f'CAST("{name}" AS VARCHAR) AS "{name}"'
            for name, stored, *_ in types
        )
        scan = f"SELECT {values} FROM read_parquet({literal})"
    else:
        scan = (
            f"SELECT * FROM read_csv({literal}, header = true, all_varchar = true, delim = ',',"
            " quote = '\"', escape = '\"', nullstr = '')"
        )
    try:
        connection.execute(f"CREATE TEMP TABLE focus_lint AS {scan}")
    except duckdb.Error as error:
        raise InputError(
            f"{path.name} cannot be read: {str(error).splitlines()[0]}",
            hint="centavo ingest says which line and value is wrong.",
        ) from error
    return [str(row[0]) for row in connection.execute("DESCRIBE focus_lint").fetchall()]


def _of_header(columns: list[str], known: dict[str, FocusColumn]) -> Iterator[LintFinding]:
    for column in known.values():
        if column.level == "mandatory" and column.name not in columns:
            message = f"{column.name} is mandatory and missing"
            yield LintFinding("mandatory_column", column.name, message, 0)
    for name in columns:
        if name not in known and not name.startswith("x_"):
            message = f"{name} is not a column of this version, and does not begin with x_"
            yield LintFinding("unknown_column", name, message, 0)


def _checks(
    columns: list[str], known: dict[str, FocusColumn], allowed: Mapping[str, tuple[str, ...]]
) -> Iterator[_Check]:
    present = {name: column for name, column in known.items() if name in columns}
    for column in present.values():
        yield from _of_column(column, allowed.get(column.name))
    for name, other in (*NULL_WITH, *NULL_TOGETHER):
        if {name, other} <= present.keys():
            broken = f"{name} IS NOT NULL AND {other} IS NULL"
            yield _Check("null_with", name, f"must be null where {other} is", broken, name)
    for name, other in NULL_TOGETHER:
        if {name, other} <= present.keys():
            broken = f"{name} IS NULL AND {other} IS NOT NULL"
            yield _Check("null_with", name, f"must not be null where {other} is not", broken, other)
    yield from _across(present)


def _of_column(column: FocusColumn, allowed: tuple[str, ...] | None) -> Iterator[_Check]:
    name = column.name

    def check(rule: str, message: str, broken: str) -> _Check:
        return _Check(rule, name, message, f"{name} IS NOT NULL AND {broken}", name)

    if not column.nullable:
        yield _Check("not_null", name, "must not be null", f"{name} IS NULL", "NULL")
    yield check(
        "placeholder",
        "has a placeholder where null belongs",
        f"upper({name}) IN ('NULL', 'N/A', 'NONE', 'NOT APPLICABLE')",
    )
    if column.kind == "decimal":
        yield check(
            "decimal_format", "is not a decimal", f"NOT regexp_full_match({name}, '{_DECIMAL}')"
        )
    if column.kind == "instant":
        yield check(
            "instant_format",
            "is not a UTC time like 2026-03-05T12:00:00Z",
            f"NOT (regexp_full_match({name}, '{_INSTANT}')"
            f" AND TRY_CAST({name} AS TIMESTAMP) IS NOT NULL)",
        )
    if column.kind == "json":
        yield check(
            "json_object",
            "is not a JSON object",
            f"NOT coalesce(json_type(TRY_CAST({name} AS JSON)) = 'OBJECT', false)",
        )
    if allowed:
        values = ", ".join(f"'{value}'" for value in allowed)
        yield check("allowed_value", "has a value that is not allowed", f"{name} NOT IN ({values})")
    if name in CURRENCY_COLUMNS:
        broken = f"NOT regexp_full_match({name}, '[A-Z]{{3}}')"
        yield check("currency_code", "is not a three-letter currency code", broken)
    if name in NON_NEGATIVE:
        broken = f"TRY_CAST({name} AS DECIMAL(38,12)) < 0"
        yield check("non_negative", "is negative", broken)
    if name in FLAT_OBJECTS:
        yield from _of_flat_object(name)


def _of_flat_object(name: str) -> Iterator[_Check]:
    value = f"TRY_CAST({name} AS JSON)"
    keys = f"json_keys({value})"
    is_object = f"coalesce(json_type({value}) = 'OBJECT', false)"
    yield _Check(
        "unique_keys",
        name,
        "has a key twice",
        f"CASE WHEN {is_object} THEN len({keys}) <> len(list_distinct({keys})) ELSE false END",
        name,
    )
    yield _Check(
        "flat_object",
        name,
        "has a value that is an object or an array",
        f"CASE WHEN {is_object} THEN len(list_filter(json_extract({value}, '$.*'),"
        " lambda v: json_type(v) IN ('OBJECT', 'ARRAY'))) > 0 ELSE false END",
        name,
    )


def _across(present: dict[str, FocusColumn]) -> Iterator[_Check]:
    for period in ("BillingPeriod", "ChargePeriod"):
        start, end = f"{period}Start", f"{period}End"
        if {start, end} <= present.keys():
            broken = f"TRY_CAST({start} AS TIMESTAMP) >= TRY_CAST({end} AS TIMESTAMP)"
            yield _Check("period_order", end, f"is not later than {start}", broken, end)
    if {"ChargeFrequency", "ChargeCategory"} <= present.keys():
        broken = "ChargeFrequency = 'Usage-Based' AND ChargeCategory = 'Purchase'"
        message = "must not be Usage-Based on a Purchase"
        yield _Check("charge_frequency", "ChargeFrequency", message, broken, "ChargeFrequency")
    if {"ServiceSubcategory", "ServiceCategory"} <= present.keys():
        pairs = ", ".join(
            f"('{child}', '{parent}')" for child, parent in SUBCATEGORY_PARENTS.items()
        )
        broken = (
            f"ServiceSubcategory IN (SELECT child FROM (VALUES {pairs}) AS p(child, parent)"
            " WHERE parent <> ServiceCategory)"
        )
        message = "does not belong to its ServiceCategory"
        yield _Check(
            "subcategory_parent", "ServiceSubcategory", message, broken, "ServiceSubcategory"
        )
