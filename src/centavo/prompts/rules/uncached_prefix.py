"""Uncached beginning: requests begin with the same tokens again and again, and no cache is asked for.

What it finds:
    Scopes whose requests begin with the same tools and system prompt, long enough for the provider's
    cache, at a provider that caches only what is marked, and are paid in full.

Why it costs:
    A cache read costs a tenth of input at Anthropic and on Bedrock. The first request pays a quarter
    more to write; every one that comes in time after it pays a tenth.

How it is measured:
    The constant beginning is read from the requests whose prompts are kept. The cache is then replayed
    on the times of **all** requests of the scope in those days, with the provider's terms (fewest
    tokens, lifetime restarted by each read) and the price list's multiples for reads and writes:
    each request reads when another one came within the lifetime before, else it writes. The lifetime
    that saves most is taken; where none saves, nothing is reported. Scopes that read at least
    `cached_share` of that beginning from a cache already are left out.

When it is wrong:
    The beginning changes for each customer or day in requests whose prompts were not kept, or the
    requests are spread over several accounts, each with its own cache.

Example:
    atendimento-chat /v1/copiloto: the same 8,055 tokens begin every request, and none is cached.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import (
    Answer,
    Row,
    ask,
    day_of,
    days_from,
    percent,
    subject_of,
    text_of,
)
from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE
from centavo.prompts.cache.ratios import cache_ratios
from centavo.prompts.cache.terms import CacheTerms, terms_of
from centavo.prompts.cache.warm import best_lifetime, calls_of
from centavo.prompts.rules.waste import NO_BODIES, has_bodies, money_of, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope that begins alike and is not cached."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = ask("centavo.prompts.rules", ledger, "fixed_beginnings")
    found: list[Finding] = []
    for _, rows in groupby(answer.rows, key=lambda row: row["scope_no"]):
        used = [row for row in rows if number_of(row, "hits") >= settings.limits["requests"]]
        cases = [_case(ledger, row, settings) for row in _whole(used)]
        worth = [case for case in cases if case is not None]
        if worth:
            found.append(_finding(answer, worth))
    return found


@dataclass(frozen=True)
class _Case:
    """One version of the beginning: its row, what a cache saves, and the lifetime that saves it."""

    row: Row
    saved: float
    lifetime_s: int


def _whole(used: Sequence[Row]) -> Iterator[Row]:
    """Yield the versions of a scope with the days that they were in use.

    Prompts are kept of some requests only: the first version began with the scope.
    """
    for place, row in enumerate(used):
        first = row["scope_first"] if place == 0 else row["first_day"]
        last = row["scope_last"] if place == len(used) - 1 else row["last_day"]
        yield {**row, "first_day": first, "last_day": last}


def _case(ledger: Ledger, row: Row, settings: RuleSettings) -> _Case | None:
    last = day_of(row, "last_day")
    marked = [t for t in _terms(row, last) if t.written == "marked"]
    tokens = float(number_of(row, "tokens"))
    if not marked or tokens < marked[0].minimum_tokens:
        return None
    ratios = cache_ratios(
        text_of(row, "provider"), text_of(row, "model"), datetime.combine(last, time()), marked[0]
    )
    scope_no, days = int(str(row["scope_no"])), (day_of(row, "first_day"), last)
    calls = calls_of(ledger, scope_no, days)
    if ratios is None or _is_cached(calls, tokens, settings.limits["cached_share"]):
        return None
    saved, lifetime_s = best_lifetime(
        ledger, scope_no, days, tokens=tokens, ratios=ratios, terms=marked[0]
    )
    return _Case(row, saved * float(number_of(row, "hit_share")), lifetime_s) if saved > 0 else None


def _finding(answer: Answer, cases: Sequence[_Case]) -> Finding:
    row = cases[-1].row
    first = min(day_of(case.row, "first_day") for case in cases)
    until = max(day_of(case.row, "last_day") for case in cases) + timedelta(days=1)
    share = number_of(row, "hit_share")
    money = money_of({**row, "money": sum(case.saved for case in cases)}, (until - first).days)
    return Finding(
        code=RULE.code,
        subject=subject_of(row, SCOPE),
        sentence=f"{place_of(row)}: the same {number_of(row, 'tokens'):,.0f} tokens begin {percent(share)} of"
        f" the requests and are paid in full; a cache of {cases[-1].lifetime_s // 60} minutes would be read.",
        period=days_from(first, until),
        per_30d=money,
        grade="simulated",
        share=share.quantize(Decimal("0.000001")),
        evidence=answer.evidence(case.row for case in cases),
        to_do="Mark the end of the system prompt for the cache (cache_control, cachePoint): lever"
        " `prompt-cache`; the answers stay what they are.",
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _terms(row: Row, day: date) -> list[CacheTerms]:
    return terms_of(text_of(row, "provider"), text_of(row, "model"), day)


def _is_cached(calls: Sequence[tuple[object, ...]], tokens: float, share: Decimal) -> bool:
    read = sum(min(float(str(call[2])), tokens) for call in calls)
    return read >= float(share) * tokens * len(calls)


RULE = Rule(
    "PRM301",
    "uncached_prefix",
    find,
    __doc__ or "",
    (
        Threshold(
            "requests", Decimal(5), "requests with kept prompts", "Fewer may be alike by chance."
        ),
        Threshold(
            "cached_share",
            Decimal("0.5"),
            "share of the beginning's tokens",
            "House value: who reads half of it from a cache has one, and CON106 watches it.",
        ),
    ),
)
