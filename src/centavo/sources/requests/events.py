"""A logged exchange as one row of usage events, or the reason why it is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from centavo.sources.record_values import (
    JsonObject,
    amount,
    as_list,
    as_object,
    at_path,
    first_text,
    instant,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import body_bytes, content_hash, request_columns
from centavo.sources.requests.exchanges import Exchange, request_object
from centavo.sources.requests.model_endpoints import (
    Endpoint,
    answer_operation,
    provider_name,
    provider_of_model,
    read_endpoint,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.usage_blocks import Usage, find_usage, read_usage

__all__ = ["NotAModelCall", "ReadEvent", "read_exchange"]

Row = dict[str, object]

_TIMES = (
    "started_at",
    "start_time",
    "startTime",
    "timestamp",
    "@timestamp",
    "time",
    "ts",
    "request_time",
    "recorded_at",
    "createdAt",
    "date",
)
_PAIR_TIMES = (*_TIMES, "created_at", "created")
_ENDS = ("ended_at", "end_time", "endTime", "completed_at")
_ANSWER_TIMES = ("created", "created_at", "createTime")
_DURATIONS = ("duration_ms", "latency_ms", "response_time_ms")
_REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "apim-request-id",
    "x-goog-request-id",
    "cf-ray",
)
_TIERS = {
    "default": "standard",
    "on_demand": "standard",
    "standard_only": "standard",
    "auto": "standard",
    "scale": "provisioned",
    "provisioned_throughput": "provisioned",
    "reserved": "provisioned",
    "on_demand_flex": "flex",
    "on_demand_priority": "priority",
}
# Not a set: a status may be anything in somebody else's log, a list too.
_WAITING = ("queued", "in_progress")
_SMALLEST_REAL_ID = 16


@dataclass(frozen=True)
class NotAModelCall:
    """A record that is no request to a model.

    Attributes:
        reason: Phrase for the tally, without the host.
        host: Where it went, if the log says so.
    """

    reason: str
    host: str | None


@dataclass(slots=True)
class ReadEvent:
    """One row and what it leaves open.

    Attributes:
        row: Ledger columns by name; without batch, source and start where that is unknown.
        usage: Its usage block; ``None`` when it has none.
        zoneless: Whether its start was stated without a zone.
        waits_for: Id of a background response whose usage comes with a later poll.
        has_own_key: Whether an id or a time tells it from an equal record.
    """

    row: Row
    usage: Usage | None = None
    zoneless: bool = False
    waits_for: str | None = None
    has_own_key: bool = True


def read_exchange(exchange: Exchange, scope: ScopeReader) -> ReadEvent | NotAModelCall:
    """Return the exchange's row, or why it is no model call.

    Raises:
        RecordError: A value that cannot be read.
    """
    endpoint = read_endpoint(exchange.url) if exchange.url else None
    answer = exchange.answer.body
    request = request_object(exchange.request_body)
    shape, shape_provider = answer_operation(answer)
    if (refusal := _refusal(exchange, request, endpoint, shape)) is not None:
        return refusal
    row: Row = {}
    event = ReadEvent(row)
    row.update(_request_side(exchange, request))
    row.update(_address(endpoint, shape))
    row.update(
        scope.columns(exchange.record, headers=exchange.request_headers, bodies=(request, answer))
    )
    if endpoint and endpoint.project:
        row.setdefault("project", endpoint.project)
    row.update(_answer_side(exchange, answer))
    row["requested_model"] = _requested_model(exchange, row, endpoint)
    row["provider"] = (
        (endpoint.provider if endpoint else None)
        or provider_name(exchange.provider)
        or shape_provider
        or _provider_of_shape(shape, row)
    )
    _put_usage(event, exchange, answer)
    _put_start(event, exchange, answer)
    _put_key(event, exchange, answer)
    if shape == "responses" and answer.get("status") in _WAITING:
        event.waits_for = text(answer.get("id"))
    return event


def _refusal(
    exchange: Exchange, request: JsonObject, endpoint: Endpoint | None, shape: str | None
) -> NotAModelCall | None:
    host = endpoint.host if endpoint else None
    if endpoint is not None:
        if exchange.method not in (None, "POST"):
            kind = "a poll of a stored answer" if endpoint.response_id else "reads or deletes"
            return NotAModelCall(f"not a model call: {kind}", host)
        if endpoint.operation == "count":
            return NotAModelCall("not a model call: counts tokens", host)
        if endpoint.operation is None and shape is None:
            return NotAModelCall("not a model call: another service", host)
        return None
    known = shape is not None or find_usage(exchange.answer.body) is not None
    asks = exchange.model or first_text(request, "model")
    if known or asks or exchange.tier or exchange.answer.body.get("error"):
        return None
    return NotAModelCall("not a model call: neither a model nor usage in it", None)


def _request_side(exchange: Exchange, request: JsonObject) -> Row:
    columns: Row = {"request_bytes": body_bytes(exchange.request_body, plain=exchange.plain)}
    if request:
        columns.update(request_columns(request))
    asked = request.get("stream")
    columns["streamed"] = (
        True if exchange.answer.streamed else asked if isinstance(asked, bool) else None
    )
    return columns


def _address(endpoint: Endpoint | None, shape: str | None) -> Row:
    if endpoint is None:
        return {"operation": shape}
    operation = endpoint.operation or shape
    if shape is not None and endpoint.operation in ("invoke", "predict"):
        operation = shape
    columns: Row = {
        "server_address": endpoint.host,
        "operation": operation,
        "inference_geo": endpoint.location,
    }
    if endpoint.streams:
        columns["streamed"] = True
    return columns


def _requested_model(exchange: Exchange, row: Row, endpoint: Endpoint | None) -> object:
    in_path = endpoint.model if endpoint else None
    return row.get("requested_model") or in_path or exchange.model


def _provider_of_shape(shape: str | None, row: Row) -> str | None:
    model = text(row.get("answered_model")) or text(row.get("requested_model"))
    if shape == "messages":
        return "anthropic"
    return provider_of_model(model)


def _answer_side(exchange: Exchange, answer: JsonObject) -> Row:
    error = _error_of(exchange, answer)
    columns: Row = {
        "answered_model": first_text(answer, "model", "modelVersion"),
        "response_bytes": body_bytes(exchange.answer.raw, plain=exchange.plain),
        "finish_reason": _finish_reason(answer),
        "status_code": exchange.status,
        "processing_tier": _tier(exchange, answer),
        "error_class": error,
        "account_id": exchange.response_headers.get("openai-organization")
        or text(exchange.record.get("accountId")),
    }
    failed = error is not None or (exchange.status or 0) >= 400
    known = exchange.status is not None or bool(answer)
    columns["is_error"] = failed if known or failed else None
    geo = text(as_object(answer.get("usage")).get("inference_geo"))
    if geo and geo != "not_available":
        columns["inference_geo"] = geo
    for key in ("ttft_ms", "attempt"):
        columns[key] = whole_number(exchange.record.get(key), key)
    columns["duration_ms"] = _duration(exchange.record, answer)
    return columns


def _finish_reason(answer: JsonObject) -> str | None:
    for key in ("choices", "candidates"):
        first = as_object(next(iter(as_list(answer.get(key))), None))
        if found := first_text(first, "finish_reason", "finishReason"):
            return found
    found = first_text(answer, "stop_reason", "stopReason", "finish_reason")
    if found is None and answer.get("object") in ("response", "realtime.response"):
        details = as_object(answer.get("incomplete_details"))
        found = first_text(details, "reason") or text(answer.get("status"))
    return found


def _error_of(exchange: Exchange, answer: JsonObject) -> str | None:
    error = answer.get("error")
    if is_object(error):
        inner = as_object(error.get("error")) or error
        return first_text(inner, "type", "status", "code") or "error"
    if error:
        return text(error) or "error"
    if answer.get("status") == "failed":
        return "failed"
    if (exchange.status or 0) >= 400:
        stated = first_text(answer, "type", "code", "__type") or exchange.response_headers.get(
            "x-amzn-errortype"
        )
        return (stated or f"http_{exchange.status}").partition(":")[0]
    return None


def _tier(exchange: Exchange, answer: JsonObject) -> str | None:
    usage = as_object(answer.get("usage"))
    metadata = as_object(answer.get("usageMetadata"))
    if usage.get("speed") == "fast":
        return "fast"
    stated = (
        first_text(usage, "service_tier")
        or first_text(answer, "service_tier")
        or text(at_path(answer, "serviceTier.type"))
        or first_text(metadata, "serviceTier", "trafficType")
    )
    if stated is None:
        return exchange.tier
    tier = _TIERS.get(stated.lower(), stated.lower())
    return exchange.tier if exchange.tier and tier == "standard" else tier


def _duration(record: JsonObject, answer: JsonObject) -> int | None:
    for key in _DURATIONS:
        if (stated := record.get(key)) is not None:
            return whole_number(round(stated) if isinstance(stated, float) else stated, key)
    begin = next((key for key in _TIMES if record.get(key) is not None), None)
    end = next((key for key in _ENDS if record.get(key) is not None), None)
    if begin and end:
        first, last = instant(record[begin], begin), instant(record[end], end)
        if first and last and last[0] >= first[0]:
            return round((last[0] - first[0]).total_seconds() * 1000)
    return whole_number(at_path(answer, "metrics.latencyMs"), "metrics.latencyMs")


def _put_usage(event: ReadEvent, exchange: Exchange, answer: JsonObject) -> None:
    provider = text(event.row.get("provider"))
    block = find_usage(answer)
    if block is None:
        event.usage = _usage_of_headers(exchange.response_headers)
    else:
        event.usage = read_usage(block, provider=provider)
    if event.usage is not None:
        event.row.update(event.usage.tokens)
    if "web_searches" not in event.row and (searches := _searches(answer)) is not None:
        event.row["web_searches"] = searches
    usage = as_object(block)
    if provider == "openrouter":
        event.row["reported_cost"] = amount(usage.get("cost"), "usage.cost")
    ticks = whole_number(usage.get("cost_in_usd_ticks"), "cost_in_usd_ticks")
    if ticks is not None:
        event.row["reported_cost"] = amount(f"{ticks}e-10", "cost_in_usd_ticks")


def _usage_of_headers(headers: Mapping[str, str]) -> Usage | None:
    """Bedrock states the tokens of ``invoke`` in headers, for models whose answer has none."""
    prefix = "x-amzn-bedrock-"
    if f"{prefix}input-token-count" not in headers:
        return None
    names = {
        "inputTokens": "input-token-count",
        "outputTokens": "output-token-count",
        "cacheReadInputTokens": "cache-read-input-token-count",
        "cacheWriteInputTokens": "cache-write-input-token-count",
    }
    block = {key: headers.get(prefix + name) for key, name in names.items()}
    return Usage("headers", read_usage(block).tokens)


def _searches(answer: JsonObject) -> int | None:
    """Count web searches of OpenAI's responses, by its tool report or by the calls put out."""
    if answer.get("object") != "response":
        return None
    stated = at_path(answer, "tool_usage.web_search.num_requests")
    if stated is not None:
        return whole_number(stated, "num_requests")
    calls = [as_object(item) for item in as_list(answer.get("output"))]
    searches = [call for call in calls if call.get("type") == "web_search_call"]
    kinds = [as_object(call.get("action")).get("type", "search") for call in searches]
    return kinds.count("search") or None


