"""Growth that nobody watches: spend that doubles within a quarter, under no budget.

What it finds:
    A place, or an item of one, whose usage rises week after week so that it doubles within
    `doubling_days`, and that no budget of the policy file covers.

Why it costs:
    No day of a ramp is unusual beside the day before. What doubles within a quarter is out of every
    budget that is looked at once a quarter.

How it is measured:
    Mean day of each week. Growth = median of the slopes between all pairs of eight weeks' logarithms
    (Theil 1950, Sen 1968); doubling time = 7 log 2 / growth; its uncertainty from 200 resamples of
    the weeks. Reported when a line explains the weeks better than any single step does, and the share
    of resamples that double within `doubling_days` was above `chance`, in two weeks running. Money = usage above the level of
    its first week, for 30 days. Demand is not reported, as in CON101.

When it is wrong:
    A product that is meant to grow: give it a budget, and it is watched.

Example:
    claude-opus-4-6 of assistente-codigo doubles every 43 days since 2026-07-06.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from centavo.consumption.detection.arithmetic import arithmetic_of
from centavo.consumption.detection.demand import demand_of
from centavo.consumption.detection.incidents import usual_amounts
from centavo.consumption.detection.learnt import is_learnt
from centavo.consumption.detection.one_root import one_per_root
from centavo.consumption.detection.unwatched import GrowthLimits, GrowthSpell, growth_spells
from centavo.consumption.rules.unusual import DEMAND_SHARE, looked_at, place_name, why_left_out
from centavo.findings import Blind, Finding, LeftOut, Looked, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import amount_of, day_of, days_from
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.period import Period
from centavo.policy import read_policy

__all__ = ["RULE"]


def find(
    ledger: Ledger, period: Period, settings: RuleSettings
) -> Sequence[Finding] | Looked | Blind:
    """Return one finding for each scope that grows fast and that no budget covers."""
    series = looked_at(ledger, period, settings)
    if isinstance(series, Blind):
        return series
    series = series.whole_days()
    limits = GrowthLimits(float(settings.limits["doubling_days"]), float(settings.limits["chance"]))
    spells = growth_spells(series, usual_amounts(series, settings.holidays), limits)
    roots = one_per_root(
        [spell.incident for spell in spells],
        series,
        is_learnt=lambda incident: is_learnt(incident, series, settings.expected),
    )
    policy = read_policy(settings.policy) if settings.policy else None
    found: list[Finding] = []
    left_out: Counter[LeftOut] = Counter()
    for incident in roots:
        spell = next((s for s in spells if s.incident.scope == incident.scope), None)
        if spell is None or (policy is not None and policy.budget_of(incident.scope.names)):
            continue
        why = why_left_out(incident, demand_of(ledger, incident), series, settings)
        if why:
            left_out[why] += 1
        else:
            found.append(_finding(ledger, spell))
    return Looked(found, left_out)


def _finding(ledger: Ledger, spell: GrowthSpell) -> Finding:
    incident = spell.incident
    sums = arithmetic_of(ledger, incident)
    during = [row for row in sums.answer.rows if day_of(row) >= incident.onset]
    first = [row for row in during if (day_of(row) - incident.onset).days < 7]
    level = sum((amount_of(row, "usage") for row in first), Decimal(0)) / 7
    paid = sum((amount_of(row, "usage") for row in during), Decimal(0))
    extra = paid - level * incident.days
    said = (
        N_(
            "{place} doubles every {days} days from {date} to {date2}; nine in ten estimates are below {most}, "
            "and no budget covers it."
        )
        if spell.slowest_days
        else N_(
            "{place} doubles every {days} days from {date} to {date2}, and no budget covers it."
        )
    )
    return Finding(
        code=RULE.code,
        subject=incident.scope.subject,
        sentence=message(
            said,
            place=place_name(incident),
            days=figure(spell.doubling_days),
            date=incident.onset,
            date2=incident.until,
            most=figure(spell.slowest_days or 0),
        ),
        period=days_from(incident.onset, incident.until),
        per_30d=per_30_days(extra, incident.days, incident.scope.unit),
        grade=sums.grade,
        money_kind="changed",
        evidence=sums.evidence(),
        to_do=N_(
            "Find out what grows (requests, tokens of a request, or price: `centavo why`), then give "
            "it a budget or stop it."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON103",
    "unwatched_growth",
    find,
    __doc__ or "",
    (
        Threshold(
            "doubling_days",
            Decimal(90),
            "days",
            "A quarter: the usual interval at which budgets are looked at.",
        ),
        Threshold(
            "chance",
            Decimal("0.9"),
            "probability",
            "ANOMALIES.md: alert when P(doubling < N days) > 0.9, twice.",
        ),
        DEMAND_SHARE,
    ),
)
