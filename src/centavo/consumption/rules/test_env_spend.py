"""Test environment spends like production: nobody's customers are served by it.

What it finds:
    An application (or project) whose test, staging, development and sandbox environments together
    cost a large part of what production costs; and one finding for the whole when that is so in most
    places.

Why it costs:
    Tests repeat all of production's work at full price: nightly runs over every document, staging
    that mirrors traffic, sandboxes that nobody turned off.

How it is measured:
    Cost of environments whose name says that they are not production, divided by production's, in
    the last 30 days and in the whole period; reported when one of the two reaches
    `production_share`, and as one finding for everything when places with half of all such spend
    reach it. Where no application is known and each project is of one environment, all of them are
    compared, from `whole_share` on. Environments whose name says nothing are left out. Money = cost beyond `normal_share` of
    production's, of 30 days.

When it is wrong:
    Before a launch, and for applications that are built more than used. An environment named in
    another way than the lists of the rule is not seen.

Example:
    extracao-documentos: test costs 89 % of production in the last 30 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from centavo.consumption.environments import environment_kind
from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import SpendTables, spend_tables
from centavo.findings import Blind, Finding, Grade, Rule, RuleSettings, Threshold
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
from centavo.message import N_, Message, joined, message, percent
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("place", "place_kind", "currency")
_MOST = Decimal("0.5")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class _Place:
    """One application or project in one currency."""

    rows: list[Row]

    def cost(self, kind: str, column: str = "cost") -> Decimal:
        chosen = (r for r in self.rows if environment_kind(text_of(r, "environment")) == kind)
        return sum((amount_of(row, column) for row in chosen), _ZERO)

    def ratio(self, column: str = "cost") -> Decimal | None:
        """Cost outside production by cost of production; ``None`` where there is no production."""
        production = self.cost("production", column)
        return self.cost("other", column) / production if production > 0 else None

    def is_much(self, share: Decimal) -> bool:
        ratios = (self.ratio(), self.ratio("recent_cost"))
        return any(ratio is not None and ratio >= share for ratio in ratios)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each place, or one for all of them."""
    held = spend_tables(ledger, period, settings)
    answer = ask(ledger, "test_env_spend", recent=held.recent())
    places = [_Place(rows) for _, rows in by_series(answer, _KEYS)]
    if not any(place.cost("other") for place in places):
        return Blind("no environment is known that is not production")
    share, normal = settings.limits["production_share"], settings.limits["normal_share"]
    much = [place for place in places if place.is_much(share)]
    found: list[Finding] = []
    for currency in sorted({text_of(place.rows[0], "currency") for place in much}):
        here = [place for place in much if text_of(place.rows[0], "currency") == currency]
        every = [place for place in places if text_of(place.rows[0], "currency") == currency]
        outside = sum((place.cost("other") for place in every), _ZERO)
        if len(here) > 2 and sum((p.cost("other") for p in here), _ZERO) >= _MOST * outside:
            found.append(_whole(answer, every, normal, held))
        else:
            found += [_one(answer, place, normal, held) for place in here]
    return found or _apart(answer, places, settings, held)


def _apart(
    answer: Answer, places: list[_Place], settings: RuleSettings, held: SpendTables
) -> list[Finding]:
    """Return one finding where each project is of one environment, so that none can be compared."""
    found: list[Finding] = []
    loose = [p for p in places if text_of(p.rows[0], "place_kind") != "application"]
    for currency in sorted({text_of(place.rows[0], "currency") for place in loose}):
        here = [place for place in loose if text_of(place.rows[0], "currency") == currency]
        everything = _Place([row for place in here for row in place.rows])
        other, production = everything.cost("other"), everything.cost("production")
        if production > 0 and other >= settings.limits["whole_share"] * (other + production):
            found.append(_whole(answer, here, settings.limits["normal_share"], held))
    return found


