"""Discount or credit lost: the same usage, without what used to be taken off.

What it finds:
    A service of a project whose discounts and credits (committed use, savings plan, negotiated,
    promotional) took a steady share off its list cost, and take less or nothing now.

Why it costs:
    Commitments end and promotional credits run out on a date, without a word; the bill grows at the
    same usage, and is mistaken for growth.

How it is measured:
    Share taken off on a day = (list cost - net cost) / list cost, per SKU and project. The level is
    the median of up to 28 days on either side; it must have fallen by `drop_share` and by four
    standard errors of its noise, for `days_after` observed days. Preliminary days are left out.
    Money = fall of the share x list cost since then, for 30 days.

When it is wrong:
    Free tiers and sustained-use discounts start anew each month and are left out where the bill
    names them; another provider's monthly allowance may look like a loss in its first month. Credits
    that stand in rows of their own, for a whole account, are not seen here.

Example:
    Compute Engine of busca-semantica: 37 % less is taken off since 2026-09-01 ("Committed use
    discount: L4 inference, 1 year").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.level_shift import DayRatio, Shift, ShiftLimits, last_shift
from centavo.consumption.rules.asking import ask
from centavo.consumption.rules.shifting import shifting_rows
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
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.money import EXACT
from centavo.period import Period

__all__ = ["RULE"]

_SCOPE = ("provider", "account", "project", "application", "service")
_KEYS = (*_SCOPE, "sku", "currency")
_SAME_CAUSE_DAYS = 3


@dataclass(frozen=True)
class _Loss:
    """One SKU that lost its discount."""

    shift: Shift
    rows: list[Row]

    @property
    def since(self) -> list[Row]:
        return [row for row in self.rows if day_of(row) >= self.shift.day]

    @property
    def money(self) -> Decimal:
        """Return what the old share would have taken off since the day."""
        cost = sum((amount_of(row, "list_cost") for row in self.since), Decimal(0))
        return EXACT.multiply(EXACT.subtract(self.shift.before, self.shift.after), cost)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each service of a project that lost a discount on a day."""
    spend_tables(ledger, period, settings)
    if not ledger.rows(
        "SELECT 1 FROM bill_days WHERE basis = 'billed' AND list > 0 "
        "AND list - cost + monthly_credit <> 0 LIMIT 1"
    ):
        return Blind("no bill states discounts or credits")
    limits = ShiftLimits(
        float(settings.limits["drop_share"]),
        is_relative=False,
        days_before=14,
        days_after=int(settings.limits["days_after"]),
    )
    answer = shifting_rows(
        ledger,
        "lost_credit",
        keys=_KEYS,
        ratio=("taken_off", "list_cost"),
        limits=limits,
    )
    causes: dict[tuple[str | None, ...], list[_Loss]] = {}
    for key, rows in by_series(answer, _KEYS):
        ratios = [
            DayRatio(day_of(r), amount_of(r, "taken_off"), amount_of(r, "list_cost")) for r in rows
        ]
        shift = last_shift(ratios, limits)
        if shift is not None and shift.after < shift.before:
            causes.setdefault((*key[: len(_SCOPE)], key[-1]), []).append(_Loss(shift, rows))
    return [_finding(ledger, answer, losses) for losses in causes.values()]


def _finding(ledger: Ledger, answer: Answer, losses: list[_Loss]) -> Finding:
    latest = max(loss.shift.day for loss in losses)
    losses = [loss for loss in losses if (latest - loss.shift.day).days <= _SAME_CAUSE_DAYS]
    first = min(loss.shift.day for loss in losses)
    until = max(day_of(loss.rows[-1]) for loss in losses) + timedelta(days=1)
    head = losses[0].rows[0]
    where = text_of(head, "application") or text_of(head, "project") or text_of(head, "account")
    largest = max(losses, key=lambda loss: loss.money)
    fall = largest.shift.before - largest.shift.after
    names = _names(ledger, losses)
    said = N_("{place} of {who}: {share} less of the list cost is taken off since {date}.")
    if len(names) > 1:
        said = N_(
            '{place} of {who}: {share} less of the list cost is taken off since {date} ("{text}" and {count} more).'
        )
    elif names:
        said = N_(
            '{place} of {who}: {share} less of the list cost is taken off since {date} ("{text}").'
        )
    money = sum((loss.money for loss in losses), Decimal(0))
    return Finding(
        code=RULE.code,
        subject={name: text_of(head, name) for name in _SCOPE if text_of(head, name)},
        sentence=message(
            said,
            place=text_of(head, "service"),
            who=where,
            share=percent(fall),
            date=first,
            text=names[0] if names else "",
            count=len(names) - 1,
        ),
        period=days_from(first, until),
        per_30d=per_30_days(money, (until - first).days, text_of(head, "currency")),
        grade="billed",
        share=fall,
        evidence=answer.evidence(row for loss in losses for row in _around(loss)),
        to_do=N_(
            "Renew the commitment if the usage stays, or stop what was only worth it at a discount."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _names(ledger: Ledger, losses: list[_Loss]) -> list[str]:
    """Return the names of what took something off in the week before the loss."""
    day, head = losses[0].shift.day, losses[0].rows[0]
    skus = sorted({text_of(loss.rows[0], "sku") for loss in losses})
    answer = ask(
        ledger,
        "credit_names",
        skus=sql_texts(skus),
        since=day - timedelta(days=7),
        until=day,
        project=sql_text(text_of(head, "project")) if head["project"] else "NULL",
    )
    return [text_of(row, "credit") for row in answer.rows]


def _around(loss: _Loss) -> list[Row]:
    days = [day_of(row) for row in loss.rows]
    place = days.index(loss.shift.day)
    return loss.rows[max(0, place - 2) : place + 2]


RULE = Rule(
    "CON105",
    "lost_credit",
    find,
    __doc__ or "",
    (
        Threshold(
            "drop_share",
            Decimal("0.05"),
            "share of the list cost",
            "The smallest commitment discounts that Google and AWS publish for one year are of more "
            "than 10 %; half of that is still a contract, less is rounding.",
        ),
        Threshold(
            "days_after",
            Decimal(3),
            "observed days",
            "ANOMALIES.md: credit events are to be known within 3 days.",
        ),
    ),
)
