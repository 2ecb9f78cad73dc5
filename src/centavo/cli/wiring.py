"""The way in: files, their sources, attribution, prices, the ledger. The only place that knows all.

files -> recognise -> leave out what is unchanged -> read -> attribute -> price -> write
"""

import glob
import hashlib
import tempfile
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from centavo.cli.recognising import Recognised, all_sources, recognise
from centavo.errors import InputError, UnknownFormatError
from centavo.ledger.attribution import Attribution
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine, sql_text
from centavo.ledger.layout import LAYOUTS, filled_select, given_columns
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import COST_COLUMNS, SCOPE_COLUMNS
from centavo.ledger.settings import Settings
from centavo.ledger.writer import LedgerWriter, WriteReport, writing
from centavo.sources.source import ReadOptions, Source

__all__ = ["IngestOptions", "Ingested", "find_files", "ingest", "recognise_all"]

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class IngestOptions:
    """What the user chose for one ingest.

    Attributes:
        now: The clock, aware, UTC.
        source: Forces a source by name.
        skip_bad: Leave malformed records out, counted, instead of stopping.
        add_only: The files are further parts of bills that are here already.
        mapping: Scope columns for request logs.
        wait_s: How long to wait for another writer.
    """

    now: datetime
    source: str | None = None
    skip_bad: bool = False
    add_only: bool = False
    mapping: dict[str, str] | None = None
    wait_s: float = 30.0


@dataclass(frozen=True)
class Ingested:
    """What happened to the files of one source.

    Attributes:
        source: The source.
        files: Files that were read.
        unchanged: Files that were here already as they are, or are copies of one in the command.
        report: What the write did; ``None`` when every file was unchanged.
    """

    source: Source
    files: Sequence[InputFile]
    unchanged: Sequence[str]
    report: WriteReport | None


def find_files(arguments: Sequence[str]) -> list[tuple[Path, str, bool]]:
    """Return (path, name, whether named outright) for files, folders and globs, in order, once each.

    Raises:
        InputError: An argument matches nothing.
    """
    found: dict[Path, tuple[Path, str, bool]] = {}
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            entries = [(p, str(p), False) for p in inside if not p.name.startswith(".")]
        elif path.exists():
            entries = [(path, argument, True)]
        else:
            matches = sorted(glob.glob(argument, recursive=True))
            entries = [(Path(p), p, False) for p in matches if Path(p).is_file()]
        if not entries:
            raise InputError(
                f"{argument}: no such file, and no file inside or matching it",
                hint="Name a file, a folder, or a pattern in quotes.",
            )
        for entry in entries:
            found.setdefault(entry[0].resolve(), entry)
    return list(found.values())


def recognise_all(
    files: Sequence[tuple[Path, str, bool]], *, forced: str | None = None
) -> tuple[list[Recognised], list[UnknownFormatError]]:
    """Return the recognised files, and why others of a folder or pattern were not.

    Raises:
        UnknownFormatError: A file that was named outright is in no known format.
    """
    sources = all_sources()
    known: list[Recognised] = []
    unknown: list[UnknownFormatError] = []
    for path, name, outright in files:
        try:
            known.append(recognise(path, name, sources=sources, forced=forced))
        except UnknownFormatError as error:
            if outright:
                raise
            unknown.append(error)
    return known, unknown


def ingest(
    settings: Settings,
    recognised: Sequence[Recognised],
    options: IngestOptions,
    *,
    progress: Callable[[str, duckdb.DuckDBPyConnection, Tally], None] | None = None,
) -> Iterator[Ingested]:
    """Read the files and write them, one commit for each source, as the iterator is consumed.

    Args:
        settings: Ledger, rules and prices.
        recognised: The files with their sources.
        options: The user's choices.
        progress: Told of each source before its rows are read.

    Raises:
        CentavoError: Nothing of that source was written; sources before it stay.
    """
    attribution = Attribution.load(settings.rules)
    engine = open_engine()
    groups: dict[str, list[Recognised]] = {}
    for file in recognised:
        groups.setdefault(file.source.name, []).append(file)
    with writing(settings.location, engine, now=options.now, wait_s=options.wait_s) as writer:
        for group in groups.values():
            yield _ingest_group(
                _Way(settings, engine, writer, attribution), group, options, progress=progress
            )


@dataclass(frozen=True)
class _Way:
    settings: Settings
    engine: duckdb.DuckDBPyConnection
    writer: LedgerWriter
    attribution: Attribution


