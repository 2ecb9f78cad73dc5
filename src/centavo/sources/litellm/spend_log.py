"""One row of LiteLLM_SpendLogs, decoded straight into its types, or the value that is wrong with it.

Only what the ledger keeps is decoded: prompts, answers and addresses of clients are skipped over.
A row that is not written exactly as LiteLLM writes it is read again, leniently, by ``tidy``.

Source: LiteLLM's ``schema.prisma`` and ``proxy/spend_tracking/spend_tracking_utils.py``.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Annotated

import msgspec

from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    instant,
    is_list,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash

__all__ = [
    "NO_METADATA",
    "NO_PART",
    "NO_USAGE",
    "Metadata",
    "Part",
    "SpendLog",
    "Usage",
    "plain",
    "tidy",
]

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None
_LARGEST_METADATA = 32 * 1024 * 1024


class Part(msgspec.Struct, frozen=True, gc=False):
    """Tokens of one direction by kind: OpenAI's ``…_tokens_details`` as LiteLLM extends it."""

    cached_tokens: _Count = None
    cache_creation_tokens: _Count = None
    cache_write_tokens: _Count = None
    audio_tokens: _Count = None
    image_tokens: _Count = None
    reasoning_tokens: _Count = None
    web_search_requests: _Count = None
    cache_creation_token_details: "_Retention | None" = None


class _Retention(msgspec.Struct, frozen=True, gc=False):
    ephemeral_5m_input_tokens: _Count = None
    ephemeral_1h_input_tokens: _Count = None


class _ToolUse(msgspec.Struct, frozen=True, gc=False):
    web_search_requests: _Count = None


class Usage(msgspec.Struct, frozen=True, gc=False):
    """``metadata.usage_object``, or ``additional_usage_values``, which lacks the totals."""

    total_tokens: _Count = None
    prompt_tokens_details: Part | None = None
    completion_tokens_details: Part | None = None
    cache_creation_input_tokens: _Count = None
    cache_read_input_tokens: _Count = None
    cache_creation: _Retention | None = None
    server_tool_use: _ToolUse | None = None
    service_tier: str | None = None
    speed: str | None = None


class _Problem(msgspec.Struct, frozen=True, gc=False):
    error_code: str | None = None
    error_class: str | None = None


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """What is kept of the column ``metadata``."""

    usage_object: Usage | None = None
    additional_usage_values: Usage | None = None
    user_api_key_alias: str | None = None
    user_api_key_team_alias: str | None = None
    user_api_key_project_id: str | None = None
    user_api_key_project_alias: str | None = None
    spend_logs_metadata: dict[str, object] | None = None
    status: str | None = None
    error_information: _Problem | None = None
    attempted_retries: _Count = None


class SpendLog(msgspec.Struct, frozen=True, gc=False):
    """What is kept of one row; ``tidy`` knows the other spellings of its columns."""

    request_id: str | None = None
    call_type: str | None = None
    api_key: str | None = None
    spend: Decimal | None = None
    total_tokens: _Count = None
    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    start_time: str | None = msgspec.field(default=None, name="startTime")
    end_time: str | None = msgspec.field(default=None, name="endTime")
    completion_start_time: str | None = msgspec.field(default=None, name="completionStartTime")
    model: str | None = None
    model_id: str | None = None
    model_group: str | None = None
    custom_llm_provider: str | None = None
    user: str | None = None
    metadata: Metadata | str | None = None
    cache_hit: str | bool | None = None
    cache_key: str | None = None
    request_tags: tuple[str, ...] | str | None = None
    team_id: str | None = None
    organization_id: str | None = None
    end_user: str | None = None
    session_id: str | None = None
    agent_id: str | None = None
    status: str | None = None


NO_PART = Part()
NO_USAGE = Usage()
NO_METADATA = Metadata()


def plain(name: str) -> str:
    """Return a column's name without case and underscores, as other tools write it.

    >>> plain("startTime") == plain("start_time") == plain("STARTTIME")
    True
    """
    return name.replace("_", "").replace(" ", "").lower()


