"""The receiver as an ASGI application: five paths, each answered as OTLP/HTTP says.

An answer of 200 to ``/v1/traces`` is given when the spans are on the disk, never before.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from centavo.sources.otel_receiver.answers import Answer, accepted, failed
from centavo.sources.otel_receiver.decoding import (
    BadBodyError,
    BodyForm,
    TooLargeError,
    count_records,
    gunzip,
    keep_spans,
)
from centavo.sources.otel_receiver.group_commit import GroupCommit, OverloadedError

__all__ = ["ReceiverApp", "ReceiverCounts", "ReceiverLimits"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FORMS: Mapping[str, BodyForm] = {
    "application/x-protobuf": "protobuf",
    "application/protobuf": "protobuf",
    "application/json": "json",
}
_RETRY_S = b"5"


@dataclass(frozen=True)
class ReceiverLimits:
    """How much is taken at once.

    Attributes:
        body_bytes: The largest body, compressed or not.
        reading_bytes: All bodies that are being read at one time.
    """

    body_bytes: int = 32 << 20
    reading_bytes: int = 256 << 20


@dataclass
class ReceiverCounts:
    """What came in since the start, beside what the commit counts.

    Attributes:
        rejected: Spans that could not be read.
        dropped: Log records and metrics, which are not kept.
        refused: Requests that were answered with an error.
        secrets: Secrets replaced.
    """

    rejected: int = 0
    dropped: int = 0
    refused: int = 0
    secrets: int = 0


class _RefusedError(Exception):
    def __init__(self, status: int, message: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers


@dataclass
class _Request:
    method: str
    path: str
    headers: dict[bytes, bytes]
    receive: Receive
    form: BodyForm = field(default="json")


class ReceiverApp:
    """Answers OTLP/HTTP requests.

    Args:
        commit: Writes what is accepted.
        token: Bearer token that every request but the health check must carry; ``None`` for none.
        limits: How much is taken at once.
    """

    def __init__(self, commit: GroupCommit, *, token: str | None, limits: ReceiverLimits) -> None:
        self.counts = ReceiverCounts()
        self._commit = commit
        self._token = token
        self._limits = limits
        self._reading_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        request = _Request(scope["method"], scope["path"], headers, receive)
        request.form = _form(headers) or "json"
        answer = await self._answer(request)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [*answer.headers, (b"content-length", str(len(answer.body)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, request: _Request) -> Answer:
        if request.path in ("/health", "/healthz") and request.method in ("GET", "HEAD"):
            return self._health()
        try:
            self._check(request)
            return await self._export(request)
        except _RefusedError as refused:
            self.counts.refused += 1
            return failed(
                refused.status, refused.message, form=request.form, headers=refused.headers
            )

    def _check(self, request: _Request) -> None:
        if self._token is not None:
            stated = request.headers.get(b"authorization", b"")
            scheme, _, given = stated.partition(b" ")
            right = hmac.compare_digest(given.strip(), self._token.encode())
            if scheme.lower() != b"bearer" or not right:
                raise _RefusedError(
                    401, "the bearer token is missing or wrong", (b"www-authenticate", b"Bearer")
                )
        if request.path not in ("/v1/traces", "/v1/logs", "/v1/metrics"):
            raise _RefusedError(404, f"there is nothing at {request.path}; send to /v1/traces")
        if request.method != "POST":
            raise _RefusedError(405, "only POST is answered here", (b"allow", b"POST"))
        if _form(request.headers) is None:
            raise _RefusedError(415, "send application/x-protobuf or application/json")

    async def _export(self, request: _Request) -> Answer:
        body = await self._body(request)
        try:
            if request.path == "/v1/traces":
                return await self._traces(body, request.form)
            signal: Literal["logs", "metrics"] = "logs" if request.path == "/v1/logs" else "metrics"
            dropped = count_records(body, form=request.form, signal=signal)
        except BadBodyError as error:
            raise _RefusedError(400, str(error)) from None
        self.counts.dropped += dropped
        message = f"centavo keeps spans and no {signal}; set OTEL_{signal.upper()}_EXPORTER=none"
        return accepted(request.form, signal=signal, rejected=dropped, message=message)

    async def _traces(self, body: bytes, form: BodyForm) -> Answer:
        kept = keep_spans(body, form=form)
        if kept.spans:
            try:
                done = self._commit.submit(kept.line(), spans=kept.spans)
                await asyncio.wrap_future(done)
            except OverloadedError:
                raise _RefusedError(
                    429, "more arrives than the disk takes", (b"retry-after", _RETRY_S)
                ) from None
            except OSError as error:
                reason = error.strerror or "the disk refuses"
                raise _RefusedError(
                    503, f"nothing was stored: {reason}", (b"retry-after", _RETRY_S)
                ) from error
        self.counts.rejected += kept.rejected
        self.counts.secrets += kept.secrets
        return accepted(form, rejected=kept.rejected, message=kept.problem)

    async def _body(self, request: _Request) -> bytes:
        encoding = request.headers.get(b"content-encoding", b"identity").strip().lower()
        if encoding not in (b"identity", b"gzip", b""):
            raise _RefusedError(415, "of content encodings, only gzip is understood")
        most = self._limits.body_bytes
        too_large = f"the body is larger than {most} bytes; lower the exporter's batch size"
        try:
            body = await self._read(request, most)
            return gunzip(body, most_bytes=most) if encoding == b"gzip" else body
        except TooLargeError:
            raise _RefusedError(413, too_large) from None
        except BadBodyError as error:
            raise _RefusedError(400, str(error)) from None

    async def _read(self, request: _Request, most: int) -> bytes:
        stated = request.headers.get(b"content-length")
        if stated is not None and int(stated) > most:
            raise TooLargeError
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise _RefusedError(400, "the sender went away")
                part: bytes = message.get("body", b"")
                parts.append(part)
                size += len(part)
                self._reading_bytes += len(part)
                if size > most:
                    raise TooLargeError
                if self._reading_bytes > self._limits.reading_bytes:
                    raise _RefusedError(429, "too much arrives at once", (b"retry-after", _RETRY_S))
                if not message.get("more_body"):
                    return b"".join(parts)
        finally:
            self._reading_bytes -= size

    def _health(self) -> Answer:
        commit, counts = self._commit.counts, self.counts
        state = {
            "status": "failing" if commit.failing else "ok",
            "requests": commit.lines,
            "spans": commit.spans,
            "rejected_spans": counts.rejected,
            "dropped_records": counts.dropped,
            "refused_requests": counts.refused,
            "secrets_redacted": counts.secrets,
            "disk_syncs": commit.syncs,
            "disk_failures": commit.failures,
        }
        headers = ((b"content-type", b"application/json"),)
        return Answer(503 if commit.failing else 200, msgspec.json.encode(state), headers)


def _form(headers: Mapping[bytes, bytes]) -> BodyForm | None:
    stated = headers.get(b"content-type", b"").decode("latin-1")
    return _FORMS.get(stated.partition(";")[0].strip().lower())
