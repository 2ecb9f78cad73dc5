"""Rows that commands keep, not sources: one commit, which restates the rows that it names and no others."""

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import duckdb

from centavo.errors import CentavoError, ChangedMeanwhileError, ConfigError, LedgerError
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.plan import plan_table
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TABLES, TableName
from centavo.ledger.writer import LedgerWriter, writing

__all__ = ["Acting", "HeldRegister", "changing_register", "check_reason", "write_register_rows"]

Rows = Callable[[str], Sequence[tuple[object, ...]]]


class Step(Protocol):
    """A step of a history: who did what."""

    @property
    def actor(self) -> str: ...
    @property
    def action(self) -> str: ...


@dataclass(frozen=True)
class Acting:
    """Who changes a row of a register.

    Attributes:
        actor: Who.
        now: The clock, aware.
        seen: Steps of the row's history that they had before their eyes; ``None`` does not ask.
    """

    actor: str
    now: datetime
    seen: int | None = None

    @property
    def at(self) -> datetime:
        """The clock as registers keep it: naive UTC."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    def check(self, what: str, history: Sequence[Step]) -> None:
        """Check that nothing happened since they looked.

        Raises:
            ChangedMeanwhileError: It did.
        """
        if self.seen is not None and self.seen != len(history):
            raise ChangedMeanwhileError(what, history[-1].actor, history[-1].action)


def check_reason(reason: str | None, *, is_needed: bool = False) -> None:
    """Check that a reason which somebody gives says something.

    Raises:
        ConfigError: It is empty, or there is none where one is needed.
    """
    if (reason is None and is_needed) or (reason is not None and not reason.strip()):
        raise ConfigError("a reason says something", hint="Say why, in a few words.")


@dataclass(frozen=True)
class HeldRegister:
    """A register that nobody else can write meanwhile: the ledger as it is now, and the pen."""

    ledger: Ledger
    _writer: LedgerWriter

    def write(self, table: TableName, rows: Rows, *, ids: Sequence[str]) -> None:
        """Write rows in one commit; as ``write_register_rows``."""
        _write(self._writer, table, rows, ids)


@contextmanager
def changing_register(
    location: LedgerLocation, *, now: datetime, wait_s: float = 30.0
) -> Generator[HeldRegister, None, None]:
    """Hold the ledger from reading a register until it is written: no change of another is lost.

    Args:
        location: Where the ledger stands.
        now: The clock, aware.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerBusyError: Another process still writes after ``wait_s``.
        LedgerError: There is no ledger, or it cannot be written.
    """
    # Before the writer would make one: who changes a register means one that is there.
    plan_table(location, "findings")
    with writing(location, open_engine(), now=now, wait_s=wait_s) as writer:
        ledger = Ledger.open(location)
        try:
            yield HeldRegister(ledger, writer)
        finally:
            ledger.engine.close()


def write_register_rows(
    ledger: Ledger,
    table: TableName,
    rows: Rows,
    *,
    ids: Sequence[str],
    now: datetime,
    wait_s: float = 30.0,
) -> None:
    """Write rows of a register in one commit.

    Args:
        ledger: Opened on its present state, not on an earlier one.
        table: ``findings``, ``savings`` …; rows are replaced by the key of its layout.
        rows: Makes the rows, in the order of the table's columns, of the batch id.
        ids: Identities of the rows.
        now: The clock, aware.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    with writing(ledger.location, ledger.engine, now=now, wait_s=wait_s) as writer:
        _write(writer, table, rows, ids)


def _write(writer: LedgerWriter, table: TableName, rows: Rows, ids: Sequence[str]) -> None:
    digest = hashlib.sha256(
        f"{writer.now.isoformat()} {' '.join(sorted(ids))}".encode()
    ).hexdigest()
    # Not a file: the diary knows each run by a name of its own, so that a run restates its own rows only.
    path = writer.location.folder / table / digest[:16]
    file = InputFile(path, f"centavo {table}", digest, digest[:16], 0)
    columns = TABLES[table]
    incoming = f"changed_{table}"
    typed = ", ".join(f"{column.name} {column.type}" for column in columns)
    writer.engine.execute(f"CREATE OR REPLACE TEMP TABLE {incoming} ({typed})")
    writer.engine.executemany(
        f"INSERT INTO {incoming} VALUES ({', '.join('?' * len(columns))})", rows(file.batch_id)
    )

    def explain(error: duckdb.Error) -> CentavoError:
        return LedgerError(f"the {table} cannot be written: {error}")

    reading = Reading(table, f"SELECT * FROM {incoming}", Tally(), explain)
    writer.write(WriteRequest(source=table, reading=reading, files=[file]))
