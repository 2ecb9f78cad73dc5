"""``centavo prices calendar``: announced prices and shutdowns, and what they will cost."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, decimals_for, print_json, say
from centavo.cli.price_texts import money_text, print_speaking, signed_text
from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import parse_instant
from centavo.pricing import PriceBook
from centavo.pricing.price_calendar import (
    CalendarEvent,
    PriceCalendar,
    Quarter,
    announced_changes,
    price_calendar,
)
from centavo.pricing.recent_usage import recent_window
from centavo.pricing.shutdowns import Shutdowns

__all__ = ["command"]


@click.command("calendar")
@click.option("--until", help="Last day looked at, excluded [default: end of the next quarter].")
@click.option("--all", "every", is_flag=True, help="Every model, not those used; without money.")
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(min=1),
    help="Complete days of usage that the changes are weighed with.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    until: str | None,
    every: bool,
    days: int,
    as_json: bool,
    form: str | None,
) -> None:
    """Show announced prices and model shutdowns, and what they do to the next quarter's bill.

    The usage of the last days is priced again at each date. A model that ends is priced as the
    successor that its provider names, with the same token counts.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    book = PriceBook.load(settings.prices)
    shutdowns = Shutdowns.load(settings.shutdowns)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    horizon = parse_instant(until).date() if until else None
    if horizon and horizon <= now.date():
        raise ConfigError(f"--until {until} is not in the future")
    if every:
        quarter = Quarter.after(now.date())
        events = announced_changes(book, shutdowns, now=now, until=horizon or quarter.end)
        calendar = PriceCalendar(None, quarter, tuple(events), (), shutdowns.as_of)
    else:
        opened = Ledger.open(settings.location)
        window = recent_window(opened, now=now, days=days)
        if window is None:
            raise ConfigError(
                "the ledger holds no requests to weigh changes with",
                hint="Read a request log first, or list everything announced with --all.",
            )
        calendar = price_calendar(opened, book, shutdowns, window=window, now=now, until=horizon)
    if as_json:
        print_json(_as_json(calendar, book))
    else:
        _show(calendar, form=cast("Format", form or "table"))


def _show(calendar: PriceCalendar, *, form: Format) -> None:
    say(*_answer(calendar))
    if calendar.events:
        _print(calendar, form)
    if calendar.window:
        texts = (
            f"{it.day} {it.text if it.becomes != it.model else f'{it.model}: {it.text}'}"
            for it in calendar.events
            if it.kind == "price"
        )
        say(*dict.fromkeys(texts))
    notes = dict.fromkeys(it.note for it in calendar.events if it.note)
    say(*(f"Note: {note}" for note in notes))
    if calendar.window and any(it.kind == "shutdown" for it in calendar.events):
        say("A successor is priced with the same token counts; its tokenizer may count others.")
    say(
        f"Shutdowns are a hand-kept list, gone through on {calendar.as_of}; it may miss some. "
        "Next: centavo explain shutdowns"
    )


def _answer(calendar: PriceCalendar) -> list[str]:
    quarter, window = calendar.quarter, calendar.window
    count = len(calendar.events)
    changes = "1 change is" if count == 1 else f"{count:,} changes are"
    if window is None:
        return [f"{changes} announced."]
    totals = " and ".join(money_text(total) for total in calendar.quarter_at_today)
    lines = [
        f"{changes} announced for the models in use. At the usage of {window.first} until "
        f"{window.end} ({window.days} days), the quarter from {quarter.first} costs {totals or 'nothing'} "
        "at today's prices."
    ]
    effects = _effects(calendar.events)
    if effects:
        texts = [f"{signed_text(it.amount, 2)} {it.currency}" for it in effects]
        lines.append(f"What is announced changes that by {' and '.join(texts)}.")
    unknown = [it for it in calendar.events if it.kind == "shutdown" and it.after is None]
    if unknown:
        lines.append(
            f"{len(unknown):,} of them have no price to move to; their effect is not in this sum."
        )
    return lines


def _effects(events: Sequence[CalendarEvent]) -> list[Money]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        if event.quarter_effect is not None:
            sums[event.quarter_effect.currency] += event.quarter_effect.amount
    return [Money(amount, currency) for currency, amount in sums.items()]


def _print(calendar: PriceCalendar, form: Format) -> None:
    """Print the events; without amounts there is room for what happens in full."""
    whole = calendar.window is None
    events = calendar.events
    currencies = {it.before.currency for it in events if it.before}
    columns = [
        Column("day"), Column("provider", drop=4), Column("model"), Column("what"),
        Column("now", numeric=True, drop=2), Column("then", numeric=True, drop=1),
        Column("quarter", numeric=True), Column("currency", drop=3), Column("source", drop=9),
    ]  # fmt: skip
    decimals = decimals_for(
        max((it.before.amount for it in events if it.before), default=Decimal(0))
    )
    print_speaking(
        columns,
        [_row(it, decimals, whole=whole) for it in events],
        [_row(it, None, whole=True) for it in events],
        silent={
            "now": None,
            "then": None,
            "quarter": None,
            "currency": currencies.pop() if len(currencies) == 1 else None,
        },
        whole=("model",) if whole else ("model", "what"),
        form=form,
    )


def _row(event: CalendarEvent, decimals: int | None, *, whole: bool) -> list[str | None]:
    known = event.before or event.after
    effect = _amount(event.quarter_effect, decimals)
    if event.quarter_effect and decimals is not None:
        effect = signed_text(event.quarter_effect.amount, decimals)
    provider, model = event.provider, event.model
    if decimals is not None:
        provider, model = _first(provider), _first(model)
    return [
        event.day.isoformat(), provider, model,
        str(event.text) if whole else _short(event), _amount(event.before, decimals),
        _amount(event.after, decimals), effect, known.currency if known else None, event.source,
    ]  # fmt: skip


def _first(names: str) -> str:
    """Return the first of several names and how many more there are."""
    first, *others = names.split(", ")
    return f"{first} +{len(others)}" if others else first


def _short(event: CalendarEvent) -> str:
    if event.kind == "not_before":
        return "may end"
    if event.kind == "shutdown":
        return f"ends -> {event.becomes}" if event.becomes else "ends"
    return "price" if event.becomes == event.model else f"price of {event.becomes}"


def _amount(money: Money | None, decimals: int | None) -> str | None:
    if money is None:
        return None
    if decimals is None:
        return money.as_json()["amount"]
    return f"{money.rounded(decimals).amount:,f}"


def _as_json(calendar: PriceCalendar, book: PriceBook) -> dict[str, object]:
    window = calendar.window
    return {
        "schema": "centavo.prices.calendar/1",
        "snapshot": book.snapshot_id,
        "usage": {"first": _day(window.first), "end": _day(window.end), "days": window.days}
        if window
        else None,
        "quarter": {"first": _day(calendar.quarter.first), "end": _day(calendar.quarter.end)},
        "quarter_at_today": [total.as_json() for total in calendar.quarter_at_today],
        "quarter_effect": [total.as_json() for total in _effects(calendar.events)],
        "shutdowns_as_of": _day(calendar.as_of),
        "events": [
            {
                "day": _day(it.day),
                "kind": it.kind,
                "provider": it.provider,
                "model": it.model,
                "becomes": it.becomes,
                "text": str(it.text),
                "usage_cost_before": it.before.as_json() if it.before else None,
                "usage_cost_after": it.after.as_json() if it.after else None,
                "quarter_effect": it.quarter_effect.as_json() if it.quarter_effect else None,
                "source": it.source,
                "note": it.note,
            }
            for it in calendar.events
        ],
    }


def _day(day: date) -> str:
    return day.isoformat()
