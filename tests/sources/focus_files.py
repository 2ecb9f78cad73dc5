"""Small FOCUS files for tests, and what a test needs to read them."""

import csv
import gzip
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from centavo.ledger.reading import InputFile, Reading
from centavo.sources.focus.source import FocusSource
from centavo.sources.source import ReadOptions

ROW: dict[str, str] = {
    "BilledCost": "1.5",
    "BillingAccountId": "acct-1",
    "BillingCurrency": "USD",
    "BillingPeriodEnd": "2026-02-01T00:00:00Z",
    "BillingPeriodStart": "2026-01-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargePeriodEnd": "2026-01-02T00:00:00Z",
    "ChargePeriodStart": "2026-01-01T00:00:00Z",
    "EffectiveCost": "1.25",
    "ServiceProviderName": "Example Cloud",
    "Tags": '{"app": "search"}',
}


def rows(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """Return one row per change, each ``ROW`` with that change."""
    return [{**ROW, **change} for change in changes]


def text_of(records: Sequence[Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(column for record in records for column in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def write(path: Path, records: Sequence[Mapping[str, str]]) -> InputFile:
    """Write the records as CSV, gzip when the name says so."""
    data = text_of(records).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return input_file(path)


def input_file(path: Path) -> InputFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(path, path.name, digest, digest[:16], path.stat().st_size)


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def read(
    connection: duckdb.DuckDBPyConnection, *files: InputFile, skip_bad: bool = False
) -> Reading:
    options = ReadOptions(now=datetime(2026, 3, 1, tzinfo=UTC), skip_bad=skip_bad)
    return FocusSource().read(connection, files, options)


def charges(
    connection: duckdb.DuckDBPyConnection, *files: InputFile, skip_bad: bool = False
) -> Reading:
    """Read the files into the table ``charges`` of the connection."""
    reading = read(connection, *files, skip_bad=skip_bad)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE charges AS {reading.select}")
    except duckdb.Error as error:
        raise reading.explain(error) from error
    return reading
