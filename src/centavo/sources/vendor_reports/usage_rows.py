"""Usage aggregates of a vendor's usage report: what OpenAI's and Anthropic's lines have in common."""

import json
from collections.abc import Mapping
from decimal import Decimal

from centavo.sources.record_values import RecordError, whole_number
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes

__all__ = ["USAGE_COLUMNS", "labels_json", "required_count", "tokens", "usage_row"]

USAGE_COLUMNS: tuple[str, ...] = (
    "aggregate_id",
    "source",
    "batch_id",
    "basis",
    "interval_start",
    "interval_end",
    "provider",
    "operation",
    "model",
    "account_id",
    "api_key_id",
    "project",
    "request_count",
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "input_text_tokens",
    "input_audio_tokens",
    "input_image_tokens",
    "cache_read_text_tokens",
    "cache_read_audio_tokens",
    "cache_read_image_tokens",
    "output_text_tokens",
    "output_audio_tokens",
    "output_image_tokens",
    "web_searches",
    "processing_tier",
    "context_tier",
    "inference_geo",
    "reported_cost",
    "reported_cost_currency",
    "labels",
)


def usage_row(
    line: ReportLine, identity: str, *, source: str, provider: str, operation: str
) -> dict[str, object]:
    """Return the columns that every aggregate of a usage report has."""
    return {
        "aggregate_id": f"{source}:{identity}",
        "source": source,
        "batch_id": line.file.batch_id,
        "basis": "vendor_reported",
        "interval_start": line.bucket.start,
        "interval_end": line.bucket.end,
        "provider": provider,
        "operation": operation,
        "account_id": line.organization,
    }


def required_count(record: Mapping[str, object], key: str) -> int:
    """Return a count that the report always states.

    Raises:
        RecordError: It is missing, which means that the report's shape changed, or no count.
    """
    if (found := whole_number(record.get(key), key)) is None:
        raise RecordError(key, "is missing; the result has the keys", sorted(record))
    return found


def tokens(record: Mapping[str, object], key: str) -> Decimal | None:
    """Return a number of tokens, or ``None`` where the report does not state it."""
    found = whole_number(record.get(key), key)
    return None if found is None else Decimal(found)


def labels_json(labels: Mapping[str, object], notes: LineNotes) -> str | None:
    """Return the labels that have a value, as JSON without secrets, which are counted."""
    stated = {key: value for key, value in labels.items() if value not in (None, "")}
    return notes.redacted.redact(json.dumps(stated, default=str)) if stated else None
