"""``centavo prices show``: what a model costs on a day, from whom, and what is announced."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, count_text, print_json, say
from centavo.cli.price_texts import plain_price, print_speaking
from centavo.ledger.settings import Settings
from centavo.period import parse_instant
from centavo.pricing import PriceBook, Quote
from centavo.pricing.shutdowns import Shutdown, Shutdowns

__all__ = ["command"]


@click.command("show")
@click.argument("model")
@click.option("--at", help="Prices on this day [default: today].")
@click.option("--all", "every", is_flag=True, help="Every dated price, past and announced.")
@click.option("--provider", help="Only from this provider.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    model: str,
    *,
    at: str | None,
    every: bool,
    provider: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what MODEL costs, by unit and tier, with the source of each price.

    Says what is announced for it as well: other prices from a later day, and its end.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    book = PriceBook.load(settings.prices)
    moment = parse_instant(at) if at else datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    quotes = book.show(model, None if every else moment, provider)
    announced = [] if every else _announced(book.show(model, None, provider), moment)
    shutdowns = _shutdowns(Shutdowns.load(settings.shutdowns), model, quotes)
    if as_json:
        print_json(
            {
                "schema": "centavo.prices/1",
                "snapshot": book.snapshot_id,
                "at": None if every else moment.isoformat(),
                "quotes": [_as_json(quote) for quote in quotes],
                "announced": [
                    {"day": f"{day:%Y-%m-%d}", "changes": changes} for day, changes in announced
                ],
                "shutdowns": [_shutdown_json(shutdown) for shutdown in shutdowns],
            }
        )
        return
    when = "at every date" if every else f"on {moment:%Y-%m-%d}"
    served = sorted({quote.provider for quote in quotes})
    at_one = f" at {served[0]}" if len(served) == 1 and served[0] else ""
    sources = " and ".join(sorted({quote.source for quote in quotes}))
    say(
        f"{model}{at_one}: {len(quotes)} prices {when}, from {sources}, snapshot {book.snapshot_id}."
    )
    _print(quotes, cast("Format", form or "table"))
    for day, changes in announced:
        say(f"Changes on {day:%Y-%m-%d}: {'; '.join(changes)}.")
    for shutdown in shutdowns:
        say(_shutdown_text(shutdown, moment))


def _announced(quotes: Iterable[Quote], moment: datetime) -> list[tuple[datetime, list[str]]]:
    """Return (day, what changes) for every later day, as differences to the day before it."""
    at = moment.astimezone(UTC).replace(tzinfo=None)
    lines: dict[tuple[object, ...], list[Quote]] = defaultdict(list)
    for quote in quotes:
        place = (quote.provider, quote.model, quote.variant, quote.unit)
        lines[*place, quote.tier_from_input_tokens, quote.daily_from].append(quote)
    found: dict[datetime, list[str]] = defaultdict(list)
    for history in lines.values():
        before: Quote | None = None
        for quote in sorted(history, key=lambda it: it.valid_from or datetime.min):  # noqa: DTZ901 -- naive UTC, as quotes are
            if quote.valid_from and quote.valid_from > at and _price(quote) != _price(before):
                found[quote.valid_from].append(_change(before, quote))
            before = quote
    return sorted(found.items())


def _price(quote: Quote | None) -> tuple[Decimal, str] | None:
    return None if quote is None else (quote.price, quote.currency)


def _change(before: Quote | None, after: Quote) -> str:
    tier = "" if after.variant == "standard" else f"{after.variant} "
    over = ""
    if after.tier_from_input_tokens:
        over = f" over {count_text(after.tier_from_input_tokens - 1)} input tokens"
    if before is None:
        return f"{tier}{after.unit}{over} {plain_price(after.price)} (new)"
    return f"{tier}{after.unit}{over} {plain_price(before.price)} -> {plain_price(after.price)}"


def _shutdowns(known: Shutdowns, model: str, quotes: Sequence[Quote]) -> list[Shutdown]:
    found = [known.find(quote.provider, (model, quote.model)) for quote in quotes]
    return [it for it in dict.fromkeys(found) if it is not None]


def _shutdown_text(shutdown: Shutdown, moment: datetime) -> str:
    where = f" at {shutdown.providers[0]}" if "*" not in shutdown.providers else ""
    if shutdown.certainty == "not_before":
        text = f"May be shut down{where} from {shutdown.day} on"
    elif shutdown.day <= moment.astimezone(UTC).date():
        text = f"Was shut down{where} on {shutdown.day}"
    else:
        text = f"Shuts down{where} on {shutdown.day}"
    if shutdown.successor:
        text += f"; {'answered by' if shutdown.routed else 'successor'} {shutdown.successor}"
    return f"{text} (hand-kept list, read {shutdown.as_of})."


def _print(quotes: Sequence[Quote], form: Format) -> None:
    columns = [
        Column("unit"), Column("tier"), Column("price", numeric=True), Column("currency", drop=2),
        Column("per", numeric=True), Column("input >", numeric=True, drop=3),
        Column("hours UTC", drop=1), Column("provider"),
        Column("model", drop=5), Column("from", drop=7), Column("until", drop=7),
        Column("source", drop=6),
    ]  # fmt: skip
    rows = [_row(quote, count_text) for quote in quotes]
    exact = [_row(quote, str) for quote in quotes]
    silent: dict[str, str | None] = {
        "input >": None,
        "hours UTC": None,
        "from": None,
        "until": None,
    }
    for title, values in (
        ("provider", {quote.provider for quote in quotes}),
        ("model", {quote.model for quote in quotes}),
        ("source", {quote.source for quote in quotes}),
    ):
        if len(values) == 1:
            silent[title] = values.pop()
    print_speaking(columns, rows, exact, silent=silent, whole=("unit",), form=form)


def _row(q: Quote, count: Callable[[int], str | None]) -> list[str | None]:
    over = count(q.tier_from_input_tokens - 1) if q.tier_from_input_tokens else None
    return [
        q.unit, q.variant, plain_price(q.price), q.currency, count(q.per), over, _hours(q),
        q.provider, q.model, _day(q.valid_from), _day(q.valid_to), q.source,
    ]  # fmt: skip


def _hours(quote: Quote) -> str | None:
    if quote.daily_from is None and quote.daily_to is None:
        return None
    start = f"{quote.daily_from:%H:%M}" if quote.daily_from else "00:00"
    return f"{start}-{quote.daily_to:%H:%M}" if quote.daily_to else f"{start}-24:00"


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d}"


def _as_json(quote: Quote) -> dict[str, object]:
    return {
        "provider": quote.provider,
        "model": quote.model,
        "unit": quote.unit,
        "price": {"amount": plain_price(quote.price), "currency": quote.currency},
        "per": quote.per,
        "tier": quote.variant,
        "from_input_tokens": quote.tier_from_input_tokens,
        "valid_from": quote.valid_from.isoformat() if quote.valid_from else None,
        "valid_to": quote.valid_to.isoformat() if quote.valid_to else None,
        "daily_from": quote.daily_from.isoformat() if quote.daily_from else None,
        "daily_to": quote.daily_to.isoformat() if quote.daily_to else None,
        "source": quote.source,
    }


def _shutdown_json(shutdown: Shutdown) -> dict[str, object]:
    return {
        "providers": list(shutdown.providers),
        "day": shutdown.day.isoformat(),
        "certainty": shutdown.certainty,
        "successor": shutdown.successor,
        "routed": shutdown.routed,
        "as_of": shutdown.as_of.isoformat(),
        "source": shutdown.source,
        "note": shutdown.note,
    }
