"""Embeddings made in bulk in real time: a corpus is indexed at the price of a search box.

What it finds:
    Callers of embedding models that nobody waits for: no customer, nothing streamed, and large inputs.

Why it costs:
    Where a provider sells batches of embeddings, it sells them at half the price, within a day. CON117
    looks at answers and leaves embeddings out; this is the other half of the same idea.

How it is measured:
    Embedding requests at the standard tier whose median input is at least `input_tokens`, without a
    customer. Money = cost less that of the same tokens at the batch tier, in 30 days; of a model without
    a batch price in the book nothing is said.

When it is wrong:
    A document that must be searchable within the minute cannot wait for a batch.

Example:
    busca-semantica /v1/indexar (gemini-embedding-2): 180,000 tokens a request and nobody waits; as
    a batch it costs half.
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


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller that embeds in bulk at full price."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    book = PriceBook.load()
    found: list[Finding] = []
    for profile in known:
        length = profile.number("input_p50")
        if profile.kind != "embedding" or profile.scope.get("tier") != "standard":
            continue
        if length is None or length < settings.limits["input_tokens"]:
            continue
        if profile.requests < _FEWEST or profile.share("customer_share") > 0:
            continue
        other = cost_otherwise(
            ledger, profile.condition, {"processing_tier": "'batch'"}, period=period, book=book
        )
        if other and other.saved > 0:
            found.append(
                about(
                    RULE,
                    profile,
                    sentence=message(
                        "{place} embeds {count} tokens a request and nobody waits; as a batch it costs "
                        "{share} less.",
                        place=f"{profile.place} ({profile.model})",
                        count=figure(length),
                        share=percent(other.share),
                    ),
                    saved=other.saved,
                    to_do=N_("Send the corpus as a batch; keep real time for what is searched."),
                )
            )
    return found


RULE = Rule(
    "FIT208",
    "bulk_embeddings",
    find,
    __doc__ or "",
    (
        Threshold(
            "input_tokens",
            Decimal(2000),
            "input tokens a request",
            "A question that somebody typed is a sentence; 2,000 tokens are pages.",
        ),
    ),
)
