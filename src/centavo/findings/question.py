"""How a rule asks: a named SQL file beside it, its answer, and the answer as evidence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import groupby

from centavo.findings.evidence import Evidence
from centavo.ledger.ledger import Ledger
from centavo.period import Period

__all__ = [
    "Answer", "Row", "amount_of", "ask", "by_series", "day_of", "days_from", "subject_of", "text_of",
]  # fmt: skip

Row = dict[str, object]


@dataclass(frozen=True)
class Answer:
    """The rows of a named query, in its order."""

    query: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def evidence(self, rows: Iterable[Row] | None = None) -> Evidence:
        """Return the rows, or some of them, as evidence."""
        chosen = self.rows if rows is None else rows
        values = ([row[name] for name in self.columns] for row in chosen)
        return Evidence.of(self.query, self.sql, columns=self.columns, rows=values)


def ask(package: str, ledger: Ledger, query: str, **values: object) -> Answer:
    """Return the answer to ``sql/<query>.sql`` of a package with its placeholders filled."""
    text = files(package).joinpath("sql", f"{query}.sql")
    sql = text.read_text(encoding="utf-8").format(**values)
    result = ledger.engine.execute(sql)
    columns = tuple(str(column[0]) for column in result.description)
    rows = tuple(dict(zip(columns, row, strict=True)) for row in result.fetchall())
    return Answer(query, sql, columns, rows)


def by_series(
    answer: Answer, keys: Sequence[str]
) -> list[tuple[tuple[str | None, ...], list[Row]]]:
    """Return the rows of each series; the answer is ordered by the keys."""
    key: Callable[[Row], tuple[str | None, ...]] = lambda row: tuple(  # noqa: E731 -- typed once, used twice
        None if row[name] is None else str(row[name]) for name in keys
    )
    return [(name, list(rows)) for name, rows in groupby(answer.rows, key)]


def amount_of(row: Row, name: str) -> Decimal:
    """Return an amount or a count as exact decimal; NULL is nothing added."""
    value = row[name]
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def days_from(first: date, until: date) -> Period:
    """Return the period of whole UTC days from ``first`` until ``until``, excluded; at least one."""
    last = max(until, first + timedelta(days=1))
    return Period(datetime.combine(first, time(), UTC), datetime.combine(last, time(), UTC))


def day_of(row: Row, name: str = "day") -> date:
    """Return the day in a column."""
    day = row[name]
    return day if isinstance(day, date) else date.min


def text_of(row: Row, name: str) -> str:
    """Return the text in a column; unknown is empty."""
    return "" if row[name] is None else str(row[name])


def subject_of(row: Row, names: Sequence[str]) -> dict[str, str]:
    """Return the dimensions of a row that are known."""
    return {name: str(row[name]) for name in names if row[name] is not None}
