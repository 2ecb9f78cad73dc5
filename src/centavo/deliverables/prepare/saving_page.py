"""The page of one saving: what it rests on, who does what by when, and its history."""

from datetime import date
from decimal import Decimal

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.deciding import deciding_saving
from centavo.deliverables.prepare.history import history_section
from centavo.deliverables.prepare.savings import grade_of
from centavo.deliverables.reading import Reading
from centavo.deliverables.saving_words import (
    driver_text,
    method_name,
    saving_place,
    saving_title,
    state_name,
)
from centavo.errors import ConfigError
from centavo.money import Money
from centavo.savings.saving import KnownSaving

__all__ = ["saving_facts", "saving_page"]


def saving_page(reading: Reading, key: str, say: Language) -> Page:
    """Return the page of a saving.

    Raises:
        ConfigError: There is no such saving.
    """
    known = reading.savings.get(key)
    if known is None:
        raise ConfigError(f"no saving {key!r}", hint="`centavo savings list` shows all.")
    saving = known.saving
    title = saving_title(saving, say)
    last = known.history[-1]
    step = f"{last.actor}, {say.day(last.at.date())}"
    tiles = (
        Tile(
            say("Expected"),
            Cell(say.money(saving.expected), saving.expected),
            grade_of(known),
            say("in 30 days"),
        ),
        Tile(say("State"), Cell(state_name(known.state, say), known.state), None, step),
        Tile(say("Owner"), Cell(saving.owner or "—", saving.owner)),
        Tile(say("Due"), Cell(_day(saving.due, say), saving.due and saving.due.isoformat())),
    )
    columns = (Column(say("Field"), "field"), Column(say("Value"), "value"))
    rows = tuple(
        Row((Cell(name, name), Cell(text, text))) for name, text in saving_facts(known, say)
    )
    facts = Section("facts", say("What it rests on"), table=Table("facts", columns, rows))
    return Page(
        id=f"saving/{key}",
        question=title,
        answer=_answer(known, say),
        tiles=tiles,
        sections=(
            deciding_saving(known, say, today=reading.now.date()),
            facts,
            history_section(known.history, say, lambda step: _money(step.amount, saving.currency)),
        ),
        meta={"saving": key},
    )


def saving_facts(known: KnownSaving, say: Language) -> list[tuple[str, str]]:
    """Return everything that is known of a saving as names and words; unknown is a dash."""
    saving = known.saving
    return [
        (say("Saving in 30 days"), _range(known, say)),
        (say("Grade and method"), f"{say(grade_of(known))}, {method_name(saving.method, say)}"),
        (say("Baseline in 30 days"), say.money(_money(saving.baseline_per_30d, saving.currency))),
        (say("Driver"), _driver(known, say)),
        (say("Quality"), _quality(known, say)),
        (say("Effort"), _effort(known, say)),
        (say("Payback"), _payback(known, say)),
        (say("Risk"), say.told(saving.risk or "") or "—"),
        (say("Way back"), saving.rollback or "—"),
        (say("Owner"), saving.owner or "—"),
        (say("Approver"), saving.approver or "—"),
        (say("Due"), _day(saving.due, say)),
        (say("State"), f"{state_name(known.state, say)} ({say.day(known.history[-1].at.date())})"),
        (say("Evidence"), say.told(saving.evidence)),
        (say("Excludes"), ", ".join(saving.exclusions) or "—"),
    ]


def _answer(known: KnownSaving, say: Language) -> str:
    place = saving_place(known.saving, say)
    if known.saving.expected is None:
        return say("{place}: what it saves is not known.", place=place)
    money = say.money(known.saving.expected)
    return say("{place}: {money} in 30 days are expected.", place=place, money=money)


def _range(known: KnownSaving, say: Language) -> str:
    saving = known.saving
    low, high = (
        _money(each, saving.currency) for each in (saving.low_per_30d, saving.high_per_30d)
    )
    shown = say.money(saving.expected)
    if low is None or high is None:
        return shown
    sure = f", {say.percent(saving.confidence, 0)}" if saving.confidence is not None else ""
    return f"{shown} ({say.money(low)} … {say.money(high)}{sure})"


def _driver(known: KnownSaving, say: Language) -> str:
    saving = known.saving
    if saving.driver is None:
        return "—"
    return driver_text(saving.driver_per_30d, saving.driver, say)


def _quality(known: KnownSaving, say: Language) -> str:
    saving = known.saving
    parts = [
        say("change {points} points", points=say.number(saving.quality_change * 100, 1))
        if saving.quality_change is not None
        else "",
        say.told(saving.quality_basis or ""),
        say("guardrail: {text}", text=say.told(saving.guardrail)) if saving.guardrail else "",
    ]
    return "; ".join(part for part in parts if part) or "—"


def _effort(known: KnownSaving, say: Language) -> str:
    saving = known.saving
    days, once = saving.effort_days, _money(saving.one_off_cost, saving.currency)
    parts = [
        "" if days is None else say("{days} person-days", days=say.number(days, 1)),
        "" if once is None else say("{money} once", money=say.money(once)),
    ]
    return ", ".join(part for part in parts if part) or "—"


def _payback(known: KnownSaving, say: Language) -> str:
    days = known.saving.payback_days
    return "—" if days is None else say("{days} days", days=say.number(days))


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None


def _day(day: date | None, say: Language) -> str:
    return say.day(day) if day else "—"
