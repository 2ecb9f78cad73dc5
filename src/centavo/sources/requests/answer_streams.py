"""A streamed answer as the one answer it amounts to: identity, model, end and usage.

A stream is server-sent events as text, Amazon's binary event stream, or a list of the events that
a client recorded. Only what a ledger needs is put together again; the content stays apart.
"""

import base64
import binascii
import re
import struct
from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

from centavo.sources.record_values import JsonObject, as_list, as_object, is_object

__all__ = [
    "INVOCATION_METRICS",
    "looks_like_event_stream",
    "merge_events",
    "server_sent_events",
    "stream_events",
]

_RESPONSES_END = ("response.completed", "response.incomplete", "response.failed", "response.done")
# Not str.splitlines: JSON text may hold U+2028, which ends no event line.
_LINE_END = re.compile(r"\r\n|\n|\r")
_EVENTS = msgspec.json.Decoder()
_AMAZON_PRELUDE = struct.Struct(">III")
_AMAZON_TEXT_HEADER = 7
_AMAZON_EVENTS = frozenset(
    {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop"}
) | {"metadata"}
# What Bedrock adds to the last event of a stream, whatever the model.
INVOCATION_METRICS = "amazon-bedrock-invocationMetrics"


def looks_like_event_stream(body: str) -> bool:
    r"""Return whether the text is server-sent events.

    >>> looks_like_event_stream(': ping\n\ndata: {"id": 1}\n')
    True
    """
    return body.lstrip().startswith(("data:", "event:", "id:", "retry:", ":"))


def server_sent_events(body: str) -> list[JsonObject]:
    """Return the JSON objects among the events' data; ``[DONE]`` and comments are left out."""
    return [event for data in _event_data(body) if (event := _decoded(data)) is not None]


def _event_data(body: str) -> Iterator[str]:
    data: list[str] = []
    # A regex takes four times as long, and next to no stream holds a return.
    lines = _LINE_END.split(body) if "\r" in body else body.split("\n")
    for line in (*lines, ""):
        if line.startswith("data:"):
            data.append(line[6:] if line.startswith("data: ") else line[5:])
        elif data and not line:
            text = "\n".join(data)
            # Of a stream's end, [DONE], only an exception would be made.
            if not text.startswith("["):
                yield text
            data = []


def stream_events(body: bytes) -> list[JsonObject]:
    """Return the events of Amazon's binary event stream, each under its event type.

    Format: AWS event stream encoding, ``vnd.amazon.eventstream``. What is cut off ends the list.
    """
    found: list[JsonObject] = []
    at = 0
    while at + 16 <= len(body):
        total, headers, _ = _AMAZON_PRELUDE.unpack_from(body, at)
        if total < 16 + headers or at + total > len(body):
            break
        kind = dict(_amazon_headers(body[at + 12 : at + 12 + headers]))
        payload = _decoded(body[at + 12 + headers : at + total - 4])
        name = kind.get(":event-type") or kind.get(":exception-type")
        if payload is not None and name:
            found.append({name: payload})
        at += total
    return found


def _amazon_headers(data: bytes) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(data):
        length = data[at]
        name = data[at + 1 : at + 1 + length].decode(errors="replace")
        at += 1 + length
        if data[at : at + 1] != bytes([_AMAZON_TEXT_HEADER]):
            return
        size = int.from_bytes(data[at + 1 : at + 3])
        yield name, data[at + 3 : at + 3 + size].decode(errors="replace")
        at += 3 + size


def _decoded(data: bytes | str) -> JsonObject | None:
    try:
        value: object = _EVENTS.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if is_object(value) else None


def merge_events(events: Sequence[JsonObject]) -> dict[str, object]:
    """Return one answer with the last word of every event; empty when none is known.

    >>> merge_events([{"id": "a", "choices": [{"delta": {}}]}, {"choices": [], "usage": {"x": 1}}])
    {'id': 'a', 'choices': [{'delta': {}}], 'usage': {'x': 1}}
    """
    merged: dict[str, object] = {}
    for event in filter(None, map(_unwrapped, events)):
        if is_object(inner := event.get("response")) and "type" in event:
            _take_responses_event(merged, event, inner)
        elif "type" in event and "object" not in event:
            _take_typed_event(merged, event)
        elif not _AMAZON_EVENTS.isdisjoint(event):
            _take_amazon_event(merged, event)
        else:
            _take_chunk(merged, event)
        if is_object(metrics := event.get(INVOCATION_METRICS)):
            merged[INVOCATION_METRICS] = metrics
    return merged


def _take_responses_event(merged: dict[str, object], event: JsonObject, inner: JsonObject) -> None:
    """OpenAI's responses API: every event repeats the response; the final one is complete."""
    if event["type"] in _RESPONSES_END or not merged:
        merged.update(inner)


def _take_typed_event(merged: dict[str, object], event: JsonObject) -> None:
    """Anthropic's and Cohere's messages: a start, deltas that restate, an end."""
    kind = event["type"]
    if kind == "message_start":
        merged.update(as_object(event.get("message")))
    elif kind == "message_delta":
        merged.update({k: v for k, v in as_object(event.get("delta")).items() if v is not None})
        usage = {**as_object(merged.get("usage")), **_stated(as_object(event.get("usage")))}
        merged["usage"] = usage
    elif kind == "message-start":
        merged.update({"id": event.get("id"), "type": "message"})
    elif kind == "message-end":
        merged.update(_stated(as_object(event.get("delta"))))
    elif kind == "error":
        merged["error"] = event.get("error") or event


def _take_amazon_event(merged: dict[str, object], event: JsonObject) -> None:
    """Bedrock's converse-stream."""
    merged.update(_stated(as_object(event.get("messageStop"))))
    merged.update(_stated(as_object(event.get("metadata"))))


def _unwrapped(event: JsonObject) -> JsonObject | None:
    """Return the event; of Bedrock's invoke-with-response-stream what its chunk wraps."""
    if not is_object(chunk := event.get("chunk")):
        return event
    try:
        return _decoded(base64.b64decode(str(chunk.get("bytes"))))
    except binascii.Error:
        return None


def _take_chunk(merged: dict[str, object], chunk: JsonObject) -> None:
    """Chunks that look like answers: OpenAI's chat completions, Gemini's candidates."""
    for key, value in chunk.items():
        if value is None:
            continue
        if key not in _TAKEN_APART:
            merged[key] = value
        elif key in _CHOICES:
            _take_choices(merged, key, as_list(value))
        elif is_object(value):
            merged[key] = {**as_object(merged.get(key)), **_stated(value)}


_CHOICES = frozenset({"choices", "candidates"})
_TAKEN_APART = _CHOICES | {"usage", "usageMetadata"}


def _take_choices(merged: dict[str, object], key: str, choices: list[object]) -> None:
    """Keep the first choice, without its content but with the reason it ended."""
    if not choices:
        return
    if key not in merged:
        merged[key] = [{"delta": {}}]
    kept = as_list(merged[key])
    first = as_object(choices[0])
    for reason in ("finish_reason", "finishReason", "native_finish_reason"):
        if first.get(reason) is not None:
            cast("dict[str, object]", kept[0])[reason] = first[reason]


def _stated(block: JsonObject) -> dict[str, object]:
    return {key: value for key, value in block.items() if value is not None}
