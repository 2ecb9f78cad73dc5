"""n8n's executions through its public API, newest first, kept on disk page by page.

``GET /api/v1/executions?includeData=true&limit=N&cursor=…`` answers ``data`` and ``nextCursor``; it
cannot be asked for days, so pages are read until they are older than what is wanted.
Source: docs.n8n.io/api (Public API 1.1, Executions; Pagination).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from centavo.errors import ProviderError
from centavo.sources.http_pages import HttpPages
from centavo.sources.record_values import RecordError, instant
from centavo.whole_files import write_whole

__all__ = ["Fetched", "request_headers", "spool_executions"]

_PATH = "/api/v1/executions"
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class Fetched:
    """Executions of a fetch, complete.

    Attributes:
        file: JSON lines, one execution each; ``None`` when there are none.
        executions: How many.
        pages: Pages that were asked for now.
        resumed: Pages that were here from an earlier try.
    """

    file: Path | None
    executions: int
    pages: int
    resumed: int


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    next_cursor: str | None = msgspec.field(default=None, name="nextCursor")


class _Execution(msgspec.Struct):
    started_at: str | None = msgspec.field(default=None, name="startedAt")


class _State(msgspec.Struct):
    """How far a fetch has come."""

    since: str
    cursor: str | None = None
    size_bytes: int = 0
    executions: int = 0
    pages: int = 0
    is_complete: bool = False
    cursors: list[str] = []


def request_headers(key: str) -> Mapping[str, str]:
    """Return what a request carries beside its address."""
    return {"X-N8N-API-KEY": key, "accept": "application/json"}


def spool_executions(
    http: HttpPages, *, since: datetime | None, folder: Path, page_size: int = 50
) -> Fetched:
    """Return every execution that started at ``since`` or later, going on where a try stopped.

    Args:
        http: The instance.
        since: Aware; ``None`` is all that n8n still keeps.
        folder: Where pages are kept until the fetch is complete; made when it is not there.
        page_size: Executions of a page, 1 to 250. With their data they can be large.

    Raises:
        ProviderError: The server failed, changed the shape of its pages, or repeats its cursor.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part, kept = folder / "executions.part", folder / "executions.json"
    state = _load(kept, part, since=since)
    resumed = state.pages
    with part.open("r+b" if part.exists() else "w+b") as stream:
        # What was written after the last state is asked for again.
        stream.truncate(state.size_bytes)
        stream.seek(state.size_bytes)
        while not state.is_complete:
            page = _ask(http, state, page_size=page_size)
            for line in _wanted(page, since):
                stream.write(line)
                state.executions += 1
            stream.flush()
            state.size_bytes = stream.tell()
            _advance(http, state, page=page, since=since)
            write_whole(kept, msgspec.json.encode(state))
    return _finished(state, part, resumed=resumed)


def _load(kept: Path, part: Path, *, since: datetime | None) -> _State:
    fresh = _State(since=since.isoformat() if since else "")
    try:
        state = msgspec.json.decode(kept.read_bytes(), type=_State)
    except (OSError, msgspec.DecodeError):
        return fresh
    whole = part.exists() and part.stat().st_size >= state.size_bytes
    return state if whole and state.since == fresh.since else fresh


def _ask(http: HttpPages, state: _State, *, page_size: int) -> _Page:
    params = [("includeData", "true"), ("limit", str(page_size))]
    if state.cursor is not None:
        params.append(("cursor", state.cursor))
    answer = http.get(_PATH, params, check=_check)
    try:
        return msgspec.json.decode(answer.body, type=_Page)
    except msgspec.ValidationError as error:
        raise ProviderError(
            f"{http.server_name} answered {_PATH} with a page of another shape: {error}",
            hint="n8n changed its API, or a proxy answered: a newer centavo may know it.",
        ) from None


def _check(body: bytes) -> None:
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


def _wanted(page: _Page, since: datetime | None) -> list[bytes]:
    lines: list[bytes] = []
    for raw in page.data:
        started = _started(raw)
        if since is None or started is None or started >= since:
            # No text of JSON holds a line break of its own.
            lines.append(bytes(raw).replace(b"\n", b" ") + b"\n")
    return lines


def _started(raw: msgspec.Raw) -> datetime | None:
    try:
        stated = msgspec.json.decode(raw, type=_Execution).started_at
        found = instant(stated, "startedAt")
    except (msgspec.ValidationError, RecordError):
        # What is wrong with it is said when it is read.
        return None
    return found[0].replace(tzinfo=UTC) if found else None


def _advance(http: HttpPages, state: _State, *, page: _Page, since: datetime | None) -> None:
    state.pages += 1
    times = [_started(raw) for raw in page.data]
    is_past = since is not None and bool(times) and all(t is not None and t < since for t in times)
    state.cursor = page.next_cursor
    state.is_complete = is_past or page.next_cursor is None
    if state.is_complete or page.next_cursor is None:
        return
    if page.next_cursor in state.cursors or state.pages > _MOST_PAGES:
        raise ProviderError(
            f"{http.server_name} repeats the cursor of an earlier page: the pages would never end",
            hint="Nothing was written. Run the command again later.",
        )
    state.cursors.append(page.next_cursor)


def _finished(state: _State, part: Path, *, resumed: int) -> Fetched:
    pages = state.pages - resumed
    if not state.executions:
        return Fetched(None, 0, pages, resumed)
    # A name of its own for each fetch: a file of the same name would replace the earlier one's rows.
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()[:16]
    target = part.with_name(f"n8n-executions-{digest}.jsonl")
    part.replace(target)
    return Fetched(target, state.executions, pages, resumed)
