"""Machines and keys that appeared and run day and night: said by name, in place of the step they make."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from centavo.consumption.detection.incident import Incident
from centavo.consumption.detection.learnt import begins_with
from centavo.consumption.detection.members import MemberFloor, member_floors
from centavo.consumption.detection.new_floor import RUN_DAYS
from centavo.consumption.detection.series import DailySeries
from centavo.consumption.rules.unusual import BUDGET, scope_name
from centavo.findings import Finding, RuleSettings
from centavo.findings.event import Event
from centavo.findings.finding import Grade
from centavo.findings.pace import per_30_days
from centavo.findings.question import day_of, days_from
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Message, Value, message, numbered
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["NewMembers", "floor_finding", "is_expected", "new_members", "one_cause"]

# As where one part of a whole is its cause (detection/one_root.py).
_CAUSE_SHARE = 0.8
_SAID = 3
NewMembers = list[MemberFloor]


def new_members(
    ledger: Ledger, period: Period, settings: RuleSettings, *, series: DailySeries
) -> list[NewMembers]:
    """Return the new floors, those of one place and day together, the dearest member first."""
    budget = float(settings.limits[BUDGET.name])
    found = member_floors(ledger, period, settings, series=series, per_series_month=budget)
    ordered = sorted(found, key=lambda each: (str(each.member.place), each.onset))
    groups = groupby(ordered, lambda each: (each.member.place, each.onset))
    return [sorted(group, key=lambda each: -each.cost) for _, group in groups]


def one_cause(
    steps: Sequence[Incident], groups: Sequence[NewMembers]
) -> tuple[list[Incident], list[NewMembers]]:
    """Return steps and new members, each cause once.

    New members that make up four fifths of a step of their place are its cause, and the step is not
    named beside them; where they are less, the step is, and has them in it.
    """
    explained: list[Incident] = []
    kept: list[NewMembers] = []
    for group in groups:
        same = [step for step in steps if _is_same(step, group)]
        causes = [step for step in same if _a_day(group) >= _CAUSE_SHARE * step.extra / step.days]
        explained += causes
        if causes or not same:
            kept.append(group)
    return [step for step in steps if step not in explained], kept


def floor_finding(group: NewMembers, *, code: str, wrong_when: str) -> Finding:
    """Return the finding of the new members of one place and day."""
    head = group[0]
    unit = head.member.scope.unit
    last, days = max(each.last for each in group), max(each.days for each in group)
    cost = sum((each.cost for each in group), Decimal(0))
    extra = sum((EXACT.multiply(each.cost, each.extra_share) for each in group), Decimal(0))
    only = {head.member.kind: head.member.name} if len(group) == 1 else {}
    return Finding(
        code=code,
        subject={**_common(group), **only},
        sentence=_sentence(
            group,
            a_day=Money(cost / days, unit).rounded(),
            added=Money(extra / days, unit).rounded() if extra < cost else None,
        ),
        period=days_from(head.onset, last + timedelta(days=1)),
        per_30d=per_30_days(extra, days, unit),
        grade=_grade(group),
        money_kind="changed",
        evidence=head.answer.evidence(
            [row for each in group for row in each.member.rows if day_of(row) >= each.onset]
        ),
        to_do=N_(
            "Ask its owner whether it is still needed; stop it, or give it hours and a budget."
        ),
        wrong_when=wrong_when,
    )


def _sentence(group: NewMembers, *, a_day: Money, added: Money | None) -> Message:
    """Return what runs without pause, since when and at what; ``added`` where it took another's place."""
    names: Value = ", ".join(each.member.name for each in group[:_SAID])
    if len(group) > _SAID:
        names = message("{names} and {count} more", names=names, count=len(group) - _SAID)
    return numbered(
        "{names} ({place}) runs day and night since {date} at {cost} a day{beside}.",
        "{names} ({place}) run day and night since {date} at {cost} a day{beside}.",
        len(group),
        names=names,
        place=scope_name(_common(group)),
        date=group[0].onset,
        cost=a_day,
        beside=message("; {cost} of it took no other's place", cost=added) if added else "",
    )


def is_expected(finding: Finding, events: Iterable[Event]) -> bool:
    """Say whether somebody expects these members, or more of their place, from that day on."""
    since = finding.period.since
    return since is not None and any(
        event.code == finding.code
        and event.subject.items() <= finding.subject.items()
        and begins_with(event, since.date())
        for event in events
    )


def _common(group: NewMembers) -> dict[str, str]:
    """Return what the scopes of all members agree on."""
    subjects = [each.member.scope.subject for each in group]
    return {
        name: value
        for name, value in subjects[0].items()
        if all(each.get(name) == value for each in subjects)
    }


def _is_same(step: Incident, group: NewMembers) -> bool:
    near = timedelta(days=RUN_DAYS)
    return any(step.scope.holds(each.member.scope) for each in group) and (
        abs(step.onset - group[0].onset) <= near
    )


def _a_day(group: NewMembers) -> float:
    """Return what the members added a day, to compare with a step; for ranking only."""
    return sum(float(each.cost) * float(each.extra_share) / each.days for each in group)


def _grade(group: NewMembers) -> Grade:
    if any(each.extra_share < 1 for each in group):
        return "estimated"
    grades = {str(row["grade"]) for each in group for row in each.member.rows}
    if "estimated" in grades:
        return "estimated"
    return "metered" if "metered" in grades else "billed"
