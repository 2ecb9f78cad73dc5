"""Spans of a protobuf request, kept straight from the message: this runs for every span received.

The same as ``KeptSpans.add`` does with a decoded span, without decoding what is not kept.
"""

from typing import Any

from centavo.sources.otel.spans import LATEST_NS
from centavo.sources.otel_receiver.kept_spans import (
    LONGEST_TEXT,
    JsonSpan,
    KeptSpans,
    attribute_use,
)

__all__ = ["keep_protobuf"]


def keep_protobuf(request: Any, kept: KeptSpans) -> None:  # noqa: ANN401 -- generated code
    """Keep every span of an ``ExportTraceServiceRequest``."""
    for bundle in request.resource_spans:
        resource = kept.attributes(_decoded(bundle.resource.attributes))
        for group in bundle.scope_spans:
            spans = kept.open_group(resource, group.scope.name)
            for span in group.spans:
                if (problem := _problem(span)) is not None:
                    kept.reject(problem)
                else:
                    spans.append(_span(span, kept))
                    kept.spans += 1


def _problem(span: Any) -> str | None:  # noqa: ANN401 -- generated code
    for column, value, size in (
        ("traceId", span.trace_id, 16),
        ("spanId", span.span_id, 8),
        ("parentSpanId", span.parent_span_id, 8),
    ):
        if value and len(value) != size:
            return f"{column} is not an id of {size} bytes: {value.hex()}"
    latest_ns = max(span.start_time_unix_nano, span.end_time_unix_nano)
    return None if latest_ns < LATEST_NS else f"a time is after the year 2200: {latest_ns}"


def _span(span: Any, kept: KeptSpans) -> JsonSpan:  # noqa: ANN401 -- generated code
    json: JsonSpan = {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "name": kept.text(span.name[:LONGEST_TEXT]),
        "kind": span.kind,
        "startTimeUnixNano": str(span.start_time_unix_nano),
        "endTimeUnixNano": str(span.end_time_unix_nano),
        "attributes": _attributes(span, kept),
    }
    if parent := span.parent_span_id:
        json["parentSpanId"] = parent.hex()
    if span.status.code == 2:
        json["status"] = {"code": 2}
    for event in span.events:
        if event.name == "exception":
            kind = _decoded(event.attributes).get("exception.type")
            json["events"] = [kept.exception(str(kind))]
            break
    return json


def _attributes(span: Any, kept: KeptSpans) -> list[dict[str, object]]:  # noqa: ANN401 -- generated code
    attributes: list[dict[str, object]] = []
    surroundings: list[dict[str, object]] = []
    has_model = False
    for entry in span.attributes:
        name: str = entry.key
        use = attribute_use(name)
        if use == "content":
            continue
        value = entry.value
        form = value.WhichOneof("value")
        if form == "string_value":
            text: str = value.string_value
            if len(text) > LONGEST_TEXT:
                continue
            stated: dict[str, object] | None = {"stringValue": kept.text(text)}
        elif form == "int_value":
            stated = {"intValue": str(value.int_value)}
        elif (stated := kept.value(_any_value(value))) is None:
            continue
        attribute: dict[str, object] = {"key": name, "value": stated}
        attributes.append(attribute)
        if use == "surroundings":
            surroundings.append(attribute)
        elif use == "model":
            has_model = True
    return attributes if has_model else surroundings


def _decoded(attributes: Any) -> dict[str, object]:  # noqa: ANN401 -- generated code
    return {entry.key: _any_value(entry.value) for entry in attributes}


def _any_value(value: Any) -> object:  # noqa: ANN401 -- generated code
    form: str | None = value.WhichOneof("value")
    if form is None or form == "bytes_value":
        return None
    stated = getattr(value, form)
    if form == "array_value":
        return [_any_value(item) for item in stated.values]
    return _decoded(stated.values) if form == "kvlist_value" else stated
