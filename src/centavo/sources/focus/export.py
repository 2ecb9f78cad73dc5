"""The ledger's charges as a FOCUS 1.2, 1.3 or 1.4 file: CSV, gzip CSV or Parquet.

Nothing is invented. A value that a version wants and the ledger has not stays null, and the
report says how many; a column that has no value on any row is left out unless the version makes
it mandatory; a value that the version has no column for is counted in the report.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from centavo.ledger.column import Column
from centavo.ledger.schema import CHARGES, FOCUS_COLUMNS
from centavo.sources.focus.columns import ExportVersion, FocusColumn, columns_of
from centavo.sources.focus.written_file import FocusFile

__all__ = ["ExportReport", "export_focus"]

_TYPES: dict[str, Column] = {column.name: column for column in CHARGES}
_CUSTOM: tuple[Column, ...] = tuple(c for c in CHARGES if c.name.startswith("x_"))


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote, and what it could not say.

    Attributes:
        path: The file.
        version: FOCUS version of its columns.
        rows: Rows written.
        columns: Columns written, in order.
        null_violations: Rows without a value that the version demands, by column.
        not_in_version: Rows with a value that the version has no column for, by ledger column.
        left_out: Rows not written because they are no bill, by ``x_CostBasis``.
    """

    path: Path
    version: ExportVersion
    rows: int
    columns: tuple[str, ...]
    null_violations: Mapping[str, int]
    not_in_version: Mapping[str, int]
    left_out: Mapping[str, int]


def export_focus(
    connection: duckdb.DuckDBPyConnection,
    *,
    relation: str,
    version: ExportVersion,
    out: Path,
    bases: Collection[str] = ("billed",),
    custom_columns: bool = False,
) -> ExportReport:
    """Write the charges of a relation as one FOCUS file, and report what it lacks.

    The file appears when it is complete; an earlier file of that name stays until then.

    Args:
        connection: Where the relation is known; ``TimeZone`` UTC.
        relation: View or table with the columns of ``ledger.schema.CHARGES``.
        version: FOCUS version to write.
        out: File to write; its suffix says the format.
        bases: ``x_CostBasis`` values to write. A bill has only ``billed``; with any other, the
            column ``x_CostBasis`` is written so that the levels stay apart.
        custom_columns: Whether to write centavo's own ``x_`` columns after those of FOCUS.

    Raises:
        ConfigError: The suffix is none of ``.csv``, ``.csv.gz`` and ``.parquet``, or the file
            cannot be written.
    """
    target = FocusFile(out)
    chosen = f"{relation} WHERE x_CostBasis IN ({', '.join(_literal(basis) for basis in bases)})"
    filled = _filled(connection, chosen)
    rows = filled.pop("*")
    focus = columns_of(version)
    written = [
        column for column in focus if column.level == "mandatory" or filled[column.ledger_name]
    ]
    custom = [
        column
        for column in _CUSTOM
        if filled[column.name]
        and (custom_columns or (column.name == "x_CostBasis" and set(bases) != {"billed"}))
    ]
    select = ", ".join(
        f'{target.value(_TYPES[source])} AS "{name}"'
        for name, source in [
            *((column.name, column.ledger_name) for column in written),
            *((column.name, column.name) for column in custom),
        ]
    )
    target.write(connection, f"SELECT {select} FROM {chosen}")
    return ExportReport(
        path=out,
        version=version,
        rows=rows,
        columns=(*(column.name for column in written), *(column.name for column in custom)),
        null_violations=_null_violations(written, filled, rows),
        not_in_version=_not_in_version(focus, filled),
        left_out=_left_out(connection, relation, bases),
    )


def _filled(connection: duckdb.DuckDBPyConnection, chosen: str) -> dict[str, int]:
    """Return the rows that have a value, by ledger column, and all rows as ``*``."""
    counts = ", ".join(f"count({column.name})" for column in CHARGES)
    row = connection.execute(f"SELECT count(*), {counts} FROM {chosen}").fetchone()
    assert row is not None
    return dict(zip(("*", *(column.name for column in CHARGES)), row, strict=True))


def _null_violations(
    written: Sequence[FocusColumn], filled: Mapping[str, int], rows: int
) -> dict[str, int]:
    return {
        column.name: rows - filled[column.ledger_name]
        for column in written
        if not column.nullable and filled[column.ledger_name] < rows
    }


def _not_in_version(focus: Sequence[FocusColumn], filled: Mapping[str, int]) -> dict[str, int]:
    known = {column.ledger_name for column in focus}
    return {
        column.name: filled[column.name]
        for column in FOCUS_COLUMNS
        if column.name not in known and filled[column.name]
    }


def _left_out(
    connection: duckdb.DuckDBPyConnection, relation: str, bases: Collection[str]
) -> dict[str, int]:
    counted = connection.execute(
        f"SELECT x_CostBasis, count(*) FROM {relation} GROUP BY x_CostBasis ORDER BY x_CostBasis"
    ).fetchall()
    return {str(basis): int(rows) for basis, rows in counted if basis not in bases}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
