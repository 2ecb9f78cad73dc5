"""Dearer than its successor: an older model costs more than the one that came after it.

What it finds:
    Models in use of which a later generation of the same family and size costs less for the same work.

Why it costs:
    Providers lower prices with new generations, not on old ones: who stays pays the old price for the
    older model.

How it is measured:
    By caller: the same tokens at the price of every later generation of the same size, by the names in
    the price book, which was priced on all those days and does not end within half a year; it counts
    where it costs at least `least_saving` less. One finding for each model, because one decision moves
    all its callers: to the generation that saves most over them. Money = that difference, in 30 days.
    Callers that FIT201 would move to a smaller model are left to it.

When it is wrong:
    A newer model answers otherwise: prompts may need changes, another tokenizer may count more tokens,
    and one that reasons writes more. Fine-tuned models cannot be replaced by name.

Example:
    gpt-4o in relatorios, suporte: gpt-5.3 is newer and costs 20 % less for the same tokens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import days_from
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import Words, message, percent
from centavo.modelfit.candidates import provider_models, served
from centavo.modelfit.families import Member, newer
from centavo.modelfit.otherwise import Otherwise, cost_otherwise
from centavo.modelfit.profiles import Profile, profiles
from centavo.modelfit.rules.oversized_model import smaller_model
from centavo.modelfit.rules.saying import profile_evidence
from centavo.money import EXACT
from centavo.period import Period
from centavo.pricing import PriceBook

__all__ = ["RULE"]

_FEWEST = 30
_NAMED = 3


@dataclass(frozen=True)
class _Caller:
    """A caller of a model, and what it would save with each later generation, by name."""

    profile: Profile
    cheaper: Mapping[str, Otherwise]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each model whose successor is cheaper, over all its callers."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    book = PriceBook.load()
    moves: dict[tuple[str, str, str], list[_Caller]] = {}
    for profile in known:
        # What a smaller model can do needs no newer large one: FIT201 speaks of it.
        if profile.requests < _FEWEST or smaller_model(profile, book=book, settings=settings):
            continue
        later = served(
            newer(profile.model, provider_models(book, profile)),
            profile,
            book=book,
            settings=settings,
        )
        prices = {it.name: _at(ledger, profile, it, period=period, book=book) for it in later}
        cheaper = {
            name: other
            for name, other in prices.items()
            if other and other.share >= settings.limits["least_saving"]
        }
        if cheaper:
            key = (profile.scope.get("provider", ""), profile.model, profile.currency or "USD")
            moves.setdefault(key, []).append(_Caller(profile, cheaper))
    return [_finding(model, currency, callers) for (_, model, currency), callers in moves.items()]


def _finding(model: str, currency: str, callers: Sequence[_Caller]) -> Finding:
    # Newest first: of equal savings the newest is taken.
    names = dict.fromkeys(name for caller in callers for name in caller.cheaper)
    best = max(names, key=lambda name: _saved(callers, name))
    moving = [caller for caller in callers if best in caller.cheaper]
    prices = [caller.cheaper[best] for caller in moving]
    saved = _saved(callers, best)
    share = EXACT.divide(saved, sum((each.recorded for each in prices), Decimal(0)))
    profiles = [caller.profile for caller in moving]
    first, until = min(it.first_day for it in profiles), max(it.until for it in profiles)
    subject = {"model": model}
    if "provider" in profiles[0].scope:
        subject = {"provider": profiles[0].scope["provider"], **subject}
    return Finding(
        code=RULE.code,
        subject=subject,
        sentence=message(
            "{model} in {place}: {other} is newer and costs {share} less for the same tokens.",
            model=model,
            place=_places(profiles),
            other=best,
            share=percent(share),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(saved, (until - first).days, currency),
        grade="estimated",
        evidence=profile_evidence(profiles),
        to_do=message(
            "Try {other} on graded answers of each caller; simulate with --lever 'model from={model} "
            "to={other}'.",
            model=model,
            other=best,
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _saved(callers: Sequence[_Caller], name: str) -> Decimal:
    amounts = [caller.cheaper[name].saved for caller in callers if name in caller.cheaper]
    return sum(amounts, Decimal(0))


def _places(profiles: Sequence[Profile]) -> Words:
    """Return the callers as a person names them, the costliest first."""
    places = list(dict.fromkeys(it.place for it in profiles))
    more = len(places) - _NAMED
    names = ", ".join(places[:_NAMED])
    return message("{names} and {count} more", names=names, count=more) if more > 0 else names


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
