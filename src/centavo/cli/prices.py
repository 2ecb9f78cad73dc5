"""``centavo prices``: what a model costs on a day, and what could not be priced."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, Table, count_text, print_json, print_table, say
from centavo.errors import GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.period import parse_instant
from centavo.pricing import PriceBook, Quote

__all__ = ["command"]


@click.group("prices")
def command() -> None:
    """Show prices, and what could not be priced."""


@command.command("show")
@click.argument("model")
@click.option("--at", help="Prices on this day [default: today].")
@click.option("--all", "every", is_flag=True, help="Every dated price, past and announced.")
@click.option("--provider", help="Only from this provider.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def show(
    ledger: Path | None,
    model: str,
    *,
    at: str | None,
    every: bool,
    provider: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what MODEL costs, by unit and tier, with the source of each price."""
    settings = Settings.load(Path.cwd(), ledger=ledger)
    book = PriceBook.load(settings.prices)
    moment = parse_instant(at) if at else datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    quotes = book.show(model, None if every else moment, provider)
    if as_json:
        print_json(
            {
                "schema": "centavo.prices/1",
                "snapshot": book.snapshot_id,
                "at": None if every else moment.isoformat(),
                "quotes": [_as_json(quote) for quote in quotes],
            }
        )
        return
    when = "at every date" if every else f"on {moment:%Y-%m-%d}"
    say(f"{model}: {len(quotes)} prices {when}, snapshot {book.snapshot_id}.")
    print_table(_table(quotes), form=cast("Format", form or "table"))


@command.command("missing")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--fail-on-any", is_flag=True, help="Exit 1 when anything is unpriced.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def missing(
    ledger: Path | None, *, since: str | None, until: str | None, fail_on_any: bool, as_json: bool
) -> None:
    """Show requests in the ledger that have no price: model, reason, how many."""
    from centavo.consumption.dimensions import filter_sql
    from centavo.period import Period

    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = Ledger.open(settings.location)
    query = files("centavo.consumption").joinpath("sql", "unpriced.sql").read_text(encoding="utf-8")
    condition = filter_sql(Period.parse(since, until), {}, at="started_at", tags="labels")
    rows = opened.rows(query.format(filter=condition))
    count = sum(int(str(row[3])) for row in rows)
    if as_json:
        names = ("provider", "model", "reason", "requests", "tokens", "first_day", "last_day")
        shown = [dict(zip(names, row, strict=True)) for row in rows]
        print_json({"schema": "centavo.prices.missing/1", "requests": count, "rows": shown})
    else:
        say(f"{count:,} requests have no price; their cost is unknown and in no total.")
        columns = [
            Column("provider"), Column("model"), Column("reason"),
            Column("requests", numeric=True), Column("tokens", numeric=True, drop=3),
            Column("first day", drop=2), Column("last day", drop=1),
        ]  # fmt: skip
        if rows:
            print_table(Table(columns, [_missing_row(row) for row in rows]))
            say(
                "Next: `centavo explain REASON`; price them in the file of [prices] in centavo.toml."
            )
    if fail_on_any and count:
        raise GateError(f"{count:,} requests have no price")


def _missing_row(row: Sequence[object]) -> list[str | None]:
    texts = [None if cell is None else str(cell) for cell in row]
    texts[3] = count_text(int(str(row[3])))
    texts[4] = None if row[4] is None else count_text(int(str(row[4])))
    return texts


def _table(quotes: list[Quote]) -> Table:
    columns = [
        Column("provider"), Column("model", drop=1), Column("unit"), Column("tier"),
        Column("price", numeric=True), Column("currency", drop=2), Column("for", numeric=True),
        Column("input over", numeric=True, drop=4), Column("from", drop=5), Column("until", drop=5),
        Column("source", drop=3),
    ]  # fmt: skip
    rows = [
        [
            q.provider, q.model, q.unit, q.variant, format(q.price.normalize() + 0, "f"), q.currency,
            count_text(q.per), count_text(q.tier_from_input_tokens) if q.tier_from_input_tokens else None,
            _day(q.valid_from), _day(q.valid_to), q.source,
        ]
        for q in quotes
    ]  # fmt: skip
    return Table(columns, rows)


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _as_json(quote: Quote) -> dict[str, object]:
    return {
        "provider": quote.provider,
        "model": quote.model,
        "unit": quote.unit,
        "price": {"amount": format(quote.price.normalize() + 0, "f"), "currency": quote.currency},
        "per": quote.per,
        "tier": quote.variant,
        "from_input_tokens": quote.tier_from_input_tokens,
        "valid_from": quote.valid_from.isoformat() if quote.valid_from else None,
        "valid_to": quote.valid_to.isoformat() if quote.valid_to else None,
        "daily_from": quote.daily_from.isoformat() if quote.daily_from else None,
        "daily_to": quote.daily_to.isoformat() if quote.daily_to else None,
        "source": quote.source,
    }
