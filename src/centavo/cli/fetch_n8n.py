"""``centavo fetch n8n``: what n8n's workflows spent on models, live from its public API."""

import json
import os
import random
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import click

import centavo
from centavo.cli.ingest import show_ingested
from centavo.cli.output import say
from centavo.cli.progress import following
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings
from centavo.sources.http_pages import HttpPages, Pacing, Server, http_pages
from centavo.sources.n8n.live import Fetched, request_headers, spool_executions
from centavo.whole_files import write_whole

__all__ = ["fetch_executions", "n8n"]

_KEY, _URL = "N8N_API_KEY", "N8N_URL"
_RESCAN = timedelta(days=1)
_SCHEMA = "centavo.fetch.n8n/1"


@click.command("n8n")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day, UTC [default: one day before the last fetch, at first all].",
)
@click.option(
    "--page-size",
    default=50,
    show_default=True,
    type=click.IntRange(1, 250),
    help="Executions asked for at once.",
)
@click.option("--url", help=f"Address of the instance [default: ${_URL}].")
@click.pass_obj
def n8n(ledger: Path | None, *, since: datetime | None, page_size: int, url: str | None) -> None:
    """Read the executions of an n8n instance: the ones since last time, and a day before.

    Needs an API key in N8N_API_KEY that may list executions. Only reads.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    pacing = Pacing(
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        sleep=time.sleep,
        random=random.random,  # noqa: TID251 -- spreads retries, changes no figure
    )
    first = since.replace(tzinfo=UTC) if since else None
    server = _server(url)
    # Each instance has a memory of its own: their executions are counted apart.
    instance = urlsplit(server.url).netloc.replace(":", "-")
    with http_pages(server, pacing=pacing) as http:
        fetch_executions(
            http,
            settings,
            home=settings.location.folder / "fetch" / "n8n" / instance,
            since=first,
            page_size=page_size,
            now=pacing.clock(),
        )


def _server(url: str | None) -> Server:
    key, address = os.environ.get(_KEY, "").strip(), url or os.environ.get(_URL, "").strip()
    for name, value in ((_KEY, key), (_URL, address)):
        if not value:
            raise ConfigError(
                f"{name} is not set",
                hint="Make an API key in n8n under Settings, n8n API, and set N8N_API_KEY and"
                " N8N_URL (https://n8n.example.org) in the environment.",
            )
    base = address.rstrip("/").removesuffix("/api/v1")
    headers = {**request_headers(key), "user-agent": f"centavo/{centavo.__version__}"}
    return Server("n8n", base, _KEY, key, headers)


def fetch_executions(
    http: HttpPages,
    settings: Settings,
    *,
    home: Path,
    since: datetime | None,
    now: datetime,
    page_size: int = 50,
) -> Fetched:
    """Fetch executions, write their calls to the ledger, then remember when.

    Args:
        http: The instance.
        settings: Ledger, rules and prices.
        home: Where this instance's pages and the time of its last fetch are kept.
        since: Aware; ``None`` goes on from the last fetch, or reads all.
        now: The clock, aware, UTC.
        page_size: Executions asked for at once.

    Executions that ran or waited during the last fetch are read again: a call has one id, so that
    nothing counts twice.

    Raises:
        ProviderError: n8n or the network failed; the ledger is as before.
    """
    state, spool = home / "state.json", home / "pages"
    first = since or _since_last(state)
    found = spool_executions(http, since=first, folder=spool, page_size=page_size)
    resumed = f", {found.resumed} more from an earlier try" if found.resumed else ""
    say(f"n8n: {found.executions:,} executions on {found.pages} pages{resumed}.")
    if found.file is not None:
        recognised, _ = recognise_all(find_files([str(found.file)]), forced="n8n")
        with following() as progress:
            options = IngestOptions(now=now)
            show_ingested(list(ingest(settings, recognised, options, progress=progress)))
    write_whole(state, json.dumps({"schema": _SCHEMA, "fetched_at": now.isoformat()}))
    shutil.rmtree(spool, ignore_errors=True)
    return found


def _since_last(state: Path) -> datetime | None:
    try:
        value = cast("dict[str, str]", json.loads(state.read_text(encoding="utf-8")))
        return datetime.fromisoformat(value["fetched_at"]) - _RESCAN
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{state} cannot be read: {error}", hint="Delete it, and say with --since from when on."
        ) from None
