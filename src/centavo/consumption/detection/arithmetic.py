"""The arithmetic of an incident in exact amounts, from the days that a reader can query himself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from centavo.consumption.detection.asking import ask
from centavo.consumption.detection.expected import WEEKS_BEFORE
from centavo.consumption.detection.incident import Incident
from centavo.findings import Evidence
from centavo.findings.finding import Grade
from centavo.findings.question import Answer, Row, amount_of, day_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger

__all__ = ["Arithmetic", "arithmetic_of"]


@dataclass(frozen=True)
class Arithmetic:
    """Days of a scope around an incident, with what each was expected to be.

    Attributes:
        answer: The days, from four weeks before the incident.
        expected: By day of the incident: median of the same weekday in the four weeks before it.
        actual: By day of the incident.
        recurring: What comes back each month, of those days.
        spread: Median distance of the 28 days before from their own median.
        grade: The weakest of the days.
        is_arriving: Whether a day of the incident may still become more.
    """

    answer: Answer
    expected: dict[date, Decimal]
    actual: dict[date, Decimal]
    recurring: Decimal
    spread: Decimal
    grade: Grade
    is_arriving: bool

    @property
    def extra(self) -> Decimal:
        """What was paid above expectation, without what comes back each month."""
        expected = sum(self.expected.values(), Decimal(0))
        return self.paid - expected

    @property
    def paid(self) -> Decimal:
        """What the days cost, without what comes back each month."""
        return sum(self.actual.values(), Decimal(0)) - self.recurring

    def usual_day(self) -> Decimal:
        """Return the mean expectation of a day."""
        return sum(self.expected.values(), Decimal(0)) / len(self.expected)

    def evidence(self, *, most: int = 10) -> Evidence:
        """Return the last days before and the first days of the incident, with their expectation."""
        first = min(self.expected)
        before = [row for row in self.answer.rows if day_of(row) < first][-most:]
        during = [row for row in self.answer.rows if day_of(row) >= first][:most]
        columns = ("day", "usage", "expected")
        rows = [
            (day_of(row), row["usage"], self.expected.get(day_of(row))) for row in before + during
        ]
        return Evidence.of(self.answer.query, self.answer.sql, columns=columns, rows=rows)


def arithmetic_of(ledger: Ledger, incident: Incident) -> Arithmetic:
    """Return the incident's days and what they were expected to be."""
    since = incident.onset - timedelta(days=7 * WEEKS_BEFORE)
    answer = ask(
        ledger,
        "scope_days",
        unit=sql_text(incident.scope.unit),
        scope=incident.scope.condition(),
        since=f"DATE {sql_text(since.isoformat())}",
        until=f"DATE {sql_text(incident.until.isoformat())}",
    )
    usage = {day_of(row): amount_of(row, "usage") for row in answer.rows}
    begun = min(usage, default=incident.onset)
    before = [usage.get(day, Decimal(0)) for day in _days(max(since, begun), incident.onset)] or [
        Decimal(0)
    ]
    days = _days(incident.onset, incident.until)
    middle = median(before)
    return Arithmetic(
        answer,
        {day: _expected(usage, day, onset=incident.onset, begun=begun) for day in days},
        {day: usage.get(day, Decimal(0)) for day in days},
        round(Decimal(repr(incident.recurring)), 12),
        median(abs(each - middle) for each in before),
        _grade(answer.rows),
        any(row["is_late"] for row in answer.rows if day_of(row) >= incident.onset),
    )


def _expected(usage: dict[date, Decimal], day: date, *, onset: date, begun: date) -> Decimal:
    weekday = onset + timedelta(days=(day - onset).days % 7)
    same = [weekday - timedelta(days=7 * week) for week in range(1, WEEKS_BEFORE + 1)]
    known = [usage.get(each, Decimal(0)) for each in same if each >= begun]
    return median(known) if known else Decimal(0)


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=n) for n in range((until - since).days)]


def _grade(rows: Sequence[Row] | Iterable[Row]) -> Grade:
    grades = {str(row["grade"]) for row in rows}
    if "estimated" in grades:
        return "estimated"
    return "metered" if "metered" in grades else "billed"
