"""What a source hands to the ledger: a relation to write, and the tally of what it saw.

A source never writes. It answers with a SELECT over its files whose columns are a subset, by
name, of one fact table's columns; the ledger fills the rest with NULL and writes it in one commit.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from centavo.errors import CentavoError
from centavo.ledger.schema import TableName

__all__ = ["InputFile", "QualityWarning", "QuickWay", "Reading", "Tally"]


@dataclass(frozen=True)
class InputFile:
    """One file of one reading.

    Attributes:
        path: Where it can be opened.
        name: As the user named it; used in messages.
        sha256: Hex digest of its bytes.
        batch_id: 16 hex digits; the row column ``x_IngestionBatchId`` / ``batch_id`` of its rows.
        size_bytes: Size on disk.
    """

    path: Path
    name: str
    sha256: str
    batch_id: str
    size_bytes: int


@dataclass(frozen=True)
class QualityWarning:
    """Something in the data that makes a figure less trustworthy than it looks.

    Attributes:
        code: Stable short name: ``effective_cost_rounded``, ``mixed_currencies`` …
        message: What, where, how many and an example, as one sentence.
        rows: Rows concerned.
    """

    code: str
    message: str
    rows: int


@dataclass
class Tally:
    """What a reading saw, filled while its relation is consumed.

    Attributes:
        read: Records seen, by batch id. A source that keeps every record may leave it empty: the
            ledger then counts the rows it wrote.
        skipped: Records not turned into a row, by (batch id, reason); a reason is a phrase such
            as "not a model call".
        warnings: Data-quality warnings that only the source can see.
    """

    read: Counter[str] = field(default_factory=Counter[str])
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    warnings: list[QualityWarning] = field(default_factory=list[QualityWarning])


@dataclass(frozen=True)
class QuickWay:
    """Another way to the same rows, quicker, which refuses files that it cannot read exactly.

    Attributes:
        select: SELECT of rows to be staged, of columns of the source's own; it raises a
            ``duckdb.Error`` where it refuses. Whoever consumes it may then take ``Reading.select``.
        finish: Given a relation of the staged rows, fills the tally and returns the SELECT of the
            ledger's rows, which may be run more than once.
    """

    select: str
    finish: Callable[[str], str]


@dataclass(frozen=True)
class Reading:
    """A relation of new rows.

    Attributes:
        table: Fact table that the rows belong to.
        select: DuckDB SELECT on the connection given to the source. Its columns are named as in
            ``ledger.schema`` and have those types (times are naive ``TIMESTAMP`` in UTC); it must
            carry the batch id and source columns. It is executed exactly once.
        tally: Filled while ``select`` runs; complete afterwards.
        explain: Turns a DuckDB error raised while ``select`` ran into an error that names file,
            line, column and value.
        best_first: ORDER BY of the copies of one key, of which the first stays; the source has
            counted the others itself. ``None`` keeps the first file's copy and counts the others.
        sample: SELECT of some of the first rows, which may run beside ``select``; ``None`` where
            looking ahead is not possible or not worth it.
        quick: A quicker way to the rows of ``select``, to be tried before it.
        values: Every value that a text column can have, where that is known before any row is
            read; NULL is always allowed. Such columns are written four times faster.
        dated_by_export: ``x_RestatementDate`` is the day on which the provider exported the row, and
            says little of the day of the charge: a file of January's usage and one of February's
            then have export days in common.
    """

    table: TableName
    select: str
    tally: Tally
    explain: Callable[[duckdb.Error], CentavoError]
    best_first: str | None = None
    sample: str | None = None
    quick: QuickWay | None = None
    values: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    dated_by_export: bool = False
