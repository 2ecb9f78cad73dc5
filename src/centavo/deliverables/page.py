"""A prepared page: every figure decided and worded, and with its exact value beside the words.

The web page, its JSON and CSV twins and the report draw the same prepared figures, so that a figure
that appears twice is the same to the digit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from centavo.charts import Frame, Grade
from centavo.money import Money

__all__ = [
    "Cell", "Chart", "Column", "Control", "Field", "Form", "Page", "Row", "Section", "Table", "Tile",
]  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One figure or name: its words, and its exact value for the twins.

    Attributes:
        text: As shown.
        value: Exact; ``None`` is unknown.
        link: Address that leads to what is behind it; empty leads nowhere.
    """

    text: str
    value: Money | Decimal | int | str | None = None
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its name for readers, the unit in it, and its name in the twins."""

    name: str
    key: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; ``hue`` is the place of the row's colour in the chart."""

    cells: tuple[Cell, ...]
    hue: int | None = None
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """A table: the truth behind a chart."""

    id: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Chart:
    """A chart: how it is drawn into a frame, and what it says in words."""

    id: str
    title: str
    description: str
    draw: Callable[[Frame], str]
    legend: tuple[tuple[str, int], ...] = ()
    """Names and places of their colours, where the drawing does not name them."""


@dataclass(frozen=True)
class Tile:
    """A headline figure: what it is, its words, what it rests on, and one line more."""

    name: str
    figure: Cell
    grade: Grade | None = None
    note: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a form: its name in the form and for readers; of a day, the least that is taken."""

    name: str
    label: str
    kind: Literal["text", "date"] = "text"
    value: str = ""
    least: str = ""
    is_required: bool = True


@dataclass(frozen=True)
class Form:
    """Something a reader may do: its name, the words of its button, and what it asks."""

    do: str
    button: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Section:
    """One part of a page: a heading, sentences, a chart and its table."""

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    links: tuple[tuple[str, str, bool], ...] = ()
    """Choices: words, address, and whether it is the one that is shown."""
    forms: tuple[Form, ...] = ()
    """What readers may do, where the dashboard lets them act."""
    is_diff: bool = False
    """Whether the table is the lines of a text, with what was done to each."""
    seen: int = 0
    """Steps of the history that the forms are about: another number of steps makes them stale."""


@dataclass(frozen=True)
class Control:
    """A choice of the whole page: its name, and each way as words, address and whether it is shown."""

    name: str
    ways: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Page:
    """One question and its answer.

    Attributes:
        id: Its name in the address.
        question: Its title.
        answer: The answer in one sentence.
        controls: Choices of the whole page: period, evidence level, currency.
        tiles: Headline figures.
        sections: The rest, in order.
        coverage: What the figures rest on, a sentence each.
        meta: Clock, snapshots, settings that reproduce it.
    """

    id: str
    question: str
    answer: str
    controls: tuple[Control, ...] = ()
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = ()
    coverage: tuple[str, ...] = ()
    meta: dict[str, str] = field(default_factory=dict[str, str])
