"""Small Azure cost exports for tests, and what a test needs to read them."""

import csv
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from centavo.ledger.reading import InputFile, Reading
from centavo.sources.azure import AzureCostSource
from centavo.sources.source import ReadOptions

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
ROW: dict[str, str] = {
    "BillingAccountId": "8611537",
    "SubscriptionId": SUBSCRIPTION,
    "SubscriptionName": "ai-prod",
    "ResourceGroup": "rg-ai",
    "ResourceLocation": "EastUS",
    "Date": "03/05/2026",
    "ProductName": "Azure OpenAI",
    "MeterCategory": "Foundry Models",
    "MeterSubCategory": "Azure OpenAI",
    "MeterId": "3821dc67-ae8c-55ff-881c-670ba1933db6",
    "MeterName": "gpt 4o 0806 Inp glbl Tokens",
    "UnitOfMeasure": "1K",
    "Quantity": "1250.5",
    "EffectivePrice": "0.0025",
    "CostInBillingCurrency": "3.12625",
    "ConsumedService": "Microsoft.CognitiveServices",
    "ResourceId": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-ai/providers/"
    "Microsoft.CognitiveServices/accounts/ai-1",
    "Tags": '"team": "search","env": "prod"',
    "AdditionalInfo": '{"DeploymentName": "chat"}',
    "ChargeType": "Usage",
    "Frequency": "UsageBased",
    "PricingModel": "OnDemand",
    "BillingCurrencyCode": "USD",
    "BillingPeriodStartDate": "03/01/2026",
    "BillingPeriodEndDate": "03/31/2026",
    "ReservationId": "",
    "ReservationName": "",
    "ServiceFamily": "AI + Machine Learning",
}


def row(**changes: str) -> dict[str, str]:
    """Return ``ROW`` with changes."""
    return {**ROW, **changes}


def write(
    path: Path, rows: Sequence[Mapping[str, str]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> InputFile:
    """Write the rows as CSV, gzip when the name says so."""
    import io

    out = io.StringIO()
    names = list(dict.fromkeys(name for one in rows for name in one))
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    data = out.getvalue().encode(encoding)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return input_file(path)


def input_file(path: Path) -> InputFile:
    digest = hashlib.sha256(path.read_bytes() + path.name.encode()).hexdigest()
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
    reading = AzureCostSource().read(connection, files, options)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE charges AS {reading.select}")
    except duckdb.Error as error:
        raise reading.explain(error) from error
    return reading


def one(folder: Path, *columns: str, **changes: str) -> tuple[object, ...]:
    """Return columns of the charge that one changed row becomes."""
    connection = connect()
    charges(connection, write(folder / "bill.csv", [row(**changes)]))
    found = connection.execute(f"SELECT {', '.join(columns)} FROM charges").fetchone()
    assert found is not None
    return found


def codes(reading: Reading) -> dict[str, int]:
    """Return the warnings' codes and how many rows each concerns."""
    return {warning.code: warning.rows for warning in reading.tally.warnings}
