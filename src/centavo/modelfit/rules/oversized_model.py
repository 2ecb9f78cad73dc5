"""Oversized model: a large model answers what a small one of its family answers as well.

What it finds:
    Callers whose answers are labels: a class, a verdict, a yes or no. No tools, little reasoning, and
    a model that has a smaller one in its family.

Why it costs:
    A large model costs five to thirty times a small one for the same tokens, and a label needs none of
    what it is larger for.

How it is measured:
    Requests of one application, endpoint, feature, model and tier: the 95th percentile of visible
    output tokens is at most `label_tokens`, at least `requests` of them, no more than `tool_share` with
    tools. The smaller model is the smallest size of the same family, of the newest generation that is
    not newer than the present model, priced on all those days and not ending within half a year. Money
    = cost less that of the same tokens at its price, in 30 days.

When it is wrong:
    A short answer may need a hard judgement. Before you move, prove it on graded answers of your own:
    `centavo certify`. The other model's tokenizer may count otherwise.

Example:
    notas-fraude /v1/classificar answers in 6 tokens with claude-opus-4-6; with claude-haiku-4-5 the
    same tokens cost USD 40.80 less in 30 days (80 %).
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import figure, message, percent
from centavo.modelfit.candidates import provider_models, served
from centavo.modelfit.families import Member, smaller
from centavo.modelfit.otherwise import cost_otherwise
from centavo.modelfit.profiles import LABEL_TOKENS, Profile, profiles
from centavo.modelfit.rules.saying import about
from centavo.period import Period
from centavo.pricing import PriceBook

__all__ = ["RULE", "smaller_model"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller that a smaller model would serve."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    book = PriceBook.load()
    found: list[Finding] = []
    for profile in known:
        member = smaller_model(profile, book=book, settings=settings)
        if member is None:
            continue
        name = sql_text(member.name)
        other = cost_otherwise(
            ledger,
            profile.condition,
            {"answered_model": name, "requested_model": name},
            period=period,
            book=book,
        )
        if other and other.saved > 0:
            found.append(_finding(profile, member.name, other.saved, other.share))
    return found


def smaller_model(profile: Profile, *, book: PriceBook, settings: RuleSettings) -> Member | None:
    """Return the model that would answer a caller's labels as well; ``None`` where there is none."""
    limits = settings.with_limits(RULE.code, {each.name: each.default for each in RULE.thresholds})
    if not _is_label(profile, limits):
        return None
    members = smaller(profile.model, provider_models(book, profile))
    return next(iter(served(members, profile, book=book, settings=settings)), None)


def _is_label(profile: Profile, settings: RuleSettings) -> bool:
    visible = profile.number("visible_p95")
    return (
        visible is not None
        and 0 < visible <= settings.limits["label_tokens"]
        and profile.requests >= settings.limits["requests"]
        and profile.share("tool_share") <= settings.limits["tool_share"]
    )


def _finding(profile: Profile, model: str, saved: Decimal, share: Decimal) -> Finding:
    visible = profile.number("visible_p95")
    return about(
        RULE,
        profile,
        sentence=message(
            "{place} answers in {count} tokens or fewer with {model}; with {other} the same tokens cost "
            "{share} less.",
            place=profile.place,
            count=figure(visible or 0),
            model=profile.model,
            other=model,
            share=percent(share),
        ),
        saved=saved,
        to_do=message(
            "Grade some of its answers by both models, then `centavo certify`; simulate with --lever 'model "
            "from={model} to={other}'.",
            model=profile.model,
            other=model,
        ),
    )


RULE = Rule(
    "FIT201",
    "oversized_model",
    find,
    __doc__ or "",
    (
        Threshold(
            "label_tokens",
            Decimal(LABEL_TOKENS),
            "visible output tokens",
            "A class name or a verdict in JSON. Of 78 clients of ServeGen's traces 13 have a mean answer "
            "below 8 tokens, and the next is above 10.",
        ),
        Threshold("requests", Decimal(100), "requests", "Fewer say little about a task."),
        Threshold(
            "tool_share",
            Decimal("0.05"),
            "share of requests",
            "An answer that calls a tool is no label.",
        ),
    ),
)
