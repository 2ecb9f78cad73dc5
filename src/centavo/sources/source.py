"""What a source is: it recognises files of its format and reads them into rows of one fact table.

Third parties register a source under the entry-point group ``centavo.sources``; the conformance
suite in ``tests/sources/conformance.py`` runs on any implementation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import duckdb

from centavo.errors import InputError
from centavo.ledger.reading import InputFile, Reading
from centavo.ledger.schema import TableName

if TYPE_CHECKING:
    from centavo.ledger.bodies import BodyShelf

__all__ = [
    "Beside",
    "Probe",
    "ReadOptions",
    "ReadsBeside",
    "ReadsTogether",
    "Recognition",
    "Source",
    "refuse_empty",
]


@dataclass(frozen=True)
class Probe:
    """The beginning of a file, for recognition: cheap to take, whatever the file's size.

    Attributes:
        path: Where it can be opened.
        name: As the user named it.
        suffixes: Lower-case suffixes without compression: ``.csv`` for ``bill.csv.gz``.
        compression: ``gzip``, ``zstd`` or ``None``, by magic bytes.
        head: Up to 64 KiB of decompressed text; undecodable bytes become U+FFFD.
        columns: Header of a CSV, or column names of a Parquet file; empty otherwise.
    """

    path: Path
    name: str
    suffixes: tuple[str, ...]
    compression: str | None
    head: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognition:
    """Why a source believes that a file is its own.

    Attributes:
        confidence: 0 to 1; the highest wins, and a tie is an error that names both.
        reason: A phrase that completes "recognised as focus because …".
    """

    confidence: float
    reason: str


@dataclass(frozen=True)
class ReadOptions:
    """What the user chose for a reading.

    Attributes:
        now: The clock, aware, UTC.
        skip_bad: Whether a malformed record is counted and skipped instead of ending the reading.
        mapping: JSON paths or header names to scope columns, for request logs:
            ``{"application": "metadata.app"}``.
        bodies: Takes prompts and answers in; ``None`` when they are not to be kept.
    """

    now: datetime
    skip_bad: bool = False
    mapping: dict[str, str] = field(default_factory=dict[str, str])
    bodies: "BodyShelf | None" = None


class Source(Protocol):
    """Reads one format into one fact table.

    Attributes:
        name: Stable name: ``focus``, ``gcp``, ``requests`` …
        table: Fact table of its rows.
        version: Raised when the same file would be read into different rows.
    """

    @property
    def name(self) -> str:
        """Stable name."""
        ...

    @property
    def table(self) -> TableName:
        """Fact table of its rows."""
        ...

    @property
    def version(self) -> int:
        """Raised when the same file would be read into different rows."""
        ...

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is of this format, and why; ``None`` when it is not."""
        ...

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with the relation of the files' rows.

        Args:
            connection: DuckDB connection, ``TimeZone`` UTC; the source may create temporary
                objects whose names begin with its own name.
            files: Files that this source recognised; at least one.
            options: The user's choices.

        Raises:
            InputError: A file is malformed in a way that is seen before its rows are read.
        """
        ...


@dataclass(frozen=True)
class Beside:
    """What stands outside of a file and yet decides its rows.

    Attributes:
        files: Neighbours that are read with it; they are no inputs of their own.
        says: What its name says, where two files of the same bytes may mean different things.
    """

    files: tuple[Path, ...] = ()
    says: str = ""


@runtime_checkable
class ReadsBeside(Protocol):
    """A source whose files do not stand alone: the rest belongs to the identity of each."""

    def beside(self, path: Path) -> Beside:
        """Return what belongs to the file at ``path``."""
        ...


@runtime_checkable
class ReadsTogether(Protocol):
    """A source whose files complete each other: one that has not changed is read beside others.

    Attributes:
        reads_together: Always true; the attribute is what tells such a source.
    """

    @property
    def reads_together(self) -> bool:
        """Always true."""
        ...


def refuse_empty(files: Sequence[InputFile]) -> None:
    """Check, before the first is read, that no file is empty.

    Raises:
        InputError: One is.
    """
    for file in files:
        if file.size_bytes == 0:
            raise InputError(f"{file.name} is empty", hint="There is nothing to read in it.")