def _one(answer: Answer, place: _Place, normal: Decimal, held: SpendTables) -> Finding:
    head = place.rows[0]
    kind, name = text_of(head, "place_kind"), text_of(head, "place")
    others = [r for r in place.rows if environment_kind(text_of(r, "environment")) == "other"]
    which = text_of(others[0], "environment") if len(others) == 1 else ""
    recent, whole = place.ratio("recent_cost"), place.ratio()
    by_recent = recent is not None and (whole is None or recent >= whole)
    ratio = (recent if by_recent else whole) or _ZERO
    said = (
        N_("{place}: {what} costs {share} of production in the last 30 days.")
        if by_recent
        else N_("{place}: {what} costs {share} of production in the period.")
    )
    return replace(
        _finding(answer, [place], normal, held, column="recent_cost" if by_recent else "cost"),
        subject={kind: name} | ({"environment": which} if len(others) == 1 else {}),
        sentence=message(
            said, place=name, what=which or message("non-production"), share=percent(ratio)
        ),
        share=ratio,
    )


def _whole(answer: Answer, places: list[_Place], normal: Decimal, held: SpendTables) -> Finding:
    rows = [row for place in places for row in place.rows]
    all_of_it = _Place(rows)
    known = all_of_it.cost("other") + all_of_it.cost("production")
    part = all_of_it.cost("other") / known if known else _ZERO
    return replace(
        _finding(answer, places, normal, held, column="cost"),
        sentence=message(
            "{share} of the spend with a known environment is not production: {list}.",
            share=percent(part, 1),
            list=_listed(rows, known),
        ),
        share=part,
    )


def _listed(rows: list[Row], known: Decimal) -> Message:
    costs: dict[str, Decimal] = {}
    for row in rows:
        name = text_of(row, "environment")
        if environment_kind(name) == "other":
            costs[name] = costs.get(name, _ZERO) + amount_of(row, "cost")
    shown = sorted(costs.items(), key=lambda item: -item[1])[:4]
    said = (
        message("{name} {share}", name=name, share=percent(cost / known, 1)) for name, cost in shown
    )
    return joined(*said, by=", ")


def _finding(
    answer: Answer, places: list[_Place], normal: Decimal, held: SpendTables, *, column: str
) -> Finding:
    """Return the finding with its money; who calls it adds where and what."""
    rows = [row for place in places for row in place.rows]
    others = [row for row in rows if environment_kind(text_of(row, "environment")) == "other"]
    beyond = sum(
        (p.cost("other", column) - normal * p.cost("production", column) for p in places), _ZERO
    )
    first = (
        held.recent() if column == "recent_cost" else min(day_of(r, "first_day") for r in others)
    )
    until = held.until or date.max
    days = max((until - first).days, 1)
    begun = min(day_of(row, "first_day") for row in others)
    return Finding(
        code=RULE.code,
        subject={},
        sentence="",
        period=days_from(
            max(first, begun), max(day_of(r, "last_day") for r in others) + timedelta(1)
        ),
        per_30d=per_30_days(max(beyond, _ZERO), days, text_of(rows[0], "currency")),
        grade=_grade(rows),
        evidence=answer.evidence(sorted(rows, key=lambda row: -amount_of(row, "cost"))),
        to_do=N_(
            "Let tests read a sample, on a schedule, with a smaller model or from a cache; set a budget."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _grade(rows: list[Row]) -> Grade:
    grades = {text_of(row, "grade") for row in rows}
    return "estimated" if "estimated" in grades else "metered" if "metered" in grades else "billed"


RULE = Rule(
    "CON108",
    "test_env_spend",
    find,
    __doc__ or "",
    (
        Threshold(
            "production_share",
            Decimal("0.30"),
            "share of production's cost",
            "House value: a test that needs more than three tenths of production's volume repeats "
            "production. No public measurement of LLM test spend is known to us.",
        ),
        Threshold(
            "whole_share",
            Decimal("0.50"),
            "share of all spend with a known environment",
            "House value: where each project is of one environment, more than half is the question.",
        ),
        Threshold(
            "normal_share",
            Decimal("0.10"),
            "share of production's cost",
            "House value: what tests may cost before money counts as avoidable.",
        ),
    ),
)
