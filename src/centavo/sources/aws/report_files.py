"""Cost and Usage Reports as CSV or Parquet: one scan for all files with the same columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile, Tally
from centavo.sources.aws.columns import FIELDS, MAPS
from centavo.sources.aws.report_layout import ReportLayout, lay_out
from centavo.sources.csv_diagnosis import (
    MAX_LINE_BYTES,
    NULL_TEXTS,
    CsvHeader,
    diagnose,
    good_records,
    read_header,
)
from centavo.sources.scan_paths import path_literal
from centavo.sources.text_rows import register_text_rows

__all__ = ["ReportGroup", "report_groups"]

_PARQUET_MAGIC = b"PAR1"
_NULLS = ", ".join(sql_text(text) for text in NULL_TEXTS)


def _bad_field() -> str:
    """Return SQL over a line's texts: the first field that cannot be read, or NULL."""
    targets = {"amount": "DECIMAL(38, 12)", "instant": "TIMESTAMPTZ"}
    cases: list[str] = []
    for field in FIELDS:
        if field.required:
            cases.append(f"WHEN {field.name} IS NULL THEN '{field.name}'")
        if field.kind in targets:
            cases.append(
                f"WHEN {field.name} IS NOT NULL AND TRY_CAST({field.name} AS"
                f" {targets[field.kind]}) IS NULL THEN '{field.name}'"
            )
    cases += [
        f"WHEN {name}_map IS NOT NULL AND NOT json_valid({name}_map) THEN '{name}'"
        for name in MAPS
        if name != "product"
    ]
    return f"CASE {' '.join(cases)} END"


_BAD_FIELD = _bad_field()


@dataclass(frozen=True)
class ReportGroup:
    """Files that one scan reads, because their columns are the same.

    Attributes:
        columns: Names as in the files, in their order.
        layout: Where each goes.
        files: At least one.
        header: Of a CSV; ``None`` for Parquet.
        types: DuckDB types of Parquet columns; empty for CSV.
    """

    columns: tuple[str, ...]
    layout: ReportLayout
    files: tuple[InputFile, ...]
    header: CsvHeader | None = None
    types: tuple[str, ...] = ()

    def rows(self) -> str:
        """Return the SELECT of all lines as text."""
        pairs = ", ".join(
            f"({sql_text(str(file.path))}, {sql_text(file.batch_id)})" for file in self.files
        )
        relation = (
            f"{self._scan(self.files)} AS line JOIN (VALUES {pairs})"
            " AS batches(aws_path, aws_batch) ON line.aws_file = batches.aws_path"
        )
        return self.layout.select(relation, texts=self._texts(), batch="aws_batch")

    def good_rows(self, connection: duckdb.DuckDBPyConnection, tally: Tally) -> list[str]:
        """Return SELECTs of the good lines as text; the others are counted by reason.

        For CSV Python reads the lines as the relation is drawn, which takes much longer.
        """
        if self.header is not None:
            return [self._good_csv(connection, file, tally) for file in self.files]
        for file in self.files:
            counted = connection.execute(
                f"SELECT {_BAD_FIELD} AS bad, count(*) FROM ({self._of(file)}) GROUP BY bad"
            ).fetchall()
            for bad, count in counted:
                tally.read[file.batch_id] += count
                if bad is not None:
                    tally.skipped[file.batch_id, f"{self._column(bad)} cannot be read"] += count
        return [f"SELECT * FROM ({self.rows()}) WHERE ({_BAD_FIELD}) IS NULL"]

    def problem(
        self, connection: duckdb.DuckDBPyConnection, *, skip_bad: bool
    ) -> InputError | None:
        """Return the first thing wrong with the files, or ``None`` when nothing is.

        Args:
            connection: Where the files can be read.
            skip_bad: Whether bad lines are left out anyway, and only a broken file is a problem.
        """
        found = (self._problem_of(connection, file, skip_bad=skip_bad) for file in self.files)
        return next((problem for problem in found if problem is not None), None)

    def _problem_of(
        self, connection: duckdb.DuckDBPyConnection, file: InputFile, *, skip_bad: bool
    ) -> InputError | None:
        if self.header is None:
            return None if skip_bad else self._bad_value(connection, file)
        kinds, required = self.layout.kinds(self.columns), self.layout.required(self.columns)
        if not skip_bad:
            return diagnose(file.path, name=file.name, kinds=kinds, required=required)
        try:
            for _ in good_records(
                file.path, name=file.name, kinds=kinds, required=required, on_bad=lambda _: None
            ):
                pass
        except InputError as error:
            return error
        return None

    def _bad_value(
        self, connection: duckdb.DuckDBPyConnection, file: InputFile
    ) -> BadValueError | None:
        """Return the first value of a Parquet file that cannot be read."""
        query = (
            f"SELECT {_BAD_FIELD} AS bad, * FROM ({self._of(file)}) WHERE bad IS NOT NULL LIMIT 1"
        )
        found = connection.execute(query)
        names = [str(column[0]) for column in found.description or ()]
        row: tuple[object, ...] | None = found.fetchone()
        if row is None:
            return None
        values = dict(zip(names, row, strict=True))
        bad = str(values["bad"])
        value = values.get(bad, values.get(f"{bad}_map"))
        return BadValueError(
            "must have a value" if value is None else "cannot be read",
            file=file.name,
            line=None,
            column=self._column(bad),
            value=value,
            hint="Correct the value, or leave such lines out with --skip-bad.",
        )

    def _column(self, field: str) -> str:
        position = {**self.layout.maps, **self.layout.fields}[field]
        return self.columns[position]

    def _of(self, file: InputFile) -> str:
        batch = sql_text(file.batch_id)
        relation = f"{self._scan([file])} AS line"
        return self.layout.select(relation, texts=self._texts(), batch=batch)

    def _scan(self, files: Sequence[InputFile]) -> str:
        paths = ", ".join(path_literal(file) for file in files)
        if self.header is None:
            return f"read_parquet([{paths}], filename = 'aws_file', hive_partitioning = false)"
        columns = ", ".join(f"{name}: 'VARCHAR'" for name in self._names())
        return (
            f"read_csv([{paths}], columns = {{{columns}}}, header = true, auto_detect = false,"
            f" delim = {sql_text(self.header.delimiter)}, quote = '\"', escape = '\"',"
            f" nullstr = [{_NULLS}], compression = '{self.header.compression}',"
            f" max_line_size = {MAX_LINE_BYTES}, filename = 'aws_file', hive_partitioning = false)"
        )

    def _names(self) -> list[str]:
        return [f"c{position}" for position in range(len(self.columns))]

    def _texts(self) -> list[str]:
        if self.header is not None:
            return [f"line.{name}" for name in self._names()]
        return [
            _as_text(column, kind) for column, kind in zip(self.columns, self.types, strict=True)
        ]

    def _good_csv(
        self, connection: duckdb.DuckDBPyConnection, file: InputFile, tally: Tally
    ) -> str:
        relation = f"aws_good_{file.batch_id}"
        register_text_rows(
            connection,
            self._good_records(file, tally),
            relation=relation,
            columns=self._names(),
        )
        return self.layout.select(
            f"{relation} AS line", texts=self._texts(), batch=sql_text(file.batch_id)
        )

    def _good_records(self, file: InputFile, tally: Tally) -> Iterator[list[str | None]]:
        def skip(problem: BadValueError) -> None:
            tally.read[file.batch_id] += 1
            tally.skipped[file.batch_id, f"{problem.column} {problem.problem}"] += 1

        for row in good_records(
            file.path,
            name=file.name,
            kinds=self.layout.kinds(self.columns),
            required=self.layout.required(self.columns),
            on_bad=skip,
        ):
            tally.read[file.batch_id] += 1
            yield row


