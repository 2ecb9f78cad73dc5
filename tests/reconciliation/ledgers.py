"""Ledgers for reconciliation tests: requests and charges written as plain rows, priced as ingested."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine, sql_text
from centavo.ledger.layout import filled_select
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import COST_COLUMNS, TABLES, TableName
from centavo.ledger.writer import writing
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.reconciliation import ReconcileQuestion, Reconciliation, reconcile

NOW = datetime(2026, 9, 1, tzinfo=UTC)
Row = Mapping[str, object]


def event(event_id: str, at: datetime, **columns: object) -> dict[str, object]:
    """A successful call of gpt-4.1 by project p; times are naive UTC."""
    return {
        "event_id": event_id,
        "source": "requests",
        "started_at": at,
        "provider": "openai",
        "answered_model": "gpt-4.1",
        "project": "p",
        "is_error": False,
        **columns,
    }


def charge(day: datetime, cost: Decimal, **columns: object) -> dict[str, object]:
    """A day's uncached input of gpt-4.1 of project p; the billing month is the day's."""
    return {
        "BilledCost": cost,
        "BillingAccountId": "org",
        "BillingCurrency": "USD",
        "BillingPeriodStart": day.replace(day=1, hour=0),
        "ChargeCategory": "Usage",
        "ChargePeriodStart": day,
        "ChargePeriodEnd": day + timedelta(days=1),
        "ConsumedUnit": "Tokens",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "API",
        "ServiceProviderName": "OpenAI",
        "SubAccountId": "p",
        "x_CostBasis": "billed",
        "x_Source": "focus",
        "x_RestatementDate": day.date(),
        "x_ModelId": "gpt-4.1",
        "x_TokenDirection": "Input",
        "x_TokenCacheAction": "Uncached",
        **columns,
    }


def write(
    folder: Path, table: TableName, rows: Sequence[Row], *, source: str = "rows"
) -> LedgerLocation:
    """Write the rows as one file of a source; requests are priced. The same again restates them."""
    location = LedgerLocation(folder / "ledger")
    text = json.dumps([{k: None if v is None else str(v) for k, v in row.items()} for row in rows])
    path = folder / f"{table}-{source}"
    path.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    file = InputFile(path, path.name, digest, digest[:16], len(text))
    engine = open_engine()
    select = stored(engine, table, rows, batch=file.batch_id)
    with writing(location, engine, now=NOW) as writer:
        writer.write(
            WriteRequest(
                source=source, reading=Reading(table, select, Tally(), _fail), files=[file]
            )
        )
    return location


def stored(
    engine: duckdb.DuckDBPyConnection, table: TableName, rows: Sequence[Row], *, batch: str
) -> str:
    """Return SQL of the rows with every column of the table; requests are priced."""
    given = sorted({key for row in rows for key in row})
    types = {column.name: column.type for column in TABLES[table]}
    shape = json.dumps([dict.fromkeys(given, "VARCHAR")])
    shown = ", ".join(f'"{key}"::{types[key]} AS "{key}"' for key in given)
    column = "x_IngestionBatchId" if "x_Source" in types else "batch_id"
    text = json.dumps([{k: None if v is None else str(v) for k, v in row.items()} for row in rows])
    engine.execute(
        f"CREATE TABLE given_{table} AS SELECT {shown}, '{batch}' AS {column} "
        f"FROM (SELECT unnest(from_json({sql_text(text)}::JSON, '{shape}'), max_depth := 2))"
    )
    select = filled_select(engine, f"SELECT * FROM given_{table}", table)
    if table != "usage_events":
        return select
    unpriced = f"SELECT * EXCLUDE ({', '.join(COST_COLUMNS)}) FROM ({select})"
    return filled_select(engine, PriceBook.load().select(engine, unpriced), table)


def in_memory(**tables: Sequence[Row]) -> Ledger:
    """Return a ledger that was never written: the same views over rows in memory."""
    engine = open_engine()
    for name, columns in TABLES.items():
        nothing = ", ".join(f'NULL::{c.type} AS "{c.name}"' for c in columns)
        select = f"SELECT {nothing} WHERE false"
        if tables.get(name):
            select = stored(engine, name, tables[name], batch="b")
        engine.execute(f"CREATE TABLE kept_{name} AS {select}")
        engine.execute(f"CREATE VIEW {name} AS FROM kept_{name}")
    nothing = ", ".join(f"NULL::{c.type} AS {c.name}" for c in BATCH_COLUMNS)
    engine.execute(f"CREATE VIEW batches AS SELECT {nothing} WHERE false")
    return Ledger(LedgerLocation(Path()), {}, engine)


def reconciled(
    ledger: LedgerLocation | Ledger,
    since: str = "2026-06",
    until: str = "2026-07",
    **options: object,
) -> Reconciliation:
    """Reconcile a period, June 2026 unless told otherwise."""
    question = ReconcileQuestion(
        **{"now": NOW, "period": Period.parse(since, until), **options}  # type: ignore[arg-type]
    )
    opened = ledger if isinstance(ledger, Ledger) else Ledger.open(ledger)
    return reconcile(opened, question, PriceBook.load())


def _fail(error: Exception) -> Exception:
    raise error
