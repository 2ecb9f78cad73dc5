"""Said again: lines that stand in a prompt more than once, and whitespace that says nothing.

What it finds:
    Scopes whose prompts repeat whole lines within one text, or carry blanks at line ends and runs
    of empty lines.

Why it costs:
    Rules that are repeated for emphasis are paid in each request. Whitespace of templates and of
    converted documents is tokens as well.

How it is measured:
    Each distinct text is looked at once: lines of 40 or more characters that stood before in it are
    named instead (lossless: the text comes back), or idle whitespace is taken out (its words stay,
    its layout does not). The larger effect counts, scaled to what the provider counted. A request
    counts from `input_share` of its input on.

When it is wrong:
    The repetition was measured to help, or the layout means something (a poem, a fixed form).

Example:
    conteudo-marketing /v1/gerar: the rules stand in the prompt three times, 1,463 tokens.
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
    """Return one finding for each scope that says things again."""
    waste = Waste("transformed", {**settings.limits, "names": "['once', 'whitespace']"})
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(ledger, period, waste, says)


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {share} of the input stands in it twice or is idle whitespace ({count} tokens in a request).",
        place=place_of(row),
        share=percent(number_of(row, "input_share"), 1),
        count=figure(number_of(row, "tokens_per_hit")),
    )


_TO_DO = N_(
    "Say each rule once and let templates trim their values: levers `once` (lossless) and "
    "`whitespace`."
)

RULE = Rule(
    "PRM308",
    "said_again",
    find,
    __doc__ or "",
    (
        Threshold(
            "input_share", Decimal("0.02"), "share of input tokens", "House value, as for JSON."
        ),
    ),
)
