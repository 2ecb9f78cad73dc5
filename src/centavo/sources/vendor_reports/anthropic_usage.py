"""Anthropic's usage report of the Messages API: one aggregate for each result.

``GET /v1/organizations/usage_report/messages``; token classes are stated apart and never overlap.
It does not count requests. Source: platform.claude.com/docs/en/api/admin/usage_report.
"""

import re
from collections.abc import Iterator, Mapping

from centavo.sources.record_values import RecordError, as_object, is_object, text
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.anthropic_terms import (
    context_tier,
    inference_geo,
    processing_tier,
)
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes, Report, TableRow
from centavo.sources.vendor_reports.usage_rows import (
    USAGE_COLUMNS,
    labels_json,
    required_count,
    tokens,
    usage_row,
)

__all__ = ["ANTHROPIC_USAGE"]

_NAME = "anthropic-usage"
_TOKENS = re.compile(r'"uncached_input_tokens"\s*:')


def _hallmark(probe: Probe) -> str | None:
    if '"starting_at"' in probe.head and _TOKENS.search(probe.head):
        return "its buckets count uncached_input_tokens as Anthropic's usage report does"
    return None


def _kind(record: Mapping[str, object]) -> str:
    del record
    return "messages"


def _rows(line: ReportLine, identity: str, notes: LineNotes) -> Iterator[TableRow]:
    yield _row(line, identity, notes)


def _row(line: ReportLine, identity: str, notes: LineNotes) -> TableRow:
    record = line.record
    required_count(record, "uncached_input_tokens")
    required_count(record, "output_tokens")
    row = usage_row(line, identity, source=_NAME, provider="anthropic", operation="messages")
    searches = as_object(record.get("server_tool_use"))
    row |= {
        "model": text(record.get("model")),
        "project": text(record.get("workspace_id")),
        "api_key_id": text(record.get("api_key_id")),
        "input_uncached_tokens": tokens(record, "uncached_input_tokens"),
        "cache_read_tokens": tokens(record, "cache_read_input_tokens"),
        "output_tokens": tokens(record, "output_tokens"),
        "web_searches": tokens(searches, "web_search_requests"),
        "processing_tier": processing_tier(record),
        "context_tier": context_tier(record),
        "inference_geo": inference_geo(record),
        "labels": labels_json(
            {key: text(record.get(key)) for key in ("account_id", "service_account_id")}, notes
        ),
    }
    return row | _cache_writes(record)


def _cache_writes(record: Mapping[str, object]) -> dict[str, object]:
    """Return the tokens written to a cache, by retention where the report tells it."""
    classes = record.get("cache_creation")
    if classes is None:
        return {"cache_write_tokens": tokens(record, "cache_creation_input_tokens")}
    if not is_object(classes):
        raise RecordError("cache_creation", "is not an object", classes)
    return {
        "cache_write_5m_tokens": tokens(classes, "ephemeral_5m_input_tokens"),
        "cache_write_1h_tokens": tokens(classes, "ephemeral_1h_input_tokens"),
    }


_DIMENSIONS = (
    "api_key_id",
    "workspace_id",
    "model",
    "service_tier",
    "speed",
    "context_window",
    "inference_geo",
    "account_id",
    "service_account_id",
)

ANTHROPIC_USAGE = Report(
    name=_NAME,
    table="usage_aggregates",
    hallmark=_hallmark,
    kind=_kind,
    dimensions=_DIMENSIONS,
    known=frozenset(
        {
            "uncached_input_tokens",
            "cache_creation",
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
            "output_tokens",
            "server_tool_use",
            "organization_id",
            *_DIMENSIONS,
        }
    ),
    columns=USAGE_COLUMNS,
    rows=_rows,
)
