"""``centavo fetch openai`` and ``centavo fetch anthropic``: cost and usage reports, live."""

import json
import os
import random
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import click

import centavo
from centavo.cli.ingest import show_ingested
from centavo.cli.output import say
from centavo.cli.progress import following
from centavo.cli.recognising import Recognised
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings
from centavo.sources.http_pages import HttpPages, Pacing, Server, http_pages
from centavo.sources.page_spool import Spooled, spool_pages
from centavo.sources.vendor_reports.live_requests import (
    ANTHROPIC,
    OPENAI,
    LiveReport,
    Vendor,
    claude_code_reports,
)
from centavo.whole_files import write_whole

__all__ = ["FetchWindow", "anthropic", "fetch_reports", "openai"]

FIRST_DAYS = 90
RESCAN_DAYS = 10
_SCHEMA = "centavo.fetch/1"


@dataclass(frozen=True)
class FetchWindow:
    """Days to fetch, UTC.

    Attributes:
        since: First day; ``None`` goes on from the last fetch.
        until: Day after the last; ``None`` is tomorrow, so that today's bucket is in.
        rescan_days: Days before the last fetch's end that are fetched again, because vendors
            restate them.
    """

    since: date | None = None
    until: date | None = None
    rescan_days: int = RESCAN_DAYS


@dataclass(frozen=True)
class _Watermark:
    """How far the last fetch came, kept after its rows were committed."""

    until: date
    organization: str | None


_SINCE = click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"First day, UTC [default: {RESCAN_DAYS} days before the last fetch's end, at first "
    f"{FIRST_DAYS} days ago].",
)
_UNTIL = click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day after the last, UTC [default: tomorrow].",
)
_RESCAN = click.option(
    "--rescan-days",
    default=RESCAN_DAYS,
    show_default=True,
    type=click.IntRange(0, 366),
    help="Days fetched again, because they are restated.",
)
_URL = click.option("--url", help="Base address of the API, for a proxy that you trust.")


@click.command("openai")
@_SINCE
@_UNTIL
@_RESCAN
@_URL
@click.pass_obj
def openai(
    ledger: Path | None,
    *,
    since: datetime | None,
    until: datetime | None,
    rescan_days: int,
    url: str | None,
) -> None:
    """Read OpenAI's costs and usage: the days since last time, and some before.

    Needs an admin key in OPENAI_ADMIN_KEY. Only reads.
    """
    window = FetchWindow(_day(since), _day(until), rescan_days)
    _run(OPENAI, Settings.load(Path.cwd(), ledger=ledger), window, url=url)


@click.command("anthropic")
@_SINCE
@_UNTIL
@_RESCAN
@_URL
@click.option("--claude-code", is_flag=True, help="Also Claude Code's usage, one request a day.")
@click.pass_obj
def anthropic(
    ledger: Path | None,
    *,
    since: datetime | None,
    until: datetime | None,
    rescan_days: int,
    url: str | None,
    claude_code: bool,
) -> None:
    """Read Anthropic's costs and usage: the days since last time, and some before.

    Needs an admin key in ANTHROPIC_ADMIN_KEY. Only reads.
    """
    vendor = ANTHROPIC
    if claude_code:

        def both(first: date, end: date) -> tuple[LiveReport, ...]:
            return (*ANTHROPIC.reports(first, end), *claude_code_reports(first, end))

        vendor = replace(ANTHROPIC, reports=both)
    window = FetchWindow(_day(since), _day(until), rescan_days)
    _run(vendor, Settings.load(Path.cwd(), ledger=ledger), window, url=url)


def _run(vendor: Vendor, settings: Settings, window: FetchWindow, *, url: str | None) -> None:
    pacing = Pacing(
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        sleep=time.sleep,
        random=random.random,  # noqa: TID251 -- spreads retries, changes no figure
    )
    with http_pages(_server(vendor, url), pacing=pacing) as http:
        fetch_reports(vendor, http, settings, window=window, now=pacing.clock())


def _server(vendor: Vendor, url: str | None) -> Server:
    key = os.environ.get(vendor.key_name, "").strip()
    if not key:
        raise ConfigError(
            f"{vendor.key_name} is not set",
            hint=f"Make an admin key in {vendor.title}'s console and set it in the environment; "
            "an ordinary API key cannot read costs.",
        )
    headers = {**vendor.headers(key), "user-agent": f"centavo/{centavo.__version__}"}
    return Server(vendor.title, (url or vendor.url).rstrip("/"), vendor.key_name, key, headers)


