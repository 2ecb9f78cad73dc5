"""Step change: a level that moved up for good, with no price, credit or demand to explain it.

What it finds:
    A place, or an item of one, whose daily usage rose within days and stayed: a longer prompt, a
    second job, a machine left on, a default model that changed. A machine or key that appeared and
    runs day and night is named, however small beside the rest.

Why it costs:
    What a spike costs once, a step costs every day, and after a month it is the new usual.

How it is measured:
    As CON101, for what lasts longer than a week. Money = usage of its days less the median of the
    same weekday in the four weeks before it began, for 30 days. What a new price, a lost credit or
    more requests of many clients at the old cost explain is not counted. A resource of a bill, or a
    key, that was not there before and costs the same (within a tenth) eight days running, is named where
    it raised what its place pays without pause; money = its cost since, less what it replaced.

When it is wrong:
    A planned rollout, or a machine meant to stay: no bill says what was planned. Growth that came in one day because a customer did.

Example:
    gpt-5.5 of conteudo-marketing costs USD 4.05 a day since 2026-07-01, 1.9 times as much.
"""

from collections.abc import Sequence

from centavo.consumption.detection.arithmetic import Arithmetic, arithmetic_of
from centavo.consumption.detection.incident import Incident
from centavo.consumption.rules.unpaused import floor_finding, is_expected, new_members, one_cause
from centavo.consumption.rules.unusual import (
    BUDGET,
    DEMAND_SHARE,
    looked_at,
    place_name,
    said_arriving,
    said_parts,
    times,
    unusual,
)
from centavo.findings import Blind, Finding, Looked, Rule, RuleSettings
from centavo.findings.pace import per_30_days
from centavo.findings.question import days_from
from centavo.findings.rule import EXPECTED
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Message, Value, figure, joined, message
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]


def find(
    ledger: Ledger, period: Period, settings: RuleSettings
) -> Sequence[Finding] | Looked | Blind:
    """Return new members that run without pause, and one finding for each scope whose level rose."""
    series = looked_at(ledger, period, settings)
    if isinstance(series, Blind):
        return series
    found, left_out = unusual(ledger, series, settings, shape="step")
    groups = new_members(ledger, period, settings, series=series.whole_days())
    steps, members = one_cause([step for step, _ in found], groups)
    wrong = RULE.doc.section("When it is wrong")
    named = [floor_finding(group, code=RULE.code, wrong_when=wrong) for group in members]
    new = [each for each in named if not is_expected(each, settings.expected)]
    left_out[EXPECTED] += len(named) - len(new)
    return Looked([*new, *(_finding(ledger, step) for step in steps)], left_out)


def _finding(ledger: Ledger, incident: Incident) -> Finding:
    sums = arithmetic_of(ledger, incident)
    unit = incident.scope.unit
    a_day = sums.paid / incident.days
    return Finding(
        code=RULE.code,
        subject=incident.scope.subject,
        sentence=joined(
            _level(incident, sums, Money(a_day, unit)), said_arriving(sums), said_parts(incident)
        ),
        period=days_from(incident.onset, incident.until),
        per_30d=per_30_days(sums.extra, incident.days, unit),
        grade=sums.grade,
        money_kind="changed",
        evidence=sums.evidence(),
        to_do=N_(
            "Ask `centavo why` for the weeks before and after it what moved, and its owner whether "
            "that was meant."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _level(incident: Incident, sums: Arithmetic, a_day: Money) -> Message:
    values: dict[str, Value] = {
        "place": place_name(incident),
        "cost": a_day.rounded(),
        "date": incident.onset,
        "expected": Money(sums.usual_day(), a_day.currency).rounded(),
        "spread": figure(sums.spread, 2),
    }
    rise = times(sums)
    if rise is None:
        return message(
            "{place} costs {cost} a day since {date}; {expected} were expected (spread {spread}).",
            **values,
        )
    return message(
        "{place} costs {cost} a day since {date}, {times} times as much; {expected} were expected (spread "
        "{spread}).",
        **values,
        times=rise,
    )


RULE = Rule("CON102", "step_change", find, __doc__ or "", (BUDGET, DEMAND_SHARE))
