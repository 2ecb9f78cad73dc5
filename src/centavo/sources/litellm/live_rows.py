"""Rows of a live LiteLLM_SpendLogs, spooled to files of JSON lines that ``LiteLlmSource`` reads.

Rows are taken in the order of their start, a file's worth in each query, and only columns that the
ledger keeps: prompts, answers and addresses stay in the database. LiteLLM writes a row when its
call has ended, and some time later still, so rows appear behind others that were read already:
each fetch looks again at the hours before the last one's end. The ledger knows a row by its id, so
reading it twice changes nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

from centavo.errors import InputError
from centavo.sources.litellm.spend_log import SpendLog

__all__ = [
    "COLUMNS",
    "FetchState",
    "LiveRow",
    "Position",
    "SpendLogTable",
    "SpooledRows",
    "spool_rows",
]

# What is asked of the table, where it has it; the order of the files' keys.
COLUMNS: tuple[str, ...] = SpendLog.__struct_encode_fields__
_REQUIRED = ("request_id", "startTime", "spend")
_SCHEMA = "centavo.litellm_postgres/1"


@dataclass(frozen=True, order=True)
class Position:
    """A place in the table's order.

    Attributes:
        start_time: Naive UTC.
        request_id: Orders rows of the same start.
    """

    start_time: datetime
    request_id: str


@dataclass(frozen=True)
class LiveRow:
    """One row: its place, and its columns as JSON."""

    position: Position
    text: str


class SpendLogTable(Protocol):
    """What this reader needs of a database, so that another can stand in."""

    @property
    def identity(self) -> str:
        """What tells this table from another database's: host, port, database, table."""
        ...

    def columns(self) -> Sequence[str]:
        """Return the names of the table's columns.

        Raises:
            ProviderError: The database or the network failed.
        """
        ...

    def rows(
        self, columns: Sequence[str], *, after: Position | None, limit: int
    ) -> Iterator[LiveRow]:
        """Yield the rows that come after a place, in order, at most ``limit``.

        Raises:
            ProviderError: The database or the network failed.
        """
        ...


@dataclass(frozen=True)
class FetchState:
    """How far the last fetch came; keep it only after its rows are in the ledger.

    Attributes:
        until: Latest start that was read, naive UTC; ``None`` before the first fetch.
    """

    until: datetime | None = None

    def begin(self, *, rescan: timedelta, since: datetime | None) -> Position | None:
        """Return where to begin: ``rescan`` before the last end, or at ``since`` (naive UTC)."""
        if since is not None:
            return Position(since, "")
        return None if self.until is None else Position(self.until - rescan, "")

    def as_json(self) -> str:
        """Return the state as JSON text."""
        until = None if self.until is None else self.until.isoformat()
        return json.dumps({"schema": _SCHEMA, "until": until})

    @classmethod
    def from_json(cls, text: str) -> "FetchState":
        """Return the state that ``as_json`` wrote.

        Raises:
            InputError: The text is not such a state.
        """
        try:
            until = cast("dict[str, str | None]", json.loads(text))["until"]
            return cls(None if until is None else datetime.fromisoformat(until))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"the state of the LiteLLM reader cannot be read: {error}",
                hint="Delete the state file; the whole table is then read again.",
            ) from None


@dataclass(frozen=True)
class SpooledRows:
    """One file of rows.

    Attributes:
        path: The file, complete.
        rows: How many.
        end: Place of the last.
        is_last: Whether the table had no more.
    """

    path: Path
    rows: int
    end: Position
    is_last: bool


def spool_rows(
    table: SpendLogTable, *, folder: Path, name: str, begin: Position | None, rows_per_file: int
) -> Iterator[SpooledRows]:
    """Yield files of the table's rows, each complete before it is yielded, until there are no more.

    Args:
        table: The live table.
        folder: For the files; made when it is not there.
        name: Begins the files' names: a fetch has names of its own, because a file of the same
            name would take the place of the earlier one's rows.
        begin: Rows after this place; ``None`` for all.
        rows_per_file: At most.

    Raises:
        InputError: The table is not LiteLLM's.
        ProviderError: The database or the network failed.
    """
    present = table.columns()
    missing = [column for column in _REQUIRED if column not in present]
    if missing:
        raise InputError(
            f"the table {table.identity} has no column {missing[0]}",
            hint='Name LiteLLM\'s own table with --table, usually "LiteLLM_SpendLogs".',
        )
    columns = [column for column in COLUMNS if column in present]
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        number += 1
        path = folder / f"{name}-{number:04}.jsonl"
        rows, end = _write(table.rows(columns, after=begin, limit=rows_per_file), path)
        if end is None:
            path.unlink(missing_ok=True)
            return
        yield SpooledRows(path, rows, end, is_last=rows < rows_per_file)
        if rows < rows_per_file:
            return
        begin = end


def _write(rows: Iterator[LiveRow], path: Path) -> tuple[int, Position | None]:
    count, end = 0, None
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(row.text)
            stream.write("\n")
            count, end = count + 1, row.position
    draft.replace(path)
    return count, end
