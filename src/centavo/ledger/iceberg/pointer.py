"""The ledger's own catalog: an SQLite file that says where each table's metadata stands.

Its tables are those of pyiceberg's SQL catalog (and of Iceberg's JDBC catalog), so that these can
open it too. A commit moves one pointer from where the writer found it to the new metadata; the
move fails when somebody else has moved it meanwhile.
"""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from centavo.errors import LedgerError
from centavo.ledger.location import NAMESPACE, LedgerLocation

__all__ = ["move_pointer", "read_pointer"]

_WAIT_S = 30
_TABLES = (
    """CREATE TABLE IF NOT EXISTS iceberg_tables (
        catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
        table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
        previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
        PRIMARY KEY (catalog_name, table_namespace, table_name))""",
    """CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
        catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
        property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
        PRIMARY KEY (catalog_name, namespace, property_key))""",
)
_NAMESPACE = "INSERT OR IGNORE INTO iceberg_namespace_properties VALUES (?, ?, 'exists', 'true')"
_READ = "SELECT metadata_location FROM iceberg_tables WHERE table_namespace = ? AND table_name = ?"
_INSERT = """INSERT OR IGNORE INTO iceberg_tables
    (catalog_name, table_namespace, table_name, metadata_location) VALUES (?, ?, ?, ?)"""
_MOVE = """UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
    WHERE table_namespace = ? AND table_name = ? AND metadata_location = ?"""


def read_pointer(location: LedgerLocation, table: str) -> str | None:
    """Return where the table's metadata stands; ``None`` when nobody has written it yet.

    Raises:
        LedgerError: There is no ledger, or its catalog is damaged.
    """
    if not location.catalog_file.exists():
        raise LedgerError(
            f"there is no ledger in {location.folder}",
            hint="Run `centavo ingest FILE` to make one, or name another with --ledger.",
        )
    try:
        address = f"{location.catalog_file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as catalog:
            row: tuple[str] | None = catalog.execute(_READ, (NAMESPACE, table)).fetchone()
    except sqlite3.Error as error:
        raise LedgerError(
            f"the catalog {location.catalog_file} cannot be read: {error}",
            hint="Restore the file from a backup, or name another ledger with --ledger.",
        ) from error
    return row[0] if row else None


def move_pointer(location: LedgerLocation, table: str, *, before: str, after: str) -> bool:
    """Let the table's metadata be ``after``; ``before`` is where it was found, empty for a new table.

    Returns:
        Whether it was still there.

    Raises:
        LedgerError: The catalog cannot be written.
    """
    with _writing(location.catalog_file) as catalog:
        if before:
            done = catalog.execute(_MOVE, (after, before, NAMESPACE, table, before))
        else:
            for statement in _TABLES:
                catalog.execute(statement)
            catalog.execute(_NAMESPACE, (NAMESPACE, NAMESPACE))
            done = catalog.execute(_INSERT, (NAMESPACE, NAMESPACE, table, after))
        return done.rowcount == 1


@contextmanager
def _writing(catalog_file: Path) -> Generator[sqlite3.Connection, None, None]:
    try:
        with closing(sqlite3.connect(catalog_file, timeout=_WAIT_S)) as catalog, catalog:
            yield catalog
    except sqlite3.Error as error:
        raise LedgerError(
            f"the catalog {catalog_file} cannot be written: {error}",
            hint="Nothing was changed. Free space or correct its owner, then run it again.",
        ) from error
