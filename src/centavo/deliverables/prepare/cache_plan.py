"""The cache plan: for each beginning that requests share, what to ask of the provider's prompt cache."""

from collections.abc import Sequence

from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.reading import Reading
from centavo.money import EXACT, Money
from centavo.prompts.cache_plan import CachePlan, PrefixPlan

__all__ = ["cache_section"]

_POLICIES: dict[str, str] = {
    "mark": N_("ask for it"),
    "keep": N_("leave as it is"),
    "automatic": N_("the provider does it"),
    "none": N_("no cache"),
}
_REASONS: dict[str, str] = {
    "pays": N_("it pays"),
    "is-cached": N_("it is read from a cache already"),
    "by-itself": N_("the provider caches unasked"),
    "too-short": N_("too short for the provider's cache"),
    "no-terms": N_("the provider's terms are not known"),
    "no-price": N_("no price is known"),
    "does-not-pay": N_("writing would cost more than reading saves"),
}
_PLACES = ("application", "project", "environment", "endpoint", "model")
_HOUR_S = 3600


def cache_section(reading: Reading, say: Language) -> Section | None:
    """Return the plan; what is missing where no prompt is kept; nothing where there are no requests."""
    plan = reading.cache_plan
    if plan is None or not plan.requests:
        return None
    title = say("Cache plan")
    if not plan.with_prompts:
        missing = say("No prompts are kept, so no beginnings are known. `centavo ingest --keep-bodies` keeps them.")  # fmt: skip
        return Section("cache", title, (missing,))
    return Section("cache", title, _told(plan, say), table=_table(plan.prefixes, say))


def _told(plan: CachePlan, say: Language) -> tuple[str, ...]:
    totals: dict[str, Money] = {}
    for each in plan.prefixes:
        saving = each.saving_per_30d
        if saving is not None and saving.amount:
            before = totals.get(saving.currency, Money(saving.amount * 0, saving.currency))
            amount = EXACT.add(before.amount, saving.amount)
            totals[saving.currency] = Money(amount, saving.currency)
    known = say(
        "Prompts of {kept} of {whole} requests are kept; the plan knows no other beginnings.",
        kept=say.number(plan.with_prompts),
        whole=say.number(plan.requests),
    )
    if not totals:
        return (say("No beginning gains by another cache than today's."), known)
    money = say.list_of([say.money(total) for total in totals.values()])
    return (
        say("Simulated on the times of the requests: {money} in 30 days against today.", money=money),
        say("Where a cache would cost more than it saves, none is asked for: the plan is never worse than none."),
        known,
    )  # fmt: skip


def _table(prefixes: Sequence[PrefixPlan], say: Language) -> Table:
    columns = (
        Column(say("Where"), "scope"),
        Column(say("Tokens of the beginning"), "tokens", numeric=True),
        Column(say("Requests"), "requests", numeric=True),
        Column(say("Share"), "share", numeric=True),
        Column(say("Cache"), "policy"),
        Column(say("Lifetime"), "lifetime_s", numeric=True),
        Column(say("Saving in 30 days"), "saving_per_30d", numeric=True),
        Column(say("Grade"), "grade"),
        Column(say("Why"), "reason"),
    )
    return Table("cache", columns, tuple(_row(each, say) for each in prefixes))


def _row(plan: PrefixPlan, say: Language) -> Row:
    named = [plan.subject[name] for name in _PLACES if name in plan.subject]
    place = " · ".join(named) or plan.provider
    saving = plan.saving_per_30d
    return Row(
        (
            Cell(place, place),
            Cell(say.number(plan.tokens), plan.tokens),
            Cell(say.number(plan.requests), plan.requests),
            Cell(say.percent(plan.share, 0), plan.share),
            Cell(say(_POLICIES[plan.policy]), plan.policy),
            Cell(_lifetime(plan.lifetime_s, say), plan.lifetime_s),
            Cell(say.money(saving), saving),
            Cell(say("simulated"), "simulated"),
            Cell(say(_REASONS[plan.reason]), plan.reason),
        )
    )


def _lifetime(lifetime_s: int | None, say: Language) -> str:
    if lifetime_s is None:
        return "—"
    if lifetime_s % _HOUR_S == 0:
        return say.count("{number} hour", "{number} hours", lifetime_s // _HOUR_S)
    return say.count("{number} minute", "{number} minutes", lifetime_s // 60)
