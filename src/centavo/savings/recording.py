"""What really ran, once, as the traffic that a plan begins with: priced with one book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.schema import COST_COLUMNS
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql
from centavo.savings.traffic import RECORDED_COLUMNS, REWRITABLE, Traffic
from centavo.savings.where import DIMENSIONS

__all__ = ["BodyParts", "Question", "record_traffic", "scope_columns"]

BodyParts = Callable[[Ledger, str], str | None]
"""Makes the relation of parts: of the ledger, and the relation of ``request_no`` and ``event_id``."""


@dataclass(frozen=True)
class Question:
    """What is simulated.

    Attributes:
        period: Half-open.
        by: Dimensions that the answer is grouped by, as recorded.
        seed: Of the intervals.
    """

    period: Period
    by: tuple[str, ...] = ()
    seed: int = 0


def record_traffic(
    ledger: Ledger, question: Question, *, book: PriceBook, folder: Path, parts: BodyParts | None
) -> Traffic:
    """Return the requests of the period, in a file of the folder, as they were.

    Where the ledger's own costs are of this very price book they are taken; otherwise every request
    is priced, at the prices of its own day.

    Args:
        ledger: Opened at the moment to answer from.
        question: Period and dimensions.
        book: Prices.
        folder: Where the working file is written.
        parts: Makes the relation of parts; ``None`` where no lever needs it.
    """
    merge_meters(ledger, question.period)
    sql = files("centavo.savings").joinpath("sql", "recorded.sql").read_text("utf-8")
    is_priced = _has_prices_of(ledger, question.period, book)
    relation = sql.format(
        columns=", ".join((*REWRITABLE, *RECORDED_COLUMNS)),
        scope="".join(
            f"{DIMENSIONS[name]} AS by_{place}, " for place, name in enumerate(question.by)
        ),
        cost_columns=", ".join(COST_COLUMNS),
        filter=period_sql(question.period),
    )
    path = folder / "recorded.parquet"
    select = relation if is_priced else book.select(ledger.engine, relation)
    ledger.rows(f"COPY ({select}) TO {sql_text(str(path))} (FORMAT parquet, COMPRESSION lz4_raw)")
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP VIEW recorded_traffic AS SELECT file_row_number AS request_no, "
        f"* EXCLUDE (file_row_number) FROM read_parquet({sql_text(str(path))}, file_row_number = true)"
    )
    made = parts(ledger, "recorded_traffic") if parts else None
    return Traffic(ledger.engine, "recorded_traffic", made)


def scope_columns(by: Sequence[str]) -> str:
    """Return the SELECT list of the dimensions, ready to stand before further columns."""
    return "".join(f"by_{place}, " for place in range(len(by)))


def _has_prices_of(ledger: Ledger, period: Period, book: PriceBook) -> bool:
    rows = ledger.rows(
        "SELECT count(*) FROM metered_events WHERE price_snapshot_id IS DISTINCT FROM ? "
        f"AND {period_sql(period)}",
        [book.snapshot_id],
    )
    return rows == [(0,)]
