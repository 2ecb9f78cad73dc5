"""Runs of agents of which a log tells only the sums: rows of usage aggregates.

Such logs state no time. Their rows cover the UTC day on which the file was last changed, and a
warning says so.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import duckdb

from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import USAGE_AGGREGATES
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.event_batches import Row
from centavo.sources.requests.tally import OddRecords
from centavo.sources.secrets import RedactionCount

__all__ = ["day_of_file", "run_reading"]

_BATCH_ROWS = 2_000
_NAMES = (
    "aggregate_id",
    "source",
    "batch_id",
    "basis",
    "interval_start",
    "interval_end",
    "provider",
    "operation",
    "model",
    "application",
    "attribution_method",
    "attribution_confidence",
    "request_count",
    "input_uncached_tokens",
    "output_tokens",
    "reported_cost",
    "reported_cost_currency",
    "labels",
)
_TYPES = {column.name: column.type for column in USAGE_AGGREGATES if column.name in _NAMES}


def run_reading(
    connection: duckdb.DuckDBPyConnection, *, name: str, rows: Iterator[Row], tally: Tally
) -> Reading:
    """Return a reading of runs; each of them is noted as one that states no time.

    Args:
        connection: Where the rows are registered under ``name``.
        name: Begins with the source's own name.
        rows: Columns of ``usage_aggregates`` by name, ``labels`` as JSON.
        tally: Filled by ``rows``.
    """
    batches = _batches(rows, tally)
    explain = register_columns(connection, name, types=_TYPES, batches=batches)
    return Reading("usage_aggregates", f'SELECT * FROM "{name}"', tally, explain)


def day_of_file(file: InputFile) -> tuple[datetime, datetime]:
    """Return the UTC day on which the file was last changed, as naive times; the end is excluded."""
    changed_at = datetime.fromtimestamp(file.path.stat().st_mtime, tz=UTC)
    start = changed_at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return start, start + timedelta(days=1)


def _batches(rows: Iterator[Row], tally: Tally) -> Iterator[Columns]:
    redaction = RedactionCount()
    no_time = OddRecords("time_not_stated", "state no time and carry the day of their file instead")
    while batch := list(islice(rows, _BATCH_ROWS)):
        for row in batch:
            no_time.note(str(row["aggregate_id"]))
        columns: dict[str, list[object]] = {
            column: [row.get(column) for row in batch] for column in _TYPES
        }
        columns["labels"] = [
            redaction.redact(labels) if isinstance(labels, str) else None
            for labels in columns["labels"]
        ]
        yield columns
    tally.warnings += redaction.warnings()
    if no_time.count:
        tally.warnings.append(no_time.warning())
