"""Zombie: spend that ends in no answer, day after day.

What it finds:
    A caller (application, endpoint, key) that goes on paying although none of its requests has been
    answered for days: all failed, or every answer was empty.

Why it costs:
    Nobody misses the answers, so nobody looks: an old job, a broken prompt, a revoked right. It is
    paid until somebody turns it off.

How it is measured:
    Days since the last day with a good answer on which requests cost money, per caller; reported from
    `days` such days on. Embeddings have no output and are left out. Money = their cost in 30 days.
    Machines that run unused are found by the infrastructure module.

When it is wrong:
    Calls whose purpose is not an answer: warming a cache, tests of error handling.

Example:
    recomendacao-v1 /rank: 4,210 requests in 12 days, none with an answer.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message
from centavo.period import Period

__all__ = ["RULE"]

_SCOPE = ("provider", "project", "application", "environment", "endpoint", "api_key")


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller that pays and gets no answer."""
    if not spend_tables(ledger, period, settings).calls:
        return Blind("the ledger holds no requests")
    answer = ask(ledger, "zombie", days=int(settings.limits["days"]))
    return [_finding(answer, row) for row in answer.rows]


def _finding(answer: Answer, row: Row) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    where = (text_of(row, "application") or text_of(row, "project") or text_of(row, "api_key")
             or text_of(row, "provider"))  # fmt: skip
    place = f"{where} {text_of(row, 'endpoint')}".strip()
    said = (
        N_("{place}: {count} requests in {days} days, none with an answer since {date}.")
        if row["last_good_day"]
        else N_("{place}: {count} requests in {days} days, none with an answer.")
    )
    return Finding(
        code=RULE.code,
        subject=subject_of(row, _SCOPE),
        sentence=message(
            said,
            place=place,
            count=amount_of(row, "requests"),
            days=(until - first).days,
            date=day_of(row, "last_good_day"),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(amount_of(row, "cost"), (until - first).days, text_of(row, "currency")),
        grade="metered",
        evidence=answer.evidence([row]),
        to_do=N_(
            "Find who runs it and turn it off; until then take its key or set its quota to zero."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON114",
    "zombie",
    find,
    __doc__ or "",
    (
        Threshold(
            "days",
            Decimal(3),
            "days with cost and without an answer",
            "House value: an outage is repaired within a weekend.",
        ),
    ),
)
