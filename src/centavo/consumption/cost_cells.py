"""Aggregated amounts straight from the ledger: one SQL question, before conversion and splitting."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from centavo.consumption.cost_rollup import rollup_sql
from centavo.consumption.cost_rows import (
    BASES,
    METRICS,
    Basis,
    CostQuestion,
    Metric,
    cost_rows_sql,
)
from centavo.consumption.dimensions import filter_sql, key_columns
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.period import Grain

__all__ = [
    "BASES",
    "METRICS",
    "Basis",
    "CostCell",
    "CostQuestion",
    "Metric",
    "cost_cells",
    "cost_sql",
    "totals_by_basis",
]


@dataclass(frozen=True)
class CostCell:
    """An aggregated amount: one key, one currency and, where converting, one day and rate.

    Attributes:
        key: Values in the order of the question's keys.
        cost: The amount.
        rows: Ledger rows behind it.
        unknown_rows: Of those, rows whose cost column is NULL.
        attributed_rows: Of those, rows whose scope is known beyond the project.
        day: Day of the amounts, where a conversion needs it.
        bill_rate: The bill's own rate (units of ``cost.currency`` for one unit of the named
            currency), where its rows carry one.
    """

    key: tuple[str | None, ...]
    cost: Money
    rows: int
    unknown_rows: int
    attributed_rows: int
    day: date | None = None
    bill_rate: tuple[Decimal, str] | None = None


def totals_by_basis(ledger: Ledger, question: CostQuestion) -> dict[Basis, tuple[Money, ...]]:
    """Return the total of each evidence level that has rows, one amount for each currency.

    The view ``metered_events`` must be there: ``ledger.overlap.merge_meters`` makes it.
    """
    found: dict[Basis, list[Money]] = {}
    for basis in BASES:
        asked = CostQuestion(period=question.period, where=question.where, basis=basis)
        query = _query(ledger, asked, basis=basis, metric=question.metric)
        for currency, cost, *_ in ledger.rows(query):
            amount = cost if isinstance(cost, Decimal) else Decimal(0)
            found.setdefault(basis, []).append(Money(amount, str(currency)))
    return {
        basis: tuple(sorted(totals, reverse=True, key=lambda m: m.amount))
        for basis, totals in found.items()
    }


def cost_cells(ledger: Ledger, question: CostQuestion, basis: Basis) -> list[CostCell]:
    """Return the aggregated amounts of a question in one evidence level.

    The view ``metered_events`` must be there: ``ledger.overlap.merge_meters`` makes it.

    Raises:
        ConfigError: A dimension is not known.
    """
    with_rates = question.currency is not None
    query = _query(ledger, question, basis=basis, metric=question.metric)
    width = len(question.keys)
    cells: list[CostCell] = []
    for row in ledger.rows(query):
        currency, cost, rows, unknown, attributed, *rest = row[width:]
        rate, rate_currency, day = rest if with_rates else (None, None, None)
        cells.append(
            CostCell(
                key=tuple(_text(value, question.grain) for value in row[:width]),
                cost=Money(cost if isinstance(cost, Decimal) else Decimal(0), str(currency)),
                rows=int(str(rows)),
                unknown_rows=int(str(unknown)),
                attributed_rows=int(str(attributed)),
                day=day if isinstance(day, date) else None,
                bill_rate=(rate, str(rate_currency)) if isinstance(rate, Decimal) else None,
            )
        )
    return cells


def cost_sql(question: CostQuestion, *, basis: Basis, metric: Metric, with_rates: bool) -> str:
    """Return the SQL of a question: keys, currency, cost, row counts and, if asked, rate and day."""
    folder = files("centavo.consumption").joinpath("sql")
    return (
        folder.joinpath("cost_by_scope.sql")
        .read_text(encoding="utf-8")
        .format(
            keys=key_columns(question.by, grain=question.grain),
            rates=", fx_rate, fx_currency, charged_at::DATE AS fx_day" if with_rates else "",
            rows=cost_rows_sql(basis, metric),
            filter=filter_sql(question.period, question.where),
        )
    )


def _query(ledger: Ledger, question: CostQuestion, *, basis: Basis, metric: Metric) -> str:
    """Return the SQL of a question: from the rollup where that can answer it, else from the facts."""
    rated = question.currency is not None
    rolled = rollup_sql(ledger, question, basis=basis, metric=metric)
    return rolled or cost_sql(question, basis=basis, metric=metric, with_rates=rated)


def _text(value: object, grain: Grain | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return f"{value:%Y-%m}" if grain == "month" else value.isoformat()
    return str(value)
