"""The web application: every page, its JSON and its CSV, behind one door; who may act sends forms."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from centavo.deliverables.asked import Asked, parse_asked
from centavo.deliverables.dashboard.acting import acting_on
from centavo.deliverables.dashboard.desk import Desk
from centavo.deliverables.dashboard.door import SESSION, SIGNED_IN, Actions, Door
from centavo.deliverables.dashboard.drawing import (
    page_html,
    sign_in_html,
    static_text,
    trouble_html,
)
from centavo.deliverables.dashboard.twins import page_csv, page_json
from centavo.deliverables.language import LANGUAGES, Language, language
from centavo.deliverables.page import Page
from centavo.errors import CentavoError

__all__ = ["Actions", "Door", "application"]

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers then hide from us that a form came from a page of ours.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STATIC = {"style.css": "text/css", "page.js": "text/javascript"}


def application(desk: Desk, door: Door) -> Starlette:
    """Return the application.

    Args:
        desk: Prepares the pages.
        door: Who may come in.
    """

    async def show(request: Request) -> Response:
        name, form = _form_of(str(request.path_params["page"]))
        say = _language_of(request)
        try:
            asked = parse_asked(request.url.query)
            page = await run_in_threadpool(desk.page, name, asked, say)
        except KeyError:
            return HTMLResponse(trouble_html(say("There is no such page."), "", say), 404)
        except CentavoError as error:
            return _trouble(error, form, say)
        if form == "json":
            return Response(page_json(page), media_type="application/json")
        if form == "csv":
            disposition = f'attachment; filename="{name.replace("/", "-")}.csv"'
            return Response(
                page_csv(page), media_type="text/csv", headers={"Content-Disposition": disposition}
            )
        return _shown(page, asked, say, request)

    def _shown(page: Page, asked: Asked, say: Language, request: Request) -> Response:
        has_forms = any(section.forms for section in page.sections)
        ticket = door.ticket(request, desk.clock()) if has_forms else None
        response = HTMLResponse(page_html(page, asked, say, ticket=ticket[0] if ticket else ""))
        if ticket:
            secure = request.url.scheme == "https"
            response.set_cookie(SESSION, ticket[1], httponly=True, samesite="lax", secure=secure)
        return response

    async def home(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/where{query}", 307)

    routes = [
        Route("/", home),
        Route("/static/{name}", _static),
        Route("/sign-in", _signing_in(door), methods=["GET", "POST"]),
        Route("/{kind:str}/{key:str}", acting_on(desk, door, _language_of), methods=["POST"]),
        Route("/{page:path}", show),
    ]
    guard = Middleware(BaseHTTPMiddleware, dispatch=_guard(door))
    return Starlette(routes=routes, middleware=[guard])


def _guard(
    door: Door,
) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    async def guard(request: Request, onward: Callable[[Request], Awaitable[Response]]) -> Response:
        free = request.url.path == "/sign-in" or request.url.path.startswith("/static/")
        if not door.knows_host(request):
            response: Response = PlainTextResponse("This name is not served here.", 421)
        elif free or door.admits(request):
            response = await onward(request)
        elif door.token is None or "text/html" not in request.headers.get("accept", ""):
            response = PlainTextResponse("Sign in first.", 401)
        else:
            response = RedirectResponse("/sign-in", 303)
        response.headers.update(_HEADERS)
        return response

    return guard


def _signing_in(door: Door) -> Callable[[Request], Awaitable[Response]]:
    async def sign_in(request: Request) -> Response:
        say = _language_of(request)
        if request.method == "GET" or door.token is None:
            return HTMLResponse(sign_in_html(say, failed=False))
        # A form of one field: read without a parser of uploads.
        body = (await request.body())[:4096].decode("utf-8", "replace")
        typed = dict(parse_qsl(body, keep_blank_values=True)).get("token", "")
        if not hmac.compare_digest(typed.encode(), door.token.encode()):
            return HTMLResponse(sign_in_html(say, failed=True), 403)
        response = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        response.set_cookie(SIGNED_IN, door.cookie, httponly=True, samesite="strict", secure=secure)
        return response

    return sign_in


async def _static(request: Request) -> Response:
    name = str(request.path_params["name"])
    if name not in _STATIC:
        return PlainTextResponse("Not found.", 404)
    return Response(static_text(name), media_type=_STATIC[name])


def _form_of(path: str) -> tuple[str, str]:
    name, dot, form = path.rpartition(".")
    return (name, form) if dot and form in {"json", "csv"} else (path, "html")


def _language_of(request: Request) -> Language:
    asked = request.query_params.get("lang", "")
    wanted = [asked, *request.headers.get("accept-language", "").split(",")]
    for each in wanted:
        code = each.split(";")[0].strip()
        if code and any(code.lower().split("-")[0] == k.lower().split("-")[0] for k in LANGUAGES):
            return language(code)
    return language("en")


def _trouble(error: CentavoError, form: str, say: Language) -> Response:
    if form == "html":
        return HTMLResponse(trouble_html(str(error), error.hint or "", say), 400)
    return PlainTextResponse(f"{error}\n{error.hint or ''}", 400)
