"""Small Cloud Billing exports for tests, and what a test needs to read them."""

import copy
import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from centavo.ledger.reading import InputFile, Reading
from centavo.sources.gcp.source import GcpBillingSource
from centavo.sources.source import ReadOptions

RECORD: dict[str, object] = {
    "billing_account_id": "01AAAA-BBBBBB-CCCCCC",
    "service": {"id": "C7E2-9256-1C43", "description": "Vertex AI"},
    "sku": {"id": "7EBE-3B46-F75C", "description": "Gemini 3 Flash Text Input - Predictions"},
    "usage_start_time": "2026-04-02T18:00:00Z",
    "usage_end_time": "2026-04-02T19:00:00Z",
    "project": {"id": "chat-prod", "number": "1", "name": "Chat", "labels": []},
    "labels": [{"key": "team", "value": "search"}],
    "system_labels": [],
    "location": {"location": "us-central1", "country": "US", "region": "us-central1"},
    "export_time": "2026-04-03T05:00:00Z",
    "cost": 0.5,
    "currency": "BRL",
    "currency_conversion_rate": 5.4,
    "usage": {
        "amount": 1000000,
        "unit": "requests",
        "amount_in_pricing_units": 1000000,
        "pricing_unit": "requests",
    },
    "credits": [],
    "invoice": {"month": "202604"},
    "cost_type": "regular",
}


def record(**changes: object) -> dict[str, object]:
    """Return ``RECORD`` with changes; ``None`` leaves the key out."""
    changed = {**copy.deepcopy(RECORD), **changes}
    return {key: value for key, value in changed.items() if value is not None}


def write(path: Path, *records: Mapping[str, object] | str) -> InputFile:
    """Write one record per line; text is written as it is. Gzip when the name says so."""
    lines = [item if isinstance(item, str) else json.dumps(item) for item in records]
    return write_bytes(path, "".join(f"{line}\n" for line in lines).encode())


def write_bytes(path: Path, data: bytes) -> InputFile:
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return input_file(path)


def input_file(path: Path) -> InputFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(path, path.name, digest, digest[:16], path.stat().st_size)


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def charges(
    connection: duckdb.DuckDBPyConnection, *files: InputFile, skip_bad: bool = False
) -> Reading:
    """Read the files into the table ``charges`` of the connection."""
    options = ReadOptions(now=datetime(2026, 5, 1, tzinfo=UTC), skip_bad=skip_bad)
    reading = GcpBillingSource().read(connection, files, options)
    connection.execute(f"CREATE OR REPLACE TABLE charges AS {reading.select}")
    return reading


def one(path: Path, *columns: str, **changes: object) -> tuple[object, ...]:
    """Return columns of the charge that one changed record becomes."""
    connection = connect()
    charges(connection, write(path / "bill.jsonl", record(**changes)))
    row = connection.execute(f"SELECT {', '.join(columns)} FROM charges").fetchone()
    assert row is not None
    return row


def codes(reading: Reading) -> dict[str, int]:
    """Return the warnings' codes and how many rows each concerns."""
    return {warning.code: warning.rows for warning in reading.tally.warnings}
