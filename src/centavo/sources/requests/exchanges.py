"""One request to a model and its answer, whatever shape the log keeps them in.

The shapes are listed in ``docs/sources/requests.md``: a pair of request and response, a bare
answer, one line of a provider's batch result, one entry of Bedrock's invocation log.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import msgspec

from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    first_text,
    is_list,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.answer_streams import (
    looks_like_event_stream,
    merge_events,
    server_sent_events,
    stream_events,
)

__all__ = [
    "Answer",
    "Exchange",
    "counts_by_itself",
    "exchange_of",
    "is_flat_event",
    "looks_like_exchange",
    "read_answer",
    "request_object",
]

_BODIES = msgspec.json.Decoder()
_REQUEST_KEYS = ("request", "req")
_RESPONSE_KEYS = ("response", "resp", "completion", "result")
_BODY_KEYS = ("parsed_body", "body", "json", "content", "text", "data", "payload")
_STATUS_KEYS = ("status_code", "status", "statusCode", "http_status")
_ENVELOPE = frozenset({"headers", *_STATUS_KEYS, "url", "uri", "method"})
_ENVELOPE_ONLY = _ENVELOPE | {"endpoint", "error"}
_FLAT_KEYS = frozenset(
    {
        "started_at",
        "requested_model",
        "answered_model",
        "input_uncached_tokens",
        "cache_read_tokens",
    }
)
# The counts of a line that somebody wrote from an answer, as OpenAI and Anthropic call them.
_OWN_COUNTS = ({"prompt_tokens", "completion_tokens"}, {"input_tokens", "output_tokens"})
_NOT_FLAT = frozenset(
    {"usage", "choices", "candidates", "request", "response", "request_body", "response_body"}
)
_ANSWER_KEYS = (
    {"choices"},
    {"usageMetadata"},
    {"candidates"},
    {"usage", "model"},
    {"usage", "id"},
    {"usage", "content"},
    {"usage", "output"},
    {"usage", "data"},
    {"usage", "message"},
    {"stopReason", "output"},
    {"embeddings", "meta"},
    {"inputTextTokenCount"},
    {"prompt_token_count", "generation_token_count"},
)


@dataclass(slots=True)
class Answer:
    """An answer's body, a stream put together.

    Attributes:
        body: One answer; empty when there is none or it is no JSON object.
        raw: The body as the log keeps it.
        streamed: Whether it came as a stream.
    """

    body: JsonObject = field(default_factory=dict[str, object])
    raw: object = None
    streamed: bool = False


@dataclass(slots=True)
class Exchange:
    """A request and its answer.

    Attributes:
        record: The whole record, for labels and times.
        method: HTTP method in upper case, or ``None``.
        url: As the log states it.
        request_headers: Names in lower case; a list of values by its first.
        request_body: As the log keeps it: object, text, bytes or ``None``.
        status: HTTP status of the answer.
        response_headers: As ``request_headers``.
        answer: The answer.
        tier: Processing tier that the kind of log implies (``batch``).
        provider: Provider that the kind of log implies.
        model: Model that the log states beside the bodies.
        request_id: Id that the log states for the request.
        plain: Whether the bodies come from a ``PlainDecoder``.
    """

    record: JsonObject
    method: str | None = None
    url: str | None = None
    request_headers: dict[str, str] = field(default_factory=dict[str, str])
    request_body: object = None
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict[str, str])
    answer: Answer = field(default_factory=Answer)
    tier: str | None = None
    provider: str | None = None
    model: str | None = None
    request_id: str | None = None
    plain: bool = False


def is_flat_event(record: JsonObject) -> bool:
    """Return whether the record names its fields as the ledger names its columns, or counts by itself."""
    if not _FLAT_KEYS.isdisjoint(record):
        return _pair_of(record) is None
    return counts_by_itself(record.keys()) and _NOT_FLAT.isdisjoint(record)


def counts_by_itself(keys: Set[str]) -> bool:
    """Return whether a record with these keys names a model and, beside it, the tokens of a call."""
    return "model" in keys and any(pair <= keys for pair in _OWN_COUNTS)


def looks_like_exchange(keys: frozenset[str]) -> str | None:
    """Return which shape a record with these keys has, as a phrase, or ``None``."""
    phrase = None
    if keys & set(_REQUEST_KEYS) and keys & set(_RESPONSE_KEYS):
        phrase = "its records are pairs of request and response"
    elif {"request_body", "response_body"} & keys:
        phrase = "its records hold a request body and a response body"
    elif "custom_id" in keys and keys & {"response", "result"}:
        phrase = "its records are results of a provider's batch"
    elif {"modelId", "input", "output", "operation"} <= keys:
        phrase = "its records are Bedrock's model invocation log"
    elif {"requested_model", "answered_model"} & keys or {"started_at", "output_tokens"} <= keys:
        phrase = "its keys are named as the ledger's columns"
    elif counts_by_itself(keys) and not _NOT_FLAT & keys:
        phrase = "its records name a model and count its tokens"
    elif any(shape <= keys for shape in _ANSWER_KEYS):
        phrase = "its records are answers of a model provider"
    return phrase


def exchange_of(record: JsonObject) -> Exchange:
    """Return the exchange that a record holds.

    Raises:
        RecordError: A status that is no whole number.
    """
    if "custom_id" in record and ("response" in record or "result" in record):
        return _batch_result(record)
    if "modelId" in record and "input" in record and "output" in record:
        return _bedrock_invocation(record)
    pair = _pair_of(record)
    if pair is None:
        return Exchange(record, answer=read_answer(record), status=_status(record))
    request, response = as_object(pair[0]), as_object(pair[1])
    method = first_text(request, "method") or first_text(record, "method")
    status = _status(response)
    exchange = Exchange(
        record,
        method=method.upper() if method else None,
        url=first_text(request, "url", "uri") or first_text(record, "url", "uri"),
        request_headers=headers_of(request.get("headers") or record.get("request_headers")),
        request_body=body_of(request, pair[0]),
        status=_status(record) if status is None else status,
        response_headers=headers_of(response.get("headers") or record.get("response_headers")),
        answer=read_answer(body_of(response, pair[1])),
        provider=first_text(record, "provider"),
        model=first_text(record, "model") or first_text(request, "model"),
        request_id=first_text(record, "request_id", "requestId"),
    )
    if not exchange.answer.body and (failure := response.get("error") or record.get("error")):
        exchange.answer.body = {"error": failure}
    return exchange


def _pair_of(record: JsonObject) -> tuple[object, object] | None:
    request, response = _first(record, _REQUEST_KEYS), _first(record, _RESPONSE_KEYS)
    if is_object(request) or (request is not None and response is not None):
        return request, response
    if "request_body" in record or "response_body" in record:
        return {"body": record.get("request_body")}, {"body": record.get("response_body")}
    if is_object(response) and ("status_code" in response or "body" in response):
        return None if request is None and "choices" in record else ({}, response)
    return None


def _first(record: JsonObject, keys: tuple[str, ...]) -> object:
    for key in keys:
        if key in record:
            return record[key]
    return None


def body_of(part: JsonObject, whole: object) -> object:
    """Return the body that a request or response part holds: under a key, or the part itself."""
    if not is_object(whole):
        return whole
    for key in _BODY_KEYS:
        if key in part and _is_envelope(part, key):
            body = part[key]
            # As VCR wraps it.
            if is_object(body) and "string" in body and body.keys() <= {"string", "encoding"}:
                return body["string"]
            return body
    return None if _is_only_envelope(part) else part


def _is_envelope(part: JsonObject, key: str) -> bool:
    """Tell a body under ``content`` or ``data`` from an answer that has a member of that name."""
    if key in ("parsed_body", "body"):
        return True
    return not _ENVELOPE.isdisjoint(part)


def _is_only_envelope(part: JsonObject) -> bool:
    return part.keys() <= _ENVELOPE_ONLY


def headers_of(headers: object) -> dict[str, str]:
    """Return headers by lower-case name; of several values the first.

    >>> headers_of({"X-Team": ["search"], "Date": "x"})
    {'x-team': 'search', 'date': 'x'}
    """
    if not headers:
        return {}
    if is_list(headers):
        pairs = [as_list(pair) for pair in headers]
        return {str(pair[0]).lower(): str(pair[1]) for pair in pairs if len(pair) == 2}
    found: dict[str, str] = {}
    for name, value in as_object(headers).items():
        stated = text(next(iter(value), None) if is_list(value) else value)
        if stated is not None:
            found[name.lower()] = stated
    return found


def _status(part: JsonObject) -> int | None:
    for key in _STATUS_KEYS:
        value = part.get(key)
        if is_object(value):
            return whole_number(value.get("code"), f"{key}.code")
        if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
            return whole_number(value, key)
    return None


def read_answer(body: object) -> Answer:
    """Return the answer that a response body holds: an object, its text, a stream, its events."""
    if isinstance(body, bytes):
        if (decoded := _utf8(body)) is None:
            return _streamed(stream_events(body), body)
        body = decoded
    if isinstance(body, str):
        if looks_like_event_stream(body):
            return _streamed(server_sent_events(body), body)
        raw, body = body, _json(body)
        answer = read_answer(body) if not isinstance(body, str) else Answer()
        answer.raw = raw
        return answer
    if is_list(body):
        events = [event for event in body if is_object(event)]
        return _streamed(events, body) if events else Answer(raw=body)
    return Answer(as_object(body), body)


def _streamed(events: Sequence[JsonObject], raw: object) -> Answer:
    return Answer(merge_events(events), raw, streamed=True)


def _utf8(body: bytes) -> str | None:
    # The first bytes of Amazon's event stream are a length; its bytes may be valid UTF-8.
    if body[:1] == b"\x00":
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _json(body: str) -> object:
    try:
        return _BODIES.decode(body)
    except (msgspec.DecodeError, UnicodeError):
        return None


def request_object(body: object) -> JsonObject:
    """Return a request body as an object; empty when it is none (multipart, protobuf …)."""
    if isinstance(body, bytes):
        body = _utf8(body)
    if isinstance(body, str):
        body = _json(body)
    return as_object(body)


def _batch_result(record: JsonObject) -> Exchange:
    """OpenAI's batch output (``response.body``) and Anthropic's (``result.message``)."""
    response = as_object(record.get("response"))
    result = as_object(record.get("result"))
    answer = read_answer(response.get("body") or result.get("message"))
    failure = result.get("error") or record.get("error")
    if not answer.body and failure:
        answer.body = {"error": failure}
    return Exchange(
        record,
        status=_status(response),
        answer=answer,
        tier="batch",
        request_id=text(response.get("request_id")),
    )


def _bedrock_invocation(record: JsonObject) -> Exchange:
    """Amazon Bedrock's model invocation log, written to S3 or CloudWatch."""
    given, made = as_object(record["input"]), as_object(record["output"])
    answer = read_answer(made.get("outputBodyJson"))
    counts = {
        "inputTokens": given.get("inputTokenCount"),
        "cacheReadInputTokens": given.get("cacheReadInputTokenCount"),
        "cacheWriteInputTokens": given.get("cacheWriteInputTokenCount"),
        "outputTokens": made.get("outputTokenCount"),
    }
    if any(count is not None for count in counts.values()):
        answer.body = {**answer.body, "usage": counts}
    if failure := record.get("errorCode"):
        answer.body = {**answer.body, "error": {"type": failure}}
    return Exchange(
        record,
        request_body=given.get("inputBodyJson"),
        answer=answer,
        provider="aws",
        model=text(record.get("modelId")),
        request_id=text(record.get("requestId")),
    )
