"""Writes request logs for tests, and reads them through a source into plain rows."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from centavo.ledger.engine import open_engine
from centavo.ledger.reading import InputFile, Tally
from centavo.sources import Probe, ReadOptions, Source
from centavo.sources.requests.source import RequestLogSource

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass
class ReadRows:
    rows: list[dict[str, Any]]
    tally: Tally
    connection: duckdb.DuckDBPyConnection

    @property
    def row(self) -> dict[str, Any]:
        assert len(self.rows) == 1, self.rows
        return self.rows[0]

    @property
    def skipped(self) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for (_, reason), count in self.tally.skipped.items():
            counts[reason] += count
        return dict(counts)

    @property
    def warned(self) -> dict[str, int]:
        return {warning.code: warning.rows for warning in self.tally.warnings}


def input_file(path: Path) -> InputFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    batch = hashlib.sha256(f"{path}{digest}".encode()).hexdigest()[:16]
    return InputFile(path, path.name, digest, batch, path.stat().st_size)


def read_files(
    paths: Sequence[Path],
    *,
    source: Source | None = None,
    skip_bad: bool = False,
    mapping: dict[str, str] | None = None,
) -> ReadRows:
    """Read the files into a table; raise what the reading explains."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    options = ReadOptions(now=NOW, skip_bad=skip_bad, mapping=mapping or {})
    chosen = source or RequestLogSource()
    reading = chosen.read(connection, [input_file(path) for path in paths], options)
    try:
        connection.execute(f"CREATE TABLE events AS {reading.select}")
    except duckdb.Error as error:
        raise reading.explain(error) from None
    best = reading.best_first
    # As the way in does, where the source leaves the choice among copies to it.
    copies = (
        f"QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY {best}) = 1" if best else ""
    )
    cursor = connection.execute(f"SELECT * FROM events {copies}")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    _check_quick_way(paths, rows, reading.tally, source=chosen, options=options)
    return ReadRows(rows, reading.tally, connection)


def _check_quick_way(paths, rows, tally, *, source, options):
    """Where a source has a quick way, it refuses or says the same as the careful one."""
    if (found := read_quickly(paths, source=source, options=options)) is not None:
        quick_rows, quick_tally = found
        assert sorted(map(repr, quick_rows)) == sorted(map(repr, rows))
        assert quick_tally == tally


def read_quickly(paths, *, source, options):
    """Return what the quick way reads, and its tally; ``None`` where there is none or it refuses."""
    engine = open_engine()
    reading = source.read(engine, [input_file(path) for path in paths], options)
    if reading.quick is None:
        return None
    try:
        engine.execute(f"CREATE TABLE quick AS {reading.quick.select}")
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
        raise  # A defect of the statement is no refusal.
    except duckdb.Error:
        return None
    cursor = engine.execute(f"SELECT * FROM ({reading.quick.finish('quick')})")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()], reading.tally


def write_lines(path: Path, *records: object) -> Path:
    text = "".join(
        (record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records
    )
    data = text.encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def probe(path: Path) -> Probe:
    raw = path.read_bytes()
    compressed = raw.startswith(b"\x1f\x8b")
    head = (gzip.decompress(raw) if compressed else raw)[: 64 * 1024].decode(errors="replace")
    suffixes = tuple(suffix for suffix in path.suffixes if suffix != ".gz")
    return Probe(path, path.name, suffixes, "gzip" if compressed else None, head)
