"""The only place that prints: data on stdout, words on stderr.

A table for a person fits the terminal by dropping columns, never digits; a pipe gets tab-separated
text; ``--json`` and ``--format`` get what they ask for.
"""

import csv
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from centavo.money import Money

__all__ = [
    "Column",
    "Format",
    "Table",
    "amount_text",
    "count_text",
    "decimals_for",
    "print_json",
    "print_lines",
    "print_table",
    "say",
    "share_text",
]

Format = Literal["table", "tsv", "csv", "md", "json"]
UNKNOWN = "—"
_GAP = 2


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: Header, with the unit.
        numeric: Right-aligned, never shortened.
        drop: Order of dropping on a narrow terminal: the highest goes first; 0 always stays.
        least: Width that a text needs to be told from others; columns are dropped before it is cut.
    """

    title: str
    numeric: bool = False
    drop: int = 0
    least: int = 12


@dataclass(frozen=True)
class Table:
    """Rows of text under columns; ``None`` is unknown and printed as a dash (empty in CSV).

    ``machine`` holds the same rows for pipes and files: full precision, no grouping.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str | None]]
    machine: Sequence[Sequence[str | None]] = field(default_factory=tuple)


def say(*lines: str) -> None:
    """Print words for the person on stderr."""
    for line in lines:
        print(line, file=sys.stderr)


def print_json(value: Mapping[str, object]) -> None:
    """Print one JSON document on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_lines(*lines: str) -> None:
    """Print lines of an answer on stdout."""
    for line in lines:
        print(line)


def print_table(table: Table, *, form: Format = "table") -> None:
    """Print the table on stdout in the form asked for, or as fits where stdout goes."""
    if form == "csv":
        _print_separated(table, ",")
    elif form == "md":
        _print_markdown(table)
    elif form == "tsv" or not sys.stdout.isatty():
        _print_separated(table, "\t")
    else:
        _print_rich(table, shutil.get_terminal_size().columns)


def decimals_for(total: Decimal) -> int:
    """Return how many decimals show a table of this total without losing its small rows."""
    size = abs(total)
    return 2 if size >= 100 else 4 if size >= 1 else 6


def amount_text(amount: Decimal | None, decimals: int = 2) -> str | None:
    """Return an amount rounded half to even, with thousands separators; never ``-0.00``.

    >>> amount_text(Decimal("1234.565"), 2)
    '1,234.56'
    """
    if amount is None:
        return None
    return f"{Money(amount, '').rounded(decimals).amount:,f}"


def count_text(count: int | None) -> str | None:
    """Return a count with thousands separators."""
    return None if count is None else f"{count:,}"


def share_text(part: Decimal, whole: Decimal) -> str | None:
    """Return part of whole in percent with one decimal; unknown of nothing."""
    return None if whole == 0 else f"{100 * part / whole:.1f} %"


def _print_separated(table: Table, delimiter: str) -> None:
    writer = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
    writer.writerow([column.title for column in table.columns])
    writer.writerows(
        [["" if cell is None else cell for cell in row] for row in table.machine or table.rows]
    )


def _print_markdown(table: Table) -> None:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    print(line([column.title for column in table.columns]))
    print(line(["---:" if column.numeric else "---" for column in table.columns]))
    for row in table.rows:
        print(line([UNKNOWN if cell is None else cell for cell in row]))


def _print_rich(table: Table, width: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable

    widths = _fitting(table, width)
    drawn = RichTable(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="" if os.environ.get("NO_COLOR") else "bold",
    )
    for number, column_width in widths.items():
        column = table.columns[number]
        drawn.add_column(
            column.title,
            justify="right" if column.numeric else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=column_width,
        )
    for row in table.rows:
        drawn.add_row(*(UNKNOWN if row[number] is None else row[number] for number in widths))
    # Wider than the terminal only when the numbers alone are: digits are never cut.
    needed = sum(widths.values()) + _GAP * len(widths)
    Console(width=max(width, needed), highlight=False, markup=False).print(drawn)
    dropped = [c.title for n, c in enumerate(table.columns) if n not in widths]
    if dropped:
        say(f"Not shown for want of width: {', '.join(dropped)} (--format csv has all).")


def _fitting(table: Table, width: int) -> dict[int, int]:
    """Return the width of each column that is shown, by its number.

    Columns are dropped until numbers fit whole and texts have a readable width; then what room is
    left goes to the texts.
    """
    natural = {n: _width(table, n) for n in range(len(table.columns))}
    least = {
        n: natural[n] if column.numeric else min(natural[n], column.least)
        for n, column in enumerate(table.columns)
    }
    kept = list(natural)
    for number in sorted(natural, key=lambda n: -table.columns[n].drop):
        if sum(least[n] + _GAP for n in kept) <= width or table.columns[number].drop == 0:
            break
        kept.remove(number)
    widths = {n: least[n] for n in kept}
    room = width - sum(size + _GAP for size in widths.values())
    while room > 0 and (short := [n for n in kept if widths[n] < natural[n]]):
        for number in short[:room]:
            widths[number] += 1
            room -= 1
    return widths


def _width(table: Table, number: int) -> int:
    cells = (len(row[number] or UNKNOWN) for row in table.rows)
    return max(len(table.columns[number].title), *cells, 1)
