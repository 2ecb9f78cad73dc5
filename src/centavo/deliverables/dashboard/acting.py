"""What a form of a page does: the same as the command of that name, or a page that says why not."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from centavo.deliverables.asked import parse_asked
from centavo.deliverables.dashboard.desk import Desk
from centavo.deliverables.dashboard.door import Door
from centavo.deliverables.dashboard.drawing import trouble_html
from centavo.deliverables.language import Language
from centavo.errors import CentavoError, ChangedMeanwhileError, ConfigError, LedgerBusyError
from centavo.findings import acting as finding_acting
from centavo.ledger.location import LedgerLocation
from centavo.ledger.register_rows import Acting
from centavo.savings import acting as saving_acting

__all__ = ["act", "acting_on"]

_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 16_384
# A person waits at the other end.
_WAIT_S = 10.0


def acting_on(
    desk: Desk, door: Door, language_of: Callable[[Request], Language]
) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of ``POST /finding/ID`` and ``POST /saving/ID``."""

    async def post(request: Request) -> Response:
        say = language_of(request)
        kind, key = str(request.path_params["kind"]), str(request.path_params["key"])
        back = f"/{kind}/{key}"
        try:
            back = parse_asked(request.url.query).address(back)
            form = await _form(request)
            refused = _refusal(request, door, form, desk, say)
            if refused:
                return _trouble(403, *refused, back=back, say=say)
            seen = int(form["seen"]) if form.get("seen", "").isdigit() else None
            by = Acting(door.actor(request), desk.clock(), seen)
            await run_in_threadpool(act, desk.settings.location, kind, key, form, by=by)
        except ChangedMeanwhileError as error:
            told = say("{actor} was quicker: it has changed since you looked.", actor=error.actor)
            return _trouble(409, told, say("Look at it again, then decide."), back=back, say=say)
        except LedgerBusyError as error:
            return _trouble(503, str(error), error.hint, back=back, say=say)
        except CentavoError as error:
            return _trouble(400, str(error), error.hint, back=back, say=say)
        # The browser asks for the page anew: reloading it sends nothing twice.
        return RedirectResponse(back, 303)

    return post


def act(
    location: LedgerLocation, kind: str, key: str, form: Mapping[str, str], *, by: Acting
) -> None:
    """Do what a form says.

    Raises:
        ConfigError: It says nothing that can be done.
        ChangedMeanwhileError: Somebody else acted since the page was shown.
        LedgerError: The ledger cannot be written.
    """
    if kind == "finding":
        change = _finding_change(form)
        finding_acting.act_on_finding(location, key, change, by=by, wait_s=_WAIT_S)
    else:
        saving_acting.act_on_saving(location, key, _saving_change(form), by=by, wait_s=_WAIT_S)


def _finding_change(form: Mapping[str, str]) -> finding_acting.Change:
    reason = form.get("reason", "")
    match form.get("do"):
        case "assign":
            return finding_acting.assigning(form.get("owner", ""))
        case "acknowledge":
            return finding_acting.moving("acknowledged")
        case "ignore":
            return finding_acting.ignoring(reason)
        case "snooze":
            return finding_acting.snoozing(form.get("until", ""))
        case "resolve":
            return finding_acting.moving("resolved", reason or None)
        case other:
            raise ConfigError(f"a finding cannot be {other!r}")


def _saving_change(form: Mapping[str, str]) -> saving_acting.SavingChange:
    match form.get("do"):
        case "approve":
            return saving_acting.moving("approved", note=form.get("note") or None)
        case "reject":
            return saving_acting.moving("rejected", note=form.get("reason", ""))
        case "assign":
            given = {name: form[name] for name in ("owner", "approver") if form.get(name)}
            due = {"due": saving_acting.day_of(form["due"])} if form.get("due") else {}
            return saving_acting.assigning({**given, **due})
        case other:
            raise ConfigError(f"a saving cannot be {other!r}")


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form; read without a parser of uploads."""
    if request.headers.get("content-type", "").split(";")[0].strip() != _FORM:
        raise ConfigError("this is no form of a page")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ConfigError("the form is too long", hint="Say it in a few words.")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _refusal(
    request: Request, door: Door, form: Mapping[str, str], desk: Desk, say: Language
) -> tuple[str, str] | None:
    """Return why the reader may not act, and what to do; ``None`` where they may."""
    if door.actions is None:
        return (
            say("This dashboard only reads."),
            say("Whoever runs it may start it with --allow-actions; `centavo findings` and `centavo savings` do the same."),
        )  # fmt: skip
    if not door.is_from_here(request):
        return (
            say("The form was not sent by a page of this dashboard."),
            say("A proxy in front must hand on the Host header as the browser sent it."),
        )
    if not door.trusts(request, form.get("ticket", ""), desk.clock()):
        return (
            say("The form is too old, or of another session."),
            say("Open the page again, then decide."),
        )
    return None


def _trouble(status: int, message: str, hint: str, *, back: str, say: Language) -> Response:
    title = say("Nothing was changed")
    return HTMLResponse(trouble_html(message, hint, say, title=title, back=back), status)
