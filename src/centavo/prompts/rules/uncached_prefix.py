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
    that saves most is taken, less what reads save already; where nothing is left, nothing is reported.
    Scopes that read at least `cached_share` of that beginning from a cache already are left out.

When it is wrong:
    The beginning changes for each customer or day in requests whose prompts were not kept, or the
    requests are spread over several accounts, each with its own cache.

Example:
    atendimento-chat /v1/copiloto: the same 8,055 tokens begin every request, and none is cached.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, days_from
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.period import Period
from centavo.prompts.cache_plan import (
    CACHED_SHARE,
    FEWEST_REQUESTS,
    PrefixPlan,
    beginnings,
    beginnings_of,
    plan_of,
)
from centavo.prompts.rules.waste import NO_BODIES, has_bodies, money_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope that begins alike and is not cached."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = beginnings_of(ledger)
    rows = beginnings(answer, settings.limits["requests"])
    plans = (plan_of(ledger, row, settings.limits["cached_share"]) for row in rows)
    worth = [plan for plan in plans if plan.policy == "mark"]
    by_scope = groupby(worth, key=lambda plan: plan.row["scope_no"])
    return [_finding(answer, list(group)) for _, group in by_scope]


def _finding(answer: Answer, plans: Sequence[PrefixPlan]) -> Finding:
    """Return the finding of a scope: the newest version of its beginning names it."""
    newest = plans[-1]
    first = min(plan.first_day for plan in plans)
    until = max(plan.last_day for plan in plans) + timedelta(days=1)
    saved = sum(plan.saved.amount for plan in plans if plan.saved)
    return Finding(
        code=RULE.code,
        subject=newest.subject,
        sentence=message(
            "{place}: the same {count} tokens begin {share} of the requests and are paid in full; a cache of "
            "{minutes} minutes would be read.",
            place=place_of(newest.row),
            count=newest.tokens,
            share=percent(newest.share),
            minutes=(newest.lifetime_s or 0) // 60,
        ),
        period=days_from(first, until),
        per_30d=money_of({**newest.row, "money": saved}, (until - first).days),
        grade="simulated",
        share=newest.share.quantize(Decimal("0.000001")),
        evidence=answer.evidence(plan.row for plan in plans),
        to_do=N_(
            "Mark the end of the system prompt for the cache (cache_control, cachePoint): lever"
            " `prompt-cache`; the answers stay what they are."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "PRM301",
    "uncached_prefix",
    find,
    __doc__ or "",
    (
        Threshold(
            "requests",
            Decimal(FEWEST_REQUESTS),
            "requests with kept prompts",
            "Fewer may be alike by chance.",
        ),
        Threshold(
            "cached_share",
            CACHED_SHARE,
            "share of the beginning's tokens",
            "House value: who reads half of it from a cache has one, and CON106 watches it.",
        ),
    ),
)
