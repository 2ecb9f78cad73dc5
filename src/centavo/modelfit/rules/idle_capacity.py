"""Provisioned capacity under-used: model units are rented, and what runs on them would cost less by token.

What it finds:
    Models whose provisioned throughput costs more on the bill than the requests that ran on it would
    cost at the price per token.

Why it costs:
    Provisioned units are paid by the hour, whether anything runs or not. They are worth their price only
    when they are busy.

How it is measured:
    Billed cost of provisioned capacity by model, held against the logged requests at the provisioned
    tier of the same days, priced at the standard tier. Money = the difference, in 30 days. Without a
    logged request at that tier nothing is said: the log may not have it.

When it is wrong:
    Capacity may be kept for a launch, for latency, or because the standard tier has no quota left.

Example:
    claude-sonnet-4-6: provisioned capacity for USD 9,000 served requests worth USD 2,100 by token.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from, text_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules.asking import ask
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each model whose capacity costs more than its work."""
    within = period_sql(period)
    answer = ask(ledger, "provisioned", filter=within.replace("started_at", "ChargePeriodStart"))
    if not answer.rows:
        return Blind("no bill names provisioned capacity of a model")
    profile_tables(ledger, period)
    book = PriceBook.load()
    found: list[Finding] = []
    seen = 0
    for row in answer.rows:
        worth = _worth(ledger, row, within, book)
        if worth is None:
            continue
        seen += 1
        wasted = EXACT.subtract(amount_of(row, "billed"), worth)
        if wasted >= EXACT.multiply(settings.limits["idle_share"], amount_of(row, "billed")):
            found.append(_finding(answer, row, worth, wasted))
    return found if seen else Blind("no request at the provisioned tier is logged")


def _worth(ledger: Ledger, row: Row, within: str, book: PriceBook) -> Decimal | None:
    """Return what the logged requests on the capacity cost by token; ``None`` without any."""
    model = sql_text(text_of(row, "model"))
    events = (
        "SELECT * REPLACE ('standard' AS processing_tier) FROM metered_events "
        f"WHERE processing_tier = 'provisioned' AND {within} "
        f"AND {model} IN (priced_model, answered_model, requested_model)"
    )
    rows = ledger.rows(
        "SELECT sum(cost)::DECIMAL(38,12) FROM "
        f"({book.select(ledger.engine, events)}) WHERE cost_currency = ?",
        [text_of(row, "currency")],
    )
    value = rows[0][0]
    return value if isinstance(value, Decimal) else None


def _finding(answer: Answer, row: Row, worth: Decimal, wasted: Decimal) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    model, currency = text_of(row, "model"), text_of(row, "currency")
    subject = {"model": model}
    if row["project"] is not None:
        subject["project"] = text_of(row, "project")
    return Finding(
        code=RULE.code,
        subject=subject,
        sentence=message(
            "{model}: provisioned capacity for {cost} served requests worth {money} by token.",
            model=model,
            cost=Money(amount_of(row, "billed"), currency).rounded(),
            money=Money(worth, currency).rounded(),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(wasted, (until - first).days, currency),
        grade="estimated",
        evidence=answer.evidence([row]),
        to_do=N_("Give units back, or move more work onto them, before the commitment renews."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "FIT207",
    "idle_capacity",
    find,
    __doc__ or "",
    (
        Threshold(
            "idle_share",
            Decimal("0.2"),
            "share of the capacity's cost",
            "A fifth is the headroom that capacity needs to stay below its limit at busy hours.",
        ),
    ),
)
