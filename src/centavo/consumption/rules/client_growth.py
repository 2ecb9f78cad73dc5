"""Clients that doubled, are new, or fell silent from one week to the next.

What it finds:
    Among tenants or keys: those that sent more than twice as much in the last seven days as in the
    seven before, those that had sent nothing, and those that stopped.

Why it costs:
    A total that grows by a tenth may hide one client that grew fivefold and one that left. What one
    client adds is billed to all, until its price or quota is changed.

How it is measured:
    Requests of the last seven days against the seven before, per client. A doubling counts when it
    is beyond four standard deviations of a Poisson count; together, the requests that doubled and new
    clients added must be `added_share` of all. Money = what they cost more, for 30 days.

When it is wrong:
    A holiday week is the wrong comparison. A client whose id changed is one that left and one that
    came.

Example:
    servegen m-small: 4 clients more than doubled and 8 are new within a week; 5 fell silent.
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
from centavo.message import N_, joined, message, percent
from centavo.period import Period

__all__ = ["RULE"]

_WEEK = 7
_SIGMAS = 4
_ZERO = Decimal(0)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each group of clients that changed much in a week."""
    if not client_windows(ledger, period, settings):
        return Blind("no tenant or key is named")
    answer = ask(ledger, "client_growth")
    if not answer.rows:
        return Blind("tenants and keys have less than two weeks of history")
    found: list[Finding] = []
    for _, rows in by_series(answer, ("place", "kind", "currency")):
        grown = [row for row in rows if _doubled(row) or _is_new(row)]
        added = sum((_added(row) for row in grown), _ZERO)
        if grown and added >= settings.limits["added_share"] * amount_of(
            rows[0], "all_requests_now"
        ):
            found.append(_finding(answer, rows, grown, added))
    return found


def _added(row: Row) -> Decimal:
    return amount_of(row, "requests_now") - amount_of(row, "requests_before")


def _doubled(row: Row) -> bool:
    before, now = amount_of(row, "requests_before"), amount_of(row, "requests_now")
    return before > 0 and now > 2 * before and now - before >= _SIGMAS * (now + before).sqrt()


def _is_new(row: Row) -> bool:
    return not row["requests_before"] and bool(row["requests_now"])


def _finding(answer: Answer, rows: list[Row], grown: list[Row], added: Decimal) -> Finding:
    head = rows[0]
    doubled = [text_of(row, "client") for row in grown if _doubled(row)]
    new = [text_of(row, "client") for row in grown if _is_new(row)]
    silent = [text_of(row, "client") for row in rows if not row["requests_now"]]
    share = added / amount_of(head, "all_requests_now")
    until = head["until"]
    if not isinstance(until, datetime):
        raise TypeError("the week has an end")
    said = [
        message("{count} more than doubled ({list})", count=len(doubled), list=_names(doubled))
        if doubled
        else "",
        message("{count} are new ({list})", count=len(new), list=_names(new)) if new else "",
        message("{count} fell silent", count=len(silent)) if silent else "",
    ]
    money = sum(
        (amount_of(row, "cost_now") - amount_of(row, "cost_before") for row in grown), _ZERO
    )
    return Finding(
        code=RULE.code,
        subject={"clients": text_of(head, "kind"), "among": text_of(head, "place")},
        sentence=message(
            "{place}: of {count} clients {changes} within a week: {share} of the requests are theirs.",
            place=place_of(head),
            count=len(rows),
            changes=joined(*said, by=", "),
            share=percent(share),
        ),
        period=days_from(until.date() - timedelta(days=_WEEK), until.date()),
        per_30d=None
        if all(row["cost_now"] is None for row in grown)
        else per_30_days(money, _WEEK, text_of(head, "currency")),
        grade="metered",
        money_kind="changed",
        share=share,
        evidence=answer.evidence(sorted(rows, key=lambda row: -abs(_added(row)))),
        to_do=N_("Ask whether the growth was sold; adjust its quota, its price, and the forecast."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _names(clients: list[str]) -> str:
    shown = ", ".join(clients[:4])
    return f"{shown}{' …' if len(clients) > 4 else ''}"


RULE = Rule(
    "CON122",
    "client_growth",
    find,
    __doc__ or "",
    (
        Threshold(
            "added_share",
            Decimal("0.01"),
            "share of the week's requests",
            "House value: one hundredth in a week is the floor of every finding, 1 % of the whole.",
        ),
    ),
)