def _put_start(event: ReadEvent, exchange: Exchange, answer: JsonObject) -> None:
    record = exchange.record
    for basis, place, keys in (
        # In a bare answer, created is the answer's own.
        ("stated", record, _TIMES if record is exchange.answer.raw else _PAIR_TIMES),
        ("stated", as_object(record.get("request")), _TIMES),
        ("answer", answer, _ANSWER_TIMES),
        ("header", exchange.response_headers, ("date",)),
    ):
        for key in keys:
            stated = place.get(key)
            if stated is not None and (found := instant(stated, key)) is not None:
                event.row["started_at"], stated_zone = found
                event.row["started_at_basis"] = basis
                event.zoneless = not stated_zone
                return


def _put_key(event: ReadEvent, exchange: Exchange, answer: JsonObject) -> None:
    """Choose the idempotency key: what makes the same request, read again, the same row.

    A provider's id counts with a hash of the answer, because recorded ids repeat with other
    contents; without an id, the whole record is the key.
    """
    issued = text(answer.get("id")) or text(answer.get("responseId"))
    stated = issued or exchange.request_id or _header_id(exchange.response_headers)
    is_real = stated is not None and _is_real(stated)
    if issued and is_real:
        # The same call in another meter carries it too.
        event.row["call_id"] = issued
    # An answer kept as text and the same one kept as an object have one key.
    content = exchange.answer.raw if exchange.answer.streamed or not answer else answer
    if stated is None:
        event.row["event_id"] = content_hash(exchange.record, digits=32)
        event.has_own_key = "started_at" in event.row
    elif is_real:
        event.row["event_id"] = f"{stated}:{content_hash(content, digits=12)}"
    else:
        whole = [exchange.request_body, content]
        event.row["event_id"] = f"{stated}:{content_hash(whole, digits=12)}"


def _header_id(headers: Mapping[str, str]) -> str | None:
    return next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)


def _is_real(identity: str) -> bool:
    """Return whether a provider would issue this id only once: long, and not made by a recorder."""
    return (
        len(identity) >= _SMALLEST_REAL_ID
        and not identity.startswith("rec-")
        and len(set(identity)) > 8
    )
