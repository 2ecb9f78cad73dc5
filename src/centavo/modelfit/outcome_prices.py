"""Costs of outcomes that state tokens and no cost: from the price book, at the price of their day."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TABLES
from centavo.pricing import PriceBook

if TYPE_CHECKING:
    from centavo.pricing.problems import PriceProblem

__all__ = ["PricedOutcomes", "outcomes_table", "price_outcomes"]

_PRICED = "priced_outcomes"


@dataclass(frozen=True)
class PricedOutcomes:
    """How outcomes came by their costs.

    Attributes:
        stated: Outcomes whose file states the cost.
        priced: Outcomes priced by their tokens.
        unpriced: Outcomes with tokens that have no price, by model and reason.
        without: Outcomes with neither cost nor tokens.
    """

    stated: int
    priced: int
    unpriced: "Counter[tuple[str, PriceProblem]]"
    without: int


def price_outcomes(ledger: Ledger, *, now: datetime, prices: Path | None = None) -> PricedOutcomes:
    """Price the outcomes that state tokens and no cost, for what is asked of this ledger afterwards.

    Nothing is written: a price is of the book that there is when it is asked for, at the day of the grade,
    of outcomes without a date at ``now``. A cost that a file states is never changed.

    Args:
        ledger: With outcomes.
        now: The clock, aware.
        prices: The user's price file.

    Raises:
        PriceError: The price file cannot be used.
    """
    book = PriceBook.load(prices)
    engine = ledger.engine
    given = {
        "event_id": "outcome_id",
        "requested_model": "model",
        "input_uncached_tokens": "input_tokens",
        "output_tokens": "output_tokens",
        "started_at": f"coalesce(graded_at, TIMESTAMP {sql_text(_naive(now))})",
        "is_error": "false",
    }
    columns = ", ".join(
        f"({given.get(column.name, 'NULL')})::{column.type} AS {column.name}"
        for column in TABLES["usage_events"]
    )
    # One count alone prices half an answer.
    unstated = "cost IS NULL AND input_tokens IS NOT NULL AND output_tokens IS NOT NULL"
    requests = f"SELECT {columns} FROM outcomes WHERE {unstated}"
    priced = book.select(engine, requests)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {_PRICED} AS "
        "SELECT o.* REPLACE (coalesce(o.cost, p.cost) AS cost, "
        "coalesce(o.cost_currency, p.cost_currency) AS cost_currency), CASE "
        "WHEN o.cost IS NULL AND (o.input_tokens IS NULL) <> (o.output_tokens IS NULL) "
        "THEN 'incomplete_usage' ELSE p.price_problem END AS price_problem, "
        f"o.cost IS NOT NULL AS cost_is_stated FROM outcomes AS o LEFT JOIN ({priced}) AS p "
        "ON p.event_id = o.outcome_id"
    )
    rows = ledger.rows(
        f"SELECT cost_is_stated, cost IS NOT NULL, model, price_problem, count(*) FROM {_PRICED} "
        "GROUP BY ALL"
    )
    counts: Counter[str] = Counter()
    unpriced: Counter[tuple[str, PriceProblem]] = Counter()
    for is_stated, has_cost, model, problem, count in rows:
        number = int(str(count))
        if problem is not None and not has_cost:
            unpriced[str(model), cast("PriceProblem", problem)] += number
        else:
            counts["stated" if is_stated else "priced" if has_cost else "without"] += number
    return PricedOutcomes(counts["stated"], counts["priced"], unpriced, counts["without"])


def outcomes_table(ledger: Ledger) -> str:
    """Return the name of the outcomes, with costs of the price book where they were asked for."""
    made = ledger.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_PRICED])
    return _PRICED if made else "outcomes"


def _naive(now: datetime) -> str:
    return now.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
