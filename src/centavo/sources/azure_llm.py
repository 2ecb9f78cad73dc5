"""Azure's public traces of its model services: one row per request with its time and its lengths.

The columns are ``TIMESTAMP``, ``ContextTokens`` and ``GeneratedTokens``; no model, so no price.
Source: github.com/Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.md and …2024.md.
"""

from collections.abc import Callable, Iterator, Sequence

import duckdb

from centavo.errors import BadValueError, CentavoError, InputError
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.csv_diagnosis import (
    NULL_TEXTS,
    CsvHeader,
    ValueKind,
    diagnose,
    good_records,
    read_header,
)
from centavo.sources.source import Probe, ReadOptions, Recognition
from centavo.sources.text_rows import register_text_rows

__all__ = ["AzureLlmTraceSource"]

# Lower-case names of the columns, and what their values are.
_TIME, _INPUT, _OUTPUT = "timestamp", "contexttokens", "generatedtokens"
_KINDS: dict[str, ValueKind] = {_TIME: "instant", _INPUT: "count", _OUTPUT: "count"}
_MALFORMED = "malformed record"


class AzureLlmTraceSource:
    """Reads Azure's LLM inference traces into usage events."""

    name = "azure-llm-trace"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the header is the trace's, and why."""
        if _KINDS.keys() <= {column.strip().lower() for column in probe.columns}:
            return Recognition(0.9, f"its header has {', '.join(probe.columns[:3])}")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each request.

        Raises:
            InputError: A file has not the three columns, or no row.
        """
        tally = Tally()
        selects: list[str] = []
        for file in files:
            header = _header(file)
            if not header.has_rows:
                message = f"{file.name} has a header and no rows"
                tally.warnings.append(QualityWarning("no_rows", message, 0))
            if options.skip_bad:
                relation = _good_rows(connection, file, header, tally)
            else:
                relation = _scan(file, header)
            selects.append(_select(relation, file))
        return Reading(self.table, " UNION ALL ".join(selects), tally, _explain(files))


def _header(file: InputFile) -> CsvHeader:
    header = read_header(file.path, name=file.name)
    missing = _KINDS.keys() - {column.lower() for column in header.columns}
    if missing:
        raise InputError(
            f"{file.name} has no column {', '.join(sorted(missing))}",
            hint=f"Its columns are {', '.join(header.columns)}.",
        )
    return header


def _scan(file: InputFile, header: CsvHeader) -> str:
    columns = ", ".join(f"{sql_text(name.lower())}: 'VARCHAR'" for name in header.columns)
    return (
        f"read_csv({sql_text(str(file.path))}, columns = {{{columns}}}, header = true,"
        f" auto_detect = false, delim = {sql_text(header.delimiter)}, quote = '\"', escape = '\"',"
        f" nullstr = {sql_texts(list(NULL_TEXTS))}, compression = '{header.compression}')"
    )


def _good_rows(
    connection: duckdb.DuckDBPyConnection, file: InputFile, header: CsvHeader, tally: Tally
) -> str:
    """Return a relation of the rows that can be read; the others are counted as it is drawn."""
    relation = f"azure-llm-trace_{file.batch_id}"
    columns = [name.lower() for name in header.columns]

    def bad(_: BadValueError) -> None:
        tally.read[file.batch_id] += 1
        tally.skipped[file.batch_id, _MALFORMED] += 1

    def rows() -> Iterator[list[str | None]]:
        kinds, required = _kinds_of(header)
        good = good_records(file.path, name=file.name, kinds=kinds, on_bad=bad, required=required)
        for cells in good:
            tally.read[file.batch_id] += 1
            yield cells

    register_text_rows(connection, rows(), relation=relation, columns=columns)
    return f'"{relation}"'


def _kinds_of(header: CsvHeader) -> tuple[dict[str, ValueKind], list[str]]:
    kinds: dict[str, ValueKind] = {
        name: _KINDS[name.lower()] for name in header.columns if name.lower() in _KINDS
    }
    return kinds, list(kinds)


def _select(relation: str, file: InputFile) -> str:
    # Requests of one time and the same lengths are told apart by their number among equals, so
    # that the rows of an overlapping file are the same rows.
    return (
        "SELECT 'azure-llm-trace:' || md5(concat_ws('|', started_at, input_tokens, output_tokens,"
        " row_number() OVER (PARTITION BY started_at, input_tokens, output_tokens)))"
        " AS event_id, 'azure-llm-trace' AS source,"
        f" '{file.batch_id}' AS batch_id, 'application' AS meter, started_at,"
        " 'stated' AS started_at_basis, 'azure' AS provider,"
        " input_tokens AS input_uncached_tokens, output_tokens, false AS is_error"
        " FROM (SELECT"
        # Through TIMESTAMPTZ an offset is honoured; without one the session's zone, UTC, holds.
        f" make_timestamp(epoch_us(CAST({_not_null(_TIME)} AS TIMESTAMPTZ))) AS started_at,"
        f" CAST(CAST({_not_null(_INPUT)} AS UINTEGER) AS BIGINT) AS input_tokens,"
        f" CAST(CAST({_not_null(_OUTPUT)} AS UINTEGER) AS BIGINT) AS output_tokens"
        f" FROM {relation})"
    )


def _not_null(column: str) -> str:
    return f"coalesce({column}, error('{column} must have a value'))"


def _explain(files: Sequence[InputFile]) -> Callable[[duckdb.Error], CentavoError]:
    def explain(error: duckdb.Error) -> CentavoError:
        for file in files:
            header = read_header(file.path, name=file.name)
            kinds, required = _kinds_of(header)
            problem = diagnose(file.path, name=file.name, kinds=kinds, required=required)
            if problem is not None:
                return problem
        return InputError(f"{files[0].name} cannot be read: {error}")

    return explain
