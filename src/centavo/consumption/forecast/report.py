"""The forecast of a ledger: cost by day and scope, what is known of the future, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from centavo.consumption.cost_cells import Basis, CostQuestion
from centavo.consumption.costs import CostMemory, CostReport, CostRow, cost_report
from centavo.consumption.forecast.arrivals import learnt_shares
from centavo.consumption.forecast.calendar_months import months_later
from centavo.consumption.forecast.commitment_ends import commitment_changes
from centavo.consumption.forecast.complete_days import CompleteDays, complete_days
from centavo.consumption.forecast.daily_costs import DailyCosts, ScopeKey, daily_costs
from centavo.consumption.forecast.daily_forecast import LOOK_BACK_DAYS
from centavo.consumption.forecast.known_future import Change
from centavo.consumption.forecast.outlook import outlook
from centavo.consumption.forecast.planned_changes import Plan, plan_changes
from centavo.consumption.forecast.price_changes import announced_events, price_changes
from centavo.consumption.forecast.recent_mix import Asked, recent_mix
from centavo.consumption.forecast.scope_forecast import Outlook
from centavo.consumption.public_holidays import public_holidays
from centavo.errors import ConfigError, LedgerError
from centavo.ledger.allocation import Allocation
from centavo.ledger.coverage import Coverage
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TableName
from centavo.money import Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.calendar_events import CalendarEvent
from centavo.pricing.shutdowns import Shutdowns

__all__ = ["ForecastQuestion", "ForecastReport", "KnownInputs", "forecast_report"]

MONTHS = 12


@dataclass(frozen=True)
class ForecastQuestion:
    """What is asked.

    Attributes:
        cost: Dimensions, filters, basis and currency; its grain and period are set here.
        months: Whole months after the one that is under way.
        until: End of the forecast instead, excluded.
        start: As if this were the first day that is not known: a forecast to be held against what came.
    """

    cost: CostQuestion = field(default_factory=CostQuestion)
    months: int = MONTHS
    until: date | None = None
    start: date | None = None


@dataclass(frozen=True)
class KnownInputs:
    """What is known beside the ledger.

    Attributes:
        book: Dated prices; ``None`` leaves announced prices and ends of models out.
        shutdowns: Ends of models; ``None`` with it.
        plans: Planned changes.
        holidays: ISO 3166 country of the holidays; empty for none.
        late_days: Newest days of a bill that may still change.
        allocation: Shared costs that are divided.
        rates: The user's exchange rates.
    """

    book: PriceBook | None = None
    shutdowns: Shutdowns | None = None
    plans: Sequence[Plan] = ()
    holidays: str = ""
    late_days: int = 2
    allocation: Allocation | None = None
    rates: ExchangeRates | None = None


@dataclass(frozen=True)
class ForecastReport:
    """The answer.

    Attributes:
        question: As asked.
        basis: Evidence level of the history; the forecast itself is an estimate.
        outlooks: One for each currency, the largest first; they never add.
        complete: Until when the ledger is whole.
        until: End of the forecast, excluded.
        gap_days: Days of the history without any row.
        notes: What a reader must know.
        coverage: What the history rests on.
        snapshots: Snapshot of each fact table.
    """

    question: ForecastQuestion
    basis: Basis
    outlooks: tuple[Outlook, ...]
    complete: CompleteDays
    until: date
    gap_days: int
    notes: tuple[str, ...]
    coverage: Coverage
    snapshots: dict[TableName, int | None] = field(default_factory=dict[TableName, int | None])


def forecast_report(
    ledger: Ledger,
    question: ForecastQuestion,
    known: KnownInputs,
    *,
    now: datetime,
    memory: CostMemory | None = None,
) -> ForecastReport:
    """Return the forecast of every scope, with what is known of the future and its effect.

    Args:
        ledger: Opened at the moment to answer from.
        question: What is asked.
        known: Prices, plans, holidays, rates.
        now: The clock, aware.
        memory: Kept by who asks several questions of one ledger at one time.

    Raises:
        LedgerError: The ledger has no complete day of that evidence.
        ConfigError: A dimension is not known, or the end is not after the history.
    """
    memory = memory or CostMemory()
    report, complete = _history(ledger, question, known, now=now, memory=memory)
    # What was asked as of the past must not know how its days ended.
    shares = learnt_shares(ledger) if question.start is None and report.basis == "billed" else {}
    series = [
        costs.completed(shares) if shares else costs
        for costs in daily_costs(_rows(report), complete.until)
    ]
    if not series:
        raise LedgerError(
            f"no day before {complete.until} is complete",
            hint="The newest days of a bill may still change (consumption.late_days).",
        )
    until = question.until or months_later(complete.until, question.months + 1)
    if until <= complete.until:
        raise ConfigError(f"--until {until} is not after the last complete day")
    asked = Asked(ledger, question.cost, report.basis, known.allocation, known.rates, memory)
    future = _Future(asked, known, complete=complete.until, until=until, now=now)
    outlooks = tuple(
        outlook(
            costs, until, changes=future.changes(costs), holidays=_holidays(known, costs, until)
        )
        for costs in series
    )
    return ForecastReport(
        question=question,
        basis=report.basis,
        outlooks=outlooks,
        complete=complete,
        until=until,
        gap_days=max(costs.gap_days for costs in series),
        notes=(*report.notes, *future.unseen(outlooks), *_holiday_notes(known, outlooks)),
        coverage=report.coverage,
        snapshots=dict(report.snapshots),
    )


def _history(
    ledger: Ledger,
    question: ForecastQuestion,
    known: KnownInputs,
    *,
    now: datetime,
    memory: CostMemory,
) -> tuple[CostReport, CompleteDays]:
    """Return cost by day and scope, and until when it is complete."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    end = min(question.start or tomorrow, tomorrow)
    rough = cost_report(
        ledger,
        replace(question.cost, by=(), grain=None, currency=None, period=Period(None, _at(end))),
        now=now,
        memory=memory,
    )
    complete = complete_days(ledger, rough.basis, late_days=known.late_days, until=tomorrow)
    if complete is None:
        raise LedgerError("the ledger has no day to forecast from", hint="See `centavo costs`.")
    complete = CompleteDays(min(complete.until, end), min(complete.seen_until, end))
    since = complete.until - timedelta(days=LOOK_BACK_DAYS)
    asked = replace(
        question.cost, grain="day", basis=rough.basis, period=Period(_at(since), _at(end))
    )
    report = cost_report(
        ledger, asked, allocation=known.allocation, rates=known.rates, now=now, memory=memory
    )
    return report, complete


