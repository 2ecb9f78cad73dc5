"""The way in: files, their sources, attribution, prices, the ledger. The only place that knows all.

files -> recognise -> leave out what is unchanged -> read -> attribute -> price -> write
"""

import glob
import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from centavo.cli.keeping_bodies import open_shelf, sweep_bodies
from centavo.cli.recognising import Recognised, recognise
from centavo.cli.staging import staged
from centavo.errors import InputError, UnknownFormatError
from centavo.ledger.attribution import Attribution
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine
from centavo.ledger.layout import LAYOUTS, filled_select, given_columns
from centavo.ledger.location import LedgerLocation
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import COST_COLUMNS, EVENT_SCOPE, SCOPE_COLUMNS
from centavo.ledger.settings import Settings
from centavo.ledger.superseded import without_superseded
from centavo.ledger.writer import LedgerWriter, WriteReport, writing
from centavo.sources.source import Beside, ReadOptions, ReadsBeside, ReadsTogether, Source

__all__ = ["IngestOptions", "Ingested", "find_files", "ingest", "recognise_all"]


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
        keep_bodies: Keep prompts and answers, where the source has them.
    """

    now: datetime
    source: str | None = None
    skip_bad: bool = False
    add_only: bool = False
    mapping: dict[str, str] | None = None
    wait_s: float = 30.0
    keep_bodies: bool = False


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

    What stands in a ledger below a folder, such as ``.centavo``, is no input.

    Raises:
        InputError: An argument matches nothing, or is itself a ledger.
    """
    found: dict[Path, tuple[Path, str, bool]] = {}
    for argument in arguments:
        path = Path(argument)
        if LedgerLocation(path).is_there:
            raise InputError(f"{argument} is a ledger", hint="Name bills and logs to read into it.")
        if path.is_dir():
            entries = [(p, str(p), False) for p in _inside(path) if not p.name.startswith(".")]
        elif path.exists():
            entries = [(path, argument, True)]
        else:
            matches = sorted(glob.glob(argument, recursive=True))
            entries = [(Path(p), p, False) for p in matches if Path(p).is_file()]
            entries = [entry for entry in entries if not _in_ledger(entry[0])]
        if not entries:
            raise InputError(
                f"{argument}: no such file, and no file inside or matching it",
                hint="Name a file, a folder, or a pattern in quotes.",
            )
        for entry in entries:
            found.setdefault(entry[0].resolve(), entry)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted, but for those of ledgers."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = [name for name in folders if not LedgerLocation(here / name).is_there]
        found += [here / name for name in names if (here / name).is_file()]
    return sorted(found)


def _in_ledger(path: Path) -> bool:
    return any(LedgerLocation(parent).is_there for parent in path.absolute().parents)


def recognise_all(
    files: Sequence[tuple[Path, str, bool]], *, forced: str | None = None
) -> tuple[list[Recognised], list[UnknownFormatError]]:
    """Return the recognised files, and why others of a folder or pattern were not.

    Raises:
        UnknownFormatError: A file that was named outright is in no known format.
    """
    known: list[Recognised] = []
    unknown: list[UnknownFormatError] = []
    for path, name, outright in files:
        try:
            known.append(recognise(path, name, forced=forced))
        except UnknownFormatError as error:
            if outright:
                raise
            unknown.append(error)
    # A file that is read with its neighbour is no input of its own.
    beside = {path.resolve() for file in known for path in _beside(file).files}
    return [file for file in known if file.path.resolve() not in beside], unknown


