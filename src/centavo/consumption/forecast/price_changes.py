"""Announced prices and ends of models, as changes of a forecast."""

from collections.abc import Sequence
from datetime import date, datetime

from centavo.consumption.costs import CostRow
from centavo.consumption.forecast.daily_costs import DailyCosts
from centavo.consumption.forecast.known_future import Change, Fact, FactKind
from centavo.consumption.forecast.recent_mix import share_of_scopes
from centavo.ledger.ledger import Ledger
from centavo.message import message
from centavo.pricing import PriceBook
from centavo.pricing.calendar_events import CalendarEvent
from centavo.pricing.price_calendar import weighed_changes
from centavo.pricing.recent_usage import recent_window
from centavo.pricing.shutdowns import Shutdowns

__all__ = ["announced_events", "price_changes"]

_UNKNOWN = "its effect is not known and not in the forecast"


def announced_events(
    ledger: Ledger, book: PriceBook, shutdowns: Shutdowns, *, now: datetime, until: date
) -> tuple[CalendarEvent, ...]:
    """Return what is announced for the models that requests used lately; none without requests."""
    window = recent_window(ledger, now=now)
    if window is None or until <= now.date():
        return ()
    return weighed_changes(ledger, book, shutdowns, window=window, now=now, until=until)


def price_changes(
    events: Sequence[CalendarEvent], rows: Sequence[CostRow], costs: DailyCosts
) -> list[Change]:
    """Return one change for each event of a model that the cost shows; it touches the share of the model in each scope's cost.

    The ratio of the same requests after and before the event, not its amount, enters the forecast:
    what is forecast may be a bill, and its usage grows.

    Args:
        events: In the order of time.
        rows: Recent cost by the scopes' dimensions and by model.
        costs: The history.
    """
    ratios: dict[tuple[str, str], float] = {}
    changes: list[Change] = []
    for event in events:
        ratio = _ratio(event)
        shares = share_of_scopes(
            rows, costs.scopes, costs.currency, lambda row, model=event.model: row["model"] == model
        )
        if not any(shares):
            continue
        if ratio is None:
            changes.append(Change(_fact(event, event.note or _UNKNOWN)))
            continue
        place = (event.provider, event.model)
        before = ratios.get(place, 1.0)
        ratios[place] = before * ratio
        added = [share * (ratios[place] - before) for share in shares]
        changes.append(Change(_fact(event, event.note), share=added, is_of_start=True))
    return changes


def _ratio(event: CalendarEvent) -> float | None:
    """Return what the same requests cost afterwards, for each unit before."""
    if event.before is None or event.after is None or event.before.amount <= 0:
        return None
    if event.before.currency != event.after.currency:
        return None
    return float(event.after.amount / event.before.amount)


def _fact(event: CalendarEvent, note: str | None) -> Fact:
    kind: FactKind = "price" if event.kind == "price" else "shutdown"
    text = message("{model}: {event}", model=event.model, event=event.text)
    return Fact(kind, event.day, None, text, None, event.source, note)
