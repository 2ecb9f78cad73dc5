"""Azure cost exports as CSV or Parquet: one scan for all files with the same columns, as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from centavo.errors import InputError
from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile, Tally
from centavo.sources.azure.columns import FIELDS, AzureLayout, lay_out
from centavo.sources.csv_diagnosis import (
    MAX_LINE_BYTES,
    CsvHeader,
    first_records,
    numbered_records,
    read_header,
)
from centavo.sources.scan_paths import path_literal
from centavo.sources.text_rows import register_text_rows

__all__ = ["BLANK", "ExportGroup", "export_groups"]

_PARQUET_MAGIC = b"PAR1"
# A record that states neither a cost nor a quantity nor whose it is says nothing: Azure's empty
# lines. Over the relation's columns.
BLANK = (
    "(cost IS NULL AND quantity IS NULL AND subscription IS NULL AND account IS NULL"
    " AND meter IS NULL AND meter_id IS NULL)"
)


@dataclass(frozen=True)
class ExportGroup:
    """Files that one scan reads, because their columns are the same.

    Attributes:
        columns: Names in the files' order, as far as their records go.
        missing: Names at the end of the header that no record has a value for.
        layout: Where each field stands.
        files: At least one.
        header: Of a CSV; ``None`` for Parquet.
    """

    columns: tuple[str, ...]
    missing: tuple[str, ...]
    layout: AzureLayout
    files: tuple[InputFile, ...]
    header: CsvHeader | None = None

    @property
    def may_use_commas(self) -> bool:
        """Whether its numbers may be written with a decimal comma.

        A comma between digits of an English file is an error, not a decimal comma: so only in a
        file with a localised header, or whose values no comma separates.
        """
        return self.header is not None and (
            self.layout.is_localised or self.header.delimiter != ","
        )

    def rows(self) -> str:
        """Return the SELECT of all records, every field as text."""
        pairs = ", ".join(
            f"({sql_text(str(file.path))}, {sql_text(file.batch_id)})" for file in self.files
        )
        return (
            f"SELECT {self._fields()}, azure_batch AS batch_id FROM {self._scan()} AS line"
            f" JOIN (VALUES {pairs}) AS batches(azure_path, azure_batch)"
            " ON line.azure_file = batches.azure_path"
        )

    def good_rows(self, connection: duckdb.DuckDBPyConnection, tally: Tally) -> str:
        """Return the SELECT of the records that have as many values as there are columns.

        Python reads the records of a CSV, about a hundred times slower than DuckDB does; the
        others are counted by reason.
        """
        if self.header is None:
            return self.rows()
        selects: list[str] = []
        for file in self.files:
            table = f"azure_rows_{file.batch_id}"
            register_text_rows(
                connection,
                self._whole(file, tally),
                relation=f"azure_python_{file.batch_id}",
                columns=self._references(),
            )
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM azure_python_{file.batch_id}"
            )
            connection.unregister(f"azure_python_{file.batch_id}")
            selects.append(
                f"SELECT {self._fields()}, {sql_text(file.batch_id)} AS batch_id"
                f" FROM {table} AS line"
            )
        return " UNION ALL ".join(selects)

    def _whole(self, file: InputFile, tally: Tally) -> Iterator[list[str]]:
        for _, cells in numbered_records(file.path, name=file.name):
            if len(cells) == len(self.columns):
                yield cells
            else:
                tally.read[file.batch_id] += 1
                tally.skipped[
                    file.batch_id, "the record has more or fewer values than columns"
                ] += 1

    def _references(self) -> list[str]:
        return [f"c{position}" for position in range(len(self.columns))]

    def _scan(self) -> str:
        paths = ", ".join(path_literal(file) for file in self.files)
        if self.header is None:
            return f"read_parquet([{paths}], filename = 'azure_file')"
        columns = ", ".join(f"{reference}: 'VARCHAR'" for reference in self._references())
        return (
            f"read_csv([{paths}], columns = {{{columns}}}, header = true, auto_detect = false,"
            f" delim = {sql_text(self.header.delimiter)}, quote = '\"', escape = '\"',"
            f" max_line_size = {MAX_LINE_BYTES}, compression = '{self.header.compression}',"
            " filename = 'azure_file')"
        )

    def _fields(self) -> str:
        return ", ".join(f"{self._text(field.name)} AS {field.name}" for field in FIELDS)

    def _text(self, field: str) -> str:
        position = self.layout.positions.get(field)
        if position is None:
            stated = self.layout.currency if field == "currency" else None
            return sql_text(stated) if stated else "CAST(NULL AS VARCHAR)"
        if self.header is not None:
            return f"nullif(nullif(trim(line.c{position}), ''), 'NULL')"
        column = 'line."' + self.columns[position].replace('"', '""') + '"'
        return f"nullif(trim(CAST({column} AS VARCHAR)), '')"


def export_groups(
    connection: duckdb.DuckDBPyConnection, files: Sequence[InputFile]
) -> list[ExportGroup]:
    """Return the files by columns.

    Raises:
        InputError: A file is empty or broken, or lacks what no charge can do without.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...], CsvHeader | None], list[InputFile]] = {}
    for file in files:
        found.setdefault(_shape(connection, file), []).append(file)
    return [
        ExportGroup(columns, missing, lay_out(columns, name=of[0].name), tuple(of), header)
        for (columns, missing, header), of in found.items()
    ]


def _shape(
    connection: duckdb.DuckDBPyConnection, file: InputFile
) -> tuple[tuple[str, ...], tuple[str, ...], CsvHeader | None]:
    with file.path.open("rb") as stream:
        is_parquet = stream.read(4) == _PARQUET_MAGIC
    if is_parquet:
        return _parquet_columns(connection, file), (), None
    found = read_header(file.path, name=file.name)
    # Whether rows follow must not part files that are otherwise alike.
    header = CsvHeader(found.columns, found.delimiter, has_rows=True, compression=found.compression)
    columns = found.columns
    width = _width(file, columns)
    return columns[:width], columns[width:], header


def _width(file: InputFile, columns: tuple[str, ...]) -> int:
    """Return how many of the header's columns the first record has values for.

    Some tools write a header that names more columns than the records have.
    """
    if first_records(file.path, name=file.name, limit=1):
        return len(columns)
    first = next(numbered_records(file.path, name=file.name), None)
    if first is None:
        return len(columns)
    short = len(first[1])
    return short if 1 < short < len(columns) else len(columns)


def _parquet_columns(connection: duckdb.DuckDBPyConnection, file: InputFile) -> tuple[str, ...]:
    try:
        rows = connection.execute(
            f"SELECT column_name FROM (DESCRIBE FROM read_parquet({path_literal(file)}))"
        ).fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}",
            hint="Copy or download the file again.",
        ) from None
    return tuple(str(row[0]) for row in rows)