def tidy(record: JsonObject) -> SpendLog:
    """Return the row of a record whose columns are spelled or typed in another way.

    Counts may be texts, ``metadata`` and ``request_tags`` JSON in a text, columns written in other
    cases; a row without an id gets a hash of its content for one.

    Raises:
        RecordError: A value that cannot be read.
    """
    row: dict[str, object] = {}
    for key, value in record.items():
        column = _COLUMNS.get(plain(key))
        if column is not None and value is not None and value != "":
            row[column] = _READERS.get(column, _text)(value, column)
    if row.get("startTime") is None:
        raise RecordError("startTime", "is missing", record.get("startTime"))
    if row.get("request_id") is None:
        row["request_id"] = f"row-{content_hash(record, digits=32)}"
    return msgspec.convert(row, SpendLog)


def _text(value: object, column: str) -> str:
    stated = text(value)
    if stated is None and isinstance(value, bool):
        stated = str(value)
    if stated is None and value != "":
        raise RecordError(column, "is not a text", value)
    return stated or ""


def _time(value: object, column: str) -> str | None:
    found = instant(value, column)
    return f"{found[0].isoformat(timespec='microseconds')}Z" if found else None


def _from_json(value: object, column: str) -> object:
    """Return what a text holds as JSON, once more where it was encoded twice."""
    for _ in range(2):
        if not isinstance(value, str):
            break
        if not value.strip() or len(value) > _LARGEST_METADATA:
            return None
        try:
            value = json.loads(value)
        except ValueError:
            raise RecordError(column, "is not JSON", value) from None
    return value


def _tags(value: object, column: str) -> list[str] | None:
    found = _from_json(value, column)
    if found is None:
        return None
    if is_object(found):
        return [f"{key}:{inner}" for key, inner in found.items()]
    if not is_list(found):
        raise RecordError(column, "is not a list", value)
    return [stated for tag in found if (stated := text(tag)) is not None]


def _metadata(value: object, column: str) -> dict[str, object] | None:
    found = _from_json(value, column)
    if found is None:
        return None
    if not is_object(found):
        raise RecordError(column, "is not a JSON object", value)
    return _object(found, column, _METADATA_READERS)


_Reader = Callable[[object, str], object]


def _object(value: object, column: str, readers: Mapping[str, _Reader]) -> dict[str, object] | None:
    """Return the members that are read; anything but an object says nothing."""
    if not is_object(value):
        return None
    return {
        key: readers[key](inner, f"{column}.{key}")
        for key, inner in value.items()
        if key in readers and inner is not None
    }


def _of(readers: Mapping[str, _Reader]) -> _Reader:
    return lambda value, column: _object(value, column, readers)


def _each(reader: _Reader, names: Iterable[str]) -> dict[str, _Reader]:
    return dict.fromkeys(names, reader)


def _labels(value: object, column: str) -> dict[str, object] | None:
    found = _from_json(value, column)
    return dict(found) if is_object(found) else None


_RETENTION_READERS = _each(whole_number, _Retention.__struct_fields__)
_PART_READERS = {
    **_each(whole_number, Part.__struct_fields__),
    "cache_creation_token_details": _of(_RETENTION_READERS),
}
_USAGE_READERS: dict[str, _Reader] = {
    **_each(whole_number, ("total_tokens", "cache_creation_input_tokens")),
    "cache_read_input_tokens": whole_number,
    "prompt_tokens_details": _of(_PART_READERS),
    "completion_tokens_details": _of(_PART_READERS),
    "cache_creation": _of(_RETENTION_READERS),
    "server_tool_use": _of(_each(whole_number, _ToolUse.__struct_fields__)),
    **_each(_text, ("service_tier", "speed")),
}
_METADATA_READERS: dict[str, _Reader] = {
    **_each(_text, Metadata.__struct_fields__),
    "usage_object": _of(_USAGE_READERS),
    "additional_usage_values": _of(_USAGE_READERS),
    "spend_logs_metadata": _labels,
    "error_information": _of(_each(_text, _Problem.__struct_fields__)),
    "attempted_retries": whole_number,
}
_READERS: dict[str, _Reader] = {
    **_each(whole_number, ("total_tokens", "prompt_tokens", "completion_tokens")),
    **_each(_time, ("startTime", "endTime", "completionStartTime")),
    "spend": amount,
    "metadata": _metadata,
    "request_tags": _tags,
}
_COLUMNS = {plain(name): name for name in SpendLog.__struct_encode_fields__}
