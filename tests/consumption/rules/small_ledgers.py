"""A ledger in memory from a few lines of JSON, each of which may stand for many rows.

``day`` may be a span ``2026-05-01/2026-05-31`` (both included): a row for each day. ``hours`` may be a
span ``9-17``: a row for each hour. ``count`` repeats a row. Everything else is a ledger column.
"""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.schema import TABLES

NOW = datetime(2026, 8, 1, tzinfo=UTC)
_DEFAULTS = {
    "charges": {
        "BillingAccountId": "account", "BillingCurrency": "USD", "ChargeCategory": "Usage",
        "ServiceProviderName": "OpenAI", "ServiceName": "OpenAI API", "x_CostBasis": "billed",
        "x_Source": "focus", "x_IngestionBatchId": "b", "Tags": '{"a":"b"}',
    },
    "usage_events": {
        "source": "requests", "batch_id": "b", "provider": "openai", "requested_model": "gpt-4o",
        "cost_currency": "USD", "is_error": False,
    },
    "usage_aggregates": {"source": "trace", "batch_id": "b", "basis": "metered", "model": "m"},
}  # fmt: skip


def ledger_of(path: Path) -> Ledger:
    """Return a ledger with the rows of a file of JSON lines."""
    engine = open_engine()
    for name, columns in {**TABLES, "batches": BATCH_COLUMNS}.items():
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        engine.execute(f"CREATE TABLE {name} ({typed})")
    rows = [
        row for line in path.read_text().splitlines() if line for row in _rows(json.loads(line))
    ]
    for table in _DEFAULTS:
        mine = [row for row in rows if row["table"] == table]
        if mine:
            _insert(engine, table, mine)
    return Ledger(LedgerLocation(Path("nowhere"), {}), {}, engine)


def _rows(line: dict):
    line = dict(line)
    table, count = line["table"], line.pop("count", 1)
    first, _, last = line.pop("day").partition("/")
    low, _, high = str(line.pop("hours", "12")).partition("-")
    day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    while day <= end:
        for hour in range(int(low), int(high or low) + 1):
            for number in range(count):
                at = datetime.combine(day, time(hour)) + timedelta(seconds=number)
                yield {**_DEFAULTS[table], **_times(table, at), **line}
        day += timedelta(days=1)


def _times(table: str, at: datetime) -> dict:
    if table == "charges":
        start = at.replace(hour=0)
        return {
            "ChargePeriodStart": start, "ChargePeriodEnd": start + timedelta(days=1),
            "BillingPeriodStart": start.replace(day=1), "x_RestatementDate": start.date(),
        }  # fmt: skip
    if table == "usage_events":
        return {"started_at": at}
    return {"interval_start": at.replace(minute=0), "interval_end": at + timedelta(hours=1)}


def _insert(engine, table: str, rows: list[dict]) -> None:
    types = {column.name: column.type for column in TABLES[table]}
    names = [name for name in dict.fromkeys(key for row in rows for key in row) if name in types]
    unknown = {key for row in rows for key in row} - types.keys() - {"table"}
    assert not unknown, unknown
    listed = [
        {name: None if row.get(name) is None else str(row[name]) for name in names} for row in rows
    ]
    key = {"usage_events": "event_id", "usage_aggregates": "aggregate_id"}.get(table)
    if key:
        names = list(dict.fromkeys([*names, key]))
        for number, row in enumerate(listed):
            row[key] = row.get(key) or f"e{number}"
    import pyarrow as pa

    engine.register(
        "incoming", pa.Table.from_pylist(listed, pa.schema([(n, pa.string()) for n in names]))
    )
    shown = ", ".join(f'"{name}"::{types[name]} AS "{name}"' for name in names)
    engine.execute(f"INSERT INTO {table} BY NAME SELECT {shown} FROM incoming")
    engine.unregister("incoming")
