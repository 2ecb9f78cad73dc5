"""Dearer than its successor: an older model costs more than the one that came after it.

What it finds:
    Models in use of which a later generation of the same family and size costs less for the same work.

Why it costs:
    Providers lower prices with new generations, not on old ones: who stays pays the old price for the
    older model.

How it is measured:
    By caller and model, over the last 30 days: the same tokens at the price of every later generation
    of the same size, by the names in the price book, which was priced on all those days and does not
    end within half a year. The cheapest one counts when it costs at least `least_saving` less. Money =
    that difference.

When it is wrong:
    A newer model answers otherwise: prompts may need changes, another tokenizer may count more tokens,
    and one that reasons writes more. Fine-tuned models cannot be replaced by name.

Example:
    relatorios (gpt-4o): gpt-4.1 costs 20 % less for the same tokens.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import percent
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.modelfit.candidates import provider_models, served
from centavo.modelfit.families import Member, newer
from centavo.modelfit.otherwise import Otherwise, cost_otherwise
from centavo.modelfit.profiles import Profile, profiles
from centavo.modelfit.rules.saying import about
from centavo.period import Period
from centavo.pricing import PriceBook

__all__ = ["RULE"]

_FEWEST = 30


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller of a model whose successor is cheaper."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    book = PriceBook.load()
    found: list[Finding] = []
    for profile in known:
        if profile.requests < _FEWEST:
            continue
        later = served(
            newer(profile.model, provider_models(book, profile)),
            profile,
            book=book,
            settings=settings,
        )
        prices = [(it, _at(ledger, profile, it, period=period, book=book)) for it in later]
        cheaper = [(it, other) for it, other in prices if other and other.share > 0]
        if not cheaper:
            continue
        member, best = max(cheaper, key=lambda each: each[1].share)
        if best.share >= settings.limits["least_saving"]:
            found.append(
                about(
                    RULE,
                    profile,
                    sentence=f"{profile.place} ({profile.model}): {member.name} is newer and costs "
                    f"{percent(best.share)} less for the same tokens.",
                    saved=best.saved,
                    to_do=f"Try {member.name} on graded answers; simulate with --lever 'model "
                    f"from={profile.model} to={member.name}'.",
                )
            )
    return found


def _at(
    ledger: Ledger, profile: Profile, member: Member, *, period: Period, book: PriceBook
) -> Otherwise | None:
    name = sql_text(member.name)
    return cost_otherwise(
        ledger,
        profile.condition,
        {"answered_model": name, "requested_model": name},
        period=period,
        book=book,
    )


RULE = Rule(
    "FIT206",
    "dearer_than_successor",
    find,
    __doc__ or "",
    (
        Threshold(
            "least_saving",
            Decimal("0.10"),
            "share of the cost",
            "A judgement, not a measurement: less may be eaten up by another tokenizer or longer answers.",
        ),
    ),
)