def _beside(file: Recognised) -> Beside:
    return file.source.beside(file.path) if isinstance(file.source, ReadsBeside) else Beside()


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
        sweep_bodies(settings, today=options.now.date())
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
    # A file that was read with its bodies is as well read without them, not the other way round.
    keeping = options.keep_bodies and source.table == "usage_events"
    salts = [f"{salt} bodies"] if keeping else [salt, f"{salt} bodies"]
    with ThreadPoolExecutor(2) as pool:
        hashed = list(pool.map(partial(_input_file, salts=salts, intact=intact), group))
    for file in hashed:
        # A copy of a file in the same command is read once, like a copy of one read before.
        if file.batch_id in intact or file.batch_id in files:
            unchanged.append(file)
        else:
            files[file.batch_id] = file
    if files and isinstance(source, ReadsTogether):
        again = {file.batch_id: file for file in unchanged if file.batch_id not in files}
        unchanged = [file for file in unchanged if file.batch_id not in again]
        files |= again
    same = [file.name for file in unchanged]
    if not files:
        return Ingested(source, [], same, None)
    shelf = open_shelf(way.settings, today=options.now.date()) if keeping else None
    read_options = ReadOptions(options.now, options.skip_bad, options.mapping or {}, shelf)
    reading = source.read(way.engine, list(files.values()), read_options)
    if progress:
        progress(source.name, way.engine, reading.tally)
    with _prepared(way, reading, paths=frozenset(item.path for item in group)) as prepared:
        if shelf is not None:
            shelf.commit()
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
def _prepared(
    way: _Way, reading: Reading, *, paths: Collection[Path]
) -> Generator[_Prepared, None, None]:
    """Yield the reading attributed and, for requests, priced."""
    given = given_columns(way.engine, reading.select)
    if reading.table == "charges":
        known = _known_labels(way, reading) if "Tags" in given else None
        filled = filled_select(way.engine, reading.select, "charges")
        select = way.attribution.select(filled, table="charges", given=given, known=known)
        filling = {*given, "x_StatedScope", *(column.name for column in SCOPE_COLUMNS)}
        values = {**reading.values, **way.attribution.values(table="charges", given=given)}
        yield _Prepared(replace(reading, select=select, values=values), columns=filling)
        return
    with tempfile.TemporaryDirectory(prefix="centavo-") as folder:
        rows = staged(way.engine, reading, Path(folder))
        select = _newest(way, reading, filled_select(way.engine, rows, reading.table), paths=paths)
        snapshot_id = None
        filling = set(given)
        if reading.table == "usage_events" or reading.table == "usage_aggregates":  # noqa: PLR1714 -- a set tells the type checker nothing
            select = way.attribution.select(select, table=reading.table, given=given)
            filling |= {"stated_scope", *(column.name for column in EVENT_SCOPE)}
        if reading.table == "usage_events":
            select, snapshot_id = _priced(way, select)
            filling |= set(COST_COLUMNS)
        yield _Prepared(replace(reading, select=select), snapshot_id, filling)


def _priced(way: _Way, attributed: str) -> tuple[str, str]:
    """Return the requests with their costs, and the snapshot of the prices."""
    from centavo.pricing import KeptBooks, PriceBook

    book = PriceBook.load(way.settings.prices)
    KeptBooks.beside(way.settings.location.folder).keep(book)
    unpriced = f"SELECT * EXCLUDE ({', '.join(COST_COLUMNS)}) FROM ({attributed})"
    priced = book.select(way.engine, unpriced)
    return filled_select(way.engine, priced, "usage_events"), book.snapshot_id


def _newest(way: _Way, reading: Reading, select: str, *, paths: Collection[Path]) -> str:
    """Return the rows without those of which the ledger has a later state; they are counted."""
    if not LAYOUTS[reading.table].updated:
        return select
    own = {str(path.absolute()) for path in paths}
    select, left_out = without_superseded(
        way.engine,
        select,
        reading.table,
        live_files=way.writer.tables.plan(reading.table).files,
        leaving=[b.batch_id for b in way.writer.batches(reading.table) if b.path in own],
    )
    for batch_id, count in left_out.items():
        reading.tally.skipped[batch_id, "older than what the ledger has of the row"] += count
    return select


def _known_labels(way: _Way, reading: Reading) -> str | None:
    if reading.sample is None:
        return None
    try:
        return way.attribution.remember(way.engine, reading.sample, table="charges")
    except duckdb.Error as error:
        raise reading.explain(error) from error


def _input_file(item: Recognised, *, salts: Sequence[str], intact: Collection[str]) -> InputFile:
    try:
        content = _sha256(item.path)
        beside = _beside(item)
        context = [f"\n{beside.says}"] if beside.says else []
        context += [f"\n{_sha256(path)}" for path in beside.files]
        size_bytes = item.path.stat().st_size
    except OSError as error:
        raise InputError(
            f"{item.name} cannot be read: {error.strerror}", hint="Check its rights."
        ) from error
    identities = [f"{salt}\n{content}{''.join(context)}" for salt in salts]
    batches = [hashlib.sha256(each.encode()).hexdigest()[:16] for each in identities]
    batch = next((known for known in batches if known in intact), batches[0])
    return InputFile(item.path, item.name, content, batch, size_bytes)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
