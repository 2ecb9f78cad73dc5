"""Requests for tests: usage as the price library names it, as columns of the ledger."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import duckdb

from centavo.ledger.schema import TOKEN_COLUMNS, USAGE_EVENTS

COLUMNS = (
    "event_id",
    "started_at",
    "provider",
    "requested_model",
    "answered_model",
    "processing_tier",
    "context_tier",
    "inference_geo",
    "is_error",
    *(column.name for column in TOKEN_COLUMNS),
)
_TYPES = {column.name: column.type for column in USAGE_EVENTS}

# The library's unit -> the ledger's column, where the names differ.
_RENAMED = {
    "output_reasoning_tokens": "reasoning_tokens",
    "cache_text_read_tokens": "cache_read_text_tokens",
    "cache_audio_read_tokens": "cache_read_audio_tokens",
    "cache_image_read_tokens": "cache_read_image_tokens",
    "cache_video_read_tokens": "cache_read_video_tokens",
}
_COLUMN_OF = {name: unit for unit, name in _RENAMED.items()}
_READS_AND_WRITES = (
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)

Event = Mapping[str, object]


def event(**columns: object) -> dict[str, object]:
    """Return a request of 2026-11-01 to openai's gpt-4o, with these columns instead."""
    default: dict[str, object] = {
        "event_id": "e1",
        "started_at": datetime(2026, 11, 1),  # noqa: DTZ001 -- naive UTC, as in the ledger
        "provider": "openai",
        "answered_model": "gpt-4o",
        "is_error": False,
    }
    return default | columns


def token_columns(usage: Mapping[str, int]) -> dict[str, int]:
    """Return the ledger's columns of a usage in the library's units."""
    counts = {_RENAMED.get(unit, unit): count for unit, count in usage.items()}
    retained = counts.get("cache_write_5m_tokens", 0) + counts.get("cache_write_1h_tokens", 0)
    if "cache_write_tokens" in counts:
        counts["cache_write_tokens"] -= retained
    if "input_tokens" in counts:
        cached = sum(counts.get(column, 0) for column in _READS_AND_WRITES)
        counts["input_uncached_tokens"] = counts.pop("input_tokens") - cached
    return {column: count for column, count in counts.items() if column in COLUMNS}


def library_usage(counts: Mapping[str, int | None]) -> dict[str, int]:
    """Return the library's units of the ledger's columns: ``token_columns`` the other way."""
    stated = {column: count for column, count in counts.items() if count is not None}
    usage = {
        _COLUMN_OF.get(column, column): count
        for column, count in stated.items()
        if column not in {"input_uncached_tokens", "cache_write_tokens"}
    }
    writes = [stated[column] for column in _READS_AND_WRITES[1:] if column in stated]
    if writes:
        usage["cache_write_tokens"] = sum(writes)
    if "input_uncached_tokens" in stated:
        cached = sum(stated.get(column, 0) for column in _READS_AND_WRITES)
        usage["input_tokens"] = stated["input_uncached_tokens"] + cached
    return usage


def load(connection: duckdb.DuckDBPyConnection, events: Iterable[Event]) -> str:
    """Create the table ``requests`` of the events and return its name."""
    rows = [{column: row.get(column) for column in COLUMNS} for row in events]
    structure = json.dumps([{column: _TYPES[column] for column in COLUMNS}])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE requests AS "
        f"SELECT unnest(from_json($rows::JSON, '{structure}'), max_depth := 2)",
        {"rows": json.dumps(rows, default=datetime.isoformat)},
    )
    return "requests"
