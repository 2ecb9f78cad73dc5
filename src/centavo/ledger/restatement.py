"""What a new reading replaces: exactly the rows that it restates, and no others.

A bill is restated slice by slice: the new file's rows of one (source, billing account, billing
month) replace the earlier rows whose restatement day lies between its first and its last such day.
Meters are restated row by row: an event read again takes the place of its former self.

In both cases a newer version of a file that was read before, under the same path, replaces only
what that file had brought; so parts of one bill can be corrected one at a time. A file with
another name replaces the slice, and the report says whose rows went; but not those of a file that
names other sub-accounts only, nor, where rows are dated by their export, those of days of charge that
it does not cover: these are parts of one bill.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.layout import LAYOUTS, Layout
from centavo.ledger.parts import find_other_parts
from centavo.ledger.planned import PlannedFile
from centavo.ledger.schema import TableName

__all__ = ["Restatement", "arriving_table", "find_restated"]

# Columns that a slice has in common.
_SLICE = "x_Source, BillingAccountId, BillingPeriodStart"


@dataclass(frozen=True)
class Restatement:
    """Files to rewrite and the rows that go.

    Attributes:
        files: Live files that hold restated rows.
        keep_select: SQL over those files that yields the rows that stay, as stored.
        kept_rows: How many stay.
        replaced: Rows that go, by their batch and the new batch that replaces them.
        without_successor: Of rows with a key, those that a newer version of their file no longer has.
    """

    files: tuple[PlannedFile, ...]
    keep_select: str
    kept_rows: int
    replaced: dict[tuple[str, str], int]
    without_successor: int = 0


def find_restated(
    engine: duckdb.DuckDBPyConnection,
    table: TableName,
    *,
    new_files: Sequence[str],
    live_files: Sequence[PlannedFile],
    add_only: bool,
    dated_by_export: bool = False,
) -> Restatement | None:
    """Return what the rows of ``new_files`` restate, or ``None`` when nothing.

    Args:
        engine: Connection with the temporary table ``arriving (batch_id, older VARCHAR[], older_rows
            BIGINT[], kept VARCHAR[])``: each new batch, the earlier batches of the same path with their
            live rows, and the batches of unchanged files named in the same command, which stay.
        table: Fact table.
        new_files: Parquet files just written, as stored.
        live_files: Files of the current snapshot.
        add_only: The new files are further parts: only earlier versions of themselves are
            replaced.
        dated_by_export: From ``Reading``.
    """
    layout = LAYOUTS[table]
    candidates = _overlapping(engine, layout, new_files=new_files, live_files=live_files)
    if not candidates:
        return None
    live = [file.local for file in candidates]
    if layout.key:
        _find_doomed_keys(engine, layout, new_files=new_files, live_files=live)
    else:
        _find_hits(
            engine, layout, new_files=new_files, live_files=live, dated_by_export=dated_by_export
        )
        find_other_parts(engine, layout, _SLICE, new_files=new_files, live_files=live)
        _find_doomed_slices(engine, layout, add_only=add_only)
    counts = engine.execute(
        "SELECT filename, batch_id, by_batch, sum(n)::BIGINT FROM doomed GROUP BY ALL"
    ).fetchall()
    if not counts:
        return None
    restated = _restatement(layout, candidates, counts)
    return replace(restated, without_successor=_without_successor(engine, layout))


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
    if not layout.key:
        join += f" AND {_charged(layout)} = gone.charged"
    keep = f"SELECT live.* FROM {source} live ANTI JOIN doomed gone ON {join}"
    kept = sum(file.rows for file in files) - sum(replaced.values())
    return Restatement(files, keep, kept, replaced)


def _without_successor(engine: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    if not layout.key:
        return 0
    query = f"SELECT count(*) FROM doomed ANTI JOIN new_keys USING ({', '.join(layout.key)})"
    row: tuple[int] | None = engine.execute(query).fetchone()
    return row[0] if row else 0


def _doomed_columns(layout: Layout) -> tuple[str, ...]:
    if layout.key:
        return (*layout.key, layout.batch)
    return (layout.batch, *_SLICE.split(", "), layout.day)


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


def _find_hits(
    engine: duckdb.DuckDBPyConnection,
    layout: Layout,
    *,
    new_files: Sequence[str],
    live_files: Sequence[str],
    dated_by_export: bool,
) -> None:
    """Create the temporary table ``hits``: days of earlier files that new slices cover."""
    # A file's own earlier rows go by the day alone: it is that export, read again.
    covered = "own OR charged BETWEEN first_charged AND last_charged" if dated_by_export else "true"
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE hits AS
        SELECT live_slices.*, new_slices.{layout.batch} AS by_batch,
               list_contains(arriving.older, live_slices.{layout.batch}) AS own
        FROM (
          SELECT filename, {layout.batch}, {_SLICE}, {layout.day}, {_charged(layout)} AS charged,
                 count(*) AS n
          FROM {_parquet(live_files)} GROUP BY ALL) live_slices
        JOIN (
          SELECT {layout.batch}, {_SLICE}, min({layout.day}) AS first_day, max({layout.day}) AS last_day,
                 min({_charged(layout)}) AS first_charged, max({_charged(layout)}) AS last_charged
          FROM {_parquet(new_files)} GROUP BY ALL) new_slices USING ({_SLICE})
        JOIN arriving ON arriving.batch_id = new_slices.{layout.batch}
        WHERE {layout.day} BETWEEN first_day AND last_day AND ({covered})
          AND NOT list_contains(arriving.kept, live_slices.{layout.batch})"""
    )


