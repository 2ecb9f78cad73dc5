"""Requests of a period at another price book: what they would cost, and writing it when told.

A row in the ledger keeps what it was priced with. Only ``rewritten`` changes that, and only its
caller can commit it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from centavo.ledger.layout import filled_select
from centavo.ledger.schema import COST_COLUMNS
from centavo.money import Money
from centavo.period import Period
from centavo.pricing.book import PriceBook
from centavo.pricing.recent_usage import period_sql

__all__ = ["RepricedModel", "reprice", "rewritten"]

_QUERY = """
SELECT
  provider,
  coalesce(old_model, priced_model, answered_model, requested_model) AS model,
  coalesce(old_currency, cost_currency) AS recorded_currency,
  coalesce(cost_currency, old_currency) AS repriced_currency,
  count(*)::BIGINT,
  sum(old_cost)::DECIMAL(38,12),
  sum(cost)::DECIMAL(38,12),
  count(*) FILTER (old_cost IS NULL)::BIGINT,
  count(*) FILTER (cost IS NULL)::BIGINT,
  count(*) FILTER (
    old_cost IS DISTINCT FROM cost OR old_currency IS DISTINCT FROM cost_currency
  )::BIGINT,
  list(DISTINCT old_snapshot ORDER BY old_snapshot) FILTER (old_snapshot IS NOT NULL)
FROM ({priced})
WHERE old_cost IS NOT NULL OR cost IS NOT NULL
GROUP BY ALL
ORDER BY coalesce(sum(old_cost), sum(cost)) DESC, model
"""


@dataclass(frozen=True)
class RepricedModel:
    """One model's requests: as the rows say, and at the other book.

    Attributes:
        provider: As in the log.
        model: As the rows were priced, else as the log names it.
        requests: Requests.
        recorded: What the rows say; ``None`` where none of them has a cost.
        repriced: What they cost at the other book; ``None`` where it prices none of them.
        newly_priced: Requests without a cost, which the other book prices.
        newly_unpriced: Requests with a cost, which the other book does not price.
        changed: Requests whose cost is another, these two kinds included.
        snapshots: Books that the rows were priced with.
    """

    provider: str | None
    model: str | None
    requests: int
    recorded: Money | None
    repriced: Money | None
    newly_priced: int
    newly_unpriced: int
    changed: int
    snapshots: Sequence[str]

    @property
    def difference(self) -> Money | None:
        """Repriced minus recorded; ``None`` in two currencies or where one is unknown."""
        if self.recorded is None or self.repriced is None:
            return None
        if self.recorded.currency != self.repriced.currency:
            return None
        return self.repriced - self.recorded


def reprice(
    engine: duckdb.DuckDBPyConnection, book: PriceBook, relation: str, period: Period
) -> list[RepricedModel]:
    """Return what the requests of a period cost at a book, by model, the costliest first.

    Requests that have no cost on either side are left out.

    Args:
        engine: Connection on which the relation is known.
        book: The other book.
        relation: Name or SELECT of requests with every column of ``usage_events``.
        period: Half-open.
    """
    kept = {"cost": "old_cost", "cost_currency": "old_currency", "priced_model": "old_model"}
    kept["price_snapshot_id"] = "old_snapshot"
    renamed = ", ".join(f"{column} AS {name}" for column, name in kept.items())
    requests = (
        f"SELECT * EXCLUDE ({', '.join(COST_COLUMNS)}), {renamed} FROM ({relation}) AS requests "
        f"WHERE {period_sql(period)}"
    )
    rows = engine.execute(_QUERY.format(priced=book.select(engine, requests))).fetchall()
    return [
        RepricedModel(
            provider=row[0],
            model=row[1],
            requests=int(row[4]),
            recorded=_money(row[5], row[2]),
            repriced=_money(row[6], row[3]),
            newly_priced=int(row[7]),
            newly_unpriced=int(row[8]),
            changed=int(row[9]),
            snapshots=tuple(row[10] or ()),
        )
        for row in rows
    ]


def rewritten(
    engine: duckdb.DuckDBPyConnection, book: PriceBook, relation: str, period: Period
) -> str:
    """Return a SELECT of every request, those of the period priced with the book.

    Args:
        engine: Connection on which the relation is known.
        book: The book to price with.
        relation: SELECT of all requests with every column of ``usage_events``.
        period: Half-open; requests outside of it stay as they are.
    """
    within = period_sql(period)
    unpriced = (
        f"SELECT * EXCLUDE ({', '.join(COST_COLUMNS)}) FROM ({relation}) AS requests WHERE {within}"
    )
    priced = filled_select(engine, book.select(engine, unpriced), "usage_events")
    return f"{priced} UNION ALL SELECT * FROM ({relation}) AS others WHERE NOT ({within})"


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)