def _ingest_group(
    way: _Way,
    group: Sequence[Recognised],
    options: IngestOptions,
    *,
    progress: Callable[[str, duckdb.DuckDBPyConnection, Tally], None] | None,
) -> Ingested:
    source = group[0].source
    salt = f"{source.name} {source.version} {way.attribution.fingerprint} {options.mapping or ''}"
    intact = {batch.batch_id for batch in way.writer.batches(source.table) if batch.intact}
    files: dict[str, InputFile] = {}
    unchanged: list[InputFile] = []
    for item in group:
        file = _input_file(item, salt)
        # A copy of a file in the same command is read once, like a copy of one read before.
        if file.batch_id in intact or file.batch_id in files:
            unchanged.append(file)
        else:
            files[file.batch_id] = file
    same = [file.name for file in unchanged]
    if not files:
        return Ingested(source, [], same, None)
    read_options = ReadOptions(options.now, options.skip_bad, options.mapping or {})
    if source.table != "charges":
        # Rows made in Python, and prices, import what pyiceberg is just importing.
        way.writer.tables.wait_imported()
    reading = source.read(way.engine, list(files.values()), read_options)
    if progress:
        progress(source.name, way.engine, reading.tally)
    with _prepared(way, reading) as prepared:
        report = way.writer.write(
            WriteRequest(
                source=source.name,
                reading=prepared.reading,
                files=list(files.values()),
                unchanged=[file.batch_id for file in unchanged if file.batch_id in intact],
                add_only=options.add_only,
                price_snapshot_id=prepared.price_snapshot_id,
                columns=prepared.columns,
            )
        )
    return Ingested(source, list(files.values()), same, report)


@dataclass(frozen=True)
class _Prepared:
    """A reading attributed and priced, its price snapshot, and the columns that it fills."""

    reading: Reading
    price_snapshot_id: str | None = None
    columns: Collection[str] | None = None


@contextmanager
def _prepared(way: _Way, reading: Reading) -> Generator[_Prepared, None, None]:
    """Yield the reading attributed and, for requests, priced."""
    filled = filled_select(way.engine, reading.select, reading.table)
    if reading.table == "charges":
        given = given_columns(way.engine, reading.select)
        known = _known_labels(way, reading) if "Tags" in given else None
        select = way.attribution.select(filled, table="charges", given=given, known=known)
        filling = {*given, "x_StatedScope", *(column.name for column in SCOPE_COLUMNS)}
        yield _Prepared(replace(reading, select=select), columns=filling)
    elif reading.table == "usage_aggregates":
        given = given_columns(way.engine, reading.select)
        select = way.attribution.select(filled, table="usage_aggregates", given=given)
        yield _Prepared(replace(reading, select=select))
    elif reading.table != "usage_events":
        yield _Prepared(replace(reading, select=filled))
    else:
        with tempfile.TemporaryDirectory(prefix="centavo-") as folder:
            staged = _staged(way.engine, reading, filled, Path(folder))
            given = given_columns(way.engine, reading.select)
            attributed = way.attribution.select(staged, table="usage_events", given=given)
            from centavo.pricing import PriceBook

            book = PriceBook.load(way.settings.prices)
            unpriced = f"SELECT * EXCLUDE ({', '.join(COST_COLUMNS)}) FROM ({attributed})"
            priced = book.select(way.engine, unpriced)
            select = filled_select(way.engine, priced, "usage_events")
            yield _Prepared(replace(reading, select=select), book.snapshot_id)


def _known_labels(way: _Way, reading: Reading) -> str | None:
    if reading.sample is None:
        return None
    try:
        return way.attribution.remember(way.engine, reading.sample, table="charges")
    except duckdb.Error as error:
        raise reading.explain(error) from error


def _staged(engine: duckdb.DuckDBPyConnection, reading: Reading, filled: str, folder: Path) -> str:
    """Run the reading into Parquet, once, and return SQL over it with one row for each event.

    Prices look at the models before the rows, so requests are staged; bills are not.
    """
    target = folder / "staged.parquet"
    try:
        engine.execute(f"COPY ({filled}) TO {sql_text(str(target))} (FORMAT parquet)")
    except duckdb.Error as error:
        raise reading.explain(error) from error
    staged = f"SELECT * FROM read_parquet({sql_text(str(target))})"
    key = ", ".join(LAYOUTS[reading.table].key)
    row = engine.execute(f"SELECT count(*), count(DISTINCT ({key})) FROM ({staged})").fetchone()
    if row is None or row[0] == row[1]:
        return staged
    extra: list[tuple[str, int]] = engine.execute(
        f"SELECT batch_id, count(*) FROM (SELECT batch_id, row_number() OVER "
        f"(PARTITION BY {key} ORDER BY batch_id) AS copy FROM ({staged})) WHERE copy > 1 GROUP BY ALL"
    ).fetchall()
    for batch, count in extra:
        reading.tally.skipped[batch, "same request in another file of this reading"] += count
    return f"{staged} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch_id) = 1"


def _input_file(item: Recognised, salt: str) -> InputFile:
    try:
        digest = hashlib.sha256()
        with item.path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        size_bytes = item.path.stat().st_size
    except OSError as error:
        raise InputError(
            f"{item.name} cannot be read: {error.strerror}", hint="Check its rights."
        ) from error
    content = digest.hexdigest()
    batch = hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()[:16]
    return InputFile(item.path, item.name, content, batch, size_bytes)
