"""The spans of one OTLP JSON record, whichever spelling of OTLP it uses.

Accepted: ``ExportTraceServiceRequest`` as SDKs and the collector's file exporter write it, a bare
``ResourceSpans``, the names of protobuf fields (``resource_spans``), the older
``instrumentationLibrarySpans``, ``batches`` of a trace store, and attributes as a plain object.
Ids are hex, as OTLP says, or base64, as protobuf's own JSON has it.

Source: OTLP specification 1.x, "JSON Protobuf Encoding"; opentelemetry-proto ``trace.proto``.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_list,
    as_object,
    is_list,
    is_object,
    text,
)

__all__ = [
    "LATEST_NS",
    "Attributes",
    "RawSpan",
    "Span",
    "attribute_values",
    "hex_id",
    "other_signal",
    "raw_spans",
    "read_span",
    "span_time",
]

Attributes = Mapping[str, object]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- the ledger's times are naive UTC
LATEST_NS = 7_258_118_400 * 10**9  # the year 2200
_TRACES = ("resourceSpans", "resource_spans", "batches")
_SCOPES = (
    "scopeSpans",
    "scope_spans",
    "instrumentationLibrarySpans",
    "instrumentation_library_spans",
)
_OTHER_SIGNALS = {
    "resourceLogs": "logs",
    "resource_logs": "logs",
    "resourceMetrics": "metrics",
    "resource_metrics": "metrics",
    "resourceProfiles": "profiles",
}
_KINDS = {"SPAN_KIND_INTERNAL": 1, "SPAN_KIND_SERVER": 2, "SPAN_KIND_CLIENT": 3}
_FAILED = (2, "2", "STATUS_CODE_ERROR", "Error", "ERROR")


@dataclass(frozen=True, slots=True)
class Span:
    """One span.

    Attributes:
        trace_id: 32 hex digits, or ``None`` where it is missing or all zeros.
        span_id: 16 hex digits, or ``None``.
        parent_id: 16 hex digits; ``None`` for a root.
        name: As the instrumentation names it.
        kind: OTLP's number: 2 server, 3 client.
        start: Naive UTC; ``None`` when it is not stated.
        end: Naive UTC; ``None`` when it is not stated.
        failed: Whether its status is an error.
        exception: Type of the exception that it recorded.
        scope: Name of the instrumentation scope.
        attributes: Of the span, decoded.
        resource: Of the resource, decoded.
    """

    trace_id: str | None
    span_id: str | None
    parent_id: str | None
    name: str
    kind: int
    start: datetime | None
    end: datetime | None
    failed: bool
    exception: str | None
    scope: str
    attributes: Attributes
    resource: Attributes


@dataclass(frozen=True, slots=True)
class RawSpan:
    """One undecoded span and what stands around it."""

    span: object
    scope: str
    resource: Attributes


def raw_spans(record: JsonObject) -> Iterator[RawSpan]:
    """Yield the spans of a record, in order.

    Raises:
        RecordError: The record holds no list of spans.
    """
    record = as_object(record.get("trace")) or record
    key = next((name for name in _TRACES if name in record), None)
    bundles = record[key] if key else [record] if any(s in record for s in _SCOPES) else None
    if not is_list(bundles):
        raise RecordError("the record", "has no resourceSpans", dict(list(record.items())[:3]))
    for bundle in bundles:
        if not is_object(bundle):
            raise RecordError(key or "resourceSpans", "is not a list of objects", bundle)
        resource = attribute_values(as_object(bundle.get("resource")).get("attributes"))
        for name in _SCOPES:
            for group in as_list(bundle.get(name)):
                inner = as_object(group)
                scope = as_object(inner.get("scope") or inner.get("instrumentationLibrary"))
                scope_name = text(scope.get("name")) or ""
                for span in as_list(inner.get("spans")):
                    yield RawSpan(span, scope_name, resource)


def other_signal(record: JsonObject) -> str | None:
    """Return ``logs`` or ``metrics`` where a record is a request with these; they are no spans.

    >>> other_signal({"resourceLogs": []})
    'logs'
    """
    return next((signal for key, signal in _OTHER_SIGNALS.items() if key in record), None)


def read_span(raw: RawSpan) -> Span:
    """Return the span decoded.

    Raises:
        RecordError: Not an object, or an id, a time or an attribute that cannot be read.
    """
    span = raw.span
    if not is_object(span):
        raise RecordError("a span", "is not a JSON object", span)
    status = as_object(span.get("status"))
    kind = span.get("kind")
    return Span(
        trace_id=hex_id(_either(span, "traceId", "trace_id"), 16, "traceId"),
        span_id=hex_id(_either(span, "spanId", "span_id"), 8, "spanId"),
        parent_id=hex_id(_either(span, "parentSpanId", "parent_span_id"), 8, "parentSpanId"),
        name=text(span.get("name")) or "",
        kind=kind if isinstance(kind, int) else _KINDS.get(str(kind), 0),
        start=span_time(
            _either(span, "startTimeUnixNano", "start_time_unix_nano"), "startTimeUnixNano"
        ),
        end=span_time(_either(span, "endTimeUnixNano", "end_time_unix_nano"), "endTimeUnixNano"),
        failed=status.get("code") in _FAILED,
        exception=_exception(span),
        scope=raw.scope,
        attributes=attribute_values(span.get("attributes")),
        resource=raw.resource,
    )


def attribute_values(stated: object) -> dict[str, object]:
    """Return attributes by name, their values decoded.

    Raises:
        RecordError: Not a list of keys and values.

    >>> attribute_values([{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}}])
    {'gen_ai.usage.input_tokens': 12}
    """
    if stated is None:
        return {}
    if is_object(stated):
        return {
            key: _any_value(value) if is_object(value) else value for key, value in stated.items()
        }
    if not is_list(stated):
        raise RecordError("attributes", "is not a list", stated)
    values: dict[str, object] = {}
    for entry in stated:
        if not is_object(entry) or not isinstance(key := entry.get("key"), str):
            raise RecordError("attributes", "has an entry without a key", entry)
        value = entry.get("value")
        if not is_object(value):
            values[key] = value
        # What nearly every attribute looks like, without a call.
        elif "stringValue" in value:
            values[key] = value["stringValue"]
        else:
            values[key] = _any_value(value)
    return values


def _any_value(value: JsonObject) -> object:
    for form, inner in value.items():
        match form:
            case "stringValue" | "boolValue" | "string_value" | "bool_value":
                return inner
            case "intValue" | "int_value":
                return _int(inner)
            case "doubleValue" | "double_value":
                return inner
            case "arrayValue" | "array_value":
                return [
                    _any_value(as_object(item)) for item in as_list(as_object(inner).get("values"))
                ]
            case "kvlistValue" | "kvlist_value":
                return attribute_values(as_object(inner).get("values") or [])
            case _:
                continue
    return None


def _int(value: object) -> object:
    # JSON has no 64-bit integers, so OTLP writes them as text.
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value


def _either(place: JsonObject, name: str, other: str) -> object:
    found = place.get(name)
    return place.get(other) if found is None else found


def hex_id(value: object, size: int, column: str) -> str | None:
    """Return an id of ``size`` bytes as hex digits; ``None`` when it is missing or all zeros.

    Raises:
        RecordError: Not bytes, hex or base64 of that size.

    >>> hex_id("AAAAAAAAAAE=", 8, "spanId")
    '0000000000000001'
    """
    if value is None or value in ("", b""):
        return None
    if isinstance(value, bytes) and len(value) == size:
        return value.hex() if any(value) else None
    if isinstance(value, str):
        if len(value) == 2 * size:
            found = value.lower()
            try:
                number = int(found, 16)
            except ValueError:
                raise RecordError(column, "is neither hex nor base64", value) from None
            return found if number else None
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if len(data) == size:
            return data.hex() if any(data) else None
    raise RecordError(column, f"is not an id of {size} bytes", value)


def span_time(value: object, column: str) -> datetime | None:
    """Return a naive UTC time of nanoseconds since 1970; ``None`` when it is missing or zero.

    Raises:
        RecordError: Not a whole number, or no time from 1970 to 2200.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise RecordError(column, "is not a whole number of nanoseconds", value)
    try:
        nanoseconds = int(value)
    except ValueError:
        raise RecordError(column, "is not a whole number of nanoseconds", value) from None
    if not 0 <= nanoseconds < LATEST_NS:
        raise RecordError(column, "is no time from 1970 to 2200", value)
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000) if nanoseconds else None


def _exception(span: JsonObject) -> str | None:
    for event in as_list(span.get("events")):
        entry = as_object(event)
        if entry.get("name") == "exception":
            return text(attribute_values(entry.get("attributes")).get("exception.type"))
    return None
