"""The rows of a reading, run once into Parquet, so that prices can look at the models before them."""

from pathlib import Path

import duckdb

from centavo.ledger.engine import sql_text
from centavo.ledger.layout import LAYOUTS, filled_select
from centavo.ledger.reading import Reading

__all__ = ["staged"]


def staged(engine: duckdb.DuckDBPyConnection, reading: Reading, folder: Path) -> str:
    """Run the reading and return SQL over its rows, one for each key.

    Args:
        engine: Connection on which the source answered.
        reading: Of a table whose rows have keys.
        folder: Where the rows stand; it must stay until they are written.

    Raises:
        CentavoError: What the reading says of an error.
    """
    quick = _quick_rows(engine, reading, folder)
    if quick is not None and not _has_copies(engine, quick, reading):
        return quick
    select = quick or reading.select
    target = folder / "staged.parquet"
    try:
        _copy(engine, filled_select(engine, select, reading.table, missing=False), target)
    except duckdb.Error as error:
        raise reading.explain(error) from error
    return _once_each(engine, reading, target)


def _quick_rows(engine: duckdb.DuckDBPyConnection, reading: Reading, folder: Path) -> str | None:
    """Return SQL over the rows that the quick way found; ``None`` where it refuses or is none."""
    if reading.quick is None:
        return None
    target = folder / "quick.parquet"
    try:
        _copy(engine, reading.quick.select, target)
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
        raise  # A defect of the statement, whatever the file.
    except duckdb.Error:
        # The careful way reads the files from the start, or says what is wrong with them.
        target.unlink(missing_ok=True)
        return None
    return reading.quick.finish(f"read_parquet({sql_text(str(target))})")


def _copy(engine: duckdb.DuckDBPyConnection, select: str, target: Path) -> None:
    engine.execute(f"COPY ({select}) TO {sql_text(str(target))} (FORMAT parquet)")


def _has_copies(engine: duckdb.DuckDBPyConnection, rows: str, reading: Reading) -> bool:
    key = ", ".join(LAYOUTS[reading.table].key)
    found = engine.execute(
        f"SELECT 1 FROM ({rows}) GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return found is not None


def _once_each(engine: duckdb.DuckDBPyConnection, reading: Reading, target: Path) -> str:
    """Return SQL over the rows of a file without further copies of a key, which are counted."""
    layout = LAYOUTS[reading.table]
    key, batch = ", ".join(layout.key), layout.batch
    order = f"{reading.best_first}, {batch}" if reading.best_first else batch
    rows = f"read_parquet({sql_text(str(target))}"
    numbered = f"{rows}, file_row_number = true)"
    # Only the keys that stand more than once are put in order: a window over all rows costs more
    # than everything else here.
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE further_copies AS
        SELECT file_row_number, {batch} FROM {numbered}
        SEMI JOIN (SELECT {key} FROM {numbered} GROUP BY ALL HAVING count(*) > 1) USING ({key})
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) > 1"""
    )
    extra: list[tuple[str, int]] = engine.execute(
        f"SELECT {batch}, count(*) FROM further_copies GROUP BY ALL"
    ).fetchall()
    if not extra:
        return f"SELECT * FROM {rows})"
    if reading.best_first is None:
        for batch_id, count in extra:
            reading.tally.skipped[batch_id, "the same again in this reading"] += count
    return (
        f"SELECT * EXCLUDE (file_row_number) FROM {numbered} "
        "ANTI JOIN further_copies USING (file_row_number)"
    )
