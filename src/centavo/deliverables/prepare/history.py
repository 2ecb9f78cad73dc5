"""What was done about a finding or a saving: when, by whom, and why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.words import note_words, step_name
from centavo.money import Money

__all__ = ["Step", "history_section"]


class Step(Protocol):
    """One step of a register's history; times are naive UTC."""

    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def note(self) -> str | None: ...  # noqa: D102


S = TypeVar("S", bound=Step)


def history_section(
    steps: Sequence[S], say: Language, amount: Callable[[S], Money | None] | None = None
) -> Section:
    """Return the steps as a table, in their order; with money in 30 days where ``amount`` says it."""
    columns = [
        Column(say("When"), "at"),
        Column(say("Who"), "actor"),
        Column(say("What"), "action"),
    ]
    if amount:
        columns.append(Column(say("In 30 days"), "amount", numeric=True))
    columns.append(Column(say("Note"), "note"))
    rows: list[Row] = []
    for step in steps:
        cells = [
            Cell(f"{step.at:%Y-%m-%d %H:%M}", step.at.isoformat()),
            Cell(step.actor, step.actor),
            Cell(step_name(step.action, say), step.action),
        ]
        if amount:
            money = amount(step)
            cells.append(Cell(say.money(money), money))
        cells.append(Cell(note_words(step.note, say), step.note))
        rows.append(Row(tuple(cells)))
    return Section("history", say("History"), table=Table("history", tuple(columns), tuple(rows)))
