"""Writing the ledger: new rows and what they replace arrive in one commit, or not at all.

Order of a write: data files, the diary, the facts' commit, the read cache. Whatever moment the
writer dies at, readers see the last commit; files that no snapshot names are swept by the next
writer.
"""

import errno
import json
import shutil
import uuid
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb

import centavo
from centavo.errors import CentavoError, LedgerError
from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.diary import Batch, Outcome, WriteRequest, live_batches, write_diary
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.layout import LAYOUTS, stored_select
from centavo.ledger.location import LedgerLocation
from centavo.ledger.lock import writer_lock
from centavo.ledger.new_files import new_files
from centavo.ledger.planned import Change, local_path
from centavo.ledger.priced_anew import priced_anew
from centavo.ledger.quality import check_quality
from centavo.ledger.reading import QualityWarning
from centavo.ledger.repeats import check_repeats
from centavo.ledger.restatement import Restatement, arriving_table, find_restated
from centavo.ledger.schema import TABLES, TableName
from centavo.ledger.tables import LedgerTables

__all__ = ["LedgerWriter", "WriteReport", "writing"]

# One row group a file: a late day then rewrites about 120,000 rows, not a month. Level 1 costs 3 %
# of size and saves 7 % of the time of a reading.
_COPY_OPTIONS = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUPS_PER_FILE 1"
# Every reading adds a file to the diary, and every reading opens them all: past so many, the small
# ones are put together.
_MOST_DIARY_FILES, _LARGE_DIARY_ROWS = 20, 10_000
# Snapshot property that names the folder of a commit's files.
_WRITE = "centavo.write"
_STORAGE_ERRORS = (
    "No space left on device",
    "Permission denied",
    "Read-only file system",
    "File too large",
)


@dataclass(frozen=True)
class WriteReport:
    """What one write did, for the user.

    Attributes:
        table: Fact table.
        files: New Parquet files, as DuckDB opens them.
        rows_read: Records seen.
        rows_written: Rows that they became.
        rows_skipped: Records without a row, by reason.
        replaced: Earlier rows that went, by the path of the file that had brought them.
        without_successor: Of these, requests or samples that a newer version of their file no longer has.
        warnings: Data-quality warnings of the source.
    """

    table: TableName
    files: Sequence[str]
    rows_read: int
    rows_written: int
    rows_skipped: Mapping[str, int]
    replaced: Mapping[str, int]
    warnings: Sequence[QualityWarning]
    without_successor: int = 0


@contextmanager
def writing(
    location: LedgerLocation,
    engine: duckdb.DuckDBPyConnection,
    *,
    now: datetime,
    wait_s: float = 30.0,
) -> Generator["LedgerWriter", None, None]:
    """Hold the ledger for writing: lock, tables in place, leftovers of a killed writer swept.

    Args:
        location: Where it stands; made when missing.
        engine: Connection on which readings are run.
        now: The clock, aware.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerBusyError: Another process is writing.
        LedgerError: The folder cannot be written.
    """
    tables = LedgerTables(location)
    with writer_lock(location.folder, wait_s=wait_s):
        writer = LedgerWriter(location, engine, now, tables)
        try:
            writer.sweep()
        except OSError as error:
            raise _storage_error(location, error) from error
        yield writer


