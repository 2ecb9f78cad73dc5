"""FOCUS files as Parquet: one scan for all files with the same columns and types."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Tally
from centavo.sources.focus.mapping import (
    REQUIRED,
    FocusLayout,
    bad_condition,
    kind_of,
    lay_out,
    quoted,
    select,
)
from centavo.sources.scan_paths import path_literal

__all__ = ["ParquetGroup", "find_parquet_problem", "parquet_groups", "parquet_warnings"]


@dataclass(frozen=True)
class ParquetGroup:
    """Files that one scan reads, because their columns and types are the same."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    layout: FocusLayout
    files: tuple[InputFile, ...]

    def strict_select(self) -> str:
        """Return the SELECT over all files; a value that cannot be cast raises a DuckDB error."""
        return self._select("")

    def tolerant_select(self, connection: duckdb.DuckDBPyConnection, tally: Tally) -> str:
        """Return the SELECT over the good rows; the others are counted by reason, in a pass."""
        reasons = self._reasons()
        if not reasons:
            return self.strict_select()
        case = "CASE " + " ".join(
            f"WHEN {condition} THEN {quoted(reason)}" for reason, condition in reasons.items()
        )
        for file in self.files:
            scan = f"read_parquet({path_literal(file)})"
            counted = connection.execute(
                f"SELECT {case} END AS reason, count(*) FROM {scan} AS focus_row GROUP BY reason"
            ).fetchall()
            for reason, rows in counted:
                tally.read[file.batch_id] += rows
                if reason is not None:
                    tally.skipped[file.batch_id, reason] += rows
        return self._select(f" WHERE ({case} END) IS NULL")

    def first_bad(self, connection: duckdb.DuckDBPyConnection) -> BadValueError | None:
        """Return the first value that cannot be read."""
        for file in self.files:
            for (column, position), (reason, condition) in zip(
                self._checked(), self._reasons().items(), strict=True
            ):
                row = connection.execute(
                    f"SELECT CAST({self.references()[position]} AS VARCHAR)"
                    f" FROM read_parquet({path_literal(file)}) AS focus_row"
                    f" WHERE {condition} LIMIT 1"
                ).fetchone()
                if row is not None:
                    return BadValueError(
                        reason.removeprefix(f"{column} "),
                        file=file.name,
                        line=None,
                        column=column,
                        value=row[0],
                        hint="Correct the value, or leave such rows out with --skip-bad.",
                    )
        return None

    def _select(self, where: str) -> str:
        paths = ", ".join(path_literal(file) for file in self.files)
        if len(self.files) == 1:
            relation, batch = f"read_parquet([{paths}])", quoted(self.files[0].batch_id)
            relation += " AS focus_row"
        else:
            pairs = ", ".join(
                f"({quoted(str(file.path))}, {quoted(file.batch_id)})" for file in self.files
            )
            relation = (
                f"read_parquet([{paths}], filename = 'focus_file') AS focus_row"
                f" JOIN (VALUES {pairs}) AS focus_batch(focus_path, focus_batch_id)"
                " ON focus_file = focus_path"
            )
            batch = "focus_batch_id"
        return select(
            self.layout,
            relation=relation + where,
            batch=batch,
            references=self.references(),
            types=self.types,
        )

    def references(self) -> list[str]:
        """Return the SQL reference of each column."""
        return ['focus_row."' + column.replace('"', '""') + '"' for column in self.columns]

    def _checked(self) -> list[tuple[str, int]]:
        """Return the columns whose values may turn out bad, with their positions."""
        return [
            (self.columns[position], position)
            for name, positions in self.layout.sources.items()
            for position in positions
            if self._condition(name, position) is not None
        ]

    def _reasons(self) -> dict[str, str]:
        """Return the SQL condition of a bad row, by reason, in the order of ``_checked``."""
        found: dict[str, str] = {}
        for name, positions in self.layout.sources.items():
            for position in positions:
                condition = self._condition(name, position)
                if condition is not None:
                    kind = kind_of(name)
                    is_loose = self.types[position].startswith("VARCHAR") or kind == "instant"
                    problem = (
                        f"is missing or not a value of its kind ({kind})"
                        if is_loose
                        else "must have a value"
                    )
                    found[f"{self.columns[position]} {problem}"] = condition
        return found

    def _condition(self, name: str, position: int) -> str | None:
        return bad_condition(
            name,
            self.references()[position],
            self.types[position],
            required=name in REQUIRED,
        )


