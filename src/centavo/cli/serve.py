"""``centavo serve``: the dashboard in a browser, or as a folder of files."""

import importlib.util
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from centavo.cli.acting import login_name
from centavo.cli.listening import is_loopback, listening, token_from
from centavo.cli.output import say
from centavo.cli.rule_settings import rule_settings
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings
from centavo.wording import counted

if TYPE_CHECKING:
    from centavo.deliverables.dashboard.app import Door
    from centavo.deliverables.dashboard.desk import Desk

__all__ = ["command"]

_PARTS = ("babel", "jinja2", "starlette", "uvicorn")
_GUARD_HINT = (
    "Name the variable of a token with --token-env, or the header of your proxy with --user-header, "
    "or listen at 127.0.0.1."
)


@click.command("serve")
@click.option(
    "--listen", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT", help="Address."
)
@click.option(
    "--token-env",
    metavar="NAME",
    help="Environment variable with the token that readers must know.",
)
@click.option(
    "--user-header",
    metavar="NAME",
    help="Header in which your reverse proxy names the reader: X-Forwarded-User.",
)
@click.option(
    "--allow-actions",
    is_flag=True,
    help="Let readers assign, acknowledge, ignore, snooze, resolve, approve and reject.",
)
@click.option(
    "--actor",
    metavar="NAME",
    help="With --allow-actions: who acts where no proxy names them "
    "[default: $CENTAVO_ACTOR, else the login name; with a token: dashboard].",
)
@click.option(
    "--export",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the pages into this folder instead of serving them.",
)
@click.option(
    "--period", default="", help="With --export: a month, or two days: 2026-09-01..2026-10-01."
)
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Plan to show on *What will it cost?* [default: that of centavo.toml].",
)
@click.option("--lang", default="en", show_default=True, help="With --export: en or pt-BR.")
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    listen: str,
    token_env: str | None,
    user_header: str | None,
    allow_actions: bool,
    actor: str | None,
    export: Path | None,
    period: str,
    plan: Path | None,
    lang: str,
) -> None:
    """Show the dashboard in a browser: where money goes, what to do, whether figures can be trusted.

    It reads the ledger and changes nothing, unless --allow-actions lets readers decide about findings and
    savings. No page asks any other host for anything.
    """
    if any(importlib.util.find_spec(part) is None for part in _PARTS):
        raise ConfigError(
            "the dashboard's libraries are not installed", hint='pip install "centavo[serve]"'
        )
    from centavo.deliverables.dashboard.app import Actions, Door
    from centavo.deliverables.dashboard.desk import Desk

    settings = Settings.load(Path.cwd(), ledger=ledger)
    if plan is not None:
        settings = replace(settings, plan=plan.absolute(), plan_scenario=None)
    desk = Desk(settings, lambda now: rule_settings(settings, now=now), _now)
    if export is not None:
        _export(desk, export, period=period, lang=lang)
        desk.close()
        return
    token = token_from(token_env)
    guarded = token is not None or user_header is not None
    with listening(listen, is_guarded=guarded, hint=_GUARD_HINT) as listener:
        host = listen.rpartition(":")[0].strip("[]")
        names = (
            frozenset({"127.0.0.1", "::1", "localhost"}) if is_loopback(host) else frozenset[str]()
        )
        actions = Actions(actor or _actor(token)) if allow_actions else None
        _serve(desk, Door(token, user_header, names, actions), listener)


def _export(desk: "Desk", folder: Path, *, period: str, lang: str) -> None:
    from centavo.deliverables.asked import Asked
    from centavo.deliverables.dashboard.folder import write_folder
    from centavo.deliverables.language import language

    spoken = language(lang)
    written = write_folder(desk, Asked(period=period, lang=spoken.code), spoken, folder)
    say(
        f"Wrote {counted(len(written), 'file')} into {folder}.",
        f"Next: open {folder / 'where.html'}",
    )


def _serve(desk: "Desk", door: "Door", listener: socket.socket) -> None:
    import uvicorn

    from centavo.deliverables.dashboard.app import application

    desk.warm()
    host, port = listener.getsockname()[:2]
    say(f"The dashboard is at http://{host}:{port}/ — Ctrl-C ends it.")
    config = uvicorn.Config(
        application(desk, door),
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        desk.close()


def _actor(token: str | None) -> str:
    """Return who acts: with a token that many may know, nobody at this keyboard."""
    return os.environ.get("CENTAVO_ACTOR", "dashboard") if token else login_name()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
