"""Fallback storm: much of the work ends at a second model, after a first try that gave nothing.

What it finds:
    Callers that on some days send a large part of their requests on to another model.

Why it costs:
    The first try is paid where it failed late, the second one often goes to a dearer model, and the
    person waits for both. A fallback is for an outage; as a habit it is a routing error.

How it is measured:
    A fallback is a request that names another as its parent and is answered by another model. Days on
    which they are at least `share` of the caller's requests, `requests` in all. Money = what the
    failed first tries cost and what the second model costs above the first for the same tokens.

When it is wrong:
    A cascade that asks a cheap model first and escalates is meant to do this.

Example:
    chat /v1/responder: on 4 days 62 % of the requests went on from gpt-4.1 to claude-opus-4-6.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import (
    Answer,
    Row,
    amount_of,
    day_of,
    days_from,
    subject_of,
    text_of,
)
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, numbered, percent
from centavo.modelfit.otherwise import cost_otherwise
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules.asking import ask
from centavo.money import EXACT
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql

__all__ = ["RULE"]

_KEYS = ("project", "application", "environment", "endpoint", "first_model", "model")


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller and pair of models with days of storm."""
    if not profile_tables(ledger, period):
        return Blind("the ledger holds no requests")
    if not ledger.rows("SELECT 1 FROM metered_events WHERE parent_event_id IS NOT NULL LIMIT 1"):
        return Blind("no request names the one that it follows")
    answer = ask(
        ledger,
        "fallbacks",
        filter=period_sql(period),
        share=settings.limits["share"],
        fewest=int(settings.limits["requests"]),
    )
    book = PriceBook.load()
    return [
        _finding(answer, row, _premium(ledger, row, period=period, book=book))
        for row in answer.rows
    ]


def _premium(ledger: Ledger, row: Row, *, period: Period, book: PriceBook) -> Decimal:
    """Return what the second model costs above the first for the same tokens; 0 when it is cheaper."""
    first = sql_text(text_of(row, "first_model"))
    places = " AND ".join(
        f"{key} IS NOT DISTINCT FROM {sql_text(text_of(row, key)) if row[key] is not None else 'NULL'}"
        for key in ("project", "application", "environment", "endpoint")
    )
    condition = (
        f"{places} AND coalesce(priced_model, answered_model, requested_model) = "
        f"{sql_text(text_of(row, 'model'))} AND parent_event_id IS NOT NULL "
        f"AND started_at::DATE BETWEEN DATE '{row['first_day']}' AND DATE '{row['last_day']}'"
    )
    provider = row["provider"]
    replaced = {"answered_model": first, "requested_model": first}
    if provider is not None:
        replaced["provider"] = sql_text(str(provider))
    other = cost_otherwise(ledger, condition, replaced, period=period, book=book)
    return max(other.saved, Decimal(0)) if other else Decimal(0)


def _finding(answer: Answer, row: Row, premium: Decimal) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    place = " ".join(
        filter(None, (text_of(row, "application"), text_of(row, "endpoint")))
    ) or message("requests")
    share = EXACT.divide(amount_of(row, "fallbacks"), amount_of(row, "requests"))
    lost = EXACT.add(amount_of(row, "failed_cost"), premium)
    return Finding(
        code=RULE.code,
        subject=subject_of(row, _KEYS),
        sentence=numbered(
            "{place}: on {number} day {share} of the requests went on from {model} to {other}.",
            "{place}: on {number} days {share} of the requests went on from {model} to {other}.",
            int(amount_of(row, "storm_days")),
            place=place,
            share=percent(share),
            model=text_of(row, "first_model"),
            other=text_of(row, "model"),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(lost, (until - first).days, text_of(row, "currency")),
        grade="metered",
        share=share,
        evidence=answer.evidence([row]),
        to_do=N_(
            "See why the first model fails (limits, outage, refusals), and send the requests where they "
            "end up, or raise the limit."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "FIT205",
    "fallback_storm",
    find,
    __doc__ or "",
    (
        Threshold(
            "share",
            Decimal("0.2"),
            "share of a day's requests",
            "A judgement, not a measurement: one request in five is no outage that is left alone.",
        ),
        Threshold("requests", Decimal(20), "fallbacks", "Fewer are an incident, not a habit."),
    ),
)
