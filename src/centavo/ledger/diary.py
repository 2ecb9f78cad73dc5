"""The diary of readings: which file brought which rows, what was skipped and what was replaced."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

import centavo
from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.layout import view_select
from centavo.ledger.planned import PlannedFile
from centavo.ledger.reading import InputFile, Reading

__all__ = ["Batch", "Outcome", "WriteRequest", "live_batches", "write_diary"]


@dataclass(frozen=True)
class Batch:
    """What the diary knows of an earlier reading of a file, while any of its rows is live.

    Attributes:
        batch_id: Its rows' batch.
        path: Absolute path that it was read from.
        name: As the user named it.
        intact: Whether all of its rows are still live.
    """

    batch_id: str
    path: str
    name: str
    intact: bool


@dataclass(frozen=True)
class WriteRequest:
    """A reading and everything that the ledger must know to write it.

    Attributes:
        source: Name of the source.
        reading: Its ``select`` has every column of the table, in the table's order.
        files: The files that were read.
        unchanged: Batches of files named in the same command that need no reading: they stay even
            where the new rows overlap them.
        add_only: The files are further parts of bills that are here already.
        price_snapshot_id: Price book that priced the rows.
        columns: Columns of ``reading`` that may have a value; ``None`` when any may.
    """

    source: str
    reading: Reading
    files: Sequence[InputFile]
    unchanged: Sequence[str] = ()
    add_only: bool = False
    price_snapshot_id: str | None = None
    columns: Collection[str] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a reading's rows.

    Attributes:
        written: Rows written, by batch.
        replaced: Rows replaced, by (old batch, new batch).
    """

    written: Mapping[str, int]
    replaced: Mapping[tuple[str, str], int]


def live_batches(
    engine: duckdb.DuckDBPyConnection, live_rows: Mapping[str, int], *, diary: Sequence[PlannedFile]
) -> list[Batch]:
    """Return the batches that have live rows, from their numbers and the diary's files."""
    asked = ("batch_id", "path", "name", "rows_written", "ingested_at")
    columns = [column for column in BATCH_COLUMNS if column.name in asked]
    rows: list[tuple[str, str, str, int]] = engine.execute(
        f"""SELECT batch_id, last(path ORDER BY ingested_at), last(name ORDER BY ingested_at),
                   last(rows_written ORDER BY ingested_at)
        FROM ({view_select(diary, columns)}) GROUP BY batch_id"""
    ).fetchall()
    return [
        Batch(batch, path, name, written == live_rows[batch])
        for batch, path, name, written in rows
        if batch in live_rows
    ]


def write_diary(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    request: WriteRequest,
    *,
    run: tuple[str, datetime],
    outcome: Outcome,
    taken: Sequence[PlannedFile] = (),
) -> None:
    """Write one diary row for each file of the request to a Parquet file.

    Args:
        engine: Connection.
        target: The file to write.
        request: What was read.
        run: The command's run id and clock.
        outcome: What became of its rows.
        taken: Older files of the diary whose rows the new one takes in.
    """
    lines = _lines(request, run=run, outcome=outcome)
    shown = ", ".join(
        f"make_timestamptz(epoch_us({column.name})) AS {column.name}"
        if column.type == "TIMESTAMP"
        else column.name
        for column in BATCH_COLUMNS
    )
    # One JSON parameter: a statement for each row takes a second for 500 files.
    structure = json.dumps([{column.name: column.type for column in BATCH_COLUMNS}])
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE diary AS "
        f"SELECT unnest(from_json($lines::JSON, '{structure}'), max_depth := 2)",
        {"lines": json.dumps(lines)},
    )
    rows = f"SELECT {shown} FROM diary"
    if taken:
        paths = sql_texts([file.local for file in taken])
        rows += f" UNION ALL BY NAME FROM read_parquet({paths}, union_by_name = true)"
    engine.execute(f"COPY ({rows}) TO {sql_text(str(target))} (FORMAT parquet)")


def _lines(
    request: WriteRequest,
    *,
    run: tuple[str, datetime],
    outcome: Outcome,
) -> list[dict[str, object]]:
    run_id, now = run
    tally = request.reading.tally
    warnings = [{"code": w.code, "message": w.message, "rows": w.rows} for w in tally.warnings]
    skipped: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (batch, why), count in tally.skipped.items():
        skipped[batch][why] = count
    gone: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (old, new), count in outcome.replaced.items():
        gone[new][old] = count
    lines: list[dict[str, object]] = []
    for file in request.files:
        rows = outcome.written.get(file.batch_id, 0)
        values: tuple[object, ...] = (
            file.batch_id,
            run_id,
            request.reading.table,
            request.source,
            str(file.path.absolute()),
            file.name,
            file.sha256,
            file.size_bytes,
            now.replace(tzinfo=None).isoformat(),
            tally.read.get(file.batch_id, rows),
            rows,
            json.dumps(skipped[file.batch_id]),
            json.dumps(gone[file.batch_id]),
            # A warning speaks of the whole reading: it stands with its first file only.
            json.dumps(warnings if file is request.files[0] else []),
            request.price_snapshot_id,
            centavo.__version__,
        )
        lines.append(dict(zip((c.name for c in BATCH_COLUMNS), values, strict=True)))
    return lines
