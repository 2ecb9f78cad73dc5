"""Reasoning tokens wasted: the model thinks at length to answer in a few words.

What it finds:
    Callers with short visible answers, most of whose output tokens are reasoning.

Why it costs:
    Reasoning tokens are billed as output, the dearest class, and nobody reads them. A classification
    rarely needs hundreds of them.

How it is measured:
    By caller and model: reasoning tokens are at least `reasoning_share` of the output, and the 95th
    percentile of what is left is at most `visible_tokens`. Money = the cost of the reasoning tokens at
    the output price, in 30 days: what would be saved at most.

When it is wrong:
    Some short answers (a sum, a plan's first step) are right only because the model thought first.

Example:
    triagem /v1/rota (o4-mini) answers in 12 tokens and thinks in 640: 97 % of its output is reasoning.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message, percent
from centavo.modelfit.otherwise import cost_otherwise
from centavo.modelfit.profiles import profiles
from centavo.modelfit.rules.saying import about
from centavo.period import Period
from centavo.pricing import PriceBook

__all__ = ["RULE"]

_FEWEST = 30
_WITHOUT = {
    "output_tokens": "output_tokens - coalesce(reasoning_tokens, 0)",
    "reasoning_tokens": "CASE WHEN reasoning_tokens IS NOT NULL THEN 0::BIGINT END",
    "output_text_tokens": "CASE WHEN output_text_tokens IS NOT NULL "
    "THEN least(output_text_tokens, output_tokens - coalesce(reasoning_tokens, 0)) END",
}


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller whose output is reasoning that nobody needs."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    if all(profile.number("reasoning_share") is None for profile in known):
        return Blind("no request states its reasoning tokens")
    book = PriceBook.load()
    found: list[Finding] = []
    for profile in known:
        visible, share = profile.number("visible_p95"), profile.share("reasoning_share")
        if visible is None or visible > settings.limits["visible_tokens"] or visible <= 0:
            continue
        if profile.requests < _FEWEST or share < settings.limits["reasoning_share"]:
            continue
        other = cost_otherwise(ledger, profile.condition, _WITHOUT, period=period, book=book)
        if other and other.saved > 0:
            found.append(
                about(
                    RULE,
                    profile,
                    sentence=message(
                        "{place} answers in {count} tokens or fewer, and {part} of its output is reasoning; "
                        "without it, it costs at most {share} less.",
                        place=f"{profile.place} ({profile.model})",
                        count=figure(visible),
                        part=percent(share),
                        share=percent(other.share),
                    ),
                    saved=other.saved,
                    to_do=N_(
                        "Ask for less reasoning effort, or take a model that does not reason, and grade "
                        "the answers."
                    ),
                )
            )
    return found


RULE = Rule(
    "FIT204",
    "wasted_reasoning",
    find,
    __doc__ or "",
    (
        Threshold(
            "reasoning_share",
            Decimal("0.8"),
            "share of output tokens",
            "A judgement, not a measurement: four tokens of thought for each one that is read.",
        ),
        Threshold(
            "visible_tokens",
            Decimal(30),
            "visible output tokens",
            "A label, a name or a short sentence.",
        ),
    ),
)