def _find_doomed_slices(
    engine: duckdb.DuckDBPyConnection, layout: Layout, *, add_only: bool
) -> None:
    """Create the temporary table ``doomed`` of a table that is restated slice by slice."""
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE doomed AS
        SELECT filename, {layout.batch}, {layout.batch} AS batch_id, {_SLICE}, {layout.day}, charged,
               min(by_batch) AS by_batch, any_value(n) AS n
        FROM (SELECT *, bool_or(own) OVER (PARTITION BY by_batch, {_SLICE}) AS corrected FROM hits)
        ANTI JOIN other_parts USING ({layout.batch}, by_batch, {_SLICE})
        WHERE own OR NOT (corrected OR {str(add_only).lower()})
        GROUP BY ALL"""
    )


def _find_doomed_keys(
    engine: duckdb.DuckDBPyConnection,
    layout: Layout,
    *,
    new_files: Sequence[str],
    live_files: Sequence[str],
) -> None:
    """Create the temporary table ``doomed`` of a table that is restated row by row."""
    key, new = ", ".join(layout.key), _parquet(new_files)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE new_keys AS "
        f"SELECT {key}, min({layout.batch}) AS by_batch FROM {new} GROUP BY ALL"
    )
    live = _parquet(live_files)
    # A file that covers less than half of what its path had brought is another one, as a rotated log.
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE new_spans AS
        SELECT by_batch, older_batch, first_time, last_time
        FROM (
          SELECT arriving.batch_id AS by_batch, unnest(arriving.older) AS older_batch,
                 unnest(arriving.older_rows) AS older_rows, first_time, last_time
          FROM arriving JOIN (
            SELECT {layout.batch} AS batch_id, min({layout.time}) AS first_time,
                   max({layout.time}) AS last_time
            FROM {new} GROUP BY ALL) USING (batch_id)) spans
        JOIN {live} live
        ON live.{layout.batch} = older_batch AND {layout.time} BETWEEN first_time AND last_time
        GROUP BY by_batch, older_batch, older_rows, first_time, last_time
        HAVING 2 * count(*) >= older_rows"""
    )
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE doomed AS
        SELECT filename, {key}, {layout.batch}, {layout.batch} AS batch_id,
               any_value(by_batch) AS by_batch, any_value(n) AS n
        FROM (
          SELECT filename, {key}, {layout.batch}, by_batch, 1 AS n FROM {live} JOIN new_keys USING ({key})
          UNION ALL BY NAME
          SELECT filename, {key}, {layout.batch}, by_batch, 1 AS n FROM {live} live JOIN new_spans
          ON live.{layout.batch} = older_batch AND {layout.time} BETWEEN first_time AND last_time)
        GROUP BY ALL"""
    )


def _parquet(paths: Sequence[str]) -> str:
    return f"read_parquet({sql_texts(list(paths))}, filename = true)"


def _charged(layout: Layout) -> str:
    return f"{layout.time}::DATE"


def arriving_table(rows: Sequence[tuple[str, Mapping[str, int], list[str]]]) -> str:
    """Return the statement that makes the temporary table ``arriving``.

    Args:
        rows: Each new batch, the live rows of earlier batches of its path, and the batches that stay.
    """
    values = ", ".join(
        f"({sql_text(batch)}, {sql_texts(list(older))}::VARCHAR[], {list(older.values())}::BIGINT[], "
        f"{sql_texts(kept)}::VARCHAR[])"
        for batch, older, kept in rows
    )
    return (
        "CREATE OR REPLACE TEMP TABLE arriving AS "
        f"SELECT * FROM (VALUES {values}) AS t(batch_id, older, older_rows, kept)"
    )
