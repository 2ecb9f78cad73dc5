"""``centavo prompts cache`` without a trace: what to do about each beginning that requests share."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.cli.rule_settings import history_days
from centavo.findings.report import default_period
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import EXACT, Money
from centavo.prompts.cache_plan import CachePlan, PrefixPlan, cache_plan

__all__ = ["show_cache_plan"]

_WHY = {
    "pays": "mark it, {lifetime}",
    "is-cached": "keep the cache",
    "by-itself": "cached unasked",
    "too-short": "too short",
    "no-terms": "terms unknown",
    "no-price": "price unknown",
    "does-not-pay": "none: dearer",
}


def show_cache_plan(folder: Path | None, *, as_json: bool, form: Format) -> None:
    """Print the plan for the default period of findings."""
    settings = Settings.load(Path.cwd(), ledger=folder)
    ledger = Ledger.open(settings.location)
    period = default_period(ledger, history_days(settings))
    plan = cache_plan(ledger, period)
    if as_json:
        print_json(_json(plan))
        return
    say(_answer(plan))
    if not plan.prefixes:
        return
    columns = [
        Column("scope"), Column("model", drop=5), Column("tokens", numeric=True),
        Column("requests", numeric=True, drop=3), Column("read now", numeric=True, drop=4),
        Column("what to do"), Column("30 days", numeric=True), Column("currency", drop=1),
    ]  # fmt: skip
    print_table(Table(columns, [_row(each) for each in plan.prefixes]), form=form)
    say("All figures are simulated. Next: centavo simulate --lever 'prompt-cache policy=best'")


def _answer(plan: CachePlan) -> str:
    if not plan.with_prompts:
        return "No prompts are kept: centavo ingest --keep-bodies."
    marked = [each for each in plan.prefixes if each.policy == "mark"]
    kept = f"prompts are kept of {plan.with_prompts:,} of {plan.requests:,} requests"
    if not marked:
        return (
            f"No beginning gains by asking for a cache; {len(plan.prefixes):,} looked at, {kept}."
        )
    sums = " and ".join(f"{amount_text(m.amount)} {m.currency}" for m in _sums(marked))
    return (
        f"{len(marked):,} of {len(plan.prefixes):,} shared beginnings gain by asking for the provider's cache:"
        f" {sums} in 30 days; {kept}."
    )


def _sums(marked: list[PrefixPlan]) -> list[Money]:
    sums: dict[str, Money] = {}
    for each in marked:
        saving = each.saving_per_30d
        if saving is not None:
            before = sums.get(saving.currency)
            amount = EXACT.add(before.amount, saving.amount) if before else saving.amount
            sums[saving.currency] = Money(amount, saving.currency)
    return list(sums.values())


def _row(plan: PrefixPlan) -> list[str | None]:
    saving = plan.saving_per_30d
    lifetime = f"{(plan.lifetime_s or 0) // 60} min"
    subject = plan.subject
    named = [subject[name] for name in ("application", "endpoint") if name in subject]
    return [
        " ".join(named) or None,
        subject.get("model"),
        count_text(plan.tokens),
        count_text(plan.requests),
        share_text(plan.read_share, Decimal(1)),
        _WHY[plan.reason].format(lifetime=lifetime),
        None if saving is None else amount_text(saving.amount),
        None if saving is None else saving.currency,
    ]


def _json(plan: CachePlan) -> dict[str, object]:
    return {
        "schema": "centavo.cache-plan/1",
        "requests": plan.requests,
        "with_prompts": plan.with_prompts,
        "prefixes": [_json_of(each) for each in plan.prefixes],
    }


def _json_of(plan: PrefixPlan) -> dict[str, object]:
    since = datetime.combine(plan.first_day, time(), UTC)
    until = datetime.combine(plan.last_day + timedelta(days=1), time(), UTC)
    return {
        **plan.subject,
        "provider": plan.provider,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "tokens": plan.tokens,
        "seen_requests": plan.seen,
        "requests": plan.requests,
        "share": str(plan.share),
        "policy": plan.policy,
        "reason": plan.reason,
        "lifetime_s": plan.lifetime_s,
        "read_share": str(plan.read_share),
        "saved": _money(plan.saved),
        "saving_per_30d": _money(plan.saving_per_30d),
        "bound": _money(plan.bound),
        "by_lifetime_s": {str(key): _money(value) for key, value in plan.tried.items()},
        "example": plan.example,
    }


def _money(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": str(money.amount), "currency": money.currency}
