"""What is announced: prices that will change, models that will end, and what that will cost.

Usage of the last complete days is priced anew at each date, with the prices, tiers, input lengths
and hours of the day that will hold then: the same SQL that prices every request. What ends is
priced as its successor with the same token counts; another tokenizer would count others.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from centavo.ledger.ledger import Ledger
from centavo.message import Words, joined, message
from centavo.money import Money
from centavo.pricing.book import PriceBook
from centavo.pricing.calendar_events import (
    CalendarEvent,
    Quarter,
    price_change,
    price_changes,
    succeeded_by,
)
from centavo.pricing.calendar_usage import CalendarUsage, UsageGroup
from centavo.pricing.recent_usage import UsageWindow
from centavo.pricing.shutdowns import Shutdowns

__all__ = [
    "CalendarEvent",
    "PriceCalendar",
    "Quarter",
    "announced_changes",
    "price_calendar",
    "weighed_changes",
]


@dataclass(frozen=True)
class PriceCalendar:
    """What is announced until a day, weighed with recent usage.

    Attributes:
        window: Days of usage that it is weighed with; ``None`` without requests.
        quarter: The next calendar quarter.
        events: In the order of time.
        quarter_at_today: The quarter at that usage and today's prices, by currency.
        as_of: Day on which the shipped list of shutdowns was last gone through.
    """

    window: UsageWindow | None
    quarter: Quarter
    events: tuple[CalendarEvent, ...]
    quarter_at_today: tuple[Money, ...]
    as_of: date


def price_calendar(
    ledger: Ledger,
    book: PriceBook,
    shutdowns: Shutdowns,
    *,
    window: UsageWindow | None,
    now: datetime,
    until: date | None = None,
) -> PriceCalendar:
    """Return what is announced for the models in use.

    Args:
        ledger: Opened at the moment to answer from.
        book: Dated prices.
        shutdowns: Known ends of models.
        window: Days of usage.
        now: The clock, aware.
        until: Last day to look at, excluded; ``None`` until the end of the next quarter.
    """
    today = now.astimezone(UTC).date()
    quarter = Quarter.after(today)
    if window is None:
        return PriceCalendar(None, quarter, (), (), shutdowns.as_of)
    usage = CalendarUsage(ledger, book, window, today, quarter)
    groups = usage.load(shutdowns)
    events = _events(usage, groups, shutdowns, until or quarter.end)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for group in groups:
        for money in usage.cost(group, group.model, today).amounts:
            totals[money.currency] += money.amount
    scaled = [usage.scaled(Money(amount, name), quarter.days) for name, amount in totals.items()]
    return PriceCalendar(
        window,
        quarter,
        events,
        tuple(sorted(scaled, key=lambda money: -money.amount)),
        shutdowns.as_of,
    )


def weighed_changes(
    ledger: Ledger,
    book: PriceBook,
    shutdowns: Shutdowns,
    *,
    window: UsageWindow,
    now: datetime,
    until: date,
) -> tuple[CalendarEvent, ...]:
    """Return the events of ``price_calendar`` alone: models without any are not priced."""
    today = now.astimezone(UTC).date()
    usage = CalendarUsage(ledger, book, window, today, Quarter.after(today))
    return _events(usage, usage.load(shutdowns), shutdowns, until)


def _events(
    usage: CalendarUsage, groups: Iterable[UsageGroup], shutdowns: Shutdowns, horizon: date
) -> tuple[CalendarEvent, ...]:
    found = [event for group in groups for event in usage.events(group, shutdowns, horizon)]
    return tuple(sorted(found, key=lambda it: (it.day, it.provider, it.model, it.kind)))


def announced_changes(
    book: PriceBook, shutdowns: Shutdowns, *, now: datetime, until: date
) -> list[CalendarEvent]:
    """Return everything announced until a day (excluded), used or not, without money."""
    at = now.astimezone(UTC).replace(tzinfo=None)
    found: dict[tuple[date, str, str], list[Words]] = defaultdict(list)
    source = book.data.source
    for provider, model, tier, slices in book.everything():
        for piece in slices:
            if piece.valid_from <= at or piece.valid_from.date() >= until:
                continue
            found[piece.valid_from.date(), provider, model] += [
                change if tier == "standard" else joined(tier, change)
                for change in price_changes(slices, piece)
            ]
    events = [
        CalendarEvent(day, "price", provider, model, model, price_change(changes), source=source)
        for (day, provider, model), changes in found.items()
    ]
    for entry in shutdowns.entries:
        if not at.date() < entry.day < until:
            continue
        announced = entry.certainty == "announced"
        text = (
            succeeded_by(entry.successor, is_routed=entry.routed)
            if entry.successor
            else message("shut down")
        )
        events.append(
            CalendarEvent(
                entry.day,
                "shutdown" if announced else "not_before",
                ", ".join(entry.providers),
                ", ".join(entry.models),
                entry.successor if announced else None,
                text if announced else message("may be shut down from this day on"),
                source=f"{entry.source} ({entry.as_of})",
                note=entry.note,
            )
        )
    return sorted(events, key=lambda it: (it.day, it.provider, it.model))
