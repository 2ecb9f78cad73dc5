"""The usage of some days, priced as any model on any day: what the calendar weighs events with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.schema import COST_COLUMNS
from centavo.message import Words, message
from centavo.money import EXACT, LEDGER_DECIMALS, Money
from centavo.pricing.book import PriceBook
from centavo.pricing.calendar_events import (
    CalendarEvent,
    EventKind,
    Quarter,
    price_change,
    price_changes,
    succeeded_by,
)
from centavo.pricing.price_rows import EventKey
from centavo.pricing.recent_usage import UsageWindow, period_sql
from centavo.pricing.shutdowns import Shutdown, Shutdowns
from centavo.pricing.slices import ALWAYS, PriceSlice
from centavo.pricing.tiers import TIERS

__all__ = ["CalendarUsage", "UsageGroup"]

_USAGE = "calendar_usage"


@dataclass(frozen=True)
class _Cost:
    """What requests cost, one amount a currency, and how many of them have no price."""

    amounts: tuple[Money, ...]
    unpriced: int

    @property
    def amount(self) -> Money | None:
        """The one amount; ``None`` in several currencies or where nothing has a price."""
        return self.amounts[0] if len(self.amounts) == 1 else None


@dataclass(frozen=True)
class UsageGroup:
    """Usage under names that share provider, price and fate: priced together."""

    number: int
    provider: str
    model: str
    keys: tuple[EventKey, ...]
    shutdown: Shutdown | None


class CalendarUsage:
    """The window's requests, ready to be priced as any model on any day."""

    def __init__(
        self, ledger: Ledger, book: PriceBook, window: UsageWindow, today: date, quarter: Quarter
    ) -> None:
        self._ledger = ledger
        self._book = book
        self._window = window
        self._today = today
        self._quarter = quarter

    def load(self, shutdowns: Shutdowns) -> list[UsageGroup]:
        """Put the requests into a table, each with the number of its group, and return the groups."""
        merge_meters(self._ledger, self._window.period)
        within = (
            f"{period_sql(self._window.period)} "
            "AND price_problem IS DISTINCT FROM 'failed_without_usage'"
        )
        names = "provider, requested_model, answered_model, processing_tier"
        rows = self._ledger.rows(
            f"SELECT DISTINCT {names} FROM metered_events WHERE {within} ORDER BY ALL"
        )
        found: dict[tuple[str, str, Shutdown | None], list[EventKey]] = defaultdict(list)
        for row in rows:
            key = EventKey(*(None if name is None else str(name) for name in row))
            priced = self._book.priced(key)
            if priced.model is None:
                continue
            known = (key.answered_model, key.requested_model, priced.model)
            shutdown = shutdowns.find(key.provider, known)
            found[key.provider or "", priced.model, shutdown].append(key)
        groups = [
            UsageGroup(number, provider, model, tuple(keys), shutdown)
            for number, ((provider, model, shutdown), keys) in enumerate(found.items())
        ]
        self._create(groups, within)
        return groups

    def cost(self, group: UsageGroup, model: str, day: date) -> "_Cost":
        """Return what the group's requests cost as a model, each at its time of a day.

        Args:
            group: The requests.
            model: Priced as this model; its own names are kept while it is the group's own.
            day: Day on which the prices must hold.
        """
        names = "requested_model, answered_model"
        if model != group.model:
            names = f"NULL::VARCHAR AS requested_model, {sql_text(model)} AS answered_model"
        requests = (
            f"SELECT * EXCLUDE (started_at, requested_model, answered_model), {names}, "
            f"TIMESTAMP '{day} 00:00:00' + (started_at - date_trunc('day', started_at)) "
            f"AS started_at FROM {_USAGE} WHERE usage_group = {group.number}"
        )
        priced = self._book.select(self._ledger.engine, requests)
        rows = self._ledger.rows(
            "SELECT cost_currency, sum(cost)::DECIMAL(38,12), count(*) FILTER (cost IS NULL) "
            f"FROM ({priced}) GROUP BY ALL ORDER BY ALL"
        )
        amounts = tuple(
            Money(amount, str(currency))
            for currency, amount, _ in rows
            if currency is not None and isinstance(amount, Decimal)
        )
        return _Cost(amounts, sum(int(str(row[2])) for row in rows))

    def scaled(self, amount: Money, days: int) -> Money:
        """Return a cost of the window as a cost of that many days."""
        product = EXACT.multiply(amount.amount, Decimal(days))
        exact = EXACT.divide(product, Decimal(self._window.days))
        return Money(EXACT.quantize(exact, LEDGER_DECIMALS), amount.currency)

    def events(
        self, group: UsageGroup, shutdowns: Shutdowns, horizon: date
    ) -> Iterable[CalendarEvent]:
        """Yield what happens to the group's usage, step by step: each effect adds to the last."""
        model, since, shutdown = group.model, self._today, group.shutdown
        while True:
            end = shutdown if shutdown and shutdown.certainty == "announced" else None
            yield from self._price_changes(
                group, model, since, end.day if end else horizon, horizon
            )
            if shutdown is None or shutdown.day >= horizon:
                return
            yield self._end(group, model, shutdown)
            if end is None or end.successor is None:
                return
            since, model = max(end.day, self._today), end.successor
            shutdown = shutdowns.find(group.provider, (model,))
            if shutdown and shutdown.day <= end.day:
                # A successor that has ended before it begins: its end is not an event of its own.
                shutdown = None

    def _price_changes(
        self, group: UsageGroup, model: str, since: date, end: date, horizon: date
    ) -> Iterable[CalendarEvent]:
        slices = [piece for tier in self._tiers(group, model) for piece in tier]
        days = {
            piece.valid_from.date(): piece
            for piece in slices
            if piece.valid_from != ALWAYS and since < piece.valid_from.date() < min(end, horizon)
        }
        for day in sorted(days):
            said = price_change(
                change
                for tier in self._tiers(group, model)
                for piece in tier
                if piece.valid_from.date() == day
                for change in price_changes(tier, piece)
            )
            yield self._event(
                group,
                (model, model),
                day,
                kind="price",
                said=(_of_model(group, model, said), days[day].price_set.source, None),
            )

    def _end(self, group: UsageGroup, model: str, shutdown: Shutdown) -> CalendarEvent:
        if shutdown.certainty == "not_before":
            kind: EventKind = "not_before"
            text = message("may be shut down from this day on")
        elif shutdown.successor is None:
            kind, text = "shutdown", message("shut down; no successor is known")
        else:
            kind, text = "shutdown", succeeded_by(shutdown.successor, is_routed=shutdown.routed)
        source = f"{shutdown.source} ({shutdown.as_of})"
        return self._event(
            group,
            (model, shutdown.successor if kind == "shutdown" else None),
            shutdown.day,
            kind=kind,
            said=(_of_model(group, model, text), source, shutdown.note),
        )

    def _event(
        self,
        group: UsageGroup,
        models: tuple[str, str | None],
        day: date,
        *,
        kind: EventKind,
        said: tuple[Words, str, str | None],
    ) -> CalendarEvent:
        """Return the event with the cost of the usage just before and on its day."""
        was, becomes = models
        # What has ended already is weighed at today's prices, if it still has some.
        on = max(day, self._today)
        old = self.cost(group, was, max(day - timedelta(days=1), self._today))
        new = self.cost(group, becomes, on) if becomes else _Cost((), 0)
        before = old.amount
        # Fewer requests with a price would look like a saving.
        after = new.amount if new.unpriced <= old.unpriced else None
        effect: Money | None = None
        if before and after and before.currency == after.currency:
            effect = self.scaled(after - before, self._quarter.days_from(day))
        text, source, note = said
        return CalendarEvent(
            day,
            kind,
            group.provider,
            group.model,
            becomes,
            text,
            before,
            after,
            effect,
            source,
            note,
        )

    def _tiers(self, group: UsageGroup, model: str) -> list[Sequence[PriceSlice]]:
        """Return the prices of the model in each tier that the group uses."""
        own = model == group.model
        used = {(key.processing_tier or "standard") for key in group.keys}
        key = group.keys[0]
        found: list[Sequence[PriceSlice]] = []
        for tier in TIERS:
            if tier in used:
                asked = (
                    EventKey(key.provider, key.requested_model, key.answered_model, tier)
                    if own
                    else EventKey(key.provider, None, model, tier)
                )
                found.append(self._book.priced(asked).slices)
        return found

    def _create(self, groups: Sequence[UsageGroup], within: str) -> None:
        engine = self._ledger.engine
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE calendar_groups (g_provider VARCHAR, g_requested VARCHAR, "
            "g_answered VARCHAR, g_tier VARCHAR, usage_group INTEGER)"
        )
        values = [(*vars(key).values(), group.number) for group in groups for key in group.keys]
        if values:
            engine.executemany("INSERT INTO calendar_groups VALUES (?, ?, ?, ?, ?)", values)
        self._ledger.rows(
            f"CREATE OR REPLACE TEMP TABLE {_USAGE} AS "
            f"SELECT events.* EXCLUDE ({', '.join(COST_COLUMNS)}), usage_group "
            "FROM metered_events AS events JOIN calendar_groups "
            "ON provider IS NOT DISTINCT FROM g_provider "
            "AND requested_model IS NOT DISTINCT FROM g_requested "
            "AND answered_model IS NOT DISTINCT FROM g_answered "
            f"AND processing_tier IS NOT DISTINCT FROM g_tier WHERE {within}"
        )


def _of_model(group: UsageGroup, model: str, text: Words) -> Words:
    """Return what happens, with the model where it is not the group's own."""
    return text if model == group.model else message("{model}: {event}", model=model, event=text)
