"""``centavo attribute``: apply the attribution rules again to everything in the ledger."""

from datetime import UTC, datetime
from pathlib import Path

import click

from centavo.cli.output import say
from centavo.ledger.attribution import SCOPED_TABLES, Attribution
from centavo.ledger.engine import open_engine
from centavo.ledger.layout import view_select
from centavo.ledger.schema import TABLES
from centavo.ledger.settings import Settings
from centavo.ledger.writer import writing

__all__ = ["command"]


@click.command("attribute")
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Rules file [default: `[attribution] rules` in centavo.toml].",
)
@click.option(
    "--apply", "applied", is_flag=True, help="Write; without it, only say what would change."
)
@click.pass_obj
def command(ledger: Path | None, *, rules: Path | None, applied: bool) -> None:
    """Apply the attribution rules again to every charge and request in the ledger.

    Without --apply nothing is written. An application that the log itself stated stays, unless a
    rule sets it.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    attribution = Attribution.load(rules or settings.rules)
    engine = open_engine()
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    with writing(settings.location, engine, now=now) as writer:
        for table in SCOPED_TABLES:
            files = writer.tables.plan(table).files
            if not files:
                continue
            stored = view_select(files, TABLES[table])
            select = attribution.select(stored, table=table)
            changed = engine.execute(
                f"SELECT count(*) FROM (({select}) EXCEPT ALL ({stored}))"
            ).fetchone()
            count = changed[0] if changed else 0
            if count and applied:
                writer.replace_all(table, select)
            verb = "changed" if applied else "would change"
            say(f"{table}: {count:,} of {sum(file.rows for file in files):,} rows {verb}.")
    if not applied:
        say("Nothing was written; --apply writes it.")
