"""What a request's body says: model, limits, tools, sizes, and hashes of its parts."""

import hashlib
import json

import msgspec

from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    at_path,
    first_text,
    is_list,
    is_object,
    whole_number,
)
from centavo.sources.requests.written_size import written_bytes

__all__ = ["body_bytes", "content_hash", "request_columns", "tool_schemas"]

_LIMITS = (
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "max_tokens_to_sample",
    "generationConfig.maxOutputTokens",
    "inferenceConfig.maxTokens",
    "textGenerationConfig.maxTokenCount",
    "max_new_tokens",
)
_LIMIT_KEYS = frozenset(_LIMITS) | {path.partition(".")[0] for path in _LIMITS}
_MESSAGES = (
    "messages",
    "input",
    "contents",
    "prompt",
    "inputText",
    "texts",
    "instances",
    "requests",
)
_SYSTEM = ("system", "instructions", "systemInstruction", "system_instruction")
_TOOLS = ("tools", "functions")
_BRINGS_TOOLS = ("additional_tools", "tool_search_output")
# Not a set: a role may be anything in somebody else's log, a list too.
_SYSTEM_ROLES = ("system", "developer", "ROLE_SYSTEM")
_CANONICAL = msgspec.json.Encoder(order="deterministic")


def body_bytes(body: object, *, plain: bool = False) -> int | None:
    """Return the size of a body in bytes, or ``None`` without one.

    A body kept as text or bytes counts as it stands. One kept as an object counts as Python's
    ``json.dumps`` writes it (``", "`` and ``": "``, everything beyond ASCII escaped), which is what
    most clients send to within a few per cent. An empty body counts 0. A ``plain`` one comes from a
    ``PlainDecoder``.

    >>> body_bytes({"a": [1, "é"]})
    20
    """
    if body is None:
        return None
    if not body:
        return 0
    if isinstance(body, str):
        return len(body) if body.isascii() else len(body.encode(errors="surrogatepass"))
    if isinstance(body, bytes):
        return len(body)
    return written_bytes(body, plain=plain)


def content_hash(value: object, *, digits: int = 16) -> str:
    """Return hex digits of the SHA-256 of the value as canonical JSON (sorted keys, no spaces).

    >>> content_hash({"b": 1, "a": 2}) == content_hash({"a": 2, "b": 1})
    True
    """
    try:
        data = _CANONICAL.encode(value)
    except (TypeError, UnicodeEncodeError, ValueError):
        data = json.dumps(value, default=str, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()[:digits]


def request_columns(body: JsonObject) -> dict[str, object]:
    """Return the ledger columns that a request body fills.

    Raises:
        RecordError: ``max_tokens`` is negative or no number.
    """
    tools = tool_schemas(body)
    messages = _messages_of(body)
    system = _system_of(body, messages)
    columns: dict[str, object] = {
        "requested_model": first_text(body, "model", "modelId", "model_id"),
        "max_output_tokens": _limit(body),
        "tool_count": sum(map(_tools_in, tools or ())),
    }
    if tools is not None:
        columns["tools_hash"] = content_hash(tools)
    if messages is not None:
        columns["messages_hash"] = content_hash(messages)
    if system:
        columns["system_hash"] = content_hash(system)
    return columns


def _messages_of(body: JsonObject) -> object:
    for key in _MESSAGES:
        if (messages := body.get(key)) is not None:
            return messages
    return None


def _limit(body: JsonObject) -> int | None:
    if _LIMIT_KEYS.isdisjoint(body):
        return None
    for path in _LIMITS:
        value = at_path(body, path)
        if value in ("inf", "auto", -1):
            return None
        if value is not None:
            return whole_number(value, path)
    return None


def tool_schemas(body: JsonObject) -> list[object] | None:
    """Return the tool schemas that a request carries, or ``None`` when it has no place for any.

    They stand under ``tools`` (or ``functions``, or Bedrock's ``toolConfig.tools``), and in input
    items that bring further ones (OpenAI's ``additional_tools`` and ``tool_search_output``).
    """
    found: list[object] | None = None
    for place in _tool_places(body):
        if is_list(place):
            found = (found or []) + place
        elif is_object(place):
            found = [*(found or []), place]
    return found


def _tool_places(body: JsonObject) -> list[object]:
    places = [body[key] for key in _TOOLS if key in body]
    if "toolConfig" in body:
        places.append(as_object(body["toolConfig"]).get("tools"))
    brought = [as_object(item) for item in as_list(body.get("input"))]
    places += [item.get("tools") for item in brought if item.get("type") in _BRINGS_TOOLS]
    return places


def _tools_in(tool: object) -> int:
    if not is_object(tool) or "cachePoint" in tool:
        return 0
    declarations = tool.get("functionDeclarations") or tool.get("function_declarations")
    return len(as_list(declarations)) if declarations is not None else 1


def _system_of(body: JsonObject, messages: object) -> list[object]:
    stated = [body[key] for key in _SYSTEM if body.get(key)]
    stated += [
        message.get("content")
        for message in as_list(messages)
        if is_object(message) and message.get("role") in _SYSTEM_ROLES
    ]
    return stated
