"""OpenRouter's activity API: what each model and endpoint took, summed over a UTC day.

Source: ``GET /api/v1/activity`` in OpenRouter's API reference (object ``ActivityItem``).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice

import duckdb

from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import USAGE_AGGREGATES, TableName
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.event_batches import Row
from centavo.sources.record_rows import Outcome
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    first_text,
    instant,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import labels_json
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.table_rows import column_key, named_columns, record_names, table_rows

__all__ = ["OpenRouterActivitySource"]

_BATCH_ROWS = 2_000
_MARKS = frozenset(
    map(column_key, ("date", "model", "usage", "requests", "prompt_tokens", "completion_tokens"))
)
_NAMES = (
    "aggregate_id", "source", "batch_id", "basis", "interval_start", "interval_end", "provider",
    "model", "request_count", "input_tokens_low", "input_tokens_high", "output_tokens",
    "reasoning_tokens", "reported_cost", "reported_cost_currency", "labels",
)  # fmt: skip
_TYPES = {column.name: column.type for column in USAGE_AGGREGATES if column.name in _NAMES}


class OpenRouterActivitySource:
    """Reads daily sums into usage aggregates."""

    name = "openrouter-activity"
    table: TableName = "usage_aggregates"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the columns or keys are those of OpenRouter's activity, and why."""
        if not set(map(column_key, record_names(probe))) >= _MARKS:
            return None
        return Recognition(0.9, "it has the requests, tokens and usage of a day by model")

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each day, model and endpoint.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        rows = table_rows(files, tally, outcome=_Days().outcome, skip_bad=options.skip_bad)
        name = f"openrouter-activity_{files[0].batch_id}"
        explain = register_columns(connection, name, types=_TYPES, batches=_batches(rows))
        return Reading(self.table, f'SELECT * FROM "{name}"', tally, explain)


class _Days:
    """Makes rows of items, once for each day, model and endpoint."""

    def __init__(self) -> None:
        self._seen = SeenKeys()

    def outcome(self, file: InputFile, record: JsonObject) -> Outcome:
        """Return the row, or the reason why there is none.

        Raises:
            RecordError: A value that cannot be read.
        """
        found = named_columns(record)
        day = instant(found.get("date"), "date")
        if day is None:
            raise RecordError("date", "is missing", found.get("date"))
        start = day[0].replace(hour=0, minute=0, second=0, microsecond=0)
        model = first_text(found, "modelpermaslug", "model")
        scope = [first_text(found, key) for key in ("endpointid", "providername", "apikeyname")]
        key = content_hash([start.isoformat(), model, *scope], digits=32)
        if not self._seen.add(key):
            return "duplicate of the same day, model and endpoint"
        return {
            "aggregate_id": f"openrouter-activity:{key}",
            "source": OpenRouterActivitySource.name,
            "batch_id": file.batch_id,
            "basis": "vendor_reported",
            "interval_start": start,
            "interval_end": start + timedelta(days=1),
            "provider": "openrouter",
            "model": model,
            **_sums(found),
            "labels": _labels(found),
        }


def _sums(found: Mapping[str, object]) -> dict[str, object]:
    given = whole_number(found.get("prompttokens"), "prompt_tokens")
    return {
        "request_count": whole_number(found.get("requests"), "requests"),
        # How much of the prompt a cache served is not told, so no class of it is known.
        "input_tokens_low": given,
        "input_tokens_high": given,
        "output_tokens": whole_number(found.get("completiontokens"), "completion_tokens"),
        "reasoning_tokens": whole_number(found.get("reasoningtokens"), "reasoning_tokens"),
        "reported_cost": amount(found.get("usage"), "usage"),
        "reported_cost_currency": "USD",
    }


def _labels(found: Mapping[str, object]) -> str:
    labels = {
        name: first_text(found, column_key(name))
        for name in ("model", "endpoint_id", "provider_name", "byok_usage_inference")
    }
    return labels_json({name: value for name, value in labels.items() if value is not None})


def _batches(rows: Iterator[Row]) -> Iterator[Columns]:
    while batch := list(islice(rows, _BATCH_ROWS)):
        yield {column: [row.get(column) for row in batch] for column in _TYPES}
