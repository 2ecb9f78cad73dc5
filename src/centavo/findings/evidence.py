"""What a finding rests on: a named SQL question and the rows that it answered with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

__all__ = ["Evidence", "plain"]

# A reader recomputes from a handful of rows; the query has the rest.
MOST_ROWS = 20


@dataclass(frozen=True)
class Evidence:
    """A named query, the query itself, and its rows as text.

    Attributes:
        query: Name: the SQL file beside the rule.
        sql: The query as it ran; it can be run again on the ledger's views.
        columns: Names of the columns, with units.
        rows: At most ``MOST_ROWS``; amounts in full, unknown is ``None``.
        row_count: How many rows there were.
    """

    query: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    row_count: int

    @classmethod
    def of(
        cls, query: str, sql: str, *, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> "Evidence":
        """Return evidence from the values of a query."""
        listed = list(rows)
        shown = tuple(tuple(plain(value) for value in row) for row in listed[:MOST_ROWS])
        return cls(query, sql, tuple(columns), shown, len(listed))


def plain(value: object) -> str | None:
    """Return a value as exact text: no exponent, no trailing zeros, ISO times.

    >>> plain(Decimal("1.500000000000")), plain(None), plain(Decimal("1E+2"))
    ('1.5', None, '100')
    """
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
