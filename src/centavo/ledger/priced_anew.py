"""Requests that the ledger had, read again and priced with another book: never in silence."""

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.reading import QualityWarning
from centavo.ledger.restatement import Restatement
from centavo.wording import counted

__all__ = ["priced_anew"]


def priced_anew(
    engine: duckdb.DuckDBPyConnection,
    *,
    new_files: Sequence[str],
    restated: Restatement,
    book: str,
) -> list[QualityWarning]:
    """Return a warning where restated requests cost otherwise, because the price book is another.

    Args:
        engine: Connection with the temporary table ``doomed`` that ``find_restated`` left.
        new_files: Parquet files just written, as stored.
        restated: What the new rows replace.
        book: Price book of the new rows.
    """
    live = (
        f"read_parquet({sql_texts([file.local for file in restated.files])}, union_by_name = true)"
    )
    other = f"price_snapshot_id <> {sql_text(book)}"
    if not engine.execute(f"SELECT 1 FROM {live} WHERE {other} LIMIT 1").fetchall():
        return []
    changed: list[tuple[int, str, Decimal | None, str | None, Decimal | None, str | None]]
    changed = engine.execute(
        f"""SELECT count(*), string_agg(DISTINCT had.price_snapshot_id, ', ' ORDER BY had.price_snapshot_id),
          sum(had.cost), had.cost_currency, sum(now.cost), now.cost_currency
        FROM (SELECT * FROM {live} WHERE {other}) AS had
        JOIN doomed AS gone ON had.event_id = gone.event_id AND had.batch_id = gone.batch_id
        JOIN read_parquet({sql_texts(list(new_files))}) AS now ON now.event_id = had.event_id
        WHERE now.cost IS DISTINCT FROM had.cost OR now.cost_currency IS DISTINCT FROM had.cost_currency
        GROUP BY had.cost_currency, now.cost_currency ORDER BY ALL"""
    ).fetchall()
    return [
        QualityWarning(
            "priced_anew",
            f"{counted(rows, 'request')} that the ledger had came again and cost otherwise: "
            f"{_text(before, had)} before (price book {books}), {_text(now, has)} now ({book})",
            rows,
        )
        for rows, books, before, had, now, has in changed
    ]


def _text(amount: Decimal | None, currency: str | None) -> str:
    return "unknown" if amount is None else f"{amount.normalize():f} {currency}"
