"""Recorded requests at one step of a plan, as relations that a lever reads.

``events`` has one row a request with the columns below; ``parts``, where the bodies were kept, one row
for each part of a request's input. Both are names of relations on the engine, to be put into a lever's
SQL after FROM.
"""

from dataclasses import dataclass

import duckdb

from centavo.ledger.schema import TOKEN_COLUMNS

__all__ = [
    "COST_COLUMNS", "INPUT_COLUMNS", "MADE_COLUMNS", "PART_COLUMNS", "RECORDED_COLUMNS", "REWRITABLE",
    "TEXT_COLUMNS", "WORKING_FILE", "Traffic",
]  # fmt: skip

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
    "started_at", "duration_ms", "operation", "project", "application", "endpoint",
    "feature", "use_case", "environment", "team", "cost_center", "customer_id", "account_id",
    "api_key_id", "max_output_tokens", "tool_count", "finish_reason", "status_code", "is_error",
    "error_class", "attempt", "streamed", "context_tier", "inference_geo", "system_hash",
    "tools_hash", "template_id", "tokens_basis",
)  # fmt: skip
TEXT_COLUMNS = ("event_id", "messages_hash")
"""Only where a lever of the plan needs parts: every request has another text here."""
MADE_COLUMNS = {
    "is_retry": "BOOLEAN",
    "chain_key": "UBIGINT",
    "call_key": "UBIGINT",
    "is_cut_off": "BOOLEAN",
}
# Looking for a dictionary of a column with millions of values takes a tenth of the writing.
WORKING_FILE = "(FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1000)"
COST_COLUMNS = ("cost", "cost_currency", "priced_model", "price_problem")

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
    ``REWRITABLE``, ``RECORDED_COLUMNS``, with parts also ``TEXT_COLUMNS``; ``is_retry``; ``chain_key``
    (equal for the tries of one request); ``call_key`` (equal for calls of the same model, system
    prompt, tools and messages; NULL where the log does not tell); ``is_cut_off`` (the log cut the input
    off: two such requests are not known to be alike); and ``cost``, ``cost_currency``,
    ``priced_model`` and ``price_problem`` at the day's prices. Requests without a price are in it with
    ``cost`` NULL (their duplicates may matter), but none of them can be changed.

    Columns of ``parts``: ``PART_COLUMNS``. ``kind`` is system, tools, history, context, user or
    output of an earlier turn; ``tokens`` are counted, so they may differ from what the provider
    counted by a factor; equal ``content_hash`` is equal text.

    Attributes:
        engine: Connection on which the relations are known.
        events: Name of the relation of requests.
        parts: Name of the relation of parts; ``None`` where no bodies were kept.
        empty: Columns of ``events`` that tell what happened and have no value in any request.
        has_copies: Whether a lever may have made several rows of one request.
    """

    engine: duckdb.DuckDBPyConnection
    events: str
    parts: str | None = None
    empty: tuple[str, ...] = ()
    has_copies: bool = False
