"""One line of a session log of Claude Code, as far as its cost is concerned.

A line is any of a dozen record types; only ``assistant`` records carry a call to a model. The
format is not documented by its maker: it is read as versions 1.0 to 2.1 write it, and every field
may be missing.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from centavo.sources.json_records import JsonText, decode_json
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_list,
    as_object,
    instant,
    is_object,
    text,
    whole_number,
)

__all__ = ["Message", "Record", "ScopedRecord", "Usage", "careful_record", "is_sound"]

_LARGEST_COST = 1_000_000
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None


class CacheWrites(msgspec.Struct, gc=False):
    """Tokens written to a cache, by how long it keeps them."""

    ephemeral_5m_input_tokens: _Count = None
    ephemeral_1h_input_tokens: _Count = None


class ServerTools(msgspec.Struct, gc=False):
    """Tools that the provider ran and charges for."""

    web_search_requests: _Count = None


class OutputDetails(msgspec.Struct, gc=False):
    """What the output consists of."""

    thinking_tokens: _Count = None


class Run(msgspec.Struct, gc=False):
    """One model run behind an answer; those that are no ``message`` stand beside the totals."""

    type: str | None = None


class Usage(msgspec.Struct, gc=False):
    """A usage block of Anthropic's Messages API."""

    input_tokens: _Count = None
    output_tokens: _Count = None
    cache_read_input_tokens: _Count = None
    cache_creation_input_tokens: _Count = None
    cache_creation: CacheWrites | None = None
    output_tokens_details: OutputDetails | None = None
    server_tool_use: ServerTools | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    speed: str | None = None
    iterations: list[Run] | None = None


class Message(msgspec.Struct, gc=False):
    """The answer of the Messages API."""

    id: str | None = None
    model: str | None = None
    usage: Usage | None = None
    stop_reason: str | None = None


class Record(msgspec.Struct, gc=False):
    """One line."""

    type: str | None = None
    message: Message | None = None
    timestamp: datetime | None = None
    requestId: str | None = None
    uuid: str | None = None
    sessionId: str | None = None
    cwd: str | None = None
    gitBranch: str | None = None
    version: str | None = None
    isSidechain: bool | None = None
    agentId: str | None = None
    costUSD: Decimal | None = None
    durationMs: _Count = None


class ScopedRecord(Record, gc=False):
    """A line, and the scope columns that the user's mapping found in it."""

    scope: dict[str, str] = {}


def is_sound(records: Sequence[Record]) -> bool:
    """Return whether the calls among the records have a time, and a cost that the ledger holds."""
    for record in records:
        if record.type != "assistant":
            continue
        message = record.message
        if message is None or message.usage is None:
            continue
        if record.timestamp is None:
            return False
        if record.costUSD is not None and not 0 <= record.costUSD < _LARGEST_COST:
            return False
    return True


def careful_record(line: JsonText, *, name: str) -> tuple[Record, JsonObject]:
    """Return the record of a line that does not fit the types, and all that the line holds.

    A count written as text or as ``12.0`` is a count. What is of another type than expected in a
    record that is no model call is left out.

    Raises:
        BadValueError: Not JSON, or not an object.
        RecordError: A value of a model call that cannot be read.
    """
    value = decode_json(line, name=name, exact=True)
    if not is_object(value):
        raise RecordError("the record", "is not a JSON object", value)
    kind = text(value.get("type"))
    message = as_object(value.get("message"))
    if kind != "assistant" or not is_object(message.get("usage")):
        return Record(type=kind), value
    stated = instant(value.get("timestamp"), "timestamp")
    if stated is None:
        raise RecordError("timestamp", "is missing", value.get("timestamp"))
    duration = value.get("durationMs")
    record = Record(
        type=kind,
        message=Message(
            id=text(message.get("id")),
            model=text(message.get("model")),
            usage=_usage(as_object(message["usage"])),
            stop_reason=text(message.get("stop_reason")),
        ),
        timestamp=stated[0],
        requestId=text(value.get("requestId")),
        uuid=text(value.get("uuid")),
        sessionId=text(value.get("sessionId")),
        cwd=text(value.get("cwd")),
        gitBranch=text(value.get("gitBranch")),
        version=text(value.get("version")),
        isSidechain=value.get("isSidechain") is True,
        agentId=text(value.get("agentId")),
        costUSD=amount(value.get("costUSD"), "costUSD"),
        durationMs=whole_number(
            round(duration) if isinstance(duration, Decimal) else duration, "durationMs"
        ),
    )
    return record, value


def _usage(block: JsonObject) -> Usage:
    writes = as_object(block.get("cache_creation"))
    tools = as_object(block.get("server_tool_use"))
    made = as_object(block.get("output_tokens_details"))
    return Usage(
        input_tokens=_count(block, "input_tokens"),
        output_tokens=_count(block, "output_tokens"),
        cache_read_input_tokens=_count(block, "cache_read_input_tokens"),
        cache_creation_input_tokens=_count(block, "cache_creation_input_tokens"),
        cache_creation=CacheWrites(
            _count(writes, "ephemeral_5m_input_tokens"), _count(writes, "ephemeral_1h_input_tokens")
        ),
        output_tokens_details=OutputDetails(_count(made, "thinking_tokens")),
        server_tool_use=ServerTools(_count(tools, "web_search_requests")),
        service_tier=text(block.get("service_tier")),
        inference_geo=text(block.get("inference_geo")),
        speed=text(block.get("speed")),
        iterations=[
            Run(text(as_object(run).get("type"))) for run in as_list(block.get("iterations"))
        ],
    )


def _count(block: JsonObject, key: str) -> int | None:
    return whole_number(block.get(key), key)
