"""``centavo bodies``: which prompts and answers are kept, and dropping them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.errors import ConfigError
from centavo.ledger.bodies import BodyIndex, count_expired, drop_all, drop_bodies
from centavo.ledger.ledger import Ledger
from centavo.ledger.lock import writer_lock
from centavo.ledger.settings import Settings

__all__ = ["command"]

_KINDS = """
SELECT part.kind, count(DISTINCT part.body_hash)::BIGINT, count(*)::BIGINT,
    count(DISTINCT part.content_hash)::BIGINT, sum(length(content.text))::BIGINT,
    sum(length(content.text)) FILTER (WHERE part.first)::BIGINT
FROM (
    SELECT *, row_number() OVER (PARTITION BY content_hash ORDER BY body_hash, position) = 1 AS first
    FROM body_parts
) AS part
JOIN body_contents AS content USING (content_hash)
GROUP BY part.kind ORDER BY sum(length(content.text)) DESC, part.kind
"""


@click.group("bodies")
def command() -> None:
    """Show which prompts and answers are kept, and drop them.

    `centavo ingest --keep-bodies` keeps them, without secrets, for as long as [bodies] says.
    """


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def show_command(folder: Path | None, *, as_json: bool) -> None:
    """Show how many bodies are kept, of what, and how much room they take."""
    settings = Settings.load(Path.cwd(), ledger=folder)
    place = settings.location.bodies
    bodies, _ = count_expired(place, before=None)
    sizes = BodyIndex.read(place).sizes(place)
    ledger = Ledger.open(settings.location)
    kinds = [(str(row[0]), *(int(str(n)) for n in row[1:])) for row in ledger.rows(_KINDS)]
    if as_json:
        names = ("kind", "bodies", "parts", "texts", "chars_sent", "chars_kept")
        print_json(
            {
                "schema": "centavo.bodies/1",
                "bodies": bodies,
                "files": sizes.files,
                "size_bytes": sizes.size_bytes,
                "retention_days": settings.retention_days or None,
                "kinds": [dict(zip(names, kind, strict=True)) for kind in kinds],
            }
        )
        return
    kept = f"{settings.retention_days} days" if settings.retention_days else "until dropped"
    say(f"{bodies:,} bodies are kept in {sizes.size_bytes / 1e6:,.1f} MB, each for {kept}.")
    columns = [
        Column("part"), Column("bodies", numeric=True), Column("parts", numeric=True, drop=1),
        Column("texts", numeric=True, drop=2), Column("characters sent", numeric=True),
        Column("kept once", numeric=True),
    ]  # fmt: skip
    rows = [[kind[0], *(count_text(n) for n in kind[1:])] for kind in kinds]
    print_table(Table(columns, rows, [[str(cell) for cell in kind] for kind in kinds]))
    say("Next: centavo prompts" if bodies else "Next: centavo ingest FILE… --keep-bodies")


@command.command("drop")
@click.option("--all", "every", is_flag=True, help="Every body.")
@click.option(
    "--older-than", "days", type=click.IntRange(min=0), metavar="DAYS", help="Kept before."
)
@click.option("--yes", is_flag=True, help="Drop them; without it the command only says how many.")
@click.option(
    "--wait", "wait_s", default=30.0, show_default=True, help="Seconds to wait for another writer."
)
@click.pass_obj
def drop_command(
    folder: Path | None, *, every: bool, days: int | None, yes: bool, wait_s: float
) -> None:
    """Drop prompts and answers; requests, tokens and costs stay."""
    if every == (days is not None):
        raise ConfigError(
            "which bodies to drop is not clear", hint="Say --all or --older-than DAYS."
        )
    settings = Settings.load(Path.cwd(), ledger=folder)
    place = settings.location.bodies
    today = datetime.now(UTC).date()  # noqa: TID251 -- the edge where the clock enters
    before = None if days is None else today - timedelta(days=days)
    if not yes:
        bodies, expired = count_expired(place, before=before)
        say(f"{expired:,} of {bodies:,} bodies would be dropped. Next: the same with --yes")
        return
    with writer_lock(settings.location.folder, wait_s=wait_s):
        if before is None:
            drop_all(place)
            say("Every body is dropped.")
        else:
            say(f"{drop_bodies(place, before=before):,} bodies are dropped.")
