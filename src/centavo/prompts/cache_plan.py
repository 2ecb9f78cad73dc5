"""The cache plan: what to do about each beginning that requests share, and never worse than no cache.

Pages, reports and rule PRM301 read the same plan. A beginning is the tools and system prompt that requests
of a scope carry to the last character; the cache is replayed on the times of all requests of the scope
in those days, by the provider's terms and prices of the last of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Literal

from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, ask, day_of, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, LEDGER_DECIMALS, Money
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE, prompt_tables
from centavo.prompts.cache.ratios import cache_ratios
from centavo.prompts.cache.terms import CacheTerms, terms_of
from centavo.prompts.cache.warm import LifetimeResult, by_lifetime, calls_of, read_already

__all__ = [
    "CachePlan", "PrefixPlan", "PrefixPolicy", "PrefixReason", "beginnings", "beginnings_of", "cache_plan",
    "plan_of",
]  # fmt: skip

PrefixPolicy = Literal["mark", "keep", "automatic", "none"]
"""Ask for the cache; leave the cache as it is; the provider does it unasked; do without."""

PrefixReason = Literal[
    "pays", "is-cached", "by-itself", "too-short", "no-terms", "no-price", "does-not-pay"
]

CACHED_SHARE = Decimal("0.5")
FEWEST_REQUESTS = 5


@dataclass(frozen=True)
class PrefixPlan:
    """What to do about one beginning.

    Attributes:
        subject: Application, project, environment, endpoint and model, where known.
        provider: As in ``usage_events``.
        tokens: Of the beginning.
        seen: Requests with kept prompts that begin so.
        requests: All requests of the scope in those days, kept or not.
        share: Of the scope's kept requests that begin so, 0 to 1.
        first_day: From when on.
        last_day: Until when, included.
        example: A request to look at.
        policy: What to do.
        reason: Why.
        lifetime_s: Of the cache to ask for; ``None`` where none is.
        read_share: Share of the beginning's tokens that is read from a cache already, 0 to 1.
        saved: In these days, against what was paid; 0 where nothing is to be done, ``None`` where no price is
            known.
        bound: What writing only where it pays would have saved: nobody knows that before.
        tried: What each of the provider's lifetimes saves against no cache in these days, below zero
            where writing costs more than reading saves.
        row: As the query gave it: the evidence.
    """

    subject: Mapping[str, str]
    provider: str
    tokens: int
    seen: int
    requests: int
    share: Decimal
    first_day: date
    last_day: date
    example: str
    policy: PrefixPolicy
    reason: PrefixReason
    lifetime_s: int | None
    read_share: Decimal
    saved: Money | None
    bound: Money | None
    tried: Mapping[int, Money]
    row: Row

    @property
    def days(self) -> int:
        """How many days were looked at."""
        return (self.last_day - self.first_day).days + 1

    @property
    def saving_per_30d(self) -> Money | None:
        """What is saved in 30 days; below a week as it is."""
        if self.saved is None:
            return None
        return per_30_days(self.saved.amount, self.days, self.saved.currency)


@dataclass(frozen=True)
class CachePlan:
    """Every beginning, those that save most first.

    Attributes:
        prefixes: One for each beginning.
        requests: Of the period.
        with_prompts: Those whose prompt is kept; the plan knows no other beginnings.
    """

    prefixes: tuple[PrefixPlan, ...]
    requests: int
    with_prompts: int


def cache_plan(ledger: Ledger, period: Period) -> CachePlan:
    """Return the plan; without kept prompts it has no beginnings."""
    tables = prompt_tables(ledger, period)
    found = (
        [plan_of(ledger, row) for row in beginnings(beginnings_of(ledger))]
        if tables.with_bodies
        else []
    )
    found.sort(key=_by_saving)
    return CachePlan(tuple(found), tables.calls, tables.with_bodies)


def _by_saving(plan: PrefixPlan) -> tuple[Decimal, int]:
    saving = plan.saving_per_30d
    return -saving.amount if saving else Decimal(0), -plan.seen


def beginnings_of(ledger: Ledger) -> Answer:
    """Return the beginnings of each scope as the ledger has them; the tables of prompts must be there."""
    return ask("centavo.prompts.rules", ledger, "fixed_beginnings")


def beginnings(answer: Answer, least: Decimal = Decimal(FEWEST_REQUESTS)) -> Iterator[Row]:
    """Yield the versions of each scope's beginning with the days that they were in use.

    Prompts are kept of some requests only: the first version began with the scope.

    Args:
        answer: Of ``beginnings_of``.
        least: Requests with kept prompts; fewer may be alike by chance.
    """
    for _, rows in groupby(answer.rows, key=lambda row: row["scope_no"]):
        used = [row for row in rows if amount_of(row, "hits") >= least]
        for place, row in enumerate(used):
            first = row["scope_first"] if place == 0 else row["first_day"]
            last = row["scope_last"] if place == len(used) - 1 else row["last_day"]
            yield {**row, "first_day": first, "last_day": last}


def plan_of(ledger: Ledger, row: Row, cached_share: Decimal = CACHED_SHARE) -> PrefixPlan:
    """Return what to do about one beginning.

    Args:
        ledger: With the tables of prompts.
        row: Of ``beginnings``.
        cached_share: Of the beginning's tokens read from a cache: from there on it has one.
    """
    days = day_of(row, "first_day"), day_of(row, "last_day")
    case = _Case(ledger, row, days)
    policy, reason = case.decision(cached_share)
    best = case.best if policy == "mark" else None
    return PrefixPlan(
        subject=subject_of(row, SCOPE),
        provider=text_of(row, "provider"),
        tokens=round(amount_of(row, "tokens")),
        seen=int(amount_of(row, "hits")),
        requests=len(case.calls),
        share=amount_of(row, "hit_share"),
        first_day=days[0],
        last_day=days[1],
        example=text_of(row, "example"),
        policy=policy,
        reason=reason,
        lifetime_s=best.lifetime_s if best else None,
        read_share=case.read_share.quantize(Decimal("0.000001")),
        saved=None if reason == "no-price" else case.money(case.gain),
        bound=case.money(case.bound) if case.has_price else None,
        tried={each.lifetime_s: case.money(each.saving) for each in case.tried},
        row=row,
    )


class _Case:
    """One beginning on the times of its requests."""

    def __init__(self, ledger: Ledger, row: Row, days: tuple[date, date]) -> None:
        self._row = row
        self._share = float(amount_of(row, "hit_share"))
        self.tokens = float(amount_of(row, "tokens"))
        self.calls = calls_of(ledger, int(amount_of(row, "scope_no")), days)
        read = sum(min(call.read_tokens, self.tokens) for call in self.calls)
        whole = self.tokens * len(self.calls)
        self.read_share = Decimal(str(read / whole)) if whole else Decimal(0)
        listed = terms_of(text_of(row, "provider"), text_of(row, "model"), days[1])
        self.terms = _asked_for(listed)
        self.tried: list[LifetimeResult] = []
        self.gain = self.bound = 0.0
        self.has_price = False
        if self.terms and self.terms.written == "marked":
            self._replay(self.terms, days[1])

    def _replay(self, terms: CacheTerms, day: date) -> None:
        provider, model = text_of(self._row, "provider"), text_of(self._row, "model")
        ratios = cache_ratios(provider, model, datetime.combine(day, time()), terms)
        self.has_price = ratios is not None and any(call.price for call in self.calls)
        if ratios is None or self.tokens < terms.minimum_tokens:
            return
        already = read_already(self.calls, tokens=self.tokens, ratios=ratios)
        self.tried = by_lifetime(self.calls, tokens=self.tokens, ratios=ratios, terms=terms)
        self.gain = max(self.best.saving - already, 0.0)
        self.bound = max(max(each.bound for each in self.tried) - already, 0.0)

    @property
    def best(self) -> LifetimeResult:
        """The lifetime that saves most; of two that save the same the shorter one."""
        return max(self.tried, key=lambda each: (each.saving, -each.lifetime_s))

    def decision(self, cached_share: Decimal) -> tuple[PrefixPolicy, PrefixReason]:
        """Return what to do and why; what is not done saves nothing."""
        policy, reason = self._decision(cached_share)
        if policy != "mark":
            self.gain = 0.0
        return policy, reason

    def _decision(self, cached_share: Decimal) -> tuple[PrefixPolicy, PrefixReason]:
        if self.terms is None:
            return "none", "no-terms"
        if self.tokens < self.terms.minimum_tokens:
            return "none", "too-short"
        if self.terms.written == "automatic":
            return "automatic", "by-itself"
        if self.calls and self.read_share >= cached_share:
            return "keep", "is-cached"
        if not self.has_price or not self.tried:
            return "none", "no-price"
        return ("mark", "pays") if self.gain > 0 else ("none", "does-not-pay")

    def money(self, amount: float) -> Money:
        """Return an amount of the days looked at, of the requests that begin so."""
        exact = EXACT.create_decimal(str(amount * self._share)).quantize(LEDGER_DECIMALS)
        return Money(exact, text_of(self._row, "currency"))


def _asked_for(terms: Sequence[CacheTerms]) -> CacheTerms | None:
    """Return the terms that a request falls under: marks where there are any, else what comes unasked."""
    ways = {each.written: each for each in terms}
    return ways.get("marked") or ways.get("automatic")
