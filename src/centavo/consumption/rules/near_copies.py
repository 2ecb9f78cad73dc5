"""Near-copy workloads: two clients send the same traffic, so one of them may be a copy.

What it finds:
    Pairs of tenants or keys of about the same size, with requests of about the same length, whose
    traffic rises and falls together from window to window.

Why it costs:
    A job that was deployed twice, a test that mirrors production, or two teams that send the same
    work to the same model, each paid in full.

How it is measured:
    Requests per window (ten minutes, or the trace's own interval). Correlation of the changes of
    their logarithm from one window to the next, which a common daily rhythm does not produce, must
    reach `correlation` over `windows` windows in which both have traffic; totals within 20 % and mean
    input within 10 % of each other. Money = the smaller one's cost in 30 days.

When it is wrong:
    Two halves of one load behind a balancer look alike and are not copies.

Example:
    Keys nightly-a and nightly-b send the same traffic (correlation 0.98 over 1,900 windows).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import client_windows
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each pair of clients with the same traffic."""
    if client_windows(ledger, period, settings) < 2:
        return Blind("fewer than two tenants or keys are named")
    answer = ask(
        ledger,
        "near_copies",
        windows=int(settings.limits["windows"]),
        correlation=settings.limits["correlation"],
    )
    return [_finding(answer, row) for row in answer.rows]


def _finding(answer: Answer, row: Row) -> Finding:
    kind = text_of(row, "kind")
    pair = (text_of(row, "client_a"), text_of(row, "client_b"))
    said = (
        N_(
            "Customers {who} and {other} send the same traffic (correlation {correlation} over {count} windows)."
        )
        if kind == "customer"
        else N_(
            "Keys {who} and {other} send the same traffic (correlation {correlation} over {count} windows)."
        )
    )
    correlation = Decimal(text_of(row, "correlation"))
    first = cast("datetime", row["first_seen"]).date()
    until = cast("datetime", row["last_seen"]).date() + timedelta(days=1)
    return Finding(
        code=RULE.code,
        subject={kind: " and ".join(pair), "among": text_of(row, "place")},
        sentence=message(
            said,
            who=pair[0],
            other=pair[1],
            correlation=figure(correlation, 2),
            count=amount_of(row, "common_windows"),
        ),
        period=days_from(first, until),
        per_30d=_money(row, (until - first).days),
        grade="metered",
        share=correlation,
        evidence=answer.evidence([row]),
        to_do=N_(
            "Ask both owners what the calls are for; compare a few prompts of the same minute."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _money(row: Row, days: int) -> Money | None:
    if row["cost_a"] is None or row["cost_b"] is None:
        return None
    least = min(amount_of(row, "cost_a"), amount_of(row, "cost_b"))
    return per_30_days(least, days, text_of(row, "currency"))


RULE = Rule(
    "CON112",
    "near_copies",
    find,
    __doc__ or "",
    (
        Threshold(
            "correlation",
            Decimal("0.9"),
            "correlation of changes",
            "Pairs of clients of about one size in ServeGen's traces reach 0.63 at most (78 clients).",
        ),
        Threshold(
            "windows",
            Decimal(48),
            "windows",
            "Two days of hours, or eight hours of tens of minutes.",
        ),
    ),
)
