"""Answers of an OTLP/HTTP server, in the form that the request had.

Source: OTLP specification 1.x, "OTLP/HTTP Response"; ``google.rpc.Status`` and the
``Export…PartialSuccess`` messages, whose fields have the same numbers for all signals.
"""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from centavo.sources.otel_receiver.decoding import BodyForm

__all__ = ["Answer", "accepted", "failed"]

CONTENT_TYPES: dict[BodyForm, bytes] = {
    "protobuf": b"application/x-protobuf",
    "json": b"application/json",
}
_REJECTED = {
    "traces": "rejectedSpans",
    "logs": "rejectedLogRecords",
    "metrics": "rejectedDataPoints",
}
# HTTP status -> google.rpc.Code.
_CODES = {400: 3, 401: 16, 404: 5, 405: 12, 413: 8, 415: 3, 429: 8, 500: 13, 503: 14}


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())


def accepted(
    form: BodyForm,
    *,
    signal: Literal["traces", "logs", "metrics"] = "traces",
    rejected: int = 0,
    message: str = "",
) -> Answer:
    """Return 200, with a partial success where something was rejected or is to be said."""
    if form == "json":
        partial = {_REJECTED[signal]: str(rejected), "errorMessage": message}
        body = msgspec.json.encode({"partialSuccess": partial} if rejected or message else {})
    elif rejected or message:
        body = _field(1, _number(1, rejected) + _field(2, message.encode()))
    else:
        body = b""
    return Answer(200, body, ((b"content-type", CONTENT_TYPES[form]),))


def failed(
    status: int, message: str, *, form: BodyForm, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """Return an error with its ``google.rpc.Status``."""
    code = _CODES.get(status, 2)
    if form == "json":
        body = msgspec.json.encode({"code": code, "message": message})
    else:
        body = _number(1, code) + _field(2, message.encode())
    return Answer(status, body, ((b"content-type", CONTENT_TYPES[form]), *headers))


def _field(number: int, data: bytes) -> bytes:
    """Return a length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(len(data)) + data if data else b""


def _number(number: int, value: int) -> bytes:
    return bytes([number << 3]) + _varint(value) if value else b""


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    data.append(value)
    return bytes(data)