def parquet_groups(
    connection: duckdb.DuckDBPyConnection, files: Iterable[InputFile]
) -> list[ParquetGroup]:
    """Return the files by columns and types; an unusable file raises ``InputError``."""
    by_schema: dict[tuple[tuple[str, ...], tuple[str, ...]], list[InputFile]] = {}
    layouts: dict[tuple[tuple[str, ...], tuple[str, ...]], FocusLayout] = {}
    for file in files:
        schema = _schema(connection, file)
        if schema not in layouts:
            layouts[schema] = lay_out(schema[0], name=file.name)
        by_schema.setdefault(schema, []).append(file)
    return [
        ParquetGroup(columns, types, layouts[columns, types], tuple(of))
        for (columns, types), of in by_schema.items()
    ]


def find_parquet_problem(
    connection: duckdb.DuckDBPyConnection, groups: Sequence[ParquetGroup]
) -> InputError | None:
    """Return the first value of the files that cannot be read."""
    for group in groups:
        problem = group.first_bad(connection)
        if problem is not None:
            return problem
    return None


def parquet_warnings(
    connection: duckdb.DuckDBPyConnection, groups: Sequence[ParquetGroup]
) -> list[QualityWarning]:
    """Return what the columns' types show: inexact money, times without zone, many decimals."""
    floats: dict[str, None] = {}
    zoneless: dict[str, None] = {}
    for group in groups:
        for name, positions in group.layout.sources.items():
            for position in positions:
                stored = group.types[position]
                if kind_of(name) == "decimal" and stored in {"DOUBLE", "FLOAT"}:
                    floats[group.columns[position]] = None
                if stored.startswith("TIMESTAMP") and "TIME ZONE" not in stored:
                    zoneless[group.columns[position]] = None
    texts = {
        "floating_point_costs": ("stored as floating point, so not exact at the source", floats),
        "times_without_zone": ("times without a zone are read as UTC", zoneless),
    }
    found = [
        QualityWarning(code, f"{text}: {', '.join(columns)}", 0)
        for code, (text, columns) in texts.items()
        if columns
    ]
    rounded = sum(_rows_rounded(connection, group) for group in groups)
    if rounded:
        text = f"values with more than 12 decimals are rounded to 12: {rounded:,} rows"
        found.append(QualityWarning("decimals_rounded", text, rounded))
    return found


def _rows_rounded(connection: duckdb.DuckDBPyConnection, group: ParquetGroup) -> int:
    """Return how many rows lose a digit; only columns of more than 12 decimals are read."""
    changed = [
        f"{reference} <> CAST({reference} AS DECIMAL(38,12))"
        for reference, stored in zip(group.references(), group.types, strict=True)
        if (scale := re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", stored)) and int(scale[1]) > 12
    ]
    if not changed:
        return 0
    paths = ", ".join(path_literal(file) for file in group.files)
    row = connection.execute(
        f"SELECT count(*) FROM read_parquet([{paths}]) AS focus_row WHERE {' OR '.join(changed)}"
    ).fetchone()
    return int(row[0]) if row else 0


def _schema(
    connection: duckdb.DuckDBPyConnection, file: InputFile
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        rows = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({path_literal(file)})"
        ).fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}",
            hint="Copy or download the file again.",
        ) from None
    return tuple(str(row[0]) for row in rows), tuple(str(row[1]) for row in rows)
