"""Simulating a plan: what really ran, lever after lever, and one pricing of what each has touched."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from centavo.errors import LedgerError
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql
from centavo.savings.alone import saved_alone
from centavo.savings.interval import Interval, predict
from centavo.savings.lever import Lever
from centavo.savings.recording import BodyParts, Question, record_traffic
from centavo.savings.replay import CostRow, Replayed, cost_rows, replay
from centavo.savings.simulation import Baseline, Scope, ScopeCost, Simulation, Step
from centavo.savings.traffic import Traffic

__all__ = ["simulate"]

_Daily = dict[str, dict[date, Decimal]]


def simulate(
    ledger: Ledger,
    levers: Sequence[Lever],
    question: Question,
    *,
    book: PriceBook,
    parts: BodyParts | None = None,
) -> Simulation:
    """Return what the levers, replayed jointly in their order, would have saved.

    Args:
        ledger: Opened at the moment to answer from.
        levers: The plan; an empty one changes nothing.
        question: Period, dimensions and seed.
        book: Prices; each request pays those of its own day.
        parts: Makes the relation of parts where a lever needs bodies; ``None`` where none are kept.

    Raises:
        LedgerError: The ledger holds no priced requests of the period.
    """
    with tempfile.TemporaryDirectory(prefix="centavo-simulate-") as name:
        run = _Run(ledger, question, book=book, folder=Path(name))
        return run.simulation(levers, parts)


class _Run:
    """The state of one simulation."""

    def __init__(
        self, ledger: Ledger, question: Question, *, book: PriceBook, folder: Path
    ) -> None:
        self._ledger = ledger
        self._question = question
        self._book = book
        self._folder = folder
        self._days: list[date] = []

    def simulation(self, levers: Sequence[Lever], parts: BodyParts | None) -> Simulation:
        """Replay the levers and answer."""
        needed = parts if any(lever.needs_parts for lever in levers) else None
        traffic = record_traffic(
            self._ledger, self._question, book=self._book, folder=self._folder, parts=needed
        )
        rows = cost_rows(traffic, traffic.events, self._question.by)
        if not rows:
            raise LedgerError(
                "the ledger holds no priced requests of that period",
                hint="`centavo ledger` shows what it holds, `centavo prices missing` what has no price.",
            )
        days = sorted({_day(row) for row in rows})
        first, last = days[0], days[-1]
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        steps = self._steps(levers, traffic)
        return Simulation(
            period=Period(_midnight(first), _midnight(last + timedelta(days=1))),
            by=self._question.by,
            book=self._book.snapshot_id,
            baseline=self._baseline(traffic, rows),
            steps=steps,
            interval=self._intervals(
                _added(s.daily for s in steps if s.lever.saving == "reduction")
            ),
            seed=self._question.seed,
        )

    def _steps(self, levers: Sequence[Lever], recorded: Traffic) -> tuple[Step, ...]:
        steps: list[Step] = []
        tables: list[str] = []
        traffic = recorded
        for place, lever in enumerate(levers):
            done = self._replay(lever, traffic)
            alone = (
                _amounts(_daily(done))
                if place == 0
                else saved_alone(lever, recorded, book=self._book)
            )
            steps.append(self._step(lever, done, alone, tables))
            tables.append(done.touched)
            traffic = done.after
        return tuple(steps)

    def _replay(self, lever: Lever, traffic: Traffic) -> Replayed:
        return replay(lever, traffic, book=self._book, folder=self._folder, by=self._question.by)

    def _step(
        self, lever: Lever, done: Replayed, alone: Mapping[str, Decimal], earlier: Sequence[str]
    ) -> Step:
        daily = _daily(done)
        return Step(
            lever=replace(lever, quality=done.quality),
            saved=_saved(done),
            touched=self._count(f"SELECT count(*) FROM {done.touched}"),
            alone=alone,
            shared_with={
                place: shared
                for place, table in enumerate(earlier)
                if (
                    shared := self._count(
                        f"SELECT count(*) FROM {done.touched} SEMI JOIN {table} USING (request_no)"
                    )
                )
            },
            not_simulated=done.not_simulated,
            notes=done.notes,
            daily=daily,
            interval=self._intervals(daily),
        )

    def _intervals(self, daily: Mapping[str, Mapping[date, Decimal]]) -> dict[str, Interval | None]:
        return {
            currency: predict(
                [days.get(day, Decimal(0)) for day in self._days], seed=self._question.seed
            )
            for currency, days in daily.items()
        }

    def _baseline(self, traffic: Traffic, rows: Sequence[CostRow]) -> Baseline:
        events = traffic.events
        recorded = self._ledger.rows(
            f"SELECT recorded_currency, sum(recorded_cost)::DECIMAL(38,12) FROM {events} "
            "WHERE recorded_cost IS NOT NULL AND cost IS NOT NULL GROUP BY ALL"
        )
        unpriced = self._ledger.rows(
            f"SELECT coalesce(price_problem, 'unknown'), count(*) FROM {events} "
            "WHERE cost IS NULL GROUP BY ALL ORDER BY 2 DESC"
        )
        summed = self._count(
            "SELECT coalesce(sum(request_count), 0)::BIGINT FROM usage_aggregates WHERE "
            + period_sql(self._question.period).replace("started_at", "interval_start")
        )
        return Baseline(
            costs=_by_scope(rows),
            recorded={str(name): cast("Decimal", cost) for name, cost in recorded},
            requests=self._count(f"SELECT count(*) FROM {events}"),
            unpriced={str(reason): int(str(count)) for reason, count in unpriced},
            summed=summed,
        )

    def _count(self, sql: str) -> int:
        return int(str(self._ledger.rows(sql)[0][0]))


def _by_scope(rows: Iterable[CostRow]) -> tuple[ScopeCost, ...]:
    """Return the sums of rows over their days, the most cost first."""
    groups: dict[tuple[Scope, str], list[CostRow]] = {}
    for row in rows:
        groups.setdefault((_scope(row), str(row[-3])), []).append(row)
    found = [
        ScopeCost(
            scope,
            sum(int(str(row[-2])) for row in listed),
            Money(_total(cast("Decimal", row[-1]) for row in listed), currency),
        )
        for (scope, currency), listed in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.cost.amount, str(each.scope))))


def _saved(done: Replayed) -> tuple[ScopeCost, ...]:
    """Return what a lever takes off, by scope: before less after."""
    before = {(each.scope, each.cost.currency): each for each in _by_scope(done.before_rows)}
    after = {(e.scope, e.cost.currency): e.cost.amount for e in _by_scope(done.after_rows)}
    return tuple(
        ScopeCost(
            each.scope,
            each.requests,
            Money(EXACT.subtract(each.cost.amount, after.get(place, Decimal(0))), place[1]),
        )
        for place, each in before.items()
    )


def _daily(done: Replayed) -> _Daily:
    found: _Daily = {}
    for rows, sign in ((done.before_rows, 1), (done.after_rows, -1)):
        for row in rows:
            days = found.setdefault(str(row[-3]), {})
            day = _day(row)
            amount = EXACT.multiply(cast("Decimal", row[-1]), Decimal(sign))
            days[day] = EXACT.add(days.get(day, Decimal(0)), amount)
    return found


def _amounts(daily: _Daily) -> dict[str, Decimal]:
    return {currency: _total(days.values()) for currency, days in daily.items()}


def _added(parts: Iterable[Mapping[str, Mapping[date, Decimal]]]) -> _Daily:
    found: _Daily = {}
    for part in parts:
        for currency, days in part.items():
            sums = found.setdefault(currency, {})
            for day, amount in days.items():
                sums[day] = EXACT.add(sums.get(day, Decimal(0)), amount)
    return found


def _scope(row: CostRow) -> Scope:
    return tuple(None if value is None else str(value) for value in row[:-4])


def _day(row: CostRow) -> date:
    return cast("date", row[-4])


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
