"""Constant examples: the same worked examples stand in every request.

What it finds:
    Scopes whose requests carry the same pairs of question and answer behind the system prompt,
    every time.

Why it costs:
    Examples teach a model a form. A model that has learned to follow instructions often needs
    fewer, and what stays belongs in the cached beginning.

How it is measured:
    Messages of user and assistant that nearly all requests (`share`) have with the same content at
    the same place; at least two pairs. Their tokens are scaled to what the provider counted and
    priced as input was paid. The money is exposed, not lost: what leaving them out does to the
    answers must be measured.

When it is wrong:
    The examples are what makes the answers good.

Example:
    extracao-documentos /v1/extrair: three constant examples, 2,400 tokens in every request.
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
    """Return one finding for each scope with constant examples."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"), "exposed")
    return find_waste(ledger, period, Waste("constant_examples", settings.limits), says)


def _sentence(row: Row) -> Words:
    return message(
        "{place}: examples that never vary are {share} of the input ({count} tokens in a request).",
        place=place_of(row),
        share=percent(number_of(row, "input_share")),
        count=figure(number_of(row, "tokens_per_hit")),
    )


_TO_DO = N_(
    "Try fewer examples on graded answers; mark those that stay for the cache (lever "
    "`prompt-cache`)."
)

RULE = Rule(
    "PRM313",
    "constant_examples",
    find,
    __doc__ or "",
    (
        Threshold(
            "share",
            Decimal("0.95"),
            "share of requests",
            "House value: an edit once in a while is no variation.",
        ),
        Threshold(
            "requests",
            Decimal("20"),
            "requests with kept prompts",
            "House value: fewer may be alike by chance.",
        ),
    ),
)
