"""Recorded requests at one step of a plan, as relations that a lever reads.

``events`` has one row a request with the columns below; ``parts``, where the bodies were kept, one row
for each part of a request's input. Both are names of relations on the engine, to be put into a lever's
SQL after FROM.
"""

from dataclasses import dataclass

import duckdb

from centavo.ledger.schema import TOKEN_COLUMNS

__all__ = ["INPUT_COLUMNS", "PART_COLUMNS", "RECORDED_COLUMNS", "REWRITABLE", "Traffic"]

_TOKENS = tuple(column.name for column in TOKEN_COLUMNS)
INPUT_COLUMNS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)
"""The exclusive classes of input: their sum is all input of a request."""

REWRITABLE = ("provider", "requested_model", "answered_model", "processing_tier", *_TOKENS)
"""What a lever may give another value; everything else tells what really happened."""

RECORDED_COLUMNS = (
    "event_id", "started_at", "duration_ms", "operation", "project", "application", "endpoint",
    "feature", "use_case", "environment", "team", "cost_center", "customer_id", "account_id",
    "api_key_id", "max_output_tokens", "tool_count", "finish_reason", "status_code", "is_error",
    "error_class", "attempt", "parent_event_id", "streamed", "context_tier", "inference_geo",
    "system_hash", "tools_hash", "messages_hash", "template_id", "tokens_basis",
)  # fmt: skip

PART_COLUMNS = {
    "request_no": "BIGINT",
    "position": "INTEGER",
    "kind": "VARCHAR",
    "tokens": "BIGINT",
    "content_hash": "VARCHAR",
}
"""Columns of ``parts``: in the order of ``position`` they are the whole input of a request."""


@dataclass(frozen=True)
class Traffic:
    """The requests that would have been made, after the levers so far.

    Columns of ``events``: ``request_no`` (BIGINT, the recorded request: a lever must carry it along),
    ``REWRITABLE``, ``RECORDED_COLUMNS``, ``try_of`` (the first try that a retry names),
    ``is_cut_off`` (the log cut the input off: two such requests are not known to be alike), and ``cost`` with ``cost_currency``, ``input_cost``,
    ``output_cost``, ``cache_read_cost``, ``cache_write_cost`` and ``priced_model`` at the day's
    prices. Requests without a price are in it with ``cost`` NULL (their duplicates may matter), but
    none of them can be changed.

    Columns of ``parts``: ``PART_COLUMNS``. ``kind`` is system, tools, history, context, user or
    output of an earlier turn; ``tokens`` are counted, so they may differ from what the provider
    counted by a factor; equal ``content_hash`` is equal text.

    Attributes:
        engine: Connection on which the relations are known.
        events: Name of the relation of requests.
        parts: Name of the relation of parts; ``None`` where no bodies were kept.
    """

    engine: duckdb.DuckDBPyConnection
    events: str
    parts: str | None = None
