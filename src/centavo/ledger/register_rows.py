"""Rows that commands keep, not sources: one commit, which restates the rows that it names and no others."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb

from centavo.errors import CentavoError, LedgerError
from centavo.ledger.diary import WriteRequest
from centavo.ledger.ledger import Ledger
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TABLES, TableName
from centavo.ledger.writer import writing

__all__ = ["write_register_rows"]

Rows = Callable[[str], Sequence[tuple[object, ...]]]


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
    digest = hashlib.sha256(f"{now.isoformat()} {' '.join(sorted(ids))}".encode()).hexdigest()
    # Not a file: the diary knows each run by a name of its own, so that a run restates its own rows only.
    path = ledger.location.folder / table / digest[:16]
    file = InputFile(path, f"centavo {table}", digest, digest[:16], 0)
    columns = TABLES[table]
    engine = ledger.engine
    incoming = f"changed_{table}"
    typed = ", ".join(f"{column.name} {column.type}" for column in columns)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {incoming} ({typed})")
    engine.executemany(
        f"INSERT INTO {incoming} VALUES ({', '.join('?' * len(columns))})", rows(file.batch_id)
    )

    def explain(error: duckdb.Error) -> CentavoError:
        return LedgerError(f"the {table} cannot be written: {error}")

    reading = Reading(table, f"SELECT * FROM {incoming}", Tally(), explain)
    request = WriteRequest(source=table, reading=reading, files=[file])
    with writing(ledger.location, engine, now=now, wait_s=wait_s) as writer:
        writer.write(request)
