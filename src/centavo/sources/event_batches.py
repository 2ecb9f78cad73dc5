"""Rows of usage events, streamed to DuckDB as Arrow batches of the ledger's types."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.reading import Reading, Tally
from centavo.ledger.schema import COST_COLUMNS, USAGE_EVENTS
from centavo.sources.arrow import arrow
from centavo.sources.column_batches import arrow_schema
from centavo.sources.secrets import RedactionCount

__all__ = ["EVENT_COLUMNS", "Row", "event_reading"]

Row = Mapping[str, object]

_BATCH_ROWS = 2_000
EVENT_COLUMNS = tuple(column for column in USAGE_EVENTS if column.name not in COST_COLUMNS)
# Texts that no other program reads: keys, and the words of centavo's own.
_NO_FREE_TEXT = frozenset(
    {
        "event_id",
        "source",
        "batch_id",
        "call_id",
        "meter",
        "tokens_basis",
        "started_at_basis",
        "parent_event_id",
        "attribution_method",
        "system_hash",
        "tools_hash",
        "messages_hash",
        "body_hash",
        "answer_hash",
    }
)
_FREE_TEXT = frozenset(
    column.name
    for column in EVENT_COLUMNS
    if column.type == "VARCHAR" and column.name not in _NO_FREE_TEXT
)


def event_reading(
    connection: duckdb.DuckDBPyConnection, *, name: str, rows: Iterator[Row], tally: Tally
) -> Reading:
    """Return a reading whose SELECT pulls the rows, a few thousand at a time.

    Args:
        connection: Where the rows are registered under ``name``.
        name: Begins with the source's own name.
        rows: One mapping per event, by column name; an absent column is NULL. Errors that it
            raises come back from ``Reading.explain`` as they are. Secrets in their texts are
            taken out here, and counted.
        tally: Filled by ``rows``.
    """
    schema = arrow_schema({column.name: column.type for column in EVENT_COLUMNS})
    raised: list[CentavoError] = []
    batches = _batches(rows, schema, raised, tally=tally)
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
    *,
    tally: Tally,
) -> Iterator[object]:
    pa = arrow()
    redaction = RedactionCount()
    try:
        while batch := list(islice(rows, _BATCH_ROWS)):
            stated = set[str]().union(*batch)
            columns = [
                pa.array(_values(field.name, batch, redaction), field.type)
                if field.name in stated
                else pa.nulls(len(batch), field.type)
                for field in schema
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
        tally.warnings.extend(redaction.warnings())
    except CentavoError as error:
        raised.append(error)
        raise


def _values(name: str, batch: list[Row], redaction: RedactionCount) -> list[object]:
    values = [row.get(name) for row in batch]
    if name not in _FREE_TEXT:
        return values
    # Most columns hold a few values: each is looked at once.
    clean = {
        value: redacted
        for value in {text for text in values if isinstance(text, str)}
        if (redacted := redaction.redact(value, rows=0)) != value
    }
    if clean:
        for at, value in enumerate(values):
            if isinstance(value, str) and value in clean:
                values[at] = redaction.redact(value)
    return values
