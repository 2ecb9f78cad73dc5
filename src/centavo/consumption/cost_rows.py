"""A question of cost, and the rows that answer it: one vocabulary for bills and meters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal, get_args

from centavo.period import Grain, Period

__all__ = [
    "BASES", "METRICS", "Basis", "CostQuestion", "Metric", "billed_rows_sql", "cost_rows_sql",
    "dimension_columns",
]  # fmt: skip

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


def cost_rows_sql(basis: Basis, metric: Metric) -> str:
    """Return the SQL of every row of cost of an evidence level, bills and requests alike."""
    rows = billed_rows_sql(METRICS[metric], basis)
    if basis in _EVENT_COSTS:
        cost, currency, tokens = _EVENT_COSTS[basis]
        metered = _sql("metered_rows").format(
            basis=basis,
            cost=cost,
            currency=currency,
            tokens=tokens,
            dimensions=dimension_columns("metered"),
        )
        rows += f"UNION ALL BY NAME\n{metered}"
    return rows


def billed_rows_sql(cost: str, basis: Basis) -> str:
    """Return the SQL of every row of cost of bills; ``cost`` is SQL of what each row costs."""
    return _sql("billed_rows").format(
        cost=cost, basis=basis, dimensions=dimension_columns("billed")
    )


def dimension_columns(side: Literal["billed", "metered"]) -> str:
    """Return the columns, for a SELECT, of all that a charge or a request can be asked by."""
    return _sql(f"{side}_dimensions")


def _sql(name: str) -> str:
    folder = files("centavo.consumption").joinpath("sql")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
