"""Repeated requests: the same request is asked, and paid, again.

What it finds:
    Scopes that send a request again that was answered before: to the last character, or the same
    but for case and whitespace.

Why it costs:
    A cache of whole answers costs nothing per hit. Classification, extraction and search assistants
    see the same questions every day.

How it is measured:
    Requests with equal bodies (exact), or with equal settings and equal texts after case and
    whitespace are evened (normalised), that come more than a minute and at most `ttl_hours` after
    the one before. Failed requests, answers that ask for a tool and inputs that the logger cut off
    are left out. Money = what the repeated ones cost.

When it is wrong:
    Answers are meant to vary, or depend on what is not in the request (the time, a store behind
    it).

Example:
    atendimento-chat /v1/faq: 31 % of the requests repeat one of the last 24 hours.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Row
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Words, message, percent
from centavo.period import Period
from centavo.prompts.rules.waste import Says, Waste, find_waste, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope with requests that repeat."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(
        ledger,
        period,
        Waste("repeated_requests", settings.limits, worth="coalesce(call.cost, 0)::DOUBLE"),
        says,
    )


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {share} of the requests repeat an earlier one, to the last character or but for case and "
        "whitespace, and were paid again.",
        place=place_of(row),
        share=percent(number_of(row, "hit_share")),
    )


_TO_DO = N_(
    "Answer them from a cache of answers with a time to live: lever `duplicates` "
    "(lossless within that time)."
)

RULE = Rule(
    "PRM309",
    "repeated_requests",
    find,
    __doc__ or "",
    (
        Threshold(
            "ttl_hours",
            Decimal("24"),
            "hours",
            "House value: a day is long enough for questions and short enough for answers.",
        ),
    ),
)
