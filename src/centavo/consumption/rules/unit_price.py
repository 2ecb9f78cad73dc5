"""Unit price changed: the same quantity costs more, or less.

What it finds:
    A model, service or SKU whose price per unit moved and stayed there, while people believe that
    they use more (or less) of it.

Why it costs:
    A new price applies to all volume at once, and no code change explains it: providers reprice,
    list prices follow a contract's end, a region or tier is switched.

How it is measured:
    Price of a day = cost before credits / quantity, in the currency that the provider prices in, so
    that exchange rates do not move it. The old level is the median of up to 28 days before, the new
    one the median after; both must differ by `change_share`, by four standard errors of the noise,
    and the new one must have lasted `days_after` observed days. Preliminary days are left out.
    Money = (new price - old price) x quantity of the last 30 days (of what there is, scaled). Below zero, less is paid.

When it is wrong:
    Tiered prices fall when a month's volume grows; the SKU then has two prices, and the median
    follows the volume. A SKU that was renamed has no old price and raises nothing.

Example:
    gpt-5.6-terra (openai) costs 20 % less per unit since 2026-07-30, at 2 % more volume a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.level_shift import DayRatio, Shift, ShiftLimits, last_shift
from centavo.consumption.rules.shifting import shifting_rows
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Grade, Rule, RuleSettings, Threshold
from centavo.findings.pace import PACE_DAYS, per_30_days
from centavo.findings.question import Answer, Row, amount_of, by_series, day_of, days_from
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("provider", "kind", "name", "item", "unit", "price_currency", "grade")
# Price lists are dated to the day; bills of one change may show it a day or two apart.
_SAME_CAUSE_DAYS = 3
# By how the price moved, and the volume.
_SAID: dict[tuple[str, str], str] = {
    ("more", "more"): N_(
        "{place} costs {change} more per unit since {date}; the volume of a day is {volume} more."
    ),
    ("more", "less"): N_(
        "{place} costs {change} more per unit since {date}; the volume of a day is {volume} less."
    ),
    ("more", "same"): N_(
        "{place} costs {change} more per unit since {date}; the volume of a day is the same."
    ),
    ("less", "more"): N_(
        "{place} costs {change} less per unit since {date}; the volume of a day is {volume} more."
    ),
    ("less", "less"): N_(
        "{place} costs {change} less per unit since {date}; the volume of a day is {volume} less."
    ),
    ("less", "same"): N_(
        "{place} costs {change} less per unit since {date}; the volume of a day is the same."
    ),
}


@dataclass(frozen=True)
class _Change:
    """One item whose price moved."""

    key: dict[str, str]
    shift: Shift
    rows: list[Row]

    @property
    def money(self) -> Money:
        """Return new price less old price, times the quantity of the last 30 days."""
        until = day_of(self.rows[-1]) + timedelta(days=1)
        first = max(self.shift.day, until - timedelta(days=PACE_DAYS))
        used = sum((amount_of(r, "quantity") for r in self.rows if day_of(r) >= first), Decimal(0))
        moved = EXACT.multiply(EXACT.subtract(self.shift.after, self.shift.before), used)
        return per_30_days(moved, (until - first).days, self.key["price_currency"])


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each model or service whose price moved on a day."""
    spend_tables(ledger, period, settings)
    if not ledger.rows(
        "SELECT 1 FROM bill_days WHERE quantity > 0 UNION ALL "
        "SELECT 1 FROM call_hours WHERE cost IS NOT NULL LIMIT 1"
    ):
        return Blind("no bill states quantities, and no request has a price")
    limits = ShiftLimits(
        float(settings.limits["change_share"]),
        is_relative=True,
        days_after=int(settings.limits["days_after"]),
    )
    answer = shifting_rows(
        ledger,
        "unit_price",
        keys=_KEYS,
        ratio=("cost", "quantity"),
        limits=limits,
    )
    causes: dict[tuple[str, ...], list[_Change]] = {}
    for key, rows in by_series(answer, _KEYS):
        ratios = [DayRatio(day_of(r), amount_of(r, "cost"), amount_of(r, "quantity")) for r in rows]
        shift = last_shift(ratios, limits)
        if shift is not None:
            named = {name: text or "" for name, text in zip(_KEYS, key, strict=True)}
            place = (
                named["provider"],
                named["kind"],
                named["name"],
                named["price_currency"],
                named["grade"],
            )
            causes.setdefault(place, []).append(_Change(named, shift, rows))
    return [_finding(answer, cause) for changes in causes.values() for cause in _same_day(changes)]


def _same_day(changes: list[_Change]) -> list[list[_Change]]:
    """Return the changes of the latest day only: the finding says what holds today."""
    latest = max(change.shift.day for change in changes)
    near = [c for c in changes if (latest - c.shift.day).days <= _SAME_CAUSE_DAYS]
    return [near]


def _finding(answer: Answer, changes: list[_Change]) -> Finding:
    largest = max(changes, key=lambda change: abs(change.money.amount))
    shift, key = largest.shift, largest.key
    money = sum((change.money.amount for change in changes), Decimal(0))
    relative = shift.after / shift.before - 1
    volume = shift.quantity_per_day[1] / shift.quantity_per_day[0] - 1
    day = min(change.shift.day for change in changes)
    until = max(day_of(change.rows[-1]) for change in changes) + timedelta(days=1)
    rows = [row for change in changes for row in _around(change)]
    return Finding(
        code=RULE.code,
        subject={"provider": key["provider"], key["kind"]: key["name"]},
        sentence=message(
            _SAID["more" if relative > 0 else "less", _way(volume)],
            place=f"{key['name']} ({key['provider']})",
            change=percent(abs(relative)),
            date=day,
            volume=percent(abs(volume)),
        ),
        period=days_from(day, until),
        per_30d=Money(money, key["price_currency"]),
        grade=_grade(key["grade"]),
        money_kind="changed",
        evidence=answer.evidence(rows),
        to_do=N_(
            "Compare the provider's price page and your contract; correct budgets and forecasts."
        )
        if relative > 0
        else N_("Lower budgets and forecasts by as much; nothing was saved by using less."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _around(change: _Change) -> list[Row]:
    """Return the days on both sides of the change, which a reader divides by hand."""
    days = [day_of(row) for row in change.rows]
    place = days.index(change.shift.day)
    return change.rows[max(0, place - 2) : place + 2]


def _way(share: Decimal) -> str:
    if abs(share) < Decimal("0.005"):
        return "same"
    return "more" if share > 0 else "less"


def _grade(text: str) -> Grade:
    return "billed" if text == "billed" else "metered"


RULE = Rule(
    "CON104",
    "unit_price",
    find,
    __doc__ or "",
    (
        Threshold(
            "change_share",
            Decimal("0.02"),
            "share of the old price",
            "Providers' price changes are of 5 % and more (genai-prices' dated price history); a "
            "bill's own rounding moves a price by less than 1 %.",
        ),
        Threshold(
            "days_after",
            Decimal(3),
            "observed days",
            "ANOMALIES.md: price events are to be known within 3 days.",
        ),
    ),
)
