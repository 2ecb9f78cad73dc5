"""Small Oracle cost reports for tests, and what a test needs to read them."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from centavo.ledger.reading import InputFile, Reading
from centavo.sources.oci import OracleCostSource
from centavo.sources.source import ReadOptions

ROW: dict[str, str] = {
    "lineItem/referenceNo": "V2.1",
    "lineItem/tenantId": "ocid1.tenancy.oc1..t",
    "lineItem/intervalUsageStart": "2026-03-05T10:00Z",
    "lineItem/intervalUsageEnd": "2026-03-05T11:00Z",
    "product/service": "GENERATIVE_AI",
    "product/compartmentId": "ocid1.compartment.oc1..c",
    "product/compartmentName": "ai-prod",
    "product/region": "us-chicago-1",
    "product/availabilityDomain": "",
    "product/resourceId": "ocid1.generativeaimodel.oc1.us-chicago-1.m",
    "usage/billedQuantity": "2.5",
    "usage/billedQuantityOverage": "",
    "cost/subscriptionId": "20209880",
    "cost/productSku": "B111111",
    "product/Description": "OCI Generative AI - xAI - Grok 4.3 - Input Tokens",
    "cost/unitPrice": "1.25",
    "cost/unitPriceOverage": "",
    "cost/myCost": "3.125",
    "cost/myCostOverage": "",
    "cost/currencyCode": "USD",
    "cost/skuUnitDescription": "1,000,000 Tokens",
    "cost/overageFlag": "N",
    "lineItem/isCorrection": "false",
    "lineItem/backreferenceNo": "",
    "tags/env": "prod",
    "tags/Oracle-Tags.CreatedBy": "",
}


def row(**changes: str) -> dict[str, str]:
    """Return ``ROW`` with changes, named without what stands before the slash."""
    names = {name.rpartition("/")[2]: name for name in ROW}
    return {**ROW, **{names.get(key, key): value for key, value in changes.items()}}


def charges(
    connection: duckdb.DuckDBPyConnection, *files: InputFile, skip_bad: bool = False
) -> Reading:
    """Read the files into the table ``charges`` of the connection."""
    options = ReadOptions(now=datetime(2026, 5, 1, tzinfo=UTC), skip_bad=skip_bad)
    reading = OracleCostSource().read(connection, files, options)
    try:
        connection.execute(f"CREATE OR REPLACE TABLE charges AS {reading.select}")
    except duckdb.Error as error:
        raise reading.explain(error) from error
    return reading


def one(folder: Path, *columns: str, **changes: str) -> tuple[object, ...]:
    """Return columns of the charge that one changed row becomes."""
    from tests.sources.azure_files import connect, write

    connection = connect()
    charges(connection, write(folder / "reports_cost-csv_1.csv", [row(**changes)]))
    found = connection.execute(f"SELECT {', '.join(columns)} FROM charges").fetchone()
    assert found is not None
    return found
