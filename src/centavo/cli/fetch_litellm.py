"""``centavo fetch litellm``: the spend logs of a LiteLLM proxy, live from its database."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import click

from centavo.cli.ingest import show_ingested
from centavo.cli.output import say
from centavo.cli.progress import following
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.ledger.settings import Settings
from centavo.sources.litellm.live_rows import FetchState, SpendLogTable, spool_rows
from centavo.whole_files import write_whole

__all__ = ["fetch_spend_logs", "litellm"]

RESCAN_HOURS = 24
ROWS_PER_FILE = 250_000


@click.command("litellm")
@click.option(
    "--table",
    default="LiteLLM_SpendLogs",
    show_default=True,
    help="The table, with its schema where needed: litellm.LiteLLM_SpendLogs.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day, UTC [default: some hours before the last fetch's end, at first everything].",
)
@click.option(
    "--rescan-hours",
    default=RESCAN_HOURS,
    show_default=True,
    type=click.IntRange(0, 8_784),
    help="Hours looked at again, because rows are written late.",
)
@click.pass_obj
def litellm(ledger: Path | None, *, table: str, since: datetime | None, rescan_hours: int) -> None:
    """Read the spend logs of a LiteLLM proxy from its PostgreSQL: what is new since last time.

    Needs the extra centavo[postgres], and the address in CENTAVO_LITELLM_DSN or in libpq's own
    variables (PGHOST, PGDATABASE, PGUSER, PGPASSWORD). Only reads; prompts and answers stay there.
    """
    from centavo.sources.litellm.postgres import PostgresTable

    settings = Settings.load(Path.cwd(), ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    with closing(PostgresTable(table, os.environ)) as live:
        rescan = timedelta(hours=rescan_hours)
        rows = fetch_spend_logs(live, settings, since=since, rescan=rescan, now=now)
    say(f"{rows:,} rows of {table} read." if rows else f"No new rows in {table}.")


def fetch_spend_logs(
    table: SpendLogTable,
    settings: Settings,
    *,
    since: datetime | None,
    rescan: timedelta,
    now: datetime,
    rows_per_file: int = ROWS_PER_FILE,
) -> int:
    """Fetch what is new, file by file, and return the number of rows.

    Each file is written to the ledger before the next is fetched, and only then is its end
    remembered: a fetch that is interrupted goes on after the last file that arrived.

    Args:
        table: The live table.
        settings: Ledger, rules and prices.
        since: First day, naive UTC; ``None`` goes on from the last fetch.
        rescan: How long before the last fetch's end to begin.
        now: The clock, aware, UTC.
        rows_per_file: Rows in one query, one file and one commit.

    Raises:
        InputError: The table is not LiteLLM's.
        ProviderError: The database or the network failed; files before stay in the ledger.
    """
    place = sha256(table.identity.encode()).hexdigest()[:12]
    home = settings.location.folder / "fetch" / f"litellm-{place}"
    state_file = home / "state.json"
    state = FetchState()
    if state_file.exists():
        state = FetchState.from_json(state_file.read_text(encoding="utf-8"))
    begin = state.begin(rescan=rescan, since=since)
    name = f"spend-logs-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    total = 0
    for found in spool_rows(
        table, folder=home / "rows", name=name, begin=begin, rows_per_file=rows_per_file
    ):
        files, _ = recognise_all(find_files([str(found.path)]), forced="litellm")
        with following() as progress:
            options = IngestOptions(now=now, source="litellm", mapping=settings.scopes)
            show_ingested(list(ingest(settings, files, options, progress=progress)))
        until = max(state.until or found.end.start_time, found.end.start_time)
        state = FetchState(until)
        write_whole(state_file, state.as_json())
        found.path.unlink()
        total += found.rows
    return total
