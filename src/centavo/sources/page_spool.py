"""Pages of one paged request, kept on disk one by one, so that an interrupted fetch goes on.

A folder for each request holds ``page-0001.json`` … as the server sent them, and ``state.json``,
which is written after each page: so the state never names a page that is not whole.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from centavo.errors import ProviderError
from centavo.sources.http_pages import Answer, HttpPages
from centavo.whole_files import write_whole

__all__ = ["PagedRequest", "Spooled", "spool_pages"]

_MOST_PAGES = 100_000


@dataclass(frozen=True)
class PagedRequest:
    """One report of an API, page by page.

    Attributes:
        name: Of its folder and file; letters, digits, ``-`` and ``_``.
        path: Of the API.
        params: Of the query, without the cursor.
        organization_header: Header of the answer that names the organization.
        is_optional: Whether a server that has no such report (404) is no error.
    """

    name: str
    path: str
    params: tuple[tuple[str, str], ...]
    organization_header: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class Spooled:
    """The pages of a request, complete.

    Attributes:
        request: The request.
        pages: The files, in the server's order; none when the server has no such report.
        asked: Pages that were asked for now; the others were here from an earlier try.
        organization: As the server names it.
    """

    request: PagedRequest
    pages: tuple[Path, ...]
    asked: int
    organization: str | None

    def join(self, target: Path) -> None:
        """Write the pages as one JSON array, each byte as it was sent."""
        draft = target.with_suffix(".draft")
        with draft.open("wb") as stream:
            stream.write(b"[")
            for number, path in enumerate(self.pages):
                stream.write(b",\n" if number else b"\n")
                stream.write(path.read_bytes())
            stream.write(b"\n]\n")
        draft.replace(target)

    def digest(self) -> str:
        """Return hex digits that change with any byte of any page."""
        whole = hashlib.sha256()
        for path in self.pages:
            whole.update(path.read_bytes())
        return whole.hexdigest()[:16]


class _Head(msgspec.Struct):
    """What paging needs of a page."""

    data: list[msgspec.Raw]
    has_more: bool | None = None
    next_page: str | None = None
    organization_id: str | None = None


class _State(msgspec.Struct):
    """How far a request has come."""

    path: str
    params: tuple[tuple[str, str], ...]
    pages: int = 0
    next_page: str | None = None
    is_complete: bool = False
    organization: str | None = None
    cursors: list[str] = []


def spool_pages(http: HttpPages, request: PagedRequest, *, folder: Path) -> Spooled:
    """Return every page of the request, fetching those that are not in the folder yet.

    A request with other parameters than the folder's starts anew. A cursor of an earlier try that
    the server no longer accepts (400, 404 or 410) starts anew as well.

    Raises:
        ProviderError: The server failed, changed the shape of its pages, or repeats its cursor.
    """
    home = folder / request.name
    state = _load(home, request)
    asked = 0
    resumes = state.pages > 0
    while not state.is_complete:
        answer = _ask(http, request, state, resumes=resumes)
        asked += 1
        if answer.status == 404 and not resumes:
            return Spooled(request, (), asked, state.organization)
        if answer.status != 200:
            shutil.rmtree(home)
            state = _load(home, request)
        else:
            _keep(http, request, state, answer=answer, home=home)
        resumes = False
    pages = tuple(_page_file(home, number) for number in range(1, state.pages + 1))
    return Spooled(request, pages, asked, state.organization)


def _load(home: Path, request: PagedRequest) -> _State:
    fresh = _State(request.path, request.params)
    try:
        found = msgspec.json.decode((home / "state.json").read_bytes(), type=_State)
    except (OSError, msgspec.DecodeError):
        found = fresh
    whole = all(_page_file(home, number).exists() for number in range(1, found.pages + 1))
    if found is not fresh and whole and _asks(found) == _asks(fresh):
        return found
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return fresh


def _asks(state: _State) -> tuple[str, tuple[tuple[str, str], ...]]:
    return state.path, state.params


def _ask(http: HttpPages, request: PagedRequest, state: _State, *, resumes: bool) -> Answer:
    params = request.params
    if state.next_page is not None:
        params = (*params, ("page", state.next_page))
    tolerated = {400, 404, 410} if resumes else {404} if request.is_optional else set[int]()
    return http.get(request.path, params, check=_check, tolerated=tolerated)


def _check(body: bytes) -> None:
    """Raise ``ValueError`` for what is not whole JSON; another shape is looked at later."""
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


def _keep(
    http: HttpPages, request: PagedRequest, state: _State, *, answer: Answer, home: Path
) -> None:
    head = _head(http, request, answer.body)
    named = answer.headers.get(request.organization_header) or None
    body = answer.body.strip()
    if named and head.organization_id is None:
        rest = body[1:].lstrip()
        body = b'{"organization_id":' + msgspec.json.encode(named) + b"," + rest
    state.pages += 1
    write_whole(_page_file(home, state.pages), body)
    state.organization = state.organization or head.organization_id or named
    try:
        state.next_page = _next_cursor(http, request, state, head)
    except ProviderError:
        # Going on from here would end in the same place.
        shutil.rmtree(home)
        raise
    state.is_complete = state.next_page is None
    write_whole(home / "state.json", msgspec.json.encode(state))


def _head(http: HttpPages, request: PagedRequest, body: bytes) -> _Head:
    try:
        return msgspec.json.decode(body, type=_Head)
    except msgspec.ValidationError as error:
        raise ProviderError(
            f"{http.server_name} answered {request.path} with a page of another shape: {error}",
            hint="The vendor changed its API, or a proxy answered: a newer centavo may know it.",
        ) from None


def _next_cursor(http: HttpPages, request: PagedRequest, state: _State, head: _Head) -> str | None:
    if head.has_more is False or not (head.has_more or head.next_page):
        return None
    where = f"{http.server_name}, {request.path}, page {state.pages}"
    if head.next_page is None:
        raise ProviderError(f"{where}: has_more is true, but there is no next_page")
    if head.next_page in state.cursors or state.pages > _MOST_PAGES:
        raise ProviderError(
            f"{where} repeats the cursor of an earlier page: the pages would never end",
            hint="Nothing was written. Run the command again; the fetch then starts anew.",
        )
    state.cursors.append(head.next_page)
    return head.next_page


def _page_file(home: Path, number: int) -> Path:
    return home / f"page-{number:04}.json"
