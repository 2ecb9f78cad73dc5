"""Rows that are older than what the ledger has of them: an export of last month read after this month's.

Providers date the rows of some tables. There the row that was changed last stands, in whatever
order the files are read.
"""

from collections.abc import Collection, Sequence

import duckdb

from centavo.ledger.engine import sql_texts
from centavo.ledger.layout import LAYOUTS, view_select
from centavo.ledger.planned import PlannedFile
from centavo.ledger.schema import TABLES, TableName

__all__ = ["without_superseded"]


def without_superseded(
    engine: duckdb.DuckDBPyConnection,
    select: str,
    table: TableName,
    *,
    live_files: Sequence[PlannedFile],
    leaving: Collection[str] = (),
) -> tuple[str, dict[str, int]]:
    """Return the rows that are not older than the ledger's, and how many are left out, by batch.

    Args:
        engine: Connection on which ``select`` can be run more than once.
        select: New rows with every column of the table, times naive UTC.
        table: Fact table.
        live_files: Files of the current snapshot.
        leaving: Batches that the new files are versions of: their rows go anyway.
    """
    layout = LAYOUTS[table]
    if not layout.updated or not live_files:
        return select, {}
    key = ", ".join(layout.key)
    stays = f"NOT list_contains({sql_texts(list(leaving))}::VARCHAR[], {layout.batch})"
    live = (
        f"SELECT {key}, max({layout.updated}) AS live_updated"
        f" FROM ({view_select(live_files, TABLES[table])}) WHERE {stays} GROUP BY ALL"
    )
    is_older = f"coalesce({layout.updated} < live_updated, false)"
    joined = f"FROM ({select}) LEFT JOIN ({live}) USING ({key}) WHERE"
    counts: list[tuple[str, int]] = engine.execute(
        f"SELECT {layout.batch}, count(*) {joined} {is_older} GROUP BY ALL"
    ).fetchall()
    return f"SELECT * EXCLUDE (live_updated) {joined} NOT {is_older}", dict(counts)
