"""OpenAI's usage reports: ``GET /v1/organization/usage/…``, one aggregate for each result.

Source: platform.openai.com/docs/api-reference/usage. ``input_tokens`` holds every input token,
those read from and written to a cache included; the fields by modality leave the cached ones out
and tell them beside (``input_cached_text_tokens``). Quantities that are no tokens (images, seconds,
bytes, sessions) stay as labels.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from centavo.sources.record_values import RecordError, text
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes, NotRead, Report, TableRow
from centavo.sources.vendor_reports.usage_rows import (
    USAGE_COLUMNS,
    labels_json,
    required_count,
    tokens,
    usage_row,
)

__all__ = ["OPENAI_USAGE"]

_NAME = "openai-usage"
_OBJECT = re.compile(r"organization\.usage\.(\w+)\.result")
_TIERS = {"default": "standard", "scale": "provisioned", "auto": None}
_MODALITIES = ("text", "audio", "image")
# What each report always states, and which of it is no token and no count of requests.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "completions": ("input_tokens", "output_tokens", "num_model_requests"),
    "embeddings": ("input_tokens", "num_model_requests"),
    "moderations": ("input_tokens", "num_model_requests"),
    "images": ("images", "num_model_requests"),
    "audio_speeches": ("characters", "num_model_requests"),
    "audio_transcriptions": ("seconds", "num_model_requests"),
    "vector_stores": ("usage_bytes",),
    "code_interpreter_sessions": ("num_sessions",),
    "file_searches": ("num_requests",),
    "web_searches": ("num_requests",),
}
_SYNONYMS = {"file_search_calls": "file_searches", "web_search_calls": "web_searches"}
_QUANTITIES = ("images", "characters", "seconds", "usage_bytes", "num_sessions", "num_requests")
_LABELS = ("user_id", "size", "source", "vector_store_id", "context_level")
_DIMENSIONS = ("project_id", "api_key_id", "model", "batch", "service_tier", *_LABELS)


def _hallmark(probe: Probe) -> str | None:
    found = _OBJECT.search(probe.head)
    if found:
        return f"its results are {found.group()} of OpenAI's API"
    if '"num_model_requests"' in probe.head and '"start_time"' in probe.head:
        return "its buckets count model requests as OpenAI's usage reports do"
    return None


def _kind(record: Mapping[str, object]) -> str:
    """Return the report's name, from ``object`` or else from the quantities that are stated."""
    stated = text(record.get("object"))
    if stated is not None:
        found = _OBJECT.fullmatch(stated)
        name = found.group(1) if found else stated
        return _SYNONYMS.get(name, name)
    return next(
        (name for name, keys in _REQUIRED.items() if all(key in record for key in keys)),
        "completions",
    )


def _rows(line: ReportLine, identity: str, notes: LineNotes) -> Iterator[TableRow]:
    yield _row(line, identity, notes)


def _row(line: ReportLine, identity: str, notes: LineNotes) -> TableRow:
    record, kind = line.record, _kind(line.record)
    if kind not in _REQUIRED:
        raise NotRead(f"not usage that is read: {kind}")
    counts = {key: required_count(record, key) for key in _REQUIRED[kind]}
    row = usage_row(line, identity, source=_NAME, provider="openai", operation=kind)
    labels: dict[str, object] = {key: text(record.get(key)) for key in _LABELS}
    labels |= {key: counts[key] for key in _QUANTITIES if key in counts}
    if kind == "web_searches":
        # The requests that searched are counted by the completions report.
        row["web_searches"] = Decimal(counts["num_requests"])
        labels["num_model_requests"] = text(record.get("num_model_requests"))
    elif "num_model_requests" in counts:
        row["request_count"] = counts["num_model_requests"]
    row |= {
        "model": text(record.get("model")),
        "project": text(record.get("project_id")),
        "api_key_id": text(record.get("api_key_id")),
        "processing_tier": _tier(record),
        "labels": labels_json(labels, notes),
    }
    return row | _tokens(record) if "input_tokens" in counts else row


def _tier(record: Mapping[str, object]) -> str | None:
    if record.get("batch") is True:
        return "batch"
    stated = text(record.get("service_tier"))
    return _TIERS.get(stated, stated) if stated else None


def _tokens(record: Mapping[str, object]) -> dict[str, object]:
    total = Decimal(required_count(record, "input_tokens"))
    read = tokens(record, "input_cached_tokens")
    write = tokens(record, "input_cache_write_tokens")
    cached = (read or Decimal(0)) + (write or Decimal(0))
    if cached > total:
        raise RecordError("input_cached_tokens", f"is more than input_tokens {total}", cached)
    row: dict[str, object] = {
        "input_uncached_tokens": total - cached,
        "cache_read_tokens": read,
        "cache_write_tokens": write,
        "output_tokens": tokens(record, "output_tokens"),
    }
    parts = {name: tokens(record, f"input_{name}_tokens") for name in _MODALITIES}
    of_cache = {name: tokens(record, f"input_cached_{name}_tokens") for name in _MODALITIES}
    # Reports without the cached parts tell audio with its cached tokens included.
    stated = sum((part for part in parts.values() if part is not None), Decimal(0))
    leaves_cache_out = stated + sum((p for p in of_cache.values() if p), Decimal(0)) <= total
    for name in _MODALITIES:
        part, hidden = parts[name], of_cache[name]
        row[f"input_{name}_tokens"] = (
            part + hidden if part and hidden and leaves_cache_out else part
        )
        row[f"cache_read_{name}_tokens"] = hidden
        row[f"output_{name}_tokens"] = tokens(record, f"output_{name}_tokens")
    return row


OPENAI_USAGE = Report(
    name=_NAME,
    table="usage_aggregates",
    hallmark=_hallmark,
    kind=_kind,
    dimensions=_DIMENSIONS,
    known=frozenset(
        {
            "object",
            "organization_id",
            "organization_name",
            "project_name",
            "num_model_requests",
            "input_tokens",
            "input_cached_tokens",
            "input_uncached_tokens",
            "input_cache_write_tokens",
            "output_tokens",
            *_QUANTITIES,
            *_DIMENSIONS,
            *(f"input_{name}_tokens" for name in _MODALITIES),
            *(f"input_cached_{name}_tokens" for name in _MODALITIES),
            *(f"output_{name}_tokens" for name in _MODALITIES),
        }
    ),
    columns=USAGE_COLUMNS,
    rows=_rows,
)
