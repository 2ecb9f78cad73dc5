"""OTLP JSON as SDKs and the collector write it, for tests."""

import json

START_NS = 1_772_700_000_000_000_000
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def any_value(value):
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    return {"stringValue": value}


def key_values(attributes):
    return [{"key": key, "value": any_value(value)} for key, value in attributes.items()]


def span(number, attributes, *, parent=0, seconds=1, failed=False, **others):
    """Return a span whose id is its number; a trace of one's own with ``traceId``."""
    made = {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "name": "chat gpt-4o",
        "kind": 3,
        "startTimeUnixNano": str(START_NS + number * 10**9),
        "endTimeUnixNano": str(START_NS + (number + seconds) * 10**9),
        "attributes": key_values(attributes),
        "status": {"code": 2} if failed else {},
    }
    if parent:
        made["parentSpanId"] = f"{parent:016x}"
    return {**made, **others}


def chat(number, *, tokens=(100, 10), model="gpt-4o-2024-08-06", **others):
    """Return a span of the current conventions."""
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": model,
        "gen_ai.response.id": f"chatcmpl-{number:024d}",
        "gen_ai.usage.input_tokens": tokens[0],
        "gen_ai.usage.output_tokens": tokens[1],
        "gen_ai.response.finish_reasons": ["stop"],
        **others.pop("attributes", {}),
    }
    return span(number, attributes, **others)


def request(*spans, resource=None, scope="opentelemetry.instrumentation.openai_v2"):
    resource = {"service.name": "search"} if resource is None else resource
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": key_values(resource)},
                "scopeSpans": [{"scope": {"name": scope}, "spans": list(spans)}],
            }
        ]
    }


def write_requests(path, *requests):
    path.write_text("".join(json.dumps(one) + "\n" for one in requests))
    return path
