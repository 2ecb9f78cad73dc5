"""Unused tools: requests carry the schemas of tools that nobody calls.

What it finds:
    Scopes whose requests carry tool schemas that no recorded answer and no earlier turn ever
    called, although other tools were called.

Why it costs:
    Schemas are input like any text and are sent with every request: one tool is 50 to 300 tokens.
    Of the requests that people gave the Berkeley function-calling collection, 96 % of the
    characters are schemas.

How it is measured:
    Tools called in a scope are read from answers and histories of the requests whose prompts are
    kept; at least `calls` of them must call something. The tokens of the other schemas, scaled to
    what the provider counted, are priced as that request's input was paid. A request counts from
    `tokens` on.

When it is wrong:
    A tool is there for the rare case, or the calls are made where no log sees them. A tool that is
    not sent cannot be called (lossy).

Example:
    assistente-codigo /agente: 11 of 14 tools are never called, 1,900 tokens in every request.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Row, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Words, figure, message, percent
from centavo.period import Period
from centavo.prompts.rules.waste import Says, Waste, find_waste, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope with tools that are never called."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(ledger, period, Waste("unused_tools", settings.limits), says)


def _sentence(row: Row) -> Words:
    part, whole = text_of(row, "detail").split(" of ")
    return message(
        "{place}: {part} of {whole} tools are never called, {count} tokens in a request and {share} of the input.",
        place=place_of(row),
        part=part,
        whole=whole,
        count=figure(number_of(row, "tokens_per_hit")),
        share=percent(number_of(row, "input_share"), 1),
    )


_TO_DO = N_(
    "Send the tools that the task calls and load others when they are asked for: lever "
    "`drop-tools` (lossy: certify it)."
)

RULE = Rule(
    "PRM304",
    "unused_tools",
    find,
    __doc__ or "",
    (
        Threshold(
            "calls",
            Decimal("20"),
            "requests that call a tool",
            "House value: a tool that one request in twenty needs is seen with 64 %.",
        ),
        Threshold(
            "tokens", Decimal("100"), "tokens in a request", "House value: about one schema."
        ),
    ),
)
