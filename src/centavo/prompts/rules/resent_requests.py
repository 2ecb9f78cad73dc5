"""Resent requests: the same body is sent again within a minute, and both are paid.

What it finds:
    Scopes whose client sends a request again before a minute is over although the first one was
    charged.

Why it costs:
    A client that gives up before the answer comes pays for an answer that nobody reads, and then
    for another one.

How it is measured:
    Requests of one scope with equal bodies at most `window_s` after the one before, where that one
    was charged. Inputs that the logger cut off are left out. Money = what the earlier ones cost.

When it is wrong:
    Several answers to the same request are wanted (self-consistency, sampling), or users ask the
    same at the same time.

Example:
    busca-semantica /v1/resposta: 1,200 requests were sent again after 30 seconds.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Row
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Words, figure, message, percent
from centavo.period import Period
from centavo.prompts.rules.waste import Says, Waste, find_waste, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope that sends bodies again."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(
        ledger,
        period,
        Waste("resent_requests", settings.limits, worth="coalesce(call.cost, 0)::DOUBLE"),
        says,
    )


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {count} requests were sent again within a minute although they were charged ({share} of "
        "the requests).",
        place=place_of(row),
        count=figure(number_of(row, "hits")),
        share=percent(number_of(row, "hit_share"), 1),
    )


_TO_DO = N_(
    "Raise the client's time limit above the slowest answers, and retry only what failed: "
    "lever `retries`."
)

RULE = Rule(
    "PRM312",
    "resent_requests",
    find,
    __doc__ or "",
    (
        Threshold(
            "window_s",
            Decimal("60"),
            "seconds",
            "Default time limits of clients lie between 30 and 60 seconds.",
        ),
    ),
)
