"""Verbose JSON: payloads in prompts that say the same in fewer tokens, compact or as tables.

What it finds:
    Scopes whose requests carry JSON with blanks between its members, or lists of like objects that
    repeat their names in every row.

Why it costs:
    Blanks and repeated names are tokens like any other. A list of records as a table has its names
    once; the model reads the same values.

How it is measured:
    Each distinct text is transformed once and counted again: blanks out of JSON, then lists of three
    or more objects with the same members in the same order as columns and rows. The transformation
    counts only where the old JSON comes back from the new one, value by value (lossless). Tokens are
    scaled to what the provider counted, and priced as that request's input was paid. A scope is
    reported from `input_share` of its input on.

When it is wrong:
    The prompt asks for the exact spelling of the JSON (a diff, a signature), or examples teach the
    model the shape of its own output.

Example:
    busca-semantica /v1/resposta: results as indented JSON, 31 % of the input; as a table 12 %.
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
    """Return one finding for each scope with JSON that could be shorter."""
    waste = Waste(
        "transformed",
        {"names": "['compact-json', 'tabular']", **settings.limits},
    )
    return find_waste(
        ledger,
        period,
        waste,
        Says(
            RULE.code,
            _sentence,
            N_(
                "Send the JSON compact, or lists as tables: lever `compact` (lossless); "
                "`centavo prompts show ID --diff` shows a request both ways."
            ),
            RULE.doc.section("When it is wrong"),
        ),
    )


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {share} of the input is JSON that could be shorter without loss ({count} tokens in a request).",
        place=place_of(row),
        share=percent(number_of(row, "input_share"), 1),
        count=figure(number_of(row, "tokens_per_hit")),
    )


RULE = Rule(
    "PRM307",
    "verbose_json",
    find,
    __doc__ or "",
    (
        Threshold(
            "input_share",
            Decimal("0.02"),
            "share of input tokens",
            "House value. Recorded agents (tau-bench): 4 % of the input is blanks in JSON.",
        ),
    ),
)
