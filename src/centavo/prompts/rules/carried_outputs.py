"""Carried outputs: results of tools are sent again and again, long after they were used.

What it finds:
    Scopes whose requests carry results of tools that are at least `age` messages old.

Why it costs:
    A result of 2,000 tokens that is read once and carried through twenty more turns is paid twenty
    times; in agents it is most of the input.

How it is measured:
    Tokens of tool results with at least `age` messages after them, scaled to what the provider
    counted, priced as that request's input was paid (what a cache serves costs a tenth). A request
    counts from `input_share` of its input on.

When it is wrong:
    Later turns go back to the result. Leaving it out is lossy and moves the cached beginning:
    certify the quality, and compare with the cache.

Example:
    assistente-codigo /agente: results older than ten messages are 44 % of the input.
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
    """Return one finding for each scope that carries old results."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(ledger, period, Waste("carried_outputs", settings.limits), says)


def _sentence(row: Row) -> Words:
    return message(
        "{place}: results of tools that are old are {share} of the input ({count} tokens in a request).",
        place=place_of(row),
        share=percent(number_of(row, "input_share")),
        count=figure(number_of(row, "tokens_per_hit")),
    )


_TO_DO = N_(
    "Cut old results down to what was used, or keep a window: lever `history-window`, or `extract` for long "
    "prose (lossy: certify them); cache what stays."
)

RULE = Rule(
    "PRM305",
    "carried_outputs",
    find,
    __doc__ or "",
    (
        Threshold("age", Decimal("10"), "messages", "House value: five turns of call and result."),
        Threshold(
            "input_share",
            Decimal("0.2"),
            "share of input tokens",
            "House value: below it compaction is not worth its risk.",
        ),
    ),
)
