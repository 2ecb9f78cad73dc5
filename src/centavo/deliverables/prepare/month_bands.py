"""Months in figures: what is known or planned of each, and the band around it."""

from collections.abc import Iterable, Sequence
from datetime import date

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Row, Table
from centavo.deliverables.prepare.period_words import month_name
from centavo.money import Money

__all__ = ["month_bands"]


def month_bands(
    name: str,
    columns: Sequence[tuple[str, str]],
    *,
    months: Iterable[tuple[date, Sequence[Money]]],
    currency: str,
    say: Language,
) -> Table:
    """Return one row for each month.

    Args:
        name: Of the table.
        columns: Title and key of each amount; the currency is added to the key.
        months: First day and amounts in the order of the columns.
        currency: Of every amount.
        say: The reader's language.
    """
    amounts = (Column(title, f"{key}_{currency.lower()}", numeric=True) for title, key in columns)
    rows = (
        Row(
            (
                Cell(month_name(first, say), f"{first:%Y-%m}"),
                *(Cell(say.number(money.amount, 2), money) for money in values),
            )
        )
        for first, values in months
    )
    return Table(name, (Column(say("Month"), "month"), *amounts), tuple(rows))
