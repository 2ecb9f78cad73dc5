"""What some requests would have cost otherwise: as another model, another tier, or with other tokens.

Both sides are priced at list, and the recorded cost is taken in the same proportion: a contract that
is not in the list then changes the money and not the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from centavo.ledger.ledger import Ledger
from centavo.money import EXACT
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql

__all__ = ["Otherwise", "cost_otherwise"]


@dataclass(frozen=True)
class Otherwise:
    """Recorded cost of the requests that have both prices, and what they would save.

    Attributes:
        requests: Requests priced on both sides.
        recorded: What they cost.
        saved: What they would save, in the same currency; below zero where it would be dearer.
        share: Part of the list cost that would be saved.
    """

    requests: int
    recorded: Decimal
    saved: Decimal
    share: Decimal


def cost_otherwise(
    ledger: Ledger,
    condition: str,
    replaced: Mapping[str, str],
    *,
    period: Period,
    book: PriceBook,
) -> Otherwise | None:
    """Return what requests would have saved; ``None`` where none has both prices.

    Args:
        ledger: With the view ``metered_events``.
        condition: SQL of the requests.
        replaced: SQL by column: the columns that would be others.
        period: Half-open.
        book: List prices.
    """
    events = (
        f"SELECT *, cost AS recorded_cost FROM metered_events WHERE {period_sql(period)} "
        f"AND cost IS NOT NULL AND {condition}"
    )
    changed = ", ".join(f"{sql} AS {column}" for column, sql in replaced.items())
    sql = files("centavo.modelfit").joinpath("sql", "otherwise.sql").read_text("utf-8")
    rows = ledger.rows(
        sql.format(
            was=book.select(ledger.engine, events),
            now=book.select(ledger.engine, f"SELECT * REPLACE ({changed}) FROM ({events})"),
        )
    )
    requests, recorded, was, now = rows[0]
    if not requests or not isinstance(recorded, Decimal) or not isinstance(was, Decimal) or not was:
        return None
    share = EXACT.divide(EXACT.subtract(was, Decimal(str(now))), was)
    return Otherwise(int(str(requests)), recorded, EXACT.multiply(recorded, share), share)
