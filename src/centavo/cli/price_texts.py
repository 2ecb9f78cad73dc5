"""How prices, amounts and differences are written in the tables of ``centavo prices``."""

import shutil
import sys
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    decimals_for,
    print_table,
    say,
)
from centavo.money import Money

__all__ = ["money_text", "percent_text", "plain_price", "print_speaking", "signed_text"]

_READABLE = 12
_GAP = 2


def plain_price(price: Decimal) -> str:
    """Return a price with all its digits and no others.

    >>> plain_price(Decimal("2.50"))
    '2.5'
    """
    return format(price.normalize() + 0, "f")


def percent_text(share: Decimal | None) -> str | None:
    """Return a difference in percent, with its sign; unknown stays so.

    >>> percent_text(Decimal("-0.5"))
    '-50.0 %'
    """
    return None if share is None else f"{100 * share:+.1f} %"


def money_text(money: Money) -> str:
    """Return an amount with its currency, rounded as its size allows.

    >>> money_text(Money(Decimal("1234.5"), "USD"))
    '1,234.50 USD'
    """
    return f"{amount_text(money.amount, decimals_for(money.amount))} {money.currency}"


def signed_text(amount: Decimal | None, decimals: int) -> str | None:
    """Return an amount with its sign; zero has none.

    >>> signed_text(Decimal("3.456"), 2)
    '+3.46'
    """
    text = amount_text(amount, decimals)
    return f"+{text}" if text and amount and amount > 0 and text.strip("0.,") else text


def print_speaking(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | None]],
    machine: Sequence[Sequence[str | None]],
    *,
    silent: Mapping[str, str | None],
    whole: Collection[str] = (),
    form: Format = "table",
) -> None:
    """Print a table: for a person without what says nothing, for a pipe or a file with all columns.

    Args:
        columns: All columns.
        rows: Cells for a person.
        machine: Cells for a pipe.
        silent: By title of a column, the cell that says nothing; where every row has it, the column
            goes.
        whole: Columns of text that are not shortened while others can go instead.
        form: As the user chose.
    """
    kept = list(range(len(columns)))
    gone: list[str] = []
    if form == "table" and sys.stdout.isatty():
        speaking = [
            place
            for place in kept
            if columns[place].title not in silent
            or any(row[place] != silent[columns[place].title] for row in rows)
        ]
        widths = _widths_with_room(columns, rows, speaking, whole)
        kept = list(widths)
        gone = [columns[place].title for place in speaking if place not in widths]
        rows = [[_cut(row[place], widths.get(place)) for place in range(len(row))] for row in rows]
    print_table(
        Table(
            [columns[place] for place in kept],
            [[row[place] for place in kept] for row in rows],
            [[row[place] for place in kept] for row in machine],
        ),
        form=form,
    )
    if gone:
        say(f"Not shown for want of width: {', '.join(gone)} (--format csv has all).")


def _widths_with_room(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | None]],
    speaking: Sequence[int],
    whole: Collection[str],
) -> dict[int, int]:
    """Return the width of each column that is shown; the first to go is told by ``drop``."""
    natural = {
        place: max(len(columns[place].title), *(len(row[place] or "-") for row in rows), 1)
        for place in speaking
    }
    widths = {
        place: width
        if columns[place].numeric or columns[place].title in whole
        else min(width, _READABLE)
        for place, width in natural.items()
    }
    room = shutil.get_terminal_size().columns
    for place in sorted(speaking, key=lambda place: -columns[place].drop):
        if sum(width + _GAP for width in widths.values()) <= room or not columns[place].drop:
            break
        del widths[place]
    spare = room - sum(width + _GAP for width in widths.values())
    for place, width in list(widths.items()):
        more = min(max(spare, 0), natural[place] - width)
        widths[place] = width + more
        spare -= more
    return widths


def _cut(cell: str | None, width: int | None) -> str | None:
    if cell is None or width is None or len(cell) <= width:
        return cell
    return f"{cell[: width - 1]}…"
