"""Lines of the savings plan: of a simulation's levers, and of findings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from centavo.findings import Finding
from centavo.message import N_
from centavo.money import EXACT
from centavo.savings.interactions import interactions
from centavo.savings.lever import LeverKind
from centavo.savings.resting_on import finding_evidence, replay_evidence
from centavo.savings.saving import Saving
from centavo.savings.simulation import Simulation, Step

__all__ = ["line_of_finding", "lines_of_simulation"]


def lines_of_simulation(
    found: Simulation, *, plan: str, kinds: Sequence[LeverKind]
) -> tuple[Saving, ...]:
    """Return a line for each lever and currency in which it saves anything.

    Its amount is its share of the joint saving at its place in the plan, so the lines of one plan add
    up to the joint total. A lever that saves nothing, or costs, gives no line.

    Args:
        found: The simulation.
        plan: Its name.
        kinds: Every kind of lever, for exclusions.
    """
    lines: list[list[Saving]] = []
    for place, step in enumerate(found.steps, 1):
        lines.append(
            [
                _line(found, step, place=place, plan=plan, currency=currency)
                for currency in found.currencies
                if step.amount(currency) > 0
            ]
        )
    excluded: dict[str, list[str]] = {}
    for each in interactions(found, kinds):
        if each.is_exclusive:
            for one, other in ((each.earlier, each.later), (each.later, each.earlier)):
                for line in lines[one]:
                    excluded.setdefault(line.id, []).extend(it.id for it in lines[other])
    return tuple(_excluding(line, excluded.get(line.id, ())) for each in lines for line in each)


def line_of_finding(finding: Finding) -> Saving:
    """Return the line of a finding: identified, by a rule's estimate and not yet simulated."""
    money, period = finding.per_30d, finding.period
    return Saving(
        title=str(finding.sentence),
        saving_kind="reduction",
        scope=finding.subject,
        evidence=finding_evidence(
            finding.id, finding.evidence.query, rows=finding.evidence.row_count
        ),
        method="rule",
        rule=finding.code,
        finding_id=finding.id,
        period_start=_naive(period.since),
        period_end=_naive(period.until),
        currency=money.currency if money else None,
        expected_per_30d=money.amount if money else None,
        risk=finding.wrong_when,
        owner=finding.owner.name if finding.owner else None,
    )


def _line(found: Simulation, step: Step, *, place: int, plan: str, currency: str) -> Saving:
    lever = step.lever
    interval = step.interval.get(currency)
    before = found.cost_after(currency, place - 1)
    month = Decimal(step.touched * 30)
    return Saving(
        title=lever.label,
        saving_kind=lever.saving,
        scope={name: "|".join(texts) for name, texts in lever.where.conditions},
        evidence=replay_evidence(found.baseline.priced_requests, step.touched, seed=found.seed),
        method="replay",
        lever=lever.words or lever.kind,
        plan=plan,
        place=place,
        period_start=_naive(found.period.since),
        period_end=_naive(found.period.until),
        price_snapshot_id=found.book,
        currency=currency,
        baseline_per_30d=found.per_30d(currency, before).amount,
        driver="requests touched",
        driver_per_30d=EXACT.divide(month, Decimal(max(found.days, 1))).quantize(Decimal("0.1")),
        low_per_30d=interval.low if interval else None,
        expected_per_30d=found.per_30d(currency, step.amount(currency)).amount,
        high_per_30d=interval.high if interval else None,
        confidence=interval.confidence if interval else None,
        quality_change=lever.quality.change,
        quality_basis=lever.quality.basis,
        guardrail=None if lever.quality.is_lossless else N_("not set: a lossy lever needs one"),
    )


def _excluding(line: Saving, others: Sequence[str]) -> Saving:
    return replace(line, exclusions=tuple(dict.fromkeys(others))) if others else line


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)
