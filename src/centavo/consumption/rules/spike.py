"""Anomalous spike: days that cost far more than their past explains, and are over within a week.

What it finds:
    A place, or an item of one, whose usage jumped for one to seven days; a client whose traffic jumped
    within minutes: a loop, a retry storm, a job
    that ran twice, a leaked key.

Why it costs:
    Nobody sees a night on a monthly bill. What caused it once is still there.

How it is measured:
    Usage a day (spend before credits at one price), per place and item. Evidence = mean over windows
    of 1, 2, 3, 7 and 14 days of log(1 + shift / spread), plus parts for growth and for money
    (docs/anomalies.md has each step). An alert is raised above the threshold that keeps clean series
    within `alerts_per_series_month`. Money = usage of its days less what was expected: the median of
    the same weekday in the four weeks before. Holidays and what recurs each month raise nothing, and a day
    that is still arriving only by what has arrived of it; nor does demand: more requests of many clients at the old cost explain more than
    `demand_share`. Where tenants or keys are metered, so are their ten-minute windows: one of more
    than `times_usual` the client's middle busy window and of `least_requests` is a spike, money or not.

When it is wrong:
    A planned load test or a backfill. A yearly event that the ledger has not seen before.

Example:
    gemini-2.5-pro of busca-semantica cost USD 152.54 on 2026-06-18 where USD 4.63 were expected.
"""

from collections.abc import Sequence
from datetime import timedelta

from centavo.consumption.detection.arithmetic import arithmetic_of
from centavo.consumption.detection.demand import Demand
from centavo.consumption.detection.incident import Incident
from centavo.consumption.rules.client_spikes import LEAST_REQUESTS, TIMES_USUAL, client_spikes
from centavo.consumption.rules.unusual import (
    BUDGET,
    DEMAND_SHARE,
    looked_at,
    place_name,
    said_arriving,
    said_parts,
    unusual,
)
from centavo.findings import Blind, Finding, Looked, Rule, RuleSettings
from centavo.findings.question import days_from
from centavo.findings.rule import EXPECTED
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, joined, message, percent
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]

_WHO: dict[str, str] = {
    "customer": N_("{share} of the extra requests are of customer {who}."),
    "api_key": N_("{share} of the extra requests are of key {who}."),
}


def find(
    ledger: Ledger, period: Period, settings: RuleSettings
) -> Sequence[Finding] | Looked | Blind:
    """Return one finding for each scope that spiked (its dearest spike) and for clients that jumped."""
    wrong = RULE.doc.section("When it is wrong")
    clients, known = client_spikes(ledger, period, settings, code=RULE.code, wrong_when=wrong)
    series = looked_at(ledger, period, settings)
    if isinstance(series, Blind):
        return Looked(clients, {EXPECTED: known}) if clients or known else series
    found, left_out = unusual(ledger, series, settings, shape="spike")
    left_out[EXPECTED] += known
    spikes = [_finding(ledger, incident, demand) for incident, demand in found]
    return Looked([*clients, *spikes], left_out)


def _finding(ledger: Ledger, incident: Incident, demand: Demand | None) -> Finding:
    sums = arithmetic_of(ledger, incident)
    unit = incident.scope.unit
    actual = Money(sums.paid, unit).rounded()
    expected = Money(sums.paid - sums.extra, unit).rounded()
    last = incident.until - timedelta(days=1)
    said = (
        N_(
            "{place} cost {cost} on {date} where {expected} were expected (spread of a day {spread})."
        )
        if incident.days == 1
        else N_(
            "{place} cost {cost} from {date} to {date2} where {expected} were expected (spread of a day {spread})."
        )
    )
    client = demand if demand is not None and not demand.is_spread() else None
    who = (
        message(_WHO[client.kind], share=percent(client.main_share), who=client.main_client)
        if client
        else ""
    )
    return Finding(
        code=RULE.code,
        subject={**incident.scope.subject, **({client.kind: client.main_client} if client else {})},
        sentence=joined(
            message(
                said,
                place=place_name(incident),
                cost=actual,
                date=incident.onset,
                date2=last,
                expected=expected,
                spread=figure(sums.spread, 2),
            ),
            said_arriving(sums),
            who,
            said_parts(incident),
        ),
        period=days_from(incident.onset, incident.until),
        per_30d=Money(sums.extra, unit),
        grade=sums.grade,
        money_kind="avoidable",
        evidence=sums.evidence(),
        to_do=N_(
            "Ask `centavo why` for those days what moved; stop its cause, and put a quota on it."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON101", "spike", find, __doc__ or "", (BUDGET, DEMAND_SHARE, TIMES_USUAL, LEAST_REQUESTS)
)
