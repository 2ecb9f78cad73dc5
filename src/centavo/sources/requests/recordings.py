"""Recorded traffic: VCR cassettes and llama-stack recordings, as exchanges.

A cassette holds HTTP interactions; some recorders keep websocket messages and gRPC calls in the
same file. PyYAML is imported here only, and only when a file is YAML.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

from centavo.errors import BadValueError, InputError
from centavo.sources.json_records import ByteStream
from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    at_path,
    is_list,
    is_object,
    text,
)
from centavo.sources.requests.exchanges import Answer, Exchange, exchange_of, read_answer

__all__ = [
    "MAX_CASSETTE_BYTES",
    "RecordedItem",
    "cassette_items",
    "is_llama_stack",
    "llama_stack_exchange",
    "recorded_exchange",
    "session_model",
]

# YAML is loaded whole, at about twenty times its size in memory.
MAX_CASSETTE_BYTES = 64 * 1024 * 1024


class _Mark(Protocol):
    line: int
    column: int


@dataclass(frozen=True)
class RecordedItem:
    """One entry of a cassette.

    Attributes:
        line: 1-based line on which it begins.
        value: The entry.
    """

    line: int
    value: JsonObject


def cassette_items(stream: ByteStream, *, name: str) -> Iterator[RecordedItem]:
    """Yield the interactions of a YAML cassette, with their lines.

    Raises:
        BadValueError: Not YAML, not UTF-8, or not a list of interactions.
        InputError: More than ``MAX_CASSETTE_BYTES``.
    """
    import yaml

    loader = _loader(_whole(stream, name))
    try:
        root = loader.get_single_node()
        for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
            if key.value == "interactions":
                # A cassette of nothing holds an empty list, or nothing at all.
                for node in value.value if isinstance(value, yaml.SequenceNode) else ():
                    item = loader.construct_document(node)
                    yield RecordedItem(node.start_mark.line + 1, as_object(item))
                return
    except yaml.reader.ReaderError as error:
        raise InputError(f"{name} is not UTF-8: {error}", hint="Convert it to UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        mark = cast("_Mark | None", error.problem_mark)
        raise BadValueError(
            f"is not YAML ({error.problem})",
            file=name,
            line=mark.line + 1 if mark else None,
            column=f"character {mark.column + 1}" if mark else "the file",
            value="",
        ) from None
    raise InputError(
        f"{name} has no list of interactions",
        hint="A cassette has the keys version and interactions.",
    )


def _loader(data: bytes) -> Any:  # noqa: ANN401 -- PyYAML has no types
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    return (fast or yaml.SafeLoader)(data)


def _whole(stream: ByteStream, name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read():
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_CASSETTE_BYTES:
            raise InputError(
                f"{name} is larger than {MAX_CASSETTE_BYTES // 1024**2} MiB",
                hint="Split the cassette, or write the exchanges as JSON lines.",
            )
    return b"".join(parts)


def recorded_exchange(item: JsonObject) -> Exchange | str:
    """Return the exchange of one cassette entry, or why it holds none, as a phrase."""
    if "request" in item and "response" in item:
        return exchange_of(item)
    if "request_sample" in item or "request_stream" in item:
        return _grpc_exchange(item)
    if "kind" in item and "data" in item:
        return _websocket_exchange(item)
    return "not a model call: neither a request nor an answer in it"


def _grpc_exchange(item: JsonObject) -> Exchange:
    """Return xAI's recorded gRPC calls: the messages as JSON beside their bytes."""
    request = as_object(item.get("request_sample") or item.get("request_stream"))
    body = request.get("json")
    if is_object(sample := item.get("response_sample")):
        answer = Answer(as_object(sample.get("json")), sample.get("json"))
    else:
        chunks = as_list(as_object(item.get("response_stream")).get("chunks_json"))
        answer = read_answer([as_object(chunk).get("chunk") for chunk in chunks])
    if "choices" not in answer.body and "outputs" in answer.body:
        answer.body = {**answer.body, "choices": answer.body["outputs"]}
    return Exchange(item, request_body=body, answer=answer, provider="x-ai")


def _websocket_exchange(item: JsonObject) -> Exchange | str:
    """Return the end of one answer of a realtime session; other messages are parts of it."""
    data = as_object(item.get("data"))
    if data.get("type") == "response.done" and is_object(data.get("response")):
        answer = as_object(data["response"])
        return Exchange(item, answer=Answer(answer, answer, streamed=True))
    if "usageMetadata" in data:
        return "usage of a live session that is not read (Gemini Live)"
    return "not a model call: a message inside a realtime session"


def session_model(item: JsonObject) -> str | None:
    """Return the model that a message of a realtime session sets, if it sets one."""
    return text(at_path(item, "data.session.model"))


def is_llama_stack(record: JsonObject) -> bool:
    """Return whether the record is one of llama-stack's recorded calls."""
    return "request" in record and "is_streaming" in as_object(record.get("response"))


def llama_stack_exchange(record: JsonObject) -> Exchange:
    """Return the exchange of a llama-stack recording, its pydantic wrapping taken off."""
    response = as_object(record["response"])
    exchange = exchange_of({**record, "response": {}})
    exchange.record = record
    body = response.get("body")
    plain = [_unwrapped(part) for part in body] if is_list(body) else _unwrapped(body)
    exchange.answer = read_answer(plain)
    if response.get("is_exception"):
        failure = as_object(response.get("exception_data"))
        exchange.answer.body = {"error": as_object(failure.get("body")) or failure}
        code = failure.get("status_code")
        exchange.status = code if isinstance(code, int) else None
    return exchange


def _unwrapped(part: object) -> object:
    return as_object(part).get("__data__", part)
