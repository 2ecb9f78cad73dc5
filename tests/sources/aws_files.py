"""Small Cost and Usage Reports for tests, in every form, and what a test needs to read them."""

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from centavo.ledger.reading import InputFile, Reading
from centavo.sources.aws.source import AwsReportSource
from centavo.sources.source import ReadOptions

LINE: dict[str, str] = {
    "identity/LineItemId": "a",
    "bill/InvoiceId": "",
    "bill/InvoicingEntity": "Amazon Web Services, Inc.",
    "bill/BillingEntity": "AWS",
    "bill/BillType": "Anniversary",
    "bill/PayerAccountId": "111122223333",
    "bill/BillingPeriodStartDate": "2026-03-01T00:00:00.000Z",
    "bill/BillingPeriodEndDate": "2026-04-01T00:00:00.000Z",
    "lineItem/UsageAccountId": "444455556666",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "2026-03-05T10:00:00.000Z",
    "lineItem/UsageEndDate": "2026-03-05T11:00:00.000Z",
    "lineItem/ProductCode": "AmazonBedrock",
    "lineItem/UsageType": "USE1-NovaLite-input-tokens",
    "lineItem/Operation": "InvokeModelInference",
    "lineItem/AvailabilityZone": "",
    "lineItem/ResourceId": "",
    "lineItem/UsageAmount": "250.0",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedRate": "6.0E-5",
    "lineItem/UnblendedCost": "0.015",
    "lineItem/LineItemDescription": "$0.00006 per 1K input tokens for Nova Lite",
    "product/ProductName": "Amazon Bedrock",
    "product/region": "us-east-1",
    "product/servicecode": "AmazonBedrock",
    "product/sku": "SKU1",
    "pricing/RateCode": "SKU1.OFFER.RATE",
    "pricing/currency": "USD",
    "pricing/publicOnDemandCost": "0.015",
    "pricing/publicOnDemandRate": "6.0E-5",
    "pricing/term": "OnDemand",
    "pricing/unit": "1K tokens",
    "reservation/EffectiveCost": "",
    "reservation/ReservationARN": "",
    "reservation/SubscriptionId": "123",
    "reservation/StartTime": "",
    "reservation/EndTime": "",
    "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "",
    "reservation/UnusedRecurringFee": "",
    "reservation/UnusedQuantity": "",
    "savingsPlan/SavingsPlanARN": "",
    "savingsPlan/SavingsPlanEffectiveCost": "",
    "savingsPlan/TotalCommitmentToDate": "",
    "savingsPlan/UsedCommitment": "",
    "savingsPlan/OfferingType": "",
    "savingsPlan/PaymentOption": "",
    "savingsPlan/PurchaseTerm": "",
    "savingsPlan/StartTime": "",
    "savingsPlan/EndTime": "",
    "resourceTags/aws:createdBy": "",
    "resourceTags/user:Team": "search",
    "costCategory/Product": "",
}

_DOUBLES = {
    "line_item_unblended_cost", "line_item_usage_amount", "pricing_public_on_demand_cost",
    "reservation_effective_cost", "savings_plan_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date", "savings_plan_used_commitment",
    "reservation_unused_recurring_fee",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
}  # fmt: skip
_MAP_PRODUCT = {"product_product_name": "product_name", "product_region": "region"}


def line(**changes: str) -> dict[str, str]:
    """Return ``LINE`` with changes; a keyword is the end of a column's name: ``UsageAmount``."""
    changed = dict(LINE)
    for end, value in changes.items():
        names = [name for name in LINE if re.split(r"[/:]", name)[-1] == end]
        assert len(names) == 1, (end, names)
        changed[names[0]] = value
    return changed


def snake(name: str) -> str:
    """Return a legacy name as Athena and CUR 2.0 spell it."""
    group, _, rest = name.partition("/")
    parted = [re.sub(r"(?<!^)(?=[A-Z])", "_", part).lower() for part in (group, rest)]
    return re.sub(r"[^a-z0-9]+", "_", "_".join(parted))


def modern(record: Mapping[str, str]) -> dict[str, Any]:
    """Return a line as CUR 2.0 has it: product, tags and cost categories in maps."""
    plain = {snake(name): value for name, value in record.items()}
    maps: dict[str, dict[str, str]] = {"product": {}, "resource_tags": {}, "cost_category": {}}
    for name, value in record.items():
        group, _, rest = name.partition("/")
        key = snake(name)
        if group in {"resourceTags", "costCategory"} or key in _MAP_PRODUCT:
            del plain[key]
        if value and group == "resourceTags":
            maps["resource_tags"][key.removeprefix("resource_tags_")] = value
        elif value and group == "costCategory":
            maps["cost_category"][rest] = value
        elif value and key in _MAP_PRODUCT:
            maps["product"][_MAP_PRODUCT[key]] = value
    return {**plain, **maps}


def write_csv(path: Path, records: Sequence[Mapping[str, object]]) -> InputFile:
    """Write a CSV, gzip when the name says so; maps become JSON text."""
    names = list(dict.fromkeys(name for record in records for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({k: json.dumps(v) if isinstance(v, dict) else v for k, v in record.items()})
    data = out.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return input_file(path)


def write_parquet(
    path: Path, records: Sequence[Mapping[str, Any]], *, texts: Collection[str] = ()
) -> InputFile:
    """Write a Parquet file with AWS's types: doubles, timestamps and maps; ``texts`` stay text."""
    import pyarrow as pa
    from pyarrow import parquet

    def column(name: str) -> Any:
        values = [record[name] for record in records]
        if name in texts:
            return pa.array(values, pa.string())
        if isinstance(values[0], dict):
            return pa.array([list(v.items()) for v in values], pa.map_(pa.string(), pa.string()))
        if name in _DOUBLES:
            return pa.array([float(v) if v else None for v in values], pa.float64())
        if name.endswith("_date"):
            times = [datetime.fromisoformat(v.replace("Z", "+00:00")) for v in values]
            return pa.array([t.replace(tzinfo=None) for t in times], pa.timestamp("ms"))
        return pa.array(values, pa.string())

    parquet.write_table(pa.table({name: column(name) for name in records[0]}), path)
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
    reading = AwsReportSource().read(connection, files, options)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE charges AS {reading.select}")
    except duckdb.Error as error:
        raise reading.explain(error) from error
    return reading


def rows(
    folder: Path, records: Sequence[Mapping[str, object]], *columns: str
) -> list[tuple[Any, ...]]:
    """Return columns of the charges that lines become, in the lines' order."""
    connection = connect()
    connection.execute("SET threads = 1")
    charges(connection, write_csv(folder / "report.csv", records))
    return connection.execute(f"SELECT {', '.join(columns)} FROM charges").fetchall()


def one(folder: Path, *columns: str, **changes: str) -> tuple[Any, ...]:
    """Return columns of the charge that one changed line becomes."""
    (row,) = rows(folder, [line(**changes)], *columns)
    return row


def total(connection: duckdb.DuckDBPyConnection, column: str) -> Decimal:
    found = connection.execute(f"SELECT sum({column}) FROM charges").fetchone()
    assert found is not None
    return found[0]


def codes(reading: Reading) -> dict[str, int]:
    """Return the warnings' codes and how many rows each concerns."""
    return {warning.code: warning.rows for warning in reading.tally.warnings}
