"""Endpoint with no quota: nothing stops it from being called without end.

What it finds:
    Endpoints that call models and that no quota of the policy file covers. Without a policy file the
    rule is silent: CON109 has said it once for everything.

Why it costs:
    An endpoint that anybody can reach is an open purse: one client in a loop, or one that shares a
    key, spends what all others together do.

How it is measured:
    Requests of the last 30 days, per application and endpoint, whose scope no `[[quota]]` matches.
    The money is exposed, not lost.

When it is wrong:
    A gateway or the provider already limits the endpoint: write that limit into the policy file.

Example:
    No quota covers atendimento-chat /v1/resumo: 2,310 requests in 30 days.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.rules.uncovered import Place, combined, scope_of
from centavo.consumption.spend_tables import SpendTables, spend_tables
from centavo.findings import Blind, Evidence, Finding, Rule, RuleSettings
from centavo.findings.pace import per_30_days
from centavo.findings.question import Row, amount_of, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.period import Period
from centavo.policy import read_policy

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each endpoint without a quota."""
    held = spend_tables(ledger, period, settings)
    if settings.policy is None:
        return Blind("there is no policy file (CON109 says so)")
    answer = ask(
        ledger, "uncovered", table="(SELECT *, 'metered' AS grade FROM call_hours)",
        unit="currency", amount="cost", recent=held.recent(), condition="endpoint IS NOT NULL",
    )  # fmt: skip
    if not answer.rows:
        return Blind("no request names an endpoint")
    policy = read_policy(settings.policy)
    bare = [row for row in answer.rows if policy.quota_of(scope_of(row)) is None]
    groups = combined(bare, _place)
    return [_finding(answer.evidence(rows), place, rows, held) for place, rows in groups.items()]


def _place(row: Row) -> Place:
    return tuple(
        (name, text_of(row, name))
        for name in ("application", "environment", "endpoint")
        if row[name] is not None
    )


def _finding(evidence: Evidence, place: Place, rows: list[Row], held: SpendTables) -> Finding:
    days = (held.until - held.recent()).days if held.until else 0
    names = dict(place)
    requests = sum((amount_of(row, "requests") for row in rows), Decimal(0))
    cost = sum((amount_of(row, "cost") for row in rows), Decimal(0))
    where = f"{names.get('application', '')} {names['endpoint']}".strip()
    return Finding(
        code=RULE.code,
        subject=names,
        sentence=message(
            "No quota covers {place}: {count} requests in {days} days.",
            place=where,
            count=figure(requests),
            days=days,
        ),
        period=days_from(held.recent(), held.until or held.recent()),
        per_30d=per_30_days(cost, days, text_of(rows[0], "currency")),
        grade="metered",
        money_kind="exposed",
        evidence=evidence,
        to_do=N_("Write a [[quota]] for it into the policy file (docs/findings.md shows one)."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule("CON110", "no_quota", find, __doc__ or "")