def fetch_reports(
    vendor: Vendor, http: HttpPages, settings: Settings, *, window: FetchWindow, now: datetime
) -> list[Spooled]:
    """Fetch the window's pages, write them to the ledger, then remember how far they came.

    Pages are kept as they arrive and only removed after the commit: a fetch that is interrupted
    goes on at the page where it stopped.

    Raises:
        ProviderError: The vendor or the network failed; the ledger is as before.
        ConfigError: The window is empty, or the key is another organization's than last time.
    """
    home = settings.location.folder / "fetch" / vendor.name
    known = _load(home / "state.json")
    since, until = _days(window, known, now.astimezone(UTC).date())
    spool = home / "pages"
    fetched: list[tuple[LiveReport, Spooled]] = []
    for report in vendor.reports(since, until):
        found = spool_pages(http, report.request, folder=spool)
        _same_organization(vendor, known, found, is_told=window.since is not None)
        fetched.append((report, found))
    _say(vendor, fetched, since=since, until=until)
    files = _joined(fetched, spool)
    if files:
        with following() as progress:
            options = IngestOptions(now=now)
            show_ingested(list(ingest(settings, files, options, progress=progress)))
    _remember(home, known, fetched, since=since, until=until)
    shutil.rmtree(spool, ignore_errors=True)
    return [found for _, found in fetched]


def _days(window: FetchWindow, known: _Watermark | None, today: date) -> tuple[date, date]:
    until = window.until or today + timedelta(days=1)
    since = window.since
    if since is None:
        rescanned = known.until - timedelta(days=window.rescan_days) if known else None
        since = rescanned or today - timedelta(days=FIRST_DAYS)
    if since >= until:
        raise ConfigError(
            f"there is no day from {since} up to, not including, {until}",
            hint="--until is the day after the last one; give an earlier --since.",
        )
    return since, until


def _same_organization(
    vendor: Vendor, known: _Watermark | None, found: Spooled, *, is_told: bool
) -> None:
    before = known.organization if known else None
    if is_told or before is None or found.organization in (None, before):
        return
    raise ConfigError(
        f"{vendor.key_name} belongs to the organization {found.organization}, and the last fetch "
        f"was of {before}",
        hint="Say with --since from which day on this one is to be read, or give it a ledger of "
        "its own with --ledger.",
    )


def _joined(fetched: Sequence[tuple[LiveReport, Spooled]], folder: Path) -> list[Recognised]:
    """Return each report's pages as one file, with its source.

    A bill's file has a name of its own each time: whatever brought these days before is then
    replaced. Usage keeps its name: rows that its former version had and this one has not go.
    """
    files: list[Recognised] = []
    for report, found in fetched:
        if found.pages:
            suffix = f"-{found.digest()}" if report.replaces_days else ""
            target = folder / f"{report.request.name}{suffix}.json"
            found.join(target)
            recognised, _ = recognise_all(find_files([str(target)]), forced=report.source)
            files += recognised
    return files


def _say(
    vendor: Vendor,
    fetched: Sequence[tuple[LiveReport, Spooled]],
    *,
    since: date,
    until: date,
) -> None:
    pages = sum(len(found.pages) for _, found in fetched)
    kept = pages - sum(found.asked for _, found in fetched if found.pages)
    resumed = f", {kept} of them from an earlier try" if kept else ""
    last = until - timedelta(days=1)
    say(f"{vendor.title}: {pages} pages of {len(fetched)} reports, {since} to {last}{resumed}.")
    absent = [report.request.name for report, found in fetched if not found.pages]
    if absent:
        say(f"{vendor.title} does not offer: {', '.join(absent)}.")


def _load(file: Path) -> _Watermark | None:
    try:
        value = cast("dict[str, str | None]", json.loads(file.read_text(encoding="utf-8")))
        return _Watermark(date.fromisoformat(str(value["until"])), value["organization"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}",
            hint="Delete it, and say with --since from which day on to read.",
        ) from None


def _remember(
    home: Path,
    known: _Watermark | None,
    fetched: Sequence[tuple[LiveReport, Spooled]],
    *,
    since: date,
    until: date,
) -> None:
    """Keep how far the fetch came, unless days before it were left out."""
    organization = next((found.organization for _, found in fetched if found.organization), None)
    if known and known.organization in (None, organization):
        if since > known.until:
            return
        until = max(until, known.until)
    value = {"schema": _SCHEMA, "until": until.isoformat(), "organization": organization}
    write_whole(home / "state.json", json.dumps(value, indent=1))


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
