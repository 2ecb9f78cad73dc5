"""Which earlier files are other parts of the bill that a new file is a part of.

Clouds export a bill by subscription or project too: files of one account and the same days, none of
which corrects another. They name sub-accounts and have none in common. Where one of two files names
no sub-account, nothing is known, and it may well be the corrected whole.
"""

from collections.abc import Sequence

import duckdb

from centavo.ledger.engine import sql_texts
from centavo.ledger.layout import Layout

__all__ = ["find_other_parts"]


def find_other_parts(
    engine: duckdb.DuckDBPyConnection,
    layout: Layout,
    grain: str,
    *,
    new_files: Sequence[str],
    live_files: Sequence[str],
) -> None:
    """Create the temporary table ``other_parts``: live batch, new batch ``by_batch``, slice.

    Args:
        engine: Connection with the table ``hits``: what the new rows may restate, with ``by_batch``
            and ``own``, a file's own earlier rows.
        layout: Of the bills' table.
        grain: Columns of a slice.
        new_files: Parquet files just written.
        live_files: Parquet files that hold the hits.
    """
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE other_parts AS
        SELECT DISTINCT {layout.batch}, by_batch, {grain} FROM hits WHERE NOT own"""
    )
    if engine.execute("SELECT 1 FROM other_parts LIMIT 1").fetchone() is None:
        return
    names = (layout.batch, "by_batch", *grain.split(", "))
    for name, files, batch in (
        ("live_accounts", live_files, layout.batch),
        ("new_accounts", new_files, "by_batch"),
    ):
        engine.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT DISTINCT {layout.batch} AS {batch}, {grain}, SubAccountId FROM (
              FROM read_parquet({sql_texts(list(files))}, union_by_name = true)
              UNION ALL BY NAME SELECT NULL::VARCHAR AS SubAccountId WHERE false)
            SEMI JOIN other_parts USING ({grain})"""
        )
    engine.execute(
        f"""DELETE FROM other_parts USING (
          SELECT {layout.batch}, by_batch, {grain}
          FROM live_accounts live JOIN new_accounts new USING ({grain})
          GROUP BY ALL
          HAVING bool_or(live.SubAccountId IS NOT DISTINCT FROM new.SubAccountId)
              OR count(live.SubAccountId) = 0 OR count(new.SubAccountId) = 0) AS same
        WHERE {" AND ".join(f"other_parts.{name} = same.{name}" for name in names)}"""
    )