def report_groups(
    connection: duckdb.DuckDBPyConnection, files: Iterable[InputFile]
) -> list[ReportGroup]:
    """Return the files by their columns; a file that cannot be used raises ``InputError``."""
    csv: dict[CsvHeader, list[InputFile]] = {}
    parquet: dict[tuple[tuple[str, ...], tuple[str, ...]], list[InputFile]] = {}
    for file in files:
        if _is_parquet(file):
            parquet.setdefault(_schema(connection, file), []).append(file)
        else:
            found = read_header(file.path, name=file.name)
            # Whether rows follow must not part files that are otherwise alike.
            header = CsvHeader(found.columns, found.delimiter, True, found.compression)  # noqa: FBT003 -- the dataclass's third field
            csv.setdefault(header, []).append(file)
    return list(
        chain(
            (
                ReportGroup(
                    header.columns,
                    lay_out(header.columns, name=of[0].name),
                    tuple(of),
                    header=header,
                )
                for header, of in csv.items()
            ),
            (
                ReportGroup(columns, lay_out(columns, name=of[0].name), tuple(of), types=types)
                for (columns, types), of in parquet.items()
            ),
        )
    )


def _is_parquet(file: InputFile) -> bool:
    with file.path.open("rb") as stream:
        return stream.read(4) == _PARQUET_MAGIC


def _schema(
    connection: duckdb.DuckDBPyConnection, file: InputFile
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    scan = f"read_parquet({path_literal(file)}, hive_partitioning = false)"
    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}",
            hint="Copy or download the file again.",
        ) from None
    return tuple(str(row[0]) for row in rows), tuple(str(row[1]) for row in rows)


def _as_text(column: str, kind: str) -> str:
    """Return the SQL of a Parquet value as text; a double as the shortest decimal that is it."""
    reference = 'line."' + column.replace('"', '""') + '"'
    if kind.startswith(("MAP(", "STRUCT(")):
        return f"CAST(to_json({reference}) AS VARCHAR)"
    return f"nullif(CAST({reference} AS VARCHAR), '')"
