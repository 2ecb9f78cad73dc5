"""Dominant tenant or key: one client makes a large part of all traffic.

What it finds:
    A tenant or key with `client_share` of the requests or of the cost among at least five, and the
    clients after it.

Why it costs:
    Prices are made for the average client. One that takes a quarter decides the bill, the rate limits
    that the others meet, and what happens when it leaves.

How it is measured:
    Requests and cost by client over the whole period: of requests in one group, of traffic traces by
    model. The client's share must also be three times an even share. Money = the client's cost in 30
    days: it is exposed, not lost.

When it is wrong:
    One key that stands for a whole application is not a client; name tenants in the log, and keys are
    not looked at.

Example:
    Client 5 makes 30 % of the requests of m-small; the first ten make 93 %.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask, place_of
from centavo.consumption.spend_tables import client_windows
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, by_series, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.period import Period

__all__ = ["RULE"]

_FEWEST = 5
_TIMES_EVEN = 3
# By kind of client and by what it makes much of: alone, and with the first ten.
_SAID: dict[tuple[str, str], tuple[str, str]] = {
    ("customer", "cost_share"): (
        N_("Customer {who} makes {share} of the cost of {place}."),
        N_("Customer {who} makes {share} of the cost of {place}; the first ten make {most}."),
    ),
    ("customer", "request_share"): (
        N_("Customer {who} makes {share} of the requests of {place}."),
        N_("Customer {who} makes {share} of the requests of {place}; the first ten make {most}."),
    ),
    ("api_key", "cost_share"): (
        N_("Key {who} makes {share} of the cost of {place}."),
        N_("Key {who} makes {share} of the cost of {place}; the first ten make {most}."),
    ),
    ("api_key", "request_share"): (
        N_("Key {who} makes {share} of the requests of {place}."),
        N_("Key {who} makes {share} of the requests of {place}; the first ten make {most}."),
    ),
}


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each group of clients that one of them dominates."""
    if client_windows(ledger, period, settings) < _FEWEST:
        return Blind("fewer than five tenants or keys are named")
    answer = ask(ledger, "dominant_client")
    found: list[Finding] = []
    for _, rows in by_series(answer, ("place", "kind", "currency")):
        column = "cost_share" if all(row["cost"] is not None for row in rows) else "request_share"
        first = max(rows, key=lambda row: amount_of(row, column))
        least = max(settings.limits["client_share"], Decimal(_TIMES_EVEN) / len(rows))
        if len(rows) >= _FEWEST and amount_of(first, column) >= least:
            found.append(_finding(answer, rows, first, column))
    return found


def _finding(answer: Answer, rows: list[Row], first: Row, column: str) -> Finding:
    share = amount_of(first, column)
    ranked = sorted(rows, key=lambda row: -amount_of(row, column))
    ten = sum((amount_of(row, column) for row in ranked[:10]), Decimal(0))
    start, end = first["first_seen"], first["last_seen"]
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise TypeError("a client was seen at a time")
    until = end.date() + timedelta(days=1)
    days = (until - start.date()).days
    kind, client = text_of(first, "kind"), text_of(first, "client")
    alone, with_ten = _SAID["customer" if kind == "customer" else "api_key", column]
    return Finding(
        code=RULE.code,
        subject={kind: client, "among": text_of(first, "place")},
        sentence=message(
            with_ten if len(rows) > 10 else alone,
            who=client,
            share=percent(share),
            place=place_of(first),
            most=percent(ten),
        ),
        period=days_from(start.date(), until),
        per_30d=None
        if first["cost"] is None
        else per_30_days(amount_of(first, "cost"), days, text_of(first, "currency")),
        grade="metered",
        money_kind="exposed",
        share=share,
        evidence=answer.evidence(ranked),
        to_do=N_(
            "Give it a quota and a price of its own, and ask whether its traffic is what you sold."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON111",
    "dominant_client",
    find,
    __doc__ or "",
    (
        Threshold(
            "client_share",
            Decimal("0.25"),
            "share of requests or cost",
            "Accounting standards name a customer of 10 % of revenue (ASC 280-10-50-42); a quarter is "
            "where one client decides the bill.",
        ),
    ),
)