def _rows(report: CostReport) -> list[tuple[ScopeKey, date, Money]]:
    names = report.question.by
    return [
        (
            tuple((name, row.key[name]) for name in names),
            date.fromisoformat(row.key["period"] or ""),
            row.cost,
        )
        for row in report.rows
    ]


class _Future:
    """What is known of the days to come, asked once for all currencies."""

    def __init__(
        self, asked: Asked, known: KnownInputs, *, complete: date, until: date, now: datetime
    ) -> None:
        self._asked = asked
        self._known = known
        self._complete, self._until, self._now = complete, until, now

    def changes(self, costs: DailyCosts) -> list[Change]:
        """Return every change of the forecast of one currency."""
        found: list[Change] = []
        if self._events:
            found += price_changes(self._events, self._mix(costs, ("model",)), costs)
        if self._asked.question.metric == "billed":
            found += commitment_changes(self._asked, costs, self._until)
        plans = [
            plan
            for plan in self._known.plans
            if plan.first < self._until and (plan.until or self._until) > self._complete
        ]
        return found + plan_changes(plans, costs, lambda names: self._mix(costs, names))

    def unseen(self, outlooks: Sequence[Outlook]) -> list[str]:
        """Return a sentence on announced changes of models that the evidence does not show."""
        shown = {str(fact.text) for outlook in outlooks for fact in outlook.facts}
        models = sorted(
            {
                each.model
                for each in self._events
                if not any(str(each.text) in text for text in shown)
            }
        )
        if not models:
            return []
        return [
            f"Announced changes of {', '.join(models)} are not in the forecast: {self._asked.basis} "
            "cost does not show these models."
        ]

    @cached_property
    def _events(self) -> tuple[CalendarEvent, ...]:
        book, shutdowns = self._known.book, self._known.shutdowns
        if book is None or shutdowns is None:
            return ()
        return announced_events(
            self._asked.ledger, book, shutdowns, now=self._now, until=self._until
        )

    def _mix(self, costs: DailyCosts, names: tuple[str, ...]) -> tuple[CostRow, ...]:
        return recent_mix(self._asked, names, costs.until, first=costs.first)


def _holidays(known: KnownInputs, costs: DailyCosts, until: date) -> dict[date, str]:
    found: dict[date, str] = {}
    for year in range(costs.first.year, until.year + 1):
        found |= public_holidays(known.holidays, year)
    return {day: name for day, name in found.items() if costs.first <= day < until}


def _holiday_notes(known: KnownInputs, outlooks: Sequence[Outlook]) -> list[str]:
    """Return a sentence where holidays are known and change nothing: silence would not say which."""
    facts = [fact for outlook in outlooks for fact in outlook.facts]
    if not known.holidays or any(fact.kind == "holiday" for fact in facts):
        return []
    return [
        f"Public holidays ({known.holidays}) change nothing: the history holds fewer than three, or "
        "those show no clear effect."
    ]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
