"""Rows of usage events, streamed to DuckDB as Arrow batches of the ledger's types."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.reading import Reading, Tally
from centavo.ledger.schema import COST_COLUMNS, USAGE_EVENTS
from centavo.sources.arrow import arrow

__all__ = ["EVENT_COLUMNS", "Row", "event_reading"]

Row = Mapping[str, object]

_BATCH_ROWS = 2_000
EVENT_COLUMNS = tuple(column for column in USAGE_EVENTS if column.name not in COST_COLUMNS)


def _schema() -> Any:  # noqa: ANN401 -- a pyarrow.Schema; pyarrow has no types
    pa = arrow()
    types: dict[str, object] = {
        "VARCHAR": pa.string(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "TIMESTAMP": pa.timestamp("us"),
        "DECIMAL(18,12)": pa.decimal128(18, 12),
    }
    return pa.schema([(column.name, types[column.type]) for column in EVENT_COLUMNS])


def event_reading(
    connection: duckdb.DuckDBPyConnection, *, name: str, rows: Iterator[Row], tally: Tally
) -> Reading:
    """Return a reading whose SELECT pulls the rows, a few thousand at a time.

    Args:
        connection: Where the rows are registered under ``name``.
        name: Begins with the source's own name.
        rows: One mapping per event, by column name; an absent column is NULL. Errors that it
            raises come back from ``Reading.explain`` as they are.
        tally: Filled by ``rows``.
    """
    schema = _schema()
    raised: list[CentavoError] = []
    batches = _batches(rows, schema, raised)
    connection.register(name, arrow().RecordBatchReader.from_batches(schema, batches))

    def explain(error: duckdb.Error) -> CentavoError:
        if raised:
            return raised[0]
        return InputError(f"the records could not be read: {error}")

    return Reading("usage_events", f'SELECT * FROM "{name}"', tally, explain)


def _batches(
    rows: Iterator[Row],
    schema: Any,  # noqa: ANN401 -- a pyarrow.Schema
    raised: list[CentavoError],
) -> Iterator[object]:
    pa = arrow()
    try:
        while batch := list(islice(rows, _BATCH_ROWS)):
            stated = {name for row in batch for name in row}
            columns = [
                pa.array([row.get(field.name) for row in batch], field.type)
                if field.name in stated
                else pa.nulls(len(batch), field.type)
                for field in schema
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
    except CentavoError as error:
        raised.append(error)
        raise
