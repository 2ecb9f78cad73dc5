"""``centavo prices missing``: requests that have no price, and why."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.consumption.dimensions import filter_sql
from centavo.errors import GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.period import Period
from centavo.wording import counted

__all__ = ["command"]

_FIELDS = ("provider", "model", "reason", "requests", "tokens", "first_day", "last_day")


@click.command("missing")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--fail-on-any", is_flag=True, help="Exit 1 when anything is unpriced.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(
    ledger: Path | None, *, since: str | None, until: str | None, fail_on_any: bool, as_json: bool
) -> None:
    """Show requests in the ledger that have no price: model, reason, how many."""
    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = Ledger.open(settings.location)
    query = files("centavo.consumption").joinpath("sql", "unpriced.sql").read_text(encoding="utf-8")
    condition = filter_sql(Period.parse(since, until), {}, at="started_at", tags="labels")
    rows = opened.rows(query.format(filter=condition))
    count = sum(int(str(row[3])) for row in rows)
    if as_json:
        shown = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
        print_json({"schema": "centavo.prices.missing/1", "requests": count, "rows": shown})
    elif not count:
        say("Every request has a price, but for failed ones that report no usage.")
    else:
        say(
            f"{counted(count, 'request has', 'requests have')} no price; the cost is unknown and in no total."
        )
        columns = [
            Column("provider"), Column("model"), Column("reason"),
            Column("requests", numeric=True), Column("tokens", numeric=True, drop=3),
            Column("first day", drop=2), Column("last day", drop=1),
        ]  # fmt: skip
        exact = [[None if cell is None else str(cell) for cell in row] for row in rows]
        print_table(Table(columns, [_row(row) for row in rows], exact))
        say("Next: `centavo explain REASON`; price them in the file of [prices] in centavo.toml.")
    if fail_on_any and count:
        raise GateError(f"{counted(count, 'request has', 'requests have')} no price")


def _row(row: Sequence[object]) -> list[str | None]:
    texts = [None if cell is None else str(cell) for cell in row]
    texts[3] = count_text(int(str(row[3])))
    texts[4] = None if row[4] is None else count_text(int(str(row[4])))
    return texts
