"""What a new reading replaces: exactly the rows that it restates, and no others.

A bill is restated slice by slice: the new file's rows of one (source, billing account, billing
month) replace the earlier rows whose restatement day lies between its first and its last such day.
Meters are restated row by row: an event read again takes the place of its former self.

In both cases a newer version of a file that was read before, under the same path, replaces only
what that file had brought; so parts of one bill can be corrected one at a time. A file with
another name replaces the whole slice, and the report says whose rows went.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.layout import LAYOUTS, Layout
from centavo.ledger.planned import PlannedFile
from centavo.ledger.schema import TableName

__all__ = ["Restatement", "arriving_table", "find_restated"]


@dataclass(frozen=True)
class Restatement:
    """Files to rewrite and the rows that go.

    Attributes:
        files: Live files that hold restated rows.
        keep_select: SQL over those files that yields the rows that stay, as stored.
        kept_rows: How many stay.
        replaced: Rows that go, by their batch and the new batch that replaces them.
    """

    files: tuple[PlannedFile, ...]
    keep_select: str
    kept_rows: int
    replaced: dict[tuple[str, str], int]


def find_restated(
    engine: duckdb.DuckDBPyConnection,
    table: TableName,
    *,
    new_files: Sequence[str],
    live_files: Sequence[PlannedFile],
    add_only: bool,
) -> Restatement | None:
    """Return what the rows of ``new_files`` restate, or ``None`` when nothing.

    Args:
        engine: Connection with the temporary table ``arriving (batch_id, older VARCHAR[], kept
            VARCHAR[])``: each new batch, the earlier batches of the same path, and the batches of
            unchanged files named in the same command, which stay.
        table: Fact table.
        new_files: Parquet files just written, as stored.
        live_files: Files of the current snapshot.
        add_only: The new files are further parts: only earlier versions of themselves are
            replaced.
    """
    layout = LAYOUTS[table]
    candidates = _overlapping(engine, layout, new_files=new_files, live_files=live_files)
    if not candidates:
        return None
    live = f"read_parquet({sql_texts([file.local for file in candidates])}, filename = true)"
    new = f"read_parquet({sql_texts(list(new_files))})"
    statements = (
        _doomed_keys(layout, new=new, live=live)
        if layout.key
        else _doomed_slices(layout, new=new, live=live, add_only=add_only)
    )
    for statement in statements:
        engine.execute(statement)
    counts = engine.execute(
        "SELECT filename, batch_id, by_batch, sum(n)::BIGINT FROM doomed GROUP BY ALL"
    ).fetchall()
    if not counts:
        return None
    return _restatement(layout, candidates, counts)


def _restatement(
    layout: Layout,
    candidates: Sequence[PlannedFile],
    counts: list[tuple[str, str, str, int]],
) -> Restatement:
    touched = {name for name, _, _, _ in counts}
    files = tuple(file for file in candidates if file.local in touched)
    replaced: dict[tuple[str, str], int] = {}
    for _, batch, by_batch, rows in counts:
        replaced[batch, by_batch] = replaced.get((batch, by_batch), 0) + rows
    paths = sql_texts([file.local for file in files])
    source = f"read_parquet({paths}, union_by_name = true)"
    join = " AND ".join(f"live.{column} = gone.{column}" for column in _doomed_columns(layout))
    keep = f"SELECT live.* FROM {source} live ANTI JOIN doomed gone ON {join}"
    kept = sum(file.rows for file in files) - sum(replaced.values())
    return Restatement(files, keep, kept, replaced)


def _doomed_columns(layout: Layout) -> tuple[str, ...]:
    if layout.key:
        return (*layout.key, layout.batch)
    return (layout.batch, layout.source, "BillingAccountId", "BillingPeriodStart", layout.day)


def _overlapping(
    engine: duckdb.DuckDBPyConnection,
    layout: Layout,
    *,
    new_files: Sequence[str],
    live_files: Sequence[PlannedFile],
) -> list[PlannedFile]:
    # A time that is only the file's own says nothing about where an earlier reading put the row.
    vague = "bool_or(started_at_basis = 'file')" if layout.key == ("event_id",) else "false"
    query = (
        f'SELECT min("{layout.day}")::DATE::VARCHAR, max("{layout.day}")::DATE::VARCHAR, {vague} '
        f"FROM read_parquet({sql_texts(list(new_files))})"
    )
    row: tuple[str | None, str | None, bool | None] | None = engine.execute(query).fetchone()
    if row is None or row[0] is None or row[1] is None:
        return []
    first, last, everywhere = row[0], row[1], row[2]
    return [
        file
        for file in live_files
        if everywhere
        or layout.day not in file.days
        or (file.days[layout.day][0] <= last and file.days[layout.day][1] >= first)
    ]


def _doomed_slices(layout: Layout, *, new: str, live: str, add_only: bool) -> tuple[str, ...]:
    grain = f'"{layout.source}", BillingAccountId, BillingPeriodStart'
    own = "list_contains(arriving.older, live_slices.x_IngestionBatchId)"
    return (
        f"""CREATE OR REPLACE TEMP TABLE new_slices AS
        SELECT {layout.batch}, {grain}, min({layout.day}) AS first_day, max({layout.day}) AS last_day
        FROM {new} GROUP BY ALL""",
        f"""CREATE OR REPLACE TEMP TABLE live_slices AS
        SELECT filename, {layout.batch}, {grain}, {layout.day}, count(*) AS n
        FROM {live} GROUP BY ALL""",
        f"""CREATE OR REPLACE TEMP TABLE hits AS
        SELECT live_slices.*, new_slices.{layout.batch} AS by_batch, {own} AS own
        FROM live_slices JOIN new_slices USING ({grain})
        JOIN arriving ON arriving.batch_id = new_slices.{layout.batch}
        WHERE {layout.day} BETWEEN first_day AND last_day
          AND NOT list_contains(arriving.kept, live_slices.{layout.batch})""",
        f"""CREATE OR REPLACE TEMP TABLE doomed AS
        SELECT filename, {layout.batch}, {layout.batch} AS batch_id, {grain}, {layout.day},
               min(by_batch) AS by_batch, any_value(n) AS n
        FROM (SELECT *, bool_or(own) OVER (PARTITION BY by_batch, {grain}) AS corrected FROM hits)
        WHERE own OR NOT (corrected OR {str(add_only).lower()})
        GROUP BY ALL""",
    )


def _doomed_keys(layout: Layout, *, new: str, live: str) -> tuple[str, ...]:
    key = ", ".join(layout.key)
    return (
        f"CREATE OR REPLACE TEMP TABLE new_keys AS "
        f"SELECT {key}, min({layout.batch}) AS by_batch FROM {new} GROUP BY ALL",
        f"""CREATE OR REPLACE TEMP TABLE new_spans AS
        SELECT arriving.batch_id AS by_batch, unnest(arriving.older) AS older_batch, first_time, last_time
        FROM arriving JOIN (
          SELECT {layout.batch} AS batch_id, min({layout.time}) AS first_time, max({layout.time}) AS last_time
          FROM {new} GROUP BY ALL) USING (batch_id)""",
        f"""CREATE OR REPLACE TEMP TABLE doomed AS
        SELECT filename, {key}, {layout.batch}, {layout.batch} AS batch_id,
               any_value(by_batch) AS by_batch, any_value(n) AS n
        FROM (
          SELECT filename, {key}, {layout.batch}, by_batch, 1 AS n FROM {live} JOIN new_keys USING ({key})
          UNION ALL BY NAME
          SELECT filename, {key}, {layout.batch}, by_batch, 1 AS n FROM {live} live JOIN new_spans
          ON live.{layout.batch} = older_batch AND {layout.time} BETWEEN first_time AND last_time)
        GROUP BY ALL""",
    )


def arriving_table(rows: Sequence[tuple[str, list[str], list[str]]]) -> str:
    """Return the statement that makes the temporary table ``arriving``."""
    values = ", ".join(
        f"({sql_text(batch)}, {sql_texts(older)}::VARCHAR[], {sql_texts(kept)}::VARCHAR[])"
        for batch, older, kept in rows
    )
    return (
        "CREATE OR REPLACE TEMP TABLE arriving AS "
        f"SELECT * FROM (VALUES {values}) AS t(batch_id, older, kept)"
    )
