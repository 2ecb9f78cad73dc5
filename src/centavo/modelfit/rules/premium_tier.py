"""Premium tier unused: priority or fast processing is paid for, and nobody waits for the answer.

What it finds:
    Callers at the priority or fast tier whose answers are not streamed and whom no customer asks, or
    whose answers come no sooner than those of the same model at the standard tier.

Why it costs:
    Priority processing costs more for the same tokens; its only good is that the answer comes sooner.

How it is measured:
    By caller, model and tier: the shares of streamed requests and of those with a customer are at most
    `waiting_share`; or the median time per output token is at least `speed` of that of the same model
    at the standard tier. Money = cost less that of the same tokens at the standard tier, in 30 days.

When it is wrong:
    A service behind another service may make a person wait without a customer in its log. Priority may
    also be bought for its availability under load.

Example:
    relatorios (gpt-5.5) runs at the priority tier and nobody waits; at the standard tier it costs 50 %
    less.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.modelfit.otherwise import cost_otherwise
from centavo.modelfit.profiles import Profile, profiles
from centavo.modelfit.rules.saying import about
from centavo.period import Period
from centavo.pricing import PriceBook

__all__ = ["RULE"]

_PREMIUM = {"priority", "fast"}
_FEWEST = 30


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller that pays for speed without need."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    premium = [it for it in known if it.scope.get("tier") in _PREMIUM and it.requests >= _FEWEST]
    book = PriceBook.load() if premium else None
    found: list[Finding] = []
    for profile in premium:
        reason = _reason(profile, known, settings)
        if not reason or book is None:
            continue
        other = cost_otherwise(
            ledger, profile.condition, {"processing_tier": "'standard'"}, period=period, book=book
        )
        if other and other.saved > 0:
            tier = profile.scope["tier"]
            found.append(
                about(
                    RULE,
                    profile,
                    sentence=message(
                        reason,
                        place=f"{profile.place} ({profile.model})",
                        tier=tier,
                        share=percent(other.share),
                    ),
                    saved=other.saved,
                    to_do=N_(
                        "Ask who waits for the answer; if nobody does, send it at the standard tier: "
                        "simulate with --lever 'tier to=standard'."
                    ),
                )
            )
    return found


def _reason(profile: Profile, known: Iterable[Profile], settings: RuleSettings) -> str:
    limit = settings.limits["waiting_share"]
    if profile.share("streamed_share") <= limit and profile.share("customer_share") <= limit:
        return N_(
            "{place} runs at the {tier} tier and nobody waits; at the standard tier it costs {share} less."
        )
    mine = profile.number("ms_per_token_p50")
    standard = [
        speed
        for other in known
        if other.model == profile.model
        and other.scope.get("tier") == "standard"
        and (speed := other.number("ms_per_token_p50"))
    ]
    if mine and standard and mine >= settings.limits["speed"] * min(standard):
        return N_(
            "{place} runs at the {tier} tier and its answers come no sooner than at the standard tier; at the "
            "standard tier it costs {share} less."
        )
    return ""


RULE = Rule(
    "FIT202",
    "premium_tier",
    find,
    __doc__ or "",
    (
        Threshold(
            "waiting_share",
            Decimal("0.05"),
            "share of requests",
            "One request in twenty with a reader may be a person trying the endpoint out.",
        ),
        Threshold(
            "speed",
            Decimal("0.95"),
            "share of the standard tier's time per token",
            "Less than 5 % sooner is within the noise of a median of thirty requests.",
        ),
    ),
)
