"""Unread writes: input is written to a prompt cache for more, and too little of it is read again.

What it finds:
    Scopes whose cache writes cost more above plain input than their cache reads saved.

Why it costs:
    Anthropic and Bedrock charge a quarter more for what is written for five minutes, and twice the
    price for an hour. What is not read in time is a loss: "cache everything" under one hour's terms cost
    34 % more on a real hour of chat traffic.

How it is measured:
    From what was metered, bodies or not: premium = cost of writes less the same tokens as plain input;
    discount = the tokens read as plain input less their cost. Money = premium - discount, where that is
    above zero, over at least `writes` requests that wrote.

When it is wrong:
    The cache is there for speed, not for money, or the reads are logged by another application.

Example:
    relatorios /v1/resumo: writes cost 41 USD more, reads saved 3 USD.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, ask, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.money import Money
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE, prompt_tables
from centavo.prompts.rules.waste import money_of, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope whose cache costs more than it saves."""
    prompt_tables(ledger, period)
    answer = ask("centavo.prompts.rules", ledger, "unread_writes", **settings.limits)
    if not ledger.rows("SELECT 1 FROM prompt_calls WHERE cache_write_tokens > 0 LIMIT 1"):
        return Blind("no request states tokens written to a cache")
    return [_finding(answer, row) for row in answer.rows]


def _finding(answer: Answer, row: Row) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    return Finding(
        code=RULE.code,
        subject=subject_of(row, SCOPE),
        sentence=message(
            "{place}: cache writes cost {money} more than plain input, reads saved {saved}.",
            place=place_of(row),
            money=Money(number_of(row, "premium"), text_of(row, "currency")).rounded(),
            saved=figure(number_of(row, "discount"), 2),
        ),
        period=days_from(first, until),
        per_30d=money_of(row, (until - first).days),
        grade="metered",
        evidence=answer.evidence([row]),
        to_do=N_(
            "Write only what comes back in time: lever `prompt-cache policy=learning`, or no cache here;"
            " look for what changes in the beginning (PRM303)."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "PRM302",
    "unread_writes",
    find,
    __doc__ or "",
    (Threshold("writes", Decimal(10), "requests that write", "A first request always writes."),),
)
