"""Rows that Python has read, as a relation of text columns that DuckDB scans once."""

from collections.abc import Iterator, Sequence
from importlib import import_module

import duckdb

__all__ = ["register_text_rows"]

_BATCH_ROWS = 8192


def register_text_rows(
    connection: duckdb.DuckDBPyConnection,
    rows: Iterator[Sequence[str | None]],
    *,
    relation: str,
    columns: Sequence[str],
) -> None:
    """Make ``relation`` a name for the rows; they are drawn when a query scans it, and only once.

    Args:
        connection: Where the name will stand.
        rows: As many values each as there are columns; ``None`` is NULL.
        relation: Name for use in FROM; it replaces what had it before.
        columns: Names of the columns.
    """
    # Not a plain import: pyarrow carries no types, and takes 60 ms that a --help has no use for.
    arrow = import_module("pyarrow")
    schema = arrow.schema([(column, arrow.string()) for column in columns])
    batches = (
        arrow.record_batch(
            [arrow.array(values, arrow.string()) for values in zip(*batch, strict=True)],
            schema=schema,
        )
        for batch in _in_batches(rows)
    )
    connection.register(relation, arrow.RecordBatchReader.from_batches(schema, batches))


def _in_batches(rows: Iterator[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
    batch: list[Sequence[str | None]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
