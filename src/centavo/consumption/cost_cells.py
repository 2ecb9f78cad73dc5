"""Aggregated amounts straight from the ledger: one SQL question, before conversion and splitting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Literal, get_args

from centavo.consumption.dimensions import filter_sql, key_columns
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.period import Grain, Period

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

Basis = Literal["billed", "metered", "vendor_reported", "estimated"]
Metric = Literal["billed", "effective", "list", "contracted", "gross", "credits"]
BASES: tuple[Basis, ...] = get_args(Basis)
METRICS: dict[Metric, str] = {
    "billed": "BilledCost",
    "effective": "EffectiveCost",
    "list": "ListCost",
    "contracted": "ContractedCost",
    # A bill that knows no credits states its cost once.
    "gross": "coalesce(x_GrossCost, BilledCost)",
    "credits": "x_CreditCost",
}
_ESTIMATED = "tokens_basis IS NOT NULL"
# Evidence levels that requests have beside charges: their column, its currency, and which requests.
_EVENT_COSTS: dict[str, tuple[str, str, str]] = {
    "metered": ("cost", "cost_currency", "tokens_basis IS NULL"),
    "vendor_reported": ("reported_cost", "'USD'", "true"),
    "estimated": ("cost", "cost_currency", _ESTIMATED),
}


@dataclass(frozen=True)
class CostQuestion:
    """What is asked.

    Attributes:
        by: Dimensions, in order; ``tag:KEY`` is any tag or label.
        grain: Also by day, ISO week (its Monday) or calendar month, UTC.
        period: Half-open.
        where: Exact value by dimension; an empty value means "has none".
        basis: Evidence level; ``None`` takes the first of ``BASES`` that the ledger has.
        metric: Cost column of bills.
        currency: Show everything in this currency where rates are known.
    """

    by: Sequence[str] = ()
    grain: Grain | None = None
    period: Period = Period()
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    basis: Basis | None = None
    metric: Metric = "billed"
    currency: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of a row's key, in order."""
        return (*(("period",) if self.grain else ()), *self.by)


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
        query = cost_sql(asked, basis=basis, metric=question.metric, with_rates=False)
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
    query = cost_sql(question, basis=basis, metric=question.metric, with_rates=with_rates)
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
    billed = folder.joinpath("billed_rows.sql").read_text(encoding="utf-8")
    rows = billed.format(cost=METRICS[metric], basis=basis)
    if basis in _EVENT_COSTS:
        cost, currency, tokens = _EVENT_COSTS[basis]
        template = folder.joinpath("metered_rows.sql").read_text(encoding="utf-8")
        metered = template.format(basis=basis, cost=cost, currency=currency, tokens=tokens)
        rows += f"UNION ALL BY NAME\n{metered}"
    return (
        folder.joinpath("cost_by_scope.sql")
        .read_text(encoding="utf-8")
        .format(
            keys=key_columns(question.by, grain=question.grain),
            rates=", fx_rate, fx_currency, charged_at::DATE AS fx_day" if with_rates else "",
            rows=rows,
            filter=filter_sql(question.period, question.where),
        )
    )


def _text(value: object, grain: Grain | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return f"{value:%Y-%m}" if grain == "month" else value.isoformat()
    return str(value)
