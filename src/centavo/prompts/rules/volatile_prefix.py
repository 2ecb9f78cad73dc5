"""Broken beginning: something that changes with every request stands near the start of a long prompt.

What it finds:
    Scopes whose system prompt is nearly the same in every request, but for a date, a time, an id or a
    name near its start.

Why it costs:
    Prompt caches read a beginning up to its first difference. What changes in line 2 makes the 3,000
    tokens after it uncacheable; in the last line it makes nothing uncacheable.

How it is measured:
    Lines of the system prompts of requests with kept bodies. Lines that at least `share` of the requests have
    are constant; what is constant behind the first line that is not would be cached if the others stood
    at the end. The cache is then replayed on the times of all requests of the scope, with the
    provider's terms, for those tokens.

When it is wrong:
    The order matters to the task, or the value must be read before the instructions.

Example:
    assistente-codigo /agente: a time stamp in line 1 keeps 2,950 of 3,000 tokens from the cache.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, ask, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE
from centavo.prompts.cache.ratios import cache_ratios
from centavo.prompts.cache.terms import terms_of
from centavo.prompts.cache.warm import best_lifetime, calls_of
from centavo.prompts.reordering import constant_lines
from centavo.prompts.rules.waste import (
    NO_BODIES,
    has_bodies,
    money_of,
    number_of,
    place_of,
    texts_of,
)

__all__ = ["RULE"]

_MOST_SHOWN = 60


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope whose beginning is broken by something volatile."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = ask("centavo.prompts.rules", ledger, "varied_systems", **settings.limits)
    return [found for row in answer.rows for found in _findings(ledger, answer, row, settings)]


def _findings(
    ledger: Ledger, answer: Answer, row: Row, settings: RuleSettings
) -> Iterator[Finding]:
    texts = texts_of(row)
    constant = constant_lines(texts, float(settings.limits["share"]))
    place, behind = _broken_at(texts[0], constant)
    tokens = float(number_of(row, "tokens")) * behind / max(len(texts[0]), 1)
    last = day_of(row, "last_day")
    saved = _saving(ledger, row, tokens, last)
    if place is None or tokens < float(settings.limits["tokens"]) or saved <= 0:
        return
    first, until = day_of(row, "first_day"), last + timedelta(days=1)
    shown = texts[0].split("\n")[place][:_MOST_SHOWN]
    yield Finding(
        code=RULE.code,
        subject=subject_of(row, SCOPE),
        sentence=message(
            "{place}: line {line} of the system prompt changes with every request ({text}) and keeps {count} "
            "constant tokens behind it from the cache.",
            place=place_of(row),
            line=place + 1,
            text=repr(shown),
            count=figure(tokens),
        ),
        period=days_from(first, until),
        per_30d=money_of({**row, "money": saved}, (until - first).days),
        grade="simulated",
        evidence=answer.evidence([{**row, "texts": None}]),
        to_do=N_(
            "Put what changes behind what does not: `centavo prompts show ID --diff` shows the order; then"
            " lever `prompt-cache`."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _broken_at(text: str, constant: set[str]) -> tuple[int | None, int]:
    """Return the first line that varies, and how many constant characters stand behind it."""
    lines = text.split("\n")
    place = next((n for n, line in enumerate(lines) if line not in constant), None)
    if place is None:
        return None, 0
    return place, sum(len(line) + 1 for line in lines[place:] if line in constant)


def _saving(ledger: Ledger, row: Row, tokens: float, last: date) -> float:
    provider, model = text_of(row, "provider"), text_of(row, "model")
    terms = next(iter(terms_of(provider, model, last)), None)
    if terms is None or tokens < terms.minimum_tokens:
        return 0.0
    ratios = cache_ratios(provider, model, datetime.combine(last, time()), terms)
    if ratios is None:
        return 0.0
    calls = calls_of(ledger, int(str(row["scope_no"])), (day_of(row, "first_day"), last))
    return best_lifetime(calls, tokens=tokens, ratios=ratios, terms=terms).saving


RULE = Rule(
    "PRM303",
    "volatile_prefix",
    find,
    __doc__ or "",
    (
        Threshold(
            "requests", Decimal(10), "requests with kept prompts", "Fewer may differ by chance."
        ),
        Threshold(
            "share", Decimal("0.8"), "share of requests", "House value: versions come and go."
        ),
        Threshold("tokens", Decimal(1024), "tokens", "The fewest that most providers cache."),
    ),
)
