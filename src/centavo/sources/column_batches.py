"""Rows that Python holds column by column, streamed to DuckDB as Arrow batches of ledger types."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.sources.arrow import arrow

__all__ = ["Columns", "arrow_schema", "register_columns"]

# Values by column name; a column that is absent is NULL in the whole batch.
Columns = Mapping[str, Sequence[object]]


def arrow_schema(columns: Mapping[str, str]) -> Any:  # noqa: ANN401 -- a pyarrow.Schema; pyarrow has no types
    """Return the Arrow schema of columns of the ledger's SQL types, by name."""
    pa = arrow()
    types: dict[str, object] = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "TIMESTAMP": pa.timestamp("us"),
        "DATE": pa.date32(),
        "DECIMAL(18,12)": pa.decimal128(18, 12),
        "DECIMAL(38,12)": pa.decimal128(38, 12),
    }
    return pa.schema([(name, types[sql_type]) for name, sql_type in columns.items()])


def register_columns(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    types: Mapping[str, str],
    batches: Iterator[Columns],
) -> Callable[[duckdb.Error], CentavoError]:
    """Make ``name`` a relation that draws the batches when it is scanned, once.

    Args:
        connection: Where the name will stand.
        name: Begins with the source's own name.
        types: SQL type of each column, in order. An aware time is stored as UTC, a naive one as
            it is.
        batches: Columns of equal length; every batch has at least one column and one row. Errors
            that it raises come back from the returned function as they are.

    Returns:
        What ``Reading.explain`` is: it turns a DuckDB error into the error behind it.
    """
    schema = arrow_schema(types)
    raised: list[CentavoError] = []
    reader = arrow().RecordBatchReader.from_batches(schema, _drawn(batches, schema, raised))
    connection.register(name, reader)

    def explain(error: duckdb.Error) -> CentavoError:
        if raised:
            return raised[0]
        return InputError(f"the records could not be read: {error}")

    return explain


def _drawn(
    batches: Iterator[Columns],
    schema: Any,  # noqa: ANN401 -- a pyarrow.Schema
    raised: list[CentavoError],
) -> Iterator[object]:
    pa = arrow()
    try:
        for columns in batches:
            rows = len(next(iter(columns.values())))
            arrays = [
                pa.array(columns[field.name], field.type)
                if field.name in columns
                else pa.nulls(rows, field.type)
                for field in schema
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except CentavoError as error:
        raised.append(error)
        raise
