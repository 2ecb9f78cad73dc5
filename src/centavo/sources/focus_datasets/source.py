"""FOCUS 1.4's Invoice Detail, Billing Period and Contract Commitment files: one source for each.

The rows of all files of a command are laid side by side first, so that of two exports of the same
row the one that was updated later is kept, in whatever order the files are named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.column import Column
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.focus.mapping import quoted
from centavo.sources.focus_datasets.dataset import DATASETS, Dataset
from centavo.sources.focus_datasets.text_records import TextRecords, text_records
from centavo.sources.json_records import top_level_keys
from centavo.sources.source import Probe, ReadOptions, Recognition
from centavo.sources.text_rows import register_text_rows

__all__ = ["FocusDatasetSource", "focus_dataset_sources"]

_BATCH_RECORDS = 20_000
_ZONE = re.compile(r"(Z|UTC|:\d{2}(\.\d+)?\s?[+-]\d{1,2}(:?\d{2})?)$")


@dataclass(frozen=True)
class FocusDatasetSource:
    """Reads the files of one dataset."""

    described: Dataset
    version: int = 1

    @property
    def name(self) -> str:
        """Stable name."""
        return self.described.source

    @property
    def table(self) -> TableName:
        """Fact table of its rows."""
        return self.described.table

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the header is of this dataset, by columns that no other dataset has."""
        header = {column.strip().lower() for column in probe.columns or _json_keys(probe.head)}
        described = self.described
        told = [column for column in described.told_by if column.lower() in header]
        if any(column.lower() in header for column in described.absent):
            return None
        if len(told) < 2 and not _is_bare(described, header):
            return None
        missing = [column for column in described.required if column.lower() not in header]
        if missing and len(told) < 3:
            return None
        what = f"it has the columns {', '.join(told[:3])} of FOCUS's {described.dataset} dataset"
        return Recognition(0.7 if missing else 0.95, what)

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with the rows of all files, the latest state of each; see ``Source.read``."""
        tally = Tally()
        rows = f"{self.name.replace('-', '_')}_rows"
        columns = self.described.columns
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {rows} "
            f"({typed}, batch VARCHAR, file_number BIGINT, record_number BIGINT)"
        )
        notes = _Notes()
        for number, file in enumerate(files):
            found = text_records(connection, file, self.described)
            notes.of_file(file, found)
            good = _good(found, file, tally, skip_bad=options.skip_bad, notes=notes)
            _insert(connection, good, file=(file, number), found=found, into=(rows, columns))
        latest = f"{rows}_latest"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {latest} AS {_latest_select(self.described, rows)}"
        )
        _count_earlier(connection, tally, rows=rows, latest=latest)
        tally.warnings += notes.warnings()
        shown = ", ".join(f'"{column.name}"' for column in columns)
        return Reading(
            table=self.table,
            select=f"SELECT {shown}, x_RowId, {quoted(self.name)} AS x_Source,"
            f" batch AS x_IngestionBatchId FROM {latest}",
            tally=tally,
            explain=_unexplained,
        )


def focus_dataset_sources() -> tuple[FocusDatasetSource, ...]:
    """Return the three sources."""
    return tuple(FocusDatasetSource(dataset) for dataset in DATASETS)


def _json_keys(head: str) -> frozenset[str]:
    return top_level_keys(head) if head.lstrip().startswith(("{", "[")) else frozenset()


def _is_bare(described: Dataset, header: set[str]) -> bool:
    """Say whether the file has just what every row must have: enough for a list of periods."""
    needed = {column.lower() for column in described.required}
    known = {column.name.lower() for column in described.columns}
    return bool({c.lower() for c in described.told_by} & header) and needed <= header <= known


def _good(
    found: TextRecords, file: InputFile, tally: Tally, *, skip_bad: bool, notes: "_Notes"
) -> Iterator[tuple[str | None, ...]]:
    """Yield the good records' values; count the others, or stop at the first."""
    for record in found.records:
        tally.read[file.batch_id] += 1
        problem = record.problem
        if problem is None:
            notes.of_values(file, found.columns, record.values)
            yield record.values
        elif skip_bad:
            tally.skipped[file.batch_id, f"{problem.column} {problem.problem}"] += 1
        else:
            raise problem


def _insert(
    connection: duckdb.DuckDBPyConnection,
    good: Iterator[tuple[str | None, ...]],
    *,
    file: tuple[InputFile, int],
    found: TextRecords,
    into: tuple[str, Sequence[Column]],
) -> None:
    """Put the records into the table, each value in its column's type."""
    (of, number), (table, columns) = file, into
    types = {column.name: column.type for column in columns}
    names = [f"c{place}" for place in range(len(found.columns))]
    shown = ", ".join(
        _converted(reference, types[name])
        for reference, name in zip(names, found.columns, strict=True)
    )
    kept = ", ".join(f'"{name}"' for name in found.columns)
    done = 0
    while batch := list(islice(good, _BATCH_RECORDS)):
        # Drawn before DuckDB asks for them, so that an error stays the error that it is.
        register_text_rows(connection, iter(batch), relation=f"{table}_text", columns=names)
        connection.execute(
            f"INSERT INTO {table} ({kept}, batch, file_number, record_number) "
            f"SELECT {shown}, {quoted(of.batch_id)}, {number}, {done} + row_number() OVER () "
            f"FROM {table}_text"
        )
        connection.unregister(f"{table}_text")
        done += len(batch)


