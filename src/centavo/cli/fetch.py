"""``centavo fetch``: read a provider's own store, live, into the ledger."""

from datetime import UTC, datetime
from pathlib import Path

import click

from centavo.cli.fetch_litellm import litellm
from centavo.cli.fetch_n8n import n8n
from centavo.cli.fetch_vendors import anthropic, openai
from centavo.cli.ingest import show_ingested
from centavo.cli.output import say
from centavo.cli.progress import following
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.ledger.settings import Settings
from centavo.sources.gcp.bigquery import (
    DEFAULT_MAX_BYTES_BILLED,
    BigQueryClient,
    BigQueryExport,
    Refresh,
    RefreshState,
    refresh,
)
from centavo.whole_files import write_whole

__all__ = ["command", "fetch_bigquery"]


@click.group("fetch")
def command() -> None:
    """Read a provider's own store, live, into the ledger."""


command.add_command(openai)
command.add_command(anthropic)
command.add_command(litellm)
command.add_command(n8n)


@command.command("bigquery")
@click.argument("table", metavar="PROJECT.DATASET.TABLE")
@click.option("--project", help="Project that runs and pays for the queries.")
@click.option(
    "--rescan-days", default=10, show_default=True, help="Days looked at again for restated rows."
)
@click.option(
    "--max-bytes-billed",
    default=DEFAULT_MAX_BYTES_BILLED,
    show_default=True,
    help="Limit of each query.",
)
@click.pass_obj
def bigquery(
    ledger: Path | None, table: str, *, project: str | None, rescan_days: int, max_bytes_billed: int
) -> None:
    """Read a Google Cloud Billing export table: only partitions that changed since last time.

    Needs the extra centavo[gcp] and credentials in the environment.
    """
    from centavo.sources.gcp.bigquery_google import GoogleClient

    settings = Settings.load(Path.cwd(), ledger=ledger)
    export = BigQueryExport(table, rescan_days, max_bytes_billed)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    found = fetch_bigquery(GoogleClient(project), export, settings, now=now)
    say(f"{found.rows:,} rows in {len(found.files)} changed of {found.partitions_seen} partitions.")
    if found.unknown_columns:
        say(f"Columns that are not read: {', '.join(found.unknown_columns)}.")


def fetch_bigquery(
    client: BigQueryClient, export: BigQueryExport, settings: Settings, *, now: datetime
) -> Refresh:
    """Fetch the changed partitions, write them to the ledger, then remember them.

    The state is kept only after the commit: a fetch that is interrupted is simply done again.
    """
    home = settings.location.folder / "fetch" / export.table
    state_file = home / "state.json"
    state = RefreshState()
    if state_file.exists():
        state = RefreshState.from_json(state_file.read_text(encoding="utf-8"))
    found = refresh(client, export, spool=home / "partitions", state=state, now=now)
    if found.files:
        recognised, _ = recognise_all(find_files([str(path) for path in found.files]), forced="gcp")
        with following() as progress:
            options = IngestOptions(now=now, source="gcp")
            show_ingested(list(ingest(settings, recognised, options, progress=progress)))
    write_whole(state_file, found.state.as_json())
    for path in found.files:
        path.unlink()
    return found
