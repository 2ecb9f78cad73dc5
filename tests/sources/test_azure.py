"""Azure cost exports: what becomes which column, and what actual and amortised exports make."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.sources.azure_files import (
    ROW,
    SUBSCRIPTION,
    charges,
    codes,
    connect,
    input_file,
    one,
    row,
    write,
)


def test_a_models_tokens(tmp_path: Path):
    assert one(
        tmp_path,
        "BilledCost",
        "x_ModelDeveloper",
        "x_ModelId",
        "x_ModelVersion",
        "x_TokenDirection",
        "x_TokenCacheAction",
        "x_ProcessingTier",
        "x_InferenceGeo",
        "x_TokenCount",
        "ServiceCategory",
        "ServiceSubcategory",
    ) == (
        Decimal("3.12625"),
        "OpenAI",
        "gpt-4o",
        "2024-08-06",
        "Input",
        "Uncached",
        "standard",
        "global",
        Decimal(1250500),
        "AI and Machine Learning",
        "Generative AI",
    )


def test_the_other_columns(tmp_path: Path):
    assert one(
        tmp_path,
        "BillingAccountId",
        "BillingCurrency",
        "ChargeCategory",
        "ChargeFrequency",
        "PricingCategory",
        "PricingQuantity",
        "PricingUnit",
        "RegionId",
        "ResourceName",
        "ResourceType",
        "SubAccountName",
        "Tags",
        "SkuMeter",
        "ServiceProviderName",
    ) == (
        "8611537",
        "USD",
        "Usage",
        "Usage-Based",
        "Standard",
        Decimal("1250.5"),
        "1K",
        "eastus",
        "ai-1",
        "Microsoft.CognitiveServices/accounts",
        "ai-prod",
        '{"team": "search","env": "prod"}',
        "gpt 4o 0806 Inp glbl Tokens",
        "Microsoft",
    )
    (details,) = one(tmp_path, "SkuPriceDetails")
    assert json.loads(str(details))["x_AdditionalInfo"] == {"DeploymentName": "chat"}


def test_exactness(tmp_path: Path):
    assert one(tmp_path, "BilledCost", CostInBillingCurrency="5.64902E-05") == (
        Decimal("0.0000564902"),
    )
    assert one(tmp_path, "BilledCost", CostInBillingCurrency="12345678901234.123456789012") == (
        Decimal("12345678901234.123456789012"),
    )


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "2026-03-05T00:00:00Z", "03/05/2026", "3/5/2026", "3/5/26", "05.03.2026",
     "20260305", "3/5/2026 12:00:00 AM"],
)  # fmt: skip
def test_a_day_in_every_form(tmp_path: Path, text: str):
    found = one(tmp_path, "ChargePeriodStart::VARCHAR", "ChargePeriodEnd::VARCHAR", Date=text)
    assert found == ("2026-03-05 00:00:00", "2026-03-06 00:00:00")


def test_days_before_months_are_seen_by_one_that_can_be_nothing_else(tmp_path: Path):
    rows = [
        row(Date="05/03/2026", BillingPeriodStartDate="", BillingPeriodEndDate=""),
        row(Date="31/03/2026", BillingPeriodStartDate="", BillingPeriodEndDate=""),
    ]
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", rows))
    days = connection.execute("SELECT ChargePeriodStart::DATE::VARCHAR FROM charges ORDER BY 1")
    assert days.fetchall() == [("2026-03-05",), ("2026-03-31",)]
    assert codes(reading) == {"day_before_month": 2}


def test_a_german_file_with_decimal_commas(tmp_path: Path):
    german = {
        "Abonnement-GUID (SubscriptionGuid)": SUBSCRIPTION,
        "UsageDateTime (UsageDateTime)": "05.03.2026",
        "Kategorie der Verbrauchseinheit (MeterCategory)": "Storage",
        "UsageQuantity (UsageQuantity)": "1.234,5",
        "Ressourcensatz (ResourceRate)": "0,002",
        "PreTaxCost (PreTaxCost)": "2,469",
        "Genutzter Dienst (ConsumedService)": "Microsoft.Storage",
        "Währung (Currency)": "EUR",
        "Maßeinheit (UnitOfMeasure)": "1 GB",
    }
    for delimiter in (",", ";"):
        connection = connect()
        charges(connection, write(tmp_path / "de.csv", [german], delimiter=delimiter))
        assert connection.execute(
            "SELECT BilledCost, PricingQuantity, BillingCurrency, ChargePeriodStart::DATE::VARCHAR,"
            " BillingAccountId, BillingAccountType FROM charges"
        ).fetchall() == [
            (Decimal("2.469"), Decimal("1234.5"), "EUR", "2026-03-05", SUBSCRIPTION, "Subscription")
        ]


def test_the_old_enterprise_header_with_spaces(tmp_path: Path):
    old = {
        "AccountOwnerId": "a@example.com", "Account Name": "dev", "SubscriptionGuid": SUBSCRIPTION,
        "Subscription Name": "s", "Date": "03/05/2026", "Month": "3", "Day": "5", "Year": "2026",
        "Product": "Storage - LRS", "Meter ID": "m-1", "Meter Category": "Storage",
        "Meter Sub-Category": "Tables", "Meter Region": "", "Meter Name": "LRS Data Stored",
        "Consumed Quantity": "4", "ResourceRate": "0.25", "ExtendedCost": "1.00",
        "Resource Location": "US East", "Consumed Service": "Microsoft.Storage",
        "Instance ID": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/x",
        "Unit Of Measure": "1 GB/Month", "Resource Group": "r", "Currency": "usd",
    }  # fmt: skip
    connection = connect()
    reading = charges(connection, write(tmp_path / "old.csv", [old]))
    assert connection.execute(
        "SELECT BilledCost, SubAccountName, ServiceName, SkuMeter, ResourceType, BillingCurrency"
        " FROM charges"
    ).fetchall() == [
        (Decimal(1), "s", "Storage", "LRS Data Stored", "Microsoft.Storage/storageAccounts", "USD")
    ]
    assert codes(reading) == {}


def test_parquet_and_gzip_and_a_byte_order_mark_are_the_same(tmp_path: Path):
    rows = [row(Date="2026-03-05"), row(Date="2026-03-06", CostInBillingCurrency="0.1")]
    csv_file = write(tmp_path / "a.csv", rows)
    parquet = tmp_path / "a.parquet"
    connection = connect()
    connection.execute(
        f"COPY (SELECT * REPLACE (CAST(CostInBillingCurrency AS DOUBLE) AS CostInBillingCurrency,"
        f" CAST(Date AS DATE) AS Date) FROM read_csv('{csv_file.path}', all_varchar = true))"
        f" TO '{parquet}' (FORMAT parquet)"
    )
    found = []
    for file in (
        csv_file,
        write(tmp_path / "a.csv.gz", rows),
        write(tmp_path / "bom.csv", rows, encoding="utf-8-sig"),
        input_file(parquet),
    ):
        charges(connection, file)
        found.append(
            connection.execute(
                "SELECT * EXCLUDE (x_IngestionBatchId) FROM charges ORDER BY ALL"
            ).fetchall()
        )
    assert found[0] == found[1] == found[2] == found[3]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ('"a": "1","b": "2"', '{"a": "1","b": "2"}'),
        ('{"a": "1"}', '{"a": "1"}'),
        ("{}", None),
        ("", None),
        ("a=1", None),
    ],
)
def test_tags(tmp_path: Path, tags: str, expected: str | None):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [row(Tags=tags)]))
    assert connection.execute("SELECT Tags FROM charges").fetchall() == [(expected,)]
    assert codes(reading) == ({"tags_not_understood": 1} if tags == "a=1" else {})


def test_a_file_without_currency_stands_under_no_currency(tmp_path: Path):
    bare = {name: value for name, value in ROW.items() if name != "BillingCurrencyCode"}
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [bare]))
    assert connection.execute("SELECT BillingCurrency FROM charges").fetchall() == [("XXX",)]
    assert codes(reading) == {"currency_not_stated": 1}


def test_an_export_in_dollars_only(tmp_path: Path):
    dollars = {
        ("costInUsd" if name == "CostInBillingCurrency" else name): value
        for name, value in row(BillingCurrencyCode="EUR").items()
    }
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [dollars]))
    assert connection.execute("SELECT BilledCost, BillingCurrency FROM charges").fetchall() == [
        (Decimal("3.12625"), "USD")
    ]


def test_exchange_rate_of_a_customer_agreement(tmp_path: Path):
    assert one(
        tmp_path,
        "BillingCurrency",
        "PricingCurrency",
        "x_FxRate",
        "x_FxSource",
        "x_FxDate::VARCHAR",
        "ListUnitPrice",
        "PricingCurrencyListUnitPrice",
        BillingCurrencyCode="EUR",
        pricingCurrency="USD",
        exchangeRatePricingToBilling="0.92",
        exchangeRateDate="3/1/26",
        PayGPrice="0.0025",
    ) == ("EUR", "USD", Decimal("0.92"), "bill", "2026-03-01", None, Decimal("0.0025"))


def test_records_that_are_shorter_than_the_header(tmp_path: Path):
    file = write(tmp_path / "a.csv", [row(), row(CostInBillingCurrency="1")])
    lines = file.path.read_text().splitlines()
    file.path.write_text("\n".join([f"{lines[0]},PartNumber", *lines[1:]]) + "\n")
    connection = connect()
    reading = charges(connection, input_file(file.path))
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (
        Decimal("4.12625"),
    )
    assert codes(reading) == {"short_rows": 2}


# --- reservations and savings plans -------------------------------------------------------------

PTU = {
    "MeterName": "Provisioned Managed Global Unit",
    "UnitOfMeasure": "1 Hour",
    "PricingModel": "Reservation",
    "ReservationId": "r-1",
    "ReservationName": "PTU 50",
}
BOUGHT = row(**PTU, ChargeType="Purchase", CostInBillingCurrency="260", Quantity="1", Date="03/01/2026",
             Frequency="OneTime")  # fmt: skip
COVERED = row(**PTU, CostInBillingCurrency="0", Quantity="24")
AMORTISED = row(**PTU, CostInBillingCurrency="8", Quantity="24")
UNUSED = row(**PTU, ChargeType="UnusedReservation", CostInBillingCurrency="0.6", Quantity="2")
OTHER = row(CostInBillingCurrency="3")
TAX = row(ChargeType="Tax", CostInBillingCurrency="0.3", MeterName="", PricingModel="")

TOTALS = """SELECT sum(BilledCost), sum(EffectiveCost), count(*),
    sum(ConsumedQuantity) FILTER (ConsumedUnit = '1 Hour') FROM charges"""


def test_an_actual_export_alone(tmp_path: Path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [BOUGHT, COVERED, OTHER, TAX]))
    assert connection.execute(TOTALS).fetchone() == (Decimal("263.3"), Decimal("3.3"), 4, 24)
    assert connection.execute(
        "SELECT ChargeCategory, CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountType,"
        " CommitmentDiscountStatus, x_ProcessingTier, EffectiveCost FROM charges"
        " WHERE PricingCategory = 'Committed' ORDER BY ALL"
    ).fetchall() == [
        ("Purchase", "r-1", "PTU 50", "Reservation", None, "provisioned", Decimal(0)),
        ("Usage", "r-1", "PTU 50", "Reservation", "Used", "provisioned", None),
    ]
    assert codes(reading) == {"effective_cost_unknown": 1}


def test_an_amortised_export_alone(tmp_path: Path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [AMORTISED, UNUSED, OTHER, TAX]))
    assert connection.execute(TOTALS).fetchone() == (Decimal("3.3"), Decimal("11.9"), 4, 24)
    status = "SELECT CommitmentDiscountStatus, EffectiveCost FROM charges WHERE BilledCost = 0"
    assert sorted(connection.execute(status).fetchall()) == [
        ("Unused", Decimal("0.6")),
        ("Used", Decimal(8)),
    ]
    assert codes(reading) == {"amortised_without_actual": 2}


def test_both_exports_complete_each_other_and_are_not_added(tmp_path: Path):
    actual = write(tmp_path / "one.csv", [BOUGHT, COVERED, OTHER, TAX])
    amortised = write(tmp_path / "two.csv", [AMORTISED, UNUSED, OTHER, TAX])
    for files in ((actual, amortised), (amortised, actual)):
        connection = connect()
        reading = charges(connection, *files)
        # The billed costs are those of the actual export, the effective those of the amortised.
        assert connection.execute(TOTALS).fetchone() == (Decimal("263.3"), Decimal("11.9"), 5, 24)
        assert codes(reading) == {}
        assert sorted(reading.tally.skipped.items()) == sorted(
            {
                (amortised.batch_id, "amortised row of a charge that the actual export has"): 2,
                (actual.batch_id, "covered use that the amortised export has with its cost"): 1,
            }.items()
        )
        assert reading.tally.read.total() == 8


def test_what_only_one_of_both_covers_stays(tmp_path: Path):
    other_subscription = {"SubscriptionId": "s-2"}
    actual = write(tmp_path / "one.csv", [BOUGHT, COVERED, OTHER])
    amortised = write(
        tmp_path / "two.csv",
        [AMORTISED, OTHER, {**OTHER, **other_subscription}, row(Date="03/09/2026")],
    )  # fmt: skip
    connection = connect()
    charges(connection, actual, amortised)
    assert connection.execute("SELECT sum(BilledCost), count(*) FROM charges").fetchone() == (
        Decimal("269.12625"),
        5,
    )


def test_a_part_without_commitments_is_what_the_other_parts_of_its_folder_are(tmp_path: Path):
    actual = [write(tmp_path / "cost" / "p1.csv", [BOUGHT, COVERED]),
              write(tmp_path / "cost" / "p2.csv", [OTHER, TAX])]  # fmt: skip
    amortised = [write(tmp_path / "spread" / "p1.csv", [AMORTISED, UNUSED]),
                 write(tmp_path / "spread" / "p3.csv", [TAX, {**OTHER, "Tags": ""}])]  # fmt: skip
    connection = connect()
    charges(connection, *actual, *amortised)
    assert connection.execute(TOTALS).fetchone() == (Decimal("263.3"), Decimal("11.9"), 5, 24)


def test_a_part_that_both_exports_share_is_not_lost(tmp_path: Path):
    actual = write(tmp_path / "cost" / "p1.csv", [BOUGHT, COVERED])
    amortised = write(tmp_path / "spread" / "p1.csv", [AMORTISED, UNUSED])
    # Byte for byte the same in both exports, it reaches the source once, from either folder.
    shared = write(tmp_path / "spread" / "p2.csv", [row(MeterId="m-2"), {**TAX, "MeterId": "m-3"}])
    connection = connect()
    charges(connection, actual, amortised, shared)
    assert connection.execute("SELECT sum(BilledCost), count(*) FROM charges").fetchone() == (
        Decimal("263.42625"),
        5,
    )


def test_two_exports_without_commitments_are_one(tmp_path: Path):
    first = write(tmp_path / "actual.csv", [OTHER, TAX])
    second = write(tmp_path / "amortized.csv", [TAX, OTHER])
    connection = connect()
    reading = charges(connection, first, second)
    assert connection.execute("SELECT sum(BilledCost), count(*) FROM charges").fetchone() == (
        Decimal("3.3"),
        2,
    )
    assert reading.tally.skipped.total() == 2


def test_a_refund_of_a_reservation_is_a_correction(tmp_path: Path):
    refund = row(**PTU, ChargeType="Refund", CostInBillingCurrency="-100", Quantity="1")
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [refund]))
    assert connection.execute(
        "SELECT ChargeCategory, ChargeClass, BilledCost, EffectiveCost FROM charges"
    ).fetchall() == [("Purchase", "Correction", Decimal(-100), Decimal(0))]


def test_a_savings_plan(tmp_path: Path):
    plan = {"PricingModel": "SavingsPlan", "benefitId": "b-1", "benefitName": "compute"}
    assert one(
        tmp_path,
        "CommitmentDiscountId",
        "CommitmentDiscountType",
        "CommitmentDiscountCategory",
        "EffectiveCost",
        "BilledCost",
        **plan,
        CostInBillingCurrency="2",
    ) == ("b-1", "Savings Plan", "Spend", Decimal(2), Decimal(0))


def test_reading_both_in_two_commands_adds_nothing(centavo, tmp_path: Path):
    write(tmp_path / "actual.csv", [BOUGHT, COVERED, OTHER, TAX])
    write(tmp_path / "spread.csv", [AMORTISED, UNUSED, OTHER, TAX])
    actual, spread = tmp_path / "actual.csv", tmp_path / "spread.csv"
    assert _ledger_total(centavo, tmp_path, actual) == (Decimal("263.3"), Decimal("3.3"))
    # The later export takes the place of the earlier on the days that it covers: never both.
    assert _ledger_total(centavo, tmp_path, spread) == (Decimal("263.3"), Decimal("11.9"))
    both = (Decimal("263.3"), Decimal("11.9"))
    assert _ledger_total(centavo, tmp_path, actual, spread) == both
    assert "unchanged" in centavo("ingest", actual, spread).err
    # A file that is here already is read again beside one that is new.
    write(tmp_path / "spread2.csv", [AMORTISED, UNUSED, OTHER, TAX, row(Date="03/07/2026")])
    found = _ledger_total(centavo, tmp_path, actual, tmp_path / "spread2.csv")
    assert found == (Decimal("266.42625"), Decimal("15.02625"))


def _ledger_total(centavo, folder: Path, *files: Path) -> tuple[Decimal, Decimal]:
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    done = centavo("ingest", *files)
    assert done.exit_code == 0, done.err
    ledger = Ledger.open(LedgerLocation(folder / ".centavo"))
    billed, effective = ledger.rows("SELECT sum(BilledCost), sum(EffectiveCost) FROM charges")[0]
    assert isinstance(billed, Decimal)
    assert isinstance(effective, Decimal)
    return billed, effective
