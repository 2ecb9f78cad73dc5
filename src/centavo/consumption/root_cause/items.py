"""The table ``why_items``: both periods' items in one evidence level, in the currency asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from centavo.consumption.conversion import converted
from centavo.consumption.cost_cells import BASES, Basis, CostCell
from centavo.consumption.dimensions import filter_sql
from centavo.consumption.root_cause.question import (
    ChangeQuestion,
    items_sql,
    quoted,
    rows_sql,
    why_sql,
)
from centavo.errors import LedgerError
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.period import Period

__all__ = ["Items", "available_basis", "make_cause_items", "make_items", "searched_dimensions"]

# Dimensions that a person thinks in, the most telling first: of two that say the same, the first is
# named. Resources, keys and customers are thousands that come and go; --by asks for them.
_PREFERRED = (
    "application", "model", "environment", "endpoint", "feature", "service", "team", "project",
    "charge_category", "sku", "region", "provider", "tier", "use_case", "account",
)  # fmt: skip
_MOST_DIMENSIONS = 9
# A dimension that says nothing of nine tenths of the cost explains little; one of more values than
# this is an identifier.
_LEAST_KNOWN = Decimal("0.1")
_MOST_VALUES = 2000
# Nor does one that makes nearly every row a cell of its own.
_MOST_COMBINATIONS = 50_000
# Rows of a ledger that is large: fewer rows tell what its dimensions are, and what was bought is
# summed for causes and not for cells.
_LARGE_FROM = 2_000_000
_TELLING_ROWS = 200_000


@dataclass(frozen=True)
class Items:
    """What the table holds.

    Attributes:
        by: Dimensions.
        rows: Ledger rows behind it.
        attributed_rows: Of those, rows whose scope is known beyond the project.
        unknown_rows: Of those, rows whose cost is not known.
        currencies: Largest first.
        notes: Rates used.
        by_cause: Whether what was bought is not in it and must be asked for, cause by cause.
    """

    by: tuple[str, ...]
    rows: int
    attributed_rows: int
    unknown_rows: int
    currencies: tuple[str, ...]
    notes: tuple[str, ...]
    by_cause: bool = False


def available_basis(ledger: Ledger, question: ChangeQuestion) -> Basis:
    """Return the evidence level to answer in: the one asked for, or the best of either period.

    The view ``metered_events`` must be there.

    Raises:
        LedgerError: Neither period has any.
    """
    found: dict[Basis, int] = {}
    for name in BASES:
        parts = [
            f"SELECT DISTINCT side FROM ({rows}) WHERE side IS NOT NULL AND {filter_sql(Period(), question.where)}"
            for rows in rows_sql(question, name)
        ]
        sides = ledger.rows(" UNION ".join(parts))
        if sides:
            found[name] = len(sides)
        if len(sides) == 2 and question.basis in {None, name}:
            break
    basis = question.basis or next(
        (name for many in (2, 1) for name in BASES if found.get(name) == many), None
    )
    if basis is None or basis not in found:
        what = f"no {question.basis} cost" if question.basis else "no cost"
        have = f"It has: {', '.join(found)}." if found else "`centavo ledger` shows what it holds."
        raise LedgerError(f"the ledger holds {what} in these two periods and selection", hint=have)
    return basis


def make_items(
    ledger: Ledger,
    question: ChangeQuestion,
    basis: Basis,
    *,
    by: tuple[str, ...],
    rates: ExchangeRates | None,
) -> Items:
    """Make the temporary table ``why_items`` and return what it holds.

    Raises:
        ConfigError: A dimension is not known.
    """
    by_cause = ledger.cost_rows >= _LARGE_FROM
    items = items_sql(question, basis, by=by, cells_only=by_cause)
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE why_items AS {items}")
    notes = _convert(ledger, question.currency, rates, table="why_items")
    rows, attributed, unknown = ledger.rows(
        "SELECT coalesce(sum(row_count), 0), coalesce(sum(attributed_rows), 0), "
        "coalesce(sum(unknown_rows), 0) FROM why_items"
    )[0]
    found = ledger.rows("SELECT currency FROM why_items GROUP BY 1 ORDER BY sum(abs(cost)) DESC, 1")
    return Items(
        by=by,
        rows=int(str(rows)),
        attributed_rows=int(str(attributed)),
        unknown_rows=int(str(unknown)),
        currencies=tuple(str(row[0]) for row in found),
        notes=tuple(notes),
        by_cause=by_cause,
    )


def make_cause_items(
    ledger: Ledger,
    question: ChangeQuestion,
    basis: Basis,
    *,
    cause: str,
    rates: ExchangeRates | None,
) -> None:
    """Make the temporary table ``why_cause_items``: what each cause bought, without its cells.

    For large ledgers, where cells times goods would be as many as there are rows.
    """
    items = items_sql(question, basis, by=(), cause=cause)
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE why_cause_items AS {items}")
    _convert(ledger, question.currency, rates, table="why_cause_items")


def searched_dimensions(ledger: Ledger, question: ChangeQuestion, basis: Basis) -> tuple[str, ...]:
    """Return the dimensions that can tell a cause: two values at least, and known of some cost."""
    if question.by:
        return question.by
    measures = ", ".join(
        f"approx_count_distinct({quoted(name)}), coalesce(sum(abs(cost)) FILTER ({quoted(name)} "
        f"IS NOT NULL), 0), approx_count_distinct(hash({', '.join(_PREFERRED[: place + 1])}))"
        for place, name in enumerate(_PREFERRED)
    )
    row = ledger.rows(
        why_sql(
            "dimensions",
            measures=measures,
            rows=" UNION ALL BY NAME ".join(_costs_only(sql) for sql in rows_sql(question, basis)),
            filter=filter_sql(Period(), question.where),
            limit="" if ledger.cost_rows < _LARGE_FROM else f"LIMIT {_TELLING_ROWS}",
        )
    )[0]
    whole = Decimal(str(row[0]))
    chosen: list[str] = []
    for place, name in enumerate(_PREFERRED):
        values, known, cells = row[1 + 3 * place : 4 + 3 * place]
        values, cost = int(str(values)), Decimal(str(known))
        if int(str(cells)) > _MOST_COMBINATIONS:
            break
        # One value and nothing else tells nothing; one value beside "has none" does.
        tells = values > 1 or (values == 1 and cost < whole)
        if tells and values <= _MOST_VALUES and cost > _LEAST_KNOWN * whole:
            chosen.append(name)
    return tuple(chosen[:_MOST_DIMENSIONS])


def _costs_only(rows: str) -> str:
    """Return rows with one cost: that of a request is the sum of its classes."""
    if "whole_cost" not in rows:
        return f"SELECT * FROM ({rows})"
    classes = ("whole", "fresh", "read", "write", "output", "other")
    cost = " + ".join(f"coalesce({name}_cost, 0)" for name in classes)
    return f"SELECT *, {cost} AS cost FROM ({rows})"


def _convert(
    ledger: Ledger, target: str | None, rates: ExchangeRates | None, *, table: str
) -> list[str]:
    """Convert a table's costs, each at the rate of its day, if asked to, and say how."""
    if target is None:
        return []
    rows = ledger.rows(
        "SELECT rowid, currency, cost, row_count, fx_day, fx_rate, fx_currency "
        f"FROM {table} ORDER BY rowid"
    )
    if not rows:
        return []
    cells = [_cell(row) for row in rows]
    done, used = converted(cells, target, rates)
    columns = (
        [str(row[0]) for row in rows],
        [cell.cost.currency for cell in done],
        [f"{cell.cost.amount:f}" for cell in done],
    )
    # One text for each column: pyarrow would load pandas, and lists of values take longer to bind.
    ledger.rows(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {table}.* REPLACE (now_currency AS currency, "
        f"now_cost::DECIMAL(38,12) AS cost) FROM {table} JOIN (SELECT unnest(string_split($1, ' ')) AS "
        "place, unnest(string_split($2, ' ')) AS now_currency, unnest(string_split($3, ' ')) AS now_cost) "
        f"ON {table}.rowid = place::BIGINT",
        [" ".join(column) for column in columns],
    )
    notes = [each.sentence for each in used]
    if any(cell.cost.currency != target for cell in cells):
        notes.append("A price in another currency also moves with the exchange rate.")
    return notes


def _cell(row: Sequence[object]) -> CostCell:
    _, currency, cost, count, day, rate, rate_currency = row
    return CostCell(
        key=(),
        cost=Money(cost if isinstance(cost, Decimal) else Decimal(0), str(currency)),
        rows=int(str(count)),
        unknown_rows=0,
        attributed_rows=0,
        day=day if isinstance(day, date) else None,
        bill_rate=(rate, str(rate_currency)) if isinstance(rate, Decimal) else None,
    )
