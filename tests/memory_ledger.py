"""A ledger in memory: every table of the schema, empty, and rows put in by column name."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.schema import TABLES


def empty_ledger() -> Ledger:
    """Return a ledger with every table and no rows."""
    engine = open_engine()
    for name, columns in {**TABLES, "batches": BATCH_COLUMNS}.items():
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        engine.execute(f"CREATE TABLE {name} ({typed})")
    return Ledger(LedgerLocation(Path("nowhere"), {}), {}, engine)


def insert(ledger: Ledger, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Put rows into a table; columns that none of them has are NULL."""
    listed = [dict(row) for row in rows]
    types = {column.name: column.type for column in TABLES[table]}
    names = list(dict.fromkeys(name for row in listed for name in row))
    structure = json.dumps([{name: types[name] for name in names}])
    ledger.engine.execute(
        f"INSERT INTO {table} BY NAME "
        f"SELECT unnest(from_json($rows::JSON, '{structure}'), max_depth := 2)",
        {"rows": json.dumps([{n: row.get(n) for n in names} for row in listed], default=_text)},
    )


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
