"""What really ran, once, as the traffic that a plan begins with: priced with one book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.schema import COST_COLUMNS as LEDGER_COST_COLUMNS
from centavo.ledger.schema import USAGE_EVENTS
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.recent_usage import period_sql
from centavo.savings.traffic import (
    COST_COLUMNS,
    MADE_COLUMNS,
    RECORDED_COLUMNS,
    REWRITABLE,
    TEXT_COLUMNS,
    WORKING_FILE,
    Traffic,
)
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
    # What a lever may change is kept as it was recorded; all else is read where it stands.
    moving = [
        place for place, name in enumerate(question.by) if DIMENSIONS[name] not in RECORDED_COLUMNS
    ]
    texts = TEXT_COLUMNS if parts else ()
    named = (*REWRITABLE, *RECORDED_COLUMNS, *texts)
    sql = files("centavo.savings").joinpath("sql", "recorded.sql").read_text("utf-8")
    relation = sql.format(
        columns=", ".join(named),
        scope="".join(f"{DIMENSIONS[question.by[place]]} AS by_{place}, " for place in moving),
        cost_columns=", ".join(LEDGER_COST_COLUMNS),
        filter=period_sql(question.period),
    )
    if not _has_prices_of(ledger, question.period, book):
        relation = book.select(ledger.engine, relation)
    made = [*MADE_COLUMNS, "recorded_cost", "recorded_currency", *COST_COLUMNS]
    scopes = [f"by_{place}" for place in moving]
    filled = _filled(ledger, question.period, named)
    path = sql_text(str(folder / "recorded.parquet"))
    ledger.rows(
        f"COPY (SELECT {', '.join((*filled, *scopes, *made))} FROM ({relation})) TO {path} {WORKING_FILE}"
    )
    types = {column.name: column.type for column in USAGE_EVENTS}
    empty = "".join(f"NULL::{types[n]} AS {n}, " for n in named if n not in filled)
    still = "".join(f", {name} AS by_{place}" for place, name in _still_scopes(question.by, moving))
    whole = f"SELECT {empty}* FROM read_parquet({path}, file_row_number = true)"
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP VIEW recorded_traffic AS SELECT file_row_number AS request_no, "
        f"* EXCLUDE (file_row_number){still} FROM ({whole})"
    )
    found = parts(ledger, "recorded_traffic") if parts else None
    unused = tuple(name for name in named if name not in (*filled, *REWRITABLE))
    return Traffic(ledger.engine, "recorded_traffic", found, unused)


def _still_scopes(by: Sequence[str], moving: Sequence[int]) -> list[tuple[int, str]]:
    """Return place and column of the dimensions that no lever changes."""
    return [(place, DIMENSIONS[name]) for place, name in enumerate(by) if place not in moving]


def _filled(ledger: Ledger, period: Period, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that any request has a value in: writing empty ones is not free."""
    counts = ", ".join(f"count({name})" for name in names)
    rows = ledger.rows(f"SELECT {counts} FROM metered_events WHERE {period_sql(period)}")
    return tuple(name for name, count in zip(names, rows[0], strict=True) if count)


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
