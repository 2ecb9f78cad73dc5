"""The members of places by day: resources of bills and keys of metered requests, and what each cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.consumption.detection.asking import ask
from centavo.consumption.detection.new_floor import (
    RUN_DAYS,
    NewFloor,
    new_floors,
    within_budget,
)
from centavo.consumption.detection.series import DIMENSIONS, DailySeries, Scope
from centavo.consumption.dimensions import filter_sql
from centavo.findings import RuleSettings
from centavo.findings.question import Answer, Row, amount_of, by_series, day_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.period import Period

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["Member", "MemberFloor", "member_floors"]

_PLACE = ("application", "environment", "project", "account")


@dataclass(frozen=True)
class Member:
    """One resource or key of an item of a place.

    Attributes:
        scope: The item.
        kind: ``resource`` or ``api_key``.
        name: As the bill or the meter names it.
        rows: Its days, in order.
    """

    scope: Scope
    kind: str
    name: str
    rows: tuple[Row, ...]

    @property
    def place(self) -> tuple[str | None, ...]:
        """Currency and place, as places are keyed."""
        return (self.scope.unit, *(self.scope.names[name] for name in _PLACE))


@dataclass(frozen=True)
class MemberFloor:
    """A member that appeared and runs without pause, and what it added.

    Attributes:
        member: Which.
        onset: First day of its first whole week.
        last: Its last day so far.
        cost: Of the days from ``onset`` on; exact.
        extra_share: Part of it by which the floor of the place is higher than it was: one where
            nothing was replaced.
        answer: The question and its rows.
    """

    member: Member
    onset: date
    last: date
    cost: Decimal
    extra_share: Decimal
    answer: Answer

    @property
    def days(self) -> int:
        """Days from the first to the last, both included."""
        return (self.last - self.onset).days + 1


def member_floors(
    ledger: Ledger,
    period: Period,
    settings: RuleSettings,
    *,
    series: DailySeries,
    per_series_month: float,
) -> list[MemberFloor]:
    """Return the members that raised the floor of their place, within the budget of alerts.

    Args:
        ledger: With the tables of spend.
        period: What is looked at.
        settings: Currency of the floor.
        series: Of every scope, of the same period.
        per_series_month: Alerts per place and 30 days.
    """
    import numpy as np

    answer = ask(
        ledger,
        "member_days",
        unit=sql_text(settings.floor_currency),
        billed=filter_sql(period, {}, at="ChargePeriodStart"),
        run_days=RUN_DAYS,
    )
    places: dict[tuple[str | None, ...], int] = {
        (scope.unit, *(scope.names[name] for name in _PLACE)): row
        for row, scope in enumerate(series.scopes)
        if scope.depth == 1
    }
    members = [each for each in _members(answer) if each.place in places]
    if not members:
        return []
    costs = _matrix(members, series)
    rows = np.array([places[each.place] for each in members], dtype=np.int64)
    found = new_floors(costs, rows, series.amounts)
    kept = within_budget(
        found, series.amounts[sorted(set(rows.tolist()))], per_series_month=per_series_month
    )
    return [_floor(members[each.member], each, series, costs, answer) for each in kept]


def _members(answer: Answer) -> list[Member]:
    found: list[Member] = []
    for key, rows in by_series(answer, ("unit", *DIMENSIONS, "kind", "member")):
        unit, *names, kind, name = key
        scope = Scope(str(unit), dict(zip(DIMENSIONS, names, strict=True)), 2)
        found.append(Member(scope, str(kind), str(name), tuple(rows)))
    return found


def _matrix(members: Sequence[Member], series: DailySeries) -> "Matrix":
    import numpy as np

    costs = np.zeros((len(members), series.days))
    for number, member in enumerate(members):
        for row in member.rows:
            column = (day_of(row) - series.first).days
            if 0 <= column < series.days:
                costs[number, column] = float(amount_of(row, "cost"))
    return costs


def _floor(
    member: Member, found: NewFloor, series: DailySeries, costs: "Matrix", answer: Answer
) -> MemberFloor:
    onset = series.day(found.onset)
    run = [row for row in member.rows if day_of(row) >= onset]
    week = costs[found.member, found.onset : found.alert + 1]
    share = min(Decimal(repr(found.extra / float(week.min()))), Decimal(1))
    return MemberFloor(
        member,
        onset,
        day_of(run[-1]),
        sum((amount_of(row, "cost") for row in run), Decimal(0)),
        # What rounding of floats leaves is no replacement.
        Decimal(1) if share > Decimal("0.999999") else round(share, 6),
        answer,
    )
