"""Repeated passages: retrieval brings the same passage twice, exactly or nearly.

What it finds:
    Scopes whose requests carry passages of 25 words or more that stand before in the same message.

Why it costs:
    Overlapping windows, several indexes over one store and re-published documents bring the same text
    again; the model reads it twice and is told nothing more.

How it is measured:
    Messages that carry retrieved context and results of tools are cut at empty lines and at marks of
    documents. A passage counts as a copy when its words are those of one before it, or when their
    three-word shingles are alike (MinHash of 64 permutations, estimated Jaccard of 0.85 or more; needs
    the extra `prompts`). Its tokens, scaled to what the provider counted, are priced as input was
    paid. A request counts from `input_share` of its input on.

When it is wrong:
    Small differences between nearly equal passages (a price, a date) are what the question is about: leaving near
    copies out is lossy.

Example:
    busca-semantica /v1/resposta: 22 % of the input are passages that stand in it already.
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
    """Return one finding for each scope that retrieves passages twice."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    waste = Waste("transformed", {**settings.limits, "names": "['distinct-chunks']"})
    return find_waste(ledger, period, waste, says)


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {share} of the input are passages that stand in it already ({count} tokens in a request).",
        place=place_of(row),
        share=percent(number_of(row, "input_share"), 1),
        count=figure(number_of(row, "tokens_per_hit")),
    )


_TO_DO = N_(
    "Take copies out after retrieval: lever `distinct-chunks` (exact copies lose nothing; near copies"
    " are lossy)."
)

RULE = Rule(
    "PRM306",
    "repeated_chunks",
    find,
    __doc__ or "",
    (Threshold("input_share", Decimal("0.05"), "share of input tokens", "House value."),),
)
