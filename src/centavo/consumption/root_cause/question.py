"""What is asked of a change, and the rows of two periods that answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from centavo.consumption.cost_cells import METRICS, Basis, Metric
from centavo.consumption.cost_rows import dimension_columns
from centavo.consumption.dimensions import filter_sql, key_columns
from centavo.period import Period

__all__ = ["ChangeQuestion", "items_sql", "quoted", "rows_sql", "why_sql"]

# Evidence levels of requests: cost, currency, which requests, and whether cost is known by class.
_BY_CLASS = "(input_cost IS NOT NULL OR metered_events.output_cost IS NOT NULL)"
_REQUESTS: dict[str, tuple[str, str, str, str]] = {
    "metered": ("cost", "cost_currency", "tokens_basis IS NULL", _BY_CLASS),
    "vendor_reported": ("reported_cost", "'USD'", "true", "false"),
    "estimated": ("cost", "cost_currency", "tokens_basis IS NOT NULL", _BY_CLASS),
}
# Statements of items, and what their rows call a price.
_ITEMS = (("billed_items", "price_key"), ("metered_items", "priced"))
# Where a cell keeps its bill's rate and day, for a conversion.
_RATES = ", fx_rate, fx_currency, charged_at::DATE AS fx_day"
_RATES_EARLY = "fx_rate, fx_currency, charged_at::DATE AS fx_day,"
_RATES_LATE = ", fx_rate, fx_currency, fx_day"


@dataclass(frozen=True)
class ChangeQuestion:
    """What is asked.

    Attributes:
        later: The period that is asked about; both ends known.
        earlier: The period that it is compared with.
        by: Dimensions that a cause may be made of; empty chooses them.
        where: Exact value by dimension; an empty value means "has none".
        basis: Evidence level; ``None`` takes the first that the ledger has in both periods.
        metric: Cost column of bills.
        currency: Show everything in this currency where rates are known.
    """

    later: Period
    earlier: Period
    by: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    basis: Basis | None = None
    metric: Metric = "billed"
    currency: str | None = None


def items_sql(
    question: ChangeQuestion,
    basis: Basis,
    *,
    by: tuple[str, ...],
    cause: str | None = None,
    cells_only: bool = False,
) -> str:
    """Return the SQL of both periods' items: of bills and, where it has them, of requests.

    The view ``metered_events`` must be there.

    Args:
        question: What is asked.
        basis: Evidence level.
        by: Dimensions.
        cause: SQL of the number of a row's cause, which then stands for all dimensions.
        cells_only: Whether what was bought is left out, so that there are as few rows as cells.

    Raises:
        ConfigError: A dimension is not known.
    """
    rated = question.currency is not None
    parts = {
        "keys": key_columns(by) if cause is None else f"{cause} AS cause, ",
        "names": "".join(f"{quoted(name)}, " for name in by) if cause is None else "cause, ",
        "filter": filter_sql(Period(), question.where),
        "rates": _RATES if rated else "",
        "rates_early": _RATES_EARLY if rated else "",
        "rates_late": _RATES_LATE if rated else "",
    }
    selects = [
        why_sql(name, **parts, rows=_without_goods(rows, priced) if cells_only else rows)
        for (name, priced), rows in zip(_ITEMS, rows_sql(question, basis), strict=False)
    ]
    return "\nUNION ALL BY NAME\n".join(f"SELECT * FROM ({select})" for select in selects)


def rows_sql(question: ChangeQuestion, basis: Basis) -> list[str]:
    """Return the SQL of the rows of both periods: of bills and, where it has them, of requests."""
    billed = why_sql(
        "billed_rows",
        basis=basis,
        dimensions=dimension_columns("billed"),
        cost=METRICS[question.metric],
        side=_side(question, "ChargePeriodStart"),
    )
    if basis not in _REQUESTS:
        return [billed]
    cost, currency, tokens, by_class = _REQUESTS[basis]
    metered = why_sql(
        "metered_rows",
        cost=cost,
        dimensions=dimension_columns("metered"),
        currency=currency,
        tokens=tokens,
        by_class=by_class,
        side=_side(question, "started_at"),
    )
    return [billed, metered]


def _without_goods(rows: str, priced: str) -> str:
    return f"SELECT * REPLACE (0::UBIGINT AS good, 0::UBIGINT AS {priced}) FROM ({rows})"


def why_sql(name: str, **parts: str) -> str:
    """Return a statement of ``sql/why`` with its places filled."""
    folder = files("centavo.consumption").joinpath("sql", "why")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8").format(**parts)


def quoted(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _side(question: ChangeQuestion, at: str) -> str:
    later, earlier = (
        filter_sql(period, {}, at=at) for period in (question.later, question.earlier)
    )
    return f"CASE WHEN {later} THEN 1 WHEN {earlier} THEN 0 END"
