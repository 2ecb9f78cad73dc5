"""``centavo prices diff``: what changed between two price books, or between two days of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, count_text, print_json, say
from centavo.cli.price_texts import percent_text, plain_price, print_speaking
from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import parse_instant
from centavo.pricing import KeptBooks, PriceBook
from centavo.pricing.book_diff import BookAt, PriceChange, compare_books
from centavo.pricing.kept_books import SNAPSHOT_ID
from centavo.pricing.price_rows import EventKey
from centavo.pricing.tiers import STANDARD

__all__ = ["command"]


@click.command("diff")
@click.argument("sides", nargs=-1, metavar="[A] [B]")
@click.option("--at", "days", multiple=True, help="A day of the installed book; give it twice.")
@click.option("--on", help="Day on which two books are compared [default: today].")
@click.option("--model", help="Only models like this; * and ? are wildcards.")
@click.option("--provider", help="Only this provider; * and ? are wildcards.")
@click.option("--used", is_flag=True, help="Only models and tiers that the ledger has requests of.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    sides: tuple[str, ...],
    days: tuple[str, ...],
    on: str | None,
    model: str | None,
    provider: str | None,
    used: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show prices that differ between A and B.

    A and B are each a price snapshot (12 hex digits, see `centavo prices snapshots`), `now` for the
    installed book, a day (2026-03-01), or a snapshot on a day (98f45490e1a9@2026-03-01).
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    first, second = _sides(settings, (*sides, *days), parse_instant(on) if on else now)
    only = _used_models(settings, first.side.book, second.side.book) if used else None
    changes = [
        it
        for it in compare_books(first.side, second.side, only=only)
        if fnmatchcase(it.model.lower(), (model or "*").lower())
        and fnmatchcase(it.provider.lower(), (provider or "*").lower())
    ]
    if as_json:
        print_json(_as_json(first, second, changes))
    else:
        _show(first, second, changes, form=cast("Format", form or "table"))


@dataclass(frozen=True)
class _Named:
    """One side, and what it is called."""

    side: BookAt
    name: str


def _sides(settings: Settings, texts: Sequence[str], moment: datetime) -> tuple[_Named, _Named]:
    if not 1 <= len(texts) <= 2:
        raise ConfigError(
            f"a difference has two sides, not {len(texts)}",
            hint="For example `centavo prices diff 2026-01-01 now`, or two snapshots of "
            "`centavo prices snapshots`.",
        )
    installed = PriceBook.load(settings.prices)
    kept = KeptBooks.beside(settings.location.folder)
    both = [*texts, "now"][:2]
    first, second = (_side(text, installed, kept, moment) for text in both)
    return first, second


def _side(text: str, installed: PriceBook, kept: KeptBooks, moment: datetime) -> _Named:
    name, _, day = text.partition("@")
    book, at = installed, moment
    if SNAPSHOT_ID.fullmatch(name) and name != installed.snapshot_id:
        book = kept.open(name)
    elif name not in {"now", installed.snapshot_id}:
        day = name
    if day:
        at = parse_instant(day)
    return _Named(BookAt(book, at), f"{book.snapshot_id} on {at:%Y-%m-%d}")


def _used_models(settings: Settings, *books: PriceBook) -> set[tuple[str, str, str]]:
    names = "provider, requested_model, answered_model, processing_tier"
    rows = Ledger.open(settings.location).rows(f"SELECT DISTINCT {names} FROM usage_events")
    found: set[tuple[str, str, str]] = set()
    for row in rows:
        key = EventKey(*(None if name is None else str(name) for name in row))
        for book in books:
            priced = book.priced(key)
            if priced.model is not None:
                provider = priced.provider or key.provider or ""
                found.add((provider, priced.model, key.processing_tier or STANDARD))
    return found


def _show(first: _Named, second: _Named, changes: Sequence[PriceChange], *, form: Format) -> None:
    models = len({(it.provider, it.model) for it in changes})
    if not changes:
        say(f"No price differs between {first.name} and {second.name}.")
        return
    prices = "1 price" if len(changes) == 1 else f"{len(changes):,} prices"
    of = "1 model" if models == 1 else f"{models:,} models"
    say(f"{prices} of {of} differ between {first.name} and {second.name}.")
    _print(changes, form)
    say("Next: centavo prices reprice --since DAY --snapshot ID: what it does to a period.")


def _print(changes: Sequence[PriceChange], form: Format) -> None:
    columns = [
        Column("provider", drop=3), Column("model"), Column("unit"), Column("tier", drop=1),
        Column("input >", numeric=True, drop=1), Column("hours UTC", drop=3),
        Column("before", numeric=True), Column("after", numeric=True),
        Column("difference", numeric=True, drop=2), Column("what", drop=5),
    ]  # fmt: skip
    rows = [_row(it, count_text) for it in changes]
    exact = [_row(it, str) for it in changes]
    print_speaking(
        columns,
        rows,
        exact,
        silent={"tier": "standard", "input >": None, "hours UTC": None, "what": "changed"},
        whole=("model", "unit"),
        form=form,
    )


def _row(it: PriceChange, count: Callable[[int], str | None]) -> list[str | None]:
    over = count(it.over_input_tokens) if it.over_input_tokens else None
    before = None if it.before is None else plain_price(it.before)
    after = None if it.after is None else plain_price(it.after)
    if {it.before_currency, it.after_currency} - {"USD", None}:
        before = f"{before} {it.before_currency}" if before else None
        after = f"{after} {it.after_currency}" if after else None
    return [
        it.provider, it.model, it.unit, it.tier, over, it.hours or None, before, after,
        percent_text(it.difference), it.kind,
    ]  # fmt: skip


def _as_json(first: _Named, second: _Named, changes: Sequence[PriceChange]) -> dict[str, object]:
    return {
        "schema": "centavo.prices.diff/1",
        "sides": [
            {"snapshot": it.side.book.snapshot_id, "at": it.side.at.isoformat()}
            for it in (first, second)
        ],
        "changes": [
            {
                "kind": it.kind,
                "provider": it.provider,
                "model": it.model,
                "tier": it.tier,
                "unit": it.unit,
                "over_input_tokens": it.over_input_tokens,
                "hours_utc": it.hours or None,
                "per": it.per,
                "before": None
                if it.before is None
                else Money(it.before, it.before_currency or "").as_json(),
                "after": None
                if it.after is None
                else Money(it.after, it.after_currency or "").as_json(),
                "difference": None if it.difference is None else format(it.difference, "f"),
            }
            for it in changes
        ],
    }
