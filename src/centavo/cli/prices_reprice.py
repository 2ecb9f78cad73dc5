"""``centavo prices reprice``: a past period at another price book; written only when told."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import (
    Column,
    Format,
    count_text,
    decimals_for,
    print_json,
    say,
)
from centavo.cli.price_texts import money_text, print_speaking, signed_text
from centavo.errors import ConfigError
from centavo.ledger.engine import open_engine
from centavo.ledger.layout import view_select
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TABLES
from centavo.ledger.settings import Settings
from centavo.ledger.writer import writing
from centavo.money import Money
from centavo.period import Period
from centavo.pricing import KeptBooks, PriceBook
from centavo.pricing.repricing import RepricedModel, reprice, rewritten

__all__ = ["command"]


@click.command("reprice")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--snapshot", help="Price book to use; see `centavo prices snapshots`.")
@click.option("--now", "installed", is_flag=True, help="Use the installed book [the default].")
@click.option(
    "--apply", "applied", is_flag=True, help="Write; without it, only say what would change."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    since: str | None,
    until: str | None,
    snapshot: str | None,
    installed: bool,
    applied: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what the requests of a period cost at another price book, against what they say now.

    Prices are those of each request's own day, as that book knows them. Without --apply nothing is
    written; with it, all requests of the period are written in one commit that names the book.
    """
    if snapshot and installed:
        raise ConfigError("--snapshot and --now name two price books", hint="Give one of them.")
    settings = Settings.load(Path.cwd(), ledger=ledger)
    period = Period.parse(since, until)
    kept = KeptBooks.beside(settings.location.folder)
    book = PriceBook.load(settings.prices)
    if snapshot and snapshot != book.snapshot_id:
        book = kept.open(snapshot)
    opened = Ledger.open(settings.location)
    models = reprice(opened.engine, book, "usage_events", period)
    if not models:
        raise ConfigError(
            "the ledger holds no priced requests of that period",
            hint="`centavo ledger` shows what it holds.",
        )
    changed = sum(it.changed for it in models)
    written = bool(applied and changed)
    if written:
        kept.keep(book)
        _write(settings, book, period, (since, until))
    if as_json:
        print_json(_as_json(book, models, period, written=written))
        return
    _show(book, models, form=cast("Format", form or "table"))
    if written:
        say(f"Written: {changed:,} requests in one commit; `centavo ledger --snapshots` lists it.")
        lost = _not_kept(kept, models)
        if lost:
            say(
                f"The book {', '.join(lost)} that priced them before is not kept: only "
                "`centavo costs --as-of` shows the former cost."
            )
    elif changed:
        say("Nothing was written; --apply writes it.")


def _not_kept(kept: KeptBooks, models: Iterable[RepricedModel]) -> list[str]:
    known = {book.snapshot_id for book in kept.known()}
    return sorted({snapshot for it in models for snapshot in it.snapshots} - known)


def _write(
    settings: Settings, book: PriceBook, period: Period, bounds: tuple[str | None, str | None]
) -> None:
    engine = open_engine()
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    with writing(settings.location, engine, now=now) as writer:
        files = writer.tables.plan("usage_events").files
        stored = view_select(files, TABLES["usage_events"])
        select = rewritten(engine, book, stored, period)
        writer.replace_all(
            "usage_events",
            select,
            properties={
                "centavo.reprice.snapshot": book.snapshot_id,
                "centavo.reprice.since": bounds[0] or "",
                "centavo.reprice.until": bounds[1] or "",
            },
        )


def _show(book: PriceBook, models: Sequence[RepricedModel], *, form: Format) -> None:
    totals = [
        f"{money_text(recorded)} becomes {money_text(repriced)}"
        for recorded, repriced in _totals(models)
    ]
    changed = sum(it.changed for it in models)
    requests = sum(it.requests for it in models)
    say(
        f"At price book {book.snapshot_id}, {' and '.join(totals)}: {changed:,} of {requests:,} "
        "requests change."
    )
    _print(models, form)
    used = sorted({snapshot for it in models for snapshot in it.snapshots})
    say(f"The requests were priced with {', '.join(used) or 'no book'}.")


def _totals(models: Iterable[RepricedModel]) -> list[tuple[Money, Money]]:
    """Return (recorded, repriced) for each currency; a side without an amount is zero."""
    sums: dict[str, list[Decimal]] = {}
    for model in models:
        for place, money in enumerate((model.recorded, model.repriced)):
            if money is not None:
                sums.setdefault(money.currency, [Decimal(0), Decimal(0)])[place] += money.amount
    return [(Money(old, name), Money(new, name)) for name, (old, new) in sums.items()]


def _print(models: Sequence[RepricedModel], form: Format) -> None:
    columns = [
        Column("provider", drop=2), Column("model"), Column("requests", numeric=True, drop=1),
        Column("recorded", numeric=True), Column("repriced", numeric=True),
        Column("difference", numeric=True), Column("currency", drop=3),
        Column("changed", numeric=True), Column("newly priced", numeric=True, drop=4),
        Column("no longer priced", numeric=True, drop=4),
    ]  # fmt: skip
    largest = max((it.recorded.amount for it in models if it.recorded), default=Decimal(0))
    print_speaking(
        columns,
        [_row(it, decimals_for(largest)) for it in models],
        [_row(it, None) for it in models],
        silent={"newly priced": "0", "no longer priced": "0"},
        whole=("model",),
        form=form,
    )


def _row(it: RepricedModel, decimals: int | None) -> list[str | None]:
    known = it.repriced or it.recorded
    amounts: list[str | None] = []
    for money in (it.recorded, it.repriced):
        if money is None or decimals is None:
            amounts.append(money.as_json()["amount"] if money else None)
        else:
            amounts.append(f"{money.rounded(decimals).amount:,f}")
    difference = it.difference
    if difference is None or decimals is None:
        amounts.append(difference.as_json()["amount"] if difference else None)
    else:
        amounts.append(signed_text(difference.amount, decimals))
    counts = (it.requests, it.changed, it.newly_priced, it.newly_unpriced)
    requests, changed, newly, no_longer = (
        str(count) if decimals is None else count_text(count) for count in counts
    )
    return [
        it.provider, it.model, requests, *amounts, known.currency if known else None,
        changed, newly, no_longer,
    ]  # fmt: skip


def _as_json(
    book: PriceBook, models: Sequence[RepricedModel], period: Period, *, written: bool
) -> dict[str, object]:
    return {
        "schema": "centavo.prices.reprice/1",
        "snapshot": book.snapshot_id,
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "written": written,
        "totals": [
            {"recorded": recorded.as_json(), "repriced": repriced.as_json()}
            for recorded, repriced in _totals(models)
        ],
        "models": [
            {
                "provider": it.provider,
                "model": it.model,
                "requests": it.requests,
                "changed": it.changed,
                "newly_priced": it.newly_priced,
                "newly_unpriced": it.newly_unpriced,
                "recorded": it.recorded.as_json() if it.recorded else None,
                "repriced": it.repriced.as_json() if it.repriced else None,
                "difference": it.difference.as_json() if it.difference else None,
                "snapshots": list(it.snapshots),
            }
            for it in models
        ],
    }
