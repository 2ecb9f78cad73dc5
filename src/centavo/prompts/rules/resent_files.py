"""Resent files: the same image or document is sent as data, request after request.

What it finds:
    Scopes whose requests carry a file that an earlier request of the scope carried too.

Why it costs:
    A picture is some hundred tokens and a page about a thousand; as data in the body it is read
    anew each time.

How it is measured:
    Parts with the data of a file (base64) and with the same content as an earlier request's. Tokens
    are those that such a part has after the provider's count; priced as input was paid.

When it is wrong:
    The requests belong to different conversations that each need the file; then a cache, not an
    upload, is what helps.

Example:
    extracao-documentos /v1/perguntar: the same contract is sent with each of 40 questions.
"""

from collections.abc import Sequence

from centavo.findings import Blind, Finding, Rule, RuleSettings
from centavo.findings.question import Row
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Words, figure, message, percent
from centavo.period import Period
from centavo.prompts.rules.waste import Says, Waste, find_waste, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope that sends files again."""
    says = Says(RULE.code, _sentence, _TO_DO, RULE.doc.section("When it is wrong"))
    return find_waste(ledger, period, Waste("resent_files", settings.limits), says)


def _sentence(row: Row) -> Words:
    return message(
        "{place}: {share} of the requests send a file again that an earlier one sent ({count} tokens each).",
        place=place_of(row),
        share=percent(number_of(row, "hit_share")),
        count=figure(number_of(row, "tokens_per_hit")),
    )


_TO_DO = N_(
    "Put the file at the beginning and mark it for the cache, or upload it once; send "
    "what was found in it, not all."
)

RULE = Rule(
    "PRM314",
    "resent_files",
    find,
    __doc__ or "",
    (),
)
