"""What a lever would save as the only one of the plan: a sum, for which nothing is kept."""

from decimal import Decimal
from importlib.resources import files

from centavo.money import EXACT
from centavo.pricing import PriceBook
from centavo.savings.asking import ask
from centavo.savings.lever import Lever
from centavo.savings.traffic import Traffic

__all__ = ["saved_alone"]


def saved_alone(lever: Lever, recorded: Traffic, *, book: PriceBook) -> dict[str, Decimal]:
    """Return the saving by currency on the traffic as it was recorded.

    By the rules of ``replay``: what cannot be priced as changed stays as it was.
    """
    asked = ask(lever, recorded)
    queries: list[str] = []
    if asked.rewritten:
        sql = files("centavo.savings").joinpath("sql", "saved_alone.sql").read_text("utf-8")
        queries.append(sql.format(priced=book.select(recorded.engine, asked.rewritten)))
    if asked.change.dropped:
        queries.append(
            f"SELECT cost_currency, sum(cost)::DECIMAL(38,12) FROM {recorded.events} SEMI JOIN "
            f"({asked.change.dropped}) USING (request_no) WHERE cost IS NOT NULL GROUP BY ALL"
        )
    sums: dict[str, Decimal] = {}
    for query in queries:
        rows: list[tuple[str, Decimal]] = recorded.engine.execute(query).fetchall()
        for currency, amount in rows:
            sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), amount)
    return sums
