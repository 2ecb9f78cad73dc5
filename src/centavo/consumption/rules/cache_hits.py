"""Cache hits dropped: input that a prompt cache used to serve is paid in full again.

What it finds:
    An endpoint and model whose share of input tokens read from a prompt cache fell and stayed low.

Why it costs:
    Cached input costs a tenth to a half of uncached input. One changed word at the start of a
    prompt, a shuffled tool list or a longer pause between calls is enough to lose it.

How it is measured:
    Share of a day = tokens read from a cache / all input tokens. The level is the median of up to 28
    days on either side; it must have fallen by `drop_share` and by four standard errors of its
    noise, for `days_after` observed days.
    Money = fall of the share x input tokens since then x (price of uncached - price of cached
    input, both as metered), for 30 days.

When it is wrong:
    Conversations became shorter, or other users call: there was less to cache. Logs that stopped to
    state cached tokens look the same.

Example:
    assistente-codigo /agente: 81 % of the input came from the cache, 12 % since 2026-08-04.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.level_shift import DayRatio, Shift, ShiftLimits, last_shift
from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import (
    Answer,
    Row,
    amount_of,
    by_series,
    day_of,
    days_from,
    text_of,
)
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("provider", "model", "project", "application", "environment", "endpoint", "currency")


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each endpoint and model whose cache hits dropped."""
    spend_tables(ledger, period, settings)
    answer = ask(ledger, "cache_hits")
    if not any(amount_of(row, "cache_read_tokens") for row in answer.rows):
        return Blind("no request states tokens read from a cache")
    limits = ShiftLimits(
        float(settings.limits["drop_share"]),
        is_relative=False,
        days_after=int(settings.limits["days_after"]),
    )
    found: list[Finding] = []
    for _, rows in by_series(answer, _KEYS):
        if not any(amount_of(row, "cache_read_tokens") for row in rows):
            continue
        shift = last_shift(
            [
                DayRatio(day_of(r), amount_of(r, "cache_read_tokens"), amount_of(r, "input_tokens"))
                for r in rows
            ],
            limits,
        )
        if shift is not None and shift.after < shift.before:
            found.append(_finding(answer, rows, shift))
    return found


def _finding(answer: Answer, rows: list[Row], shift: Shift) -> Finding:
    head, until = rows[0], day_of(rows[-1]) + timedelta(days=1)
    place = next(n for n, row in enumerate(rows) if day_of(row) == shift.day)
    where = " ".join(filter(None, (text_of(head, "application") or text_of(head, "project"),
                                   text_of(head, "endpoint")))) or message("requests")  # fmt: skip
    return Finding(
        code=RULE.code,
        subject={name: text_of(head, name) for name in _KEYS[:-1] if text_of(head, name)},
        sentence=message(
            "{place} ({model}): {before} of the input came from the cache, {after} since {date}.",
            place=where,
            model=text_of(head, "model"),
            before=percent(shift.before),
            after=percent(shift.after),
            date=shift.day,
        ),
        period=days_from(shift.day, until),
        per_30d=_money(rows, shift, (until - shift.day).days),
        grade="metered",
        share=shift.before - shift.after,
        evidence=answer.evidence(rows[max(0, place - 3) : place + 3]),
        to_do=N_(
            "Compare the first messages and the tool list of a request before and after that day."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _money(rows: list[Row], shift: Shift, days: int) -> Money | None:
    def total(name: str, chosen: list[Row]) -> Decimal:
        return sum((amount_of(row, name) for row in chosen), Decimal(0))

    uncached = total("uncached_tokens", rows)
    read = total("cache_read_tokens", rows)
    if not uncached or not read or not total("uncached_cost", rows):
        return None
    dearer = total("uncached_cost", rows) / uncached - total("cache_read_cost", rows) / read
    since = [row for row in rows if day_of(row) >= shift.day]
    lost = (shift.before - shift.after) * total("input_tokens", since)
    return per_30_days(EXACT.multiply(lost, dearer), days, text_of(rows[0], "currency"))


RULE = Rule(
    "CON106",
    "cache_hits",
    find,
    __doc__ or "",
    (
        Threshold(
            "drop_share",
            Decimal("0.10"),
            "share of all input tokens",
            "House value: at Anthropic's and OpenAI's cache prices (a tenth of input) ten points are "
            "about a tenth of the input's cost. Hit shares move by a few points by themselves.",
        ),
        Threshold("days_after", Decimal(3), "observed days", "As for price and credit events."),
    ),
)