def _converted(reference: str, stored: str) -> str:
    if stored == "TIMESTAMP":
        return f"CAST(CAST({reference} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return reference if stored == "VARCHAR" else f"CAST({reference} AS {stored})"


def _latest_select(described: Dataset, rows: str) -> str:
    """Return SQL of the latest state of each row, with what identifies it.

    Records of one id and one state that differ in what they say are lines of their own: dropping
    one would drop its money. Equal ones are one record written twice, unless they have no id.
    """
    content = ", ".join(f'"{column.name}"' for column in described.columns)
    has_id, identity = "true", _hashed(described.identity)
    if described.content:
        has_id = f'"{described.identity[2]}" IS NOT NULL'
        identity = f"CASE WHEN has_id THEN {identity} ELSE {_hashed(described.content)} END"
    return f"""
        SELECT {content}, batch, '{described.source}:' || identity
            || CASE WHEN line > 1 THEN '#' || line ELSE '' END AS x_RowId
        FROM (
          SELECT *, row_number() OVER (PARTITION BY identity ORDER BY record_number) AS line
          FROM (
            SELECT *, {has_id} AS has_id, {identity} AS identity FROM {rows}
            QUALIFY dense_rank() OVER (
              PARTITION BY identity
              ORDER BY CASE WHEN has_id THEN "{described.updated}" END DESC NULLS LAST, file_number DESC
            ) = 1
          )
          QUALIFY NOT has_id
            OR row_number() OVER (PARTITION BY identity, {content} ORDER BY record_number) = 1
        )"""


def _hashed(columns: Sequence[str]) -> str:
    parts = ", ".join(f"""coalesce(CAST("{name}" AS VARCHAR), '')""" for name in columns)
    return f"md5(concat_ws(chr(31), {parts}))"


def _count_earlier(
    connection: duckdb.DuckDBPyConnection, tally: Tally, *, rows: str, latest: str
) -> None:
    counted: list[tuple[str, int]] = connection.execute(
        f"SELECT batch, count(*) FROM {rows} GROUP BY batch UNION ALL "
        f"SELECT batch, -count(*) FROM {latest} GROUP BY batch"
    ).fetchall()
    left: dict[str, int] = {}
    for batch, count in counted:
        left[batch] = left.get(batch, 0) + count
    for batch, count in left.items():
        if count:
            tally.skipped[batch, "an earlier state of a row, or the same row again"] += count


class _Notes:
    """What a reader should know of the files, gathered while they are read."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, str]] = {}

    def of_file(self, file: InputFile, found: TextRecords) -> None:
        """Note columns that are left out, and amounts that are inexact at the source."""
        if found.kept_out:
            self._see("unknown_columns", f"{', '.join(found.kept_out)} in {file.name}", rows=0)
        if found.inexact:
            self._see("floating_point_costs", f"{', '.join(found.inexact)} in {file.name}", rows=0)

    def of_values(
        self, file: InputFile, columns: Sequence[str], values: Sequence[str | None]
    ) -> None:
        """Note times without a zone and amounts with too many decimals."""
        for column, value in zip(columns, values, strict=True):
            if value is None:
                continue
            shown = f"{column} {value!r} in {file.name}"
            if column.endswith(_TIME_NAMES) and not _ZONE.search(value):
                self._see("times_without_zone", shown)
            elif column.endswith(_AMOUNT_NAMES) and _has_many_decimals(value):
                self._see("decimals_rounded", shown)

    def warnings(self) -> list[QualityWarning]:
        """Return one warning for each kind of finding, with its first example."""
        return [
            QualityWarning(code, f"{_TEXTS[code]}, for example {example}", rows)
            for code, (rows, example) in self._found.items()
        ]

    def _see(self, code: str, example: str, *, rows: int = 1) -> None:
        count, first = self._found.get(code, (0, example))
        self._found[code] = (count + rows, first)


_TEXTS = {
    "unknown_columns": "columns kept out, because neither FOCUS nor centavo has them",
    "floating_point_costs": "stored as floating point, so not exact at the source",
    "times_without_zone": "times without a zone are read as UTC",
    "decimals_rounded": "values with more than 12 decimals are rounded to 12",
}
_TIME_NAMES = ("Created", "LastUpdated", "Start", "End", "IssueDate", "DueDate")
_AMOUNT_NAMES = ("Cost", "Quantity", "Percentage")


def _has_many_decimals(value: str) -> bool:
    if len(value) < 14 and "e" not in value.lower():
        return False
    exponent = Decimal(value).normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < -12


def _unexplained(error: duckdb.Error) -> CentavoError:
    return InputError(
        f"the rows cannot be read: {str(error).splitlines()[0]}",
        hint="Every value looks right on its own; please report this with the message above.",
    )