@dataclass
class LedgerWriter:
    """Writes readings; made by ``writing``, which holds the lock."""

    location: LedgerLocation
    engine: duckdb.DuckDBPyConnection
    now: datetime
    tables: LedgerTables
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    _known: dict[TableName, list[Batch]] = field(default_factory=dict[TableName, list[Batch]])

    def batches(self, table: TableName) -> list[Batch]:
        """Return the batches of the table that have live rows."""
        if table not in self._known:
            live_rows = self.tables.live_rows(self.engine, table)
            diary = self.tables.plan("batches").files
            self._known[table] = live_batches(self.engine, live_rows, diary=diary)
        return self._known[table]

    def write(self, request: WriteRequest) -> WriteReport:
        """Write a reading's rows and replace what they restate, in one commit.

        Raises:
            CentavoError: Nothing was written.
        """
        table = request.reading.table
        with self._write_folder(table) as folder:
            self._copy_new(request, folder / "new")
            arrived = new_files(self.engine, folder, TABLES[table])
            new = [local_path(file.path) for file in arrived]
            written = self._count(table, new)
            request.reading.tally.warnings.extend(
                check_quality(self.engine, table, [str(path) for path in new], now=self.now)
            )
            known = self.batches(table)
            restated = self._restated(request, new, known)
            if restated and request.price_snapshot_id and table == "usage_events":
                request.reading.tally.warnings.extend(
                    priced_anew(
                        self.engine,
                        new_files=[str(path) for path in new],
                        restated=restated,
                        book=request.price_snapshot_id,
                    )
                )
            request.reading.tally.warnings.extend(self._repeats(request, new, restated))
            if restated and restated.kept_rows:
                self._copy(restated.keep_select, folder / "kept")
            self._write_diary(request, Outcome(written, restated.replaced if restated else {}))
            if new:
                self._commit(table, folder, restated, arriving=written)
        return _report(request, new, written, restated, known)

    def replace_all(
        self, table: TableName, select: str, *, properties: Mapping[str, str] | None = None
    ) -> None:
        """Replace every row of the table by the rows of ``select``, in one commit.

        ``select`` has every column, times naive UTC; used to apply new attribution rules or prices,
        which ``properties`` record with the snapshot.
        """
        old = self.tables.plan(table).files
        with self._write_folder(table) as folder:
            self._copy(stored_select(select, table), folder / "new")
            # The same rows in new files: what is live of each batch stays as it was.
            restated = Restatement(tuple(old), "", 0, {}) if old else None
            self._commit(table, folder, restated, properties=properties)

    def sweep(self) -> None:
        """Remove what a killed writer left behind: files that no snapshot names."""
        for marker in sorted((self.location.folder / "pending").glob("*.json")):
            self._sweep(marker)

    def _sweep(self, marker: Path) -> None:
        table, written = json.loads(marker.read_text())
        # Where it stands now: the ledger may have been moved or copied since.
        folder = self.tables.data_folder(table) / Path(written).name
        # An interrupt may have come between the catalog's commit and our knowledge of it.
        self.tables.forget()
        self._known.clear()
        snapshots = self.tables.plan(table).snapshots
        name = folder.name
        if all(snapshot.summary.get(_WRITE) != name for snapshot in snapshots):
            shutil.rmtree(folder, ignore_errors=True)
            # Manifests and metadata are named for their commit.
            for left in (folder.parent.parent / "metadata").glob(f"*{name}*"):
                left.unlink()
        marker.unlink()

    @contextmanager
    def _write_folder(self, table: str) -> Generator[Path, None, None]:
        folder = self.tables.data_folder(table) / str(uuid.uuid4())
        marker = self.location.folder / "pending" / f"{folder.name}.json"
        try:
            marker.parent.mkdir(parents=True, exist_ok=True)
            draft = marker.with_suffix(".draft")
            draft.write_text(json.dumps([table, str(folder)]))
            draft.rename(marker)
            folder.mkdir(parents=True)
            yield folder
        except BaseException as error:
            # The error may have come just after the commit: sweeping asks the catalog.
            if marker.exists():
                self._sweep(marker)
            if isinstance(error, OSError):
                raise _storage_error(self.location, error) from error
            raise
        marker.unlink()

    def _copy_new(self, request: WriteRequest, target: Path) -> None:
        reading = request.reading
        try:
            stored = stored_select(
                reading.select, reading.table, columns=request.columns, values=reading.values
            )
            self._copy(stored, target)
        except duckdb.Error as error:
            raise reading.explain(error) from error

    def _copy(self, select: str, target: Path) -> None:
        try:
            self.engine.execute(f"COPY ({select}) TO {sql_text(str(target))} ({_COPY_OPTIONS})")
        except duckdb.IOException as error:
            if any(sign in str(error) for sign in _STORAGE_ERRORS):
                raise _storage_error(self.location, error) from error
            raise

    def _count(self, table: TableName, new: Sequence[Path]) -> dict[str, int]:
        if not new:
            return {}
        paths = sql_texts([str(path) for path in new])
        rows: list[tuple[str, int]] = self.engine.execute(
            f'SELECT "{LAYOUTS[table].batch}", count(*) FROM read_parquet({paths}) GROUP BY ALL'
        ).fetchall()
        return dict(rows)

    def _restated(
        self, request: WriteRequest, new: Sequence[Path], known: Sequence[Batch]
    ) -> Restatement | None:
        if not new:
            return None
        unchanged = list(request.unchanged)
        rows = self.tables.live_rows(self.engine, request.reading.table)
        arriving = [
            (
                file.batch_id,
                {
                    batch: rows.get(batch, 0)
                    for batch in (
                        file.batch_id,
                        *(b.batch_id for b in known if b.path == str(file.path.absolute())),
                    )
                },
                unchanged,
            )
            for file in request.files
        ]
        self.engine.execute(arriving_table(arriving))
        return find_restated(
            self.engine,
            request.reading.table,
            new_files=[str(path) for path in new],
            live_files=self.tables.plan(request.reading.table).files,
            add_only=request.add_only,
            dated_by_export=request.reading.dated_by_export,
        )

    def _repeats(
        self, request: WriteRequest, new: Sequence[Path], restated: Restatement | None
    ) -> list[QualityWarning]:
        table = request.reading.table
        live = self.tables.plan(table).files
        alone = not live and len(request.files) == 1
        if table != "charges" or not new or request.add_only or alone:
            return []
        names = {batch.batch_id: batch.path for batch in self.batches(table)}
        return check_repeats(
            self.engine,
            new_files=[str(path) for path in new],
            live_files=live,
            some_go=restated is not None,
            names=names | {file.batch_id: file.name for file in request.files},
        )

    def _write_diary(
        self,
        request: WriteRequest,
        outcome: Outcome,
    ) -> None:
        with self._write_folder("batches") as folder:
            small = [f for f in self.tables.plan("batches").files if f.rows < _LARGE_DIARY_ROWS]
            taken = tuple(small) if len(small) > _MOST_DIARY_FILES else ()
            write_diary(
                self.engine,
                folder / "batches.parquet",
                request,
                run=(self.run_id, self.now),
                outcome=outcome,
                taken=taken,
            )
            self._commit("batches", folder, Restatement(taken, "", 0, {}) if taken else None)

    def _commit(
        self,
        table: TableName | Literal["batches"],
        folder: Path,
        restated: Restatement | None,
        *,
        arriving: Mapping[str, int] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        columns = BATCH_COLUMNS if table == "batches" else TABLES[table]
        change = Change(
            name=folder.name,
            added=new_files(self.engine, folder, columns),
            removed=[file.path for file in restated.files] if restated else [],
            properties={
                **(properties or {}),
                _WRITE: folder.name,
                "centavo.run": self.run_id,
                "centavo.version": centavo.__version__,
            },
        )
        leaving: Counter[str] = Counter()
        for (batch, _), rows in (restated.replaced if restated else {}).items():
            leaving[batch] += rows
        self.tables.commit(table, change, arriving=arriving or {}, leaving=leaving)
        self._known.clear()


def _report(
    request: WriteRequest,
    new: Sequence[Path],
    written: Mapping[str, int],
    restated: Restatement | None,
    known: Sequence[Batch],
) -> WriteReport:
    tally = request.reading.tally
    paths = {batch.batch_id: batch.path for batch in known}
    replaced: Counter[str] = Counter()
    for (old, _), rows in (restated.replaced if restated else {}).items():
        replaced[paths.get(old, old)] += rows
    skipped: Counter[str] = Counter()
    for (_, reason), rows in tally.skipped.items():
        skipped[reason] += rows
    rows_written = sum(written.values())
    return WriteReport(
        table=request.reading.table,
        files=[str(path) for path in new],
        rows_read=sum(
            tally.read.get(file.batch_id, written.get(file.batch_id, 0)) for file in request.files
        ),
        rows_written=rows_written,
        rows_skipped=skipped,
        replaced=replaced,
        warnings=tally.warnings,
        without_successor=restated.without_successor if restated else 0,
    )


def _storage_error(location: LedgerLocation, error: Exception) -> CentavoError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    # DuckDB wraps the system's words in its own.
    reason = next((sign for sign in _STORAGE_ERRORS if sign in reason), reason)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    state = "is full" if full or "No space" in reason else "cannot be written"
    return LedgerError(
        f"the ledger in {location.folder} {state}: {reason}",
        hint="Nothing was changed. Free space or correct the folder's owner, then run it again.",
    )
