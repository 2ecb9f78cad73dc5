"""The body of an OTLP/HTTP request, protobuf or JSON, as kept spans; or why it is none.

Source: OTLP specification 1.x, "OTLP/HTTP Request".
"""

import zlib
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from centavo.sources.otel.spans import Span, raw_spans, read_span
from centavo.sources.otel_receiver.kept_spans import KeptSpans
from centavo.sources.otel_receiver.protobuf_spans import keep_protobuf
from centavo.sources.record_values import RecordError, as_list, as_object, is_object

__all__ = ["BadBodyError", "BodyForm", "TooLargeError", "count_records", "gunzip", "keep_spans"]

BodyForm = Literal["protobuf", "json"]

_ITEMS = {
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
    "metrics": ("resourceMetrics", "scopeMetrics", "metrics"),
}


class BadBodyError(Exception):
    """A body that is not what it says; the sender must not send it again."""


class TooLargeError(Exception):
    """A body larger than this receiver takes."""


def gunzip(body: bytes, *, most_bytes: int) -> bytes:
    """Return the decompressed body.

    Raises:
        BadBodyError: Not gzip, or cut off.
        TooLargeError: More than ``most_bytes``; nothing beyond that is decompressed.
    """
    reader = zlib.decompressobj(wbits=31)
    try:
        data = reader.decompress(body, most_bytes + 1)
    except zlib.error as error:
        raise BadBodyError(f"the body is not gzip: {error}") from None
    if len(data) > most_bytes:
        raise TooLargeError
    if not reader.eof:
        raise BadBodyError("the gzip body is cut off")
    return data


def keep_spans(body: bytes, *, form: BodyForm) -> KeptSpans:
    """Return what is kept of a request to ``/v1/traces``.

    Raises:
        BadBodyError: It cannot be decoded at all.
    """
    kept = KeptSpans()
    if form == "protobuf":
        request = _message("traces")
        _parse(request, body)
        keep_protobuf(request, kept)
        return kept
    for span in _json_spans(body):
        if isinstance(span, RecordError):
            kept.reject(str(span))
        else:
            kept.add(span)
    return kept


def count_records(body: bytes, *, form: BodyForm, signal: Literal["logs", "metrics"]) -> int:
    """Return how many log records or metrics a request holds.

    Raises:
        BadBodyError: It cannot be decoded.
    """
    if form == "json":
        record, (bundles, groups, items) = _json_object(body), _ITEMS[signal]
        return sum(
            len(as_list(as_object(group).get(items)))
            for bundle in as_list(record.get(bundles))
            for group in as_list(as_object(bundle).get(groups))
        )
    message = _message(signal)
    _parse(message, body)
    if signal == "logs":
        groups = [group for bundle in message.resource_logs for group in bundle.scope_logs]
        return sum(len(group.log_records) for group in groups)
    groups = [group for bundle in message.resource_metrics for group in bundle.scope_metrics]
    return sum(len(group.metrics) for group in groups)


def _json_object(body: bytes) -> dict[str, object]:
    try:
        record: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBodyError(f"the body is not JSON: {error}") from None
    if not is_object(record):
        raise BadBodyError("the body is not a JSON object")
    return dict(record)


def _json_spans(body: bytes) -> Iterator[Span | RecordError]:
    record = _json_object(body)
    # An export of nothing is a valid request.
    if not record:
        return
    try:
        raws = list(raw_spans(record))
    except RecordError as error:
        raise BadBodyError(str(error)) from None
    for raw in raws:
        try:
            yield read_span(raw)
        except RecordError as error:
            yield error


def _message(signal: Literal["traces", "logs", "metrics"]) -> Any:  # noqa: ANN401 -- generated code
    if signal == "traces":
        from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service

        return service.ExportTraceServiceRequest()
    if signal == "logs":
        from opentelemetry.proto.collector.logs.v1 import (  # pyright: ignore[reportMissingTypeStubs] -- it has none
            logs_service_pb2 as service,
        )

        return service.ExportLogsServiceRequest()
    from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as service

    return service.ExportMetricsServiceRequest()


def _parse(message: Any, body: bytes) -> None:  # noqa: ANN401 -- generated code
    from google.protobuf.message import DecodeError

    try:
        message.ParseFromString(body)
    except DecodeError as error:
        raise BadBodyError(f"the body is not protobuf of this request: {error}") from None
