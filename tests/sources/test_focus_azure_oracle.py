"""Azure's and Oracle's FOCUS exports: model, token and renamed columns from those beside FOCUS."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.sources.focus_files import ROW, charges, connect, rows, write

AZURE = {
    **ROW,
    "ServiceProviderName": "Microsoft",
    "ServiceName": "Azure OpenAI Service",
    "ChargeCategory": "Usage",
    "BilledCost": "0.280758",
    "EffectiveCost": "0.280758",
    "ListCost": "0.280758",
    "ListUnitPrice": "0.0002",
    "ConsumedQuantity": "1403791",
    "ConsumedUnit": "Units",
    "PricingQuantity": "1403.791",
    "PricingUnit": "Units",
    "x_PricingBlockSize": "1000.0",
    "x_PricingUnitDescription": "1K",
    "x_SkuMeterCategory": "Foundry Models",
    "x_SkuMeterSubcategory": "Azure OpenAI",
    "x_SkuMeterName": "gpt 4.1 nano Batch Outp glbl Tokens",
    "x_SkuMeterId": "m-1",
    "x_BilledCostInUsd": "0.280758",
    "x_PricingSubcategory": "Standard",
    "x_BillingExchangeRate": "1",
    "x_PricingCurrency": "USD",
    "x_CostCenter": "42",
}
TOKENS = "SELECT x_ModelId, x_TokenDirection, x_ProcessingTier, x_InferenceGeo, x_TokenCount"


def test_an_azure_export(tmp_path: Path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [AZURE]))
    assert connection.execute(
        f"{TOKENS}, SkuMeter, PricingCurrency, x_FxRate, x_CostCenter, ServiceSubcategory FROM charges"
    ).fetchall() == [
        ("gpt-4.1-nano", "Output", "batch", "global", Decimal(1403791),
         "gpt 4.1 nano Batch Outp glbl Tokens", "USD", Decimal(1), "42", "Generative AI"),
    ]  # fmt: skip
    assert [w.code for w in reading.tally.warnings] == []


@pytest.mark.parametrize(
    "changes",
    [
        # As FOCUS says: the unit price times PricingQuantity is the cost.
        {},
        # Early exports of 1.0 divided a quantity in pricing units by the block size once more.
        {"ConsumedQuantity": "1403.791", "PricingQuantity": "1.403791"},
        # No price: PricingQuantity is what FOCUS says it is.
        {"ListUnitPrice": "", "ListCost": ""},
        # The unit in the block size alone.
        {"x_PricingUnitDescription": ""},
        # 1.2: the meter is a column of FOCUS.
        {"x_SkuMeterName": "", "SkuMeter": "gpt 4.1 nano Batch Outp glbl Tokens", "SkuId": "s"},
    ],
)
def test_tokens_in_every_shape(tmp_path: Path, changes: dict[str, str]):
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [{**AZURE, **changes}]))
    assert connection.execute(f"{TOKENS} FROM charges").fetchall() == [
        ("gpt-4.1-nano", "Output", "batch", "global", Decimal(1403791))
    ]


def test_an_azure_reservation_is_provisioned(tmp_path: Path):
    purchase = {
        **AZURE,
        "ChargeCategory": "Purchase",
        "x_SkuMeterName": "Provisioned Managed Global Unit",
        "x_SkuDescription": "Azure OpenAI Provisioned Managed Global",
    }
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [purchase]))
    assert connection.execute(f"{TOKENS} FROM charges").fetchall() == [
        (None, None, "provisioned", "global", None)
    ]


def test_a_machine_of_azure_has_no_model(tmp_path: Path):
    machine = {**AZURE, "ServiceName": "Virtual Machines", "x_SkuMeterCategory": "Virtual Machines",
               "x_SkuMeterSubcategory": "Dv2 Series", "x_SkuMeterName": "D3 v2"}  # fmt: skip
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [machine]))
    assert connection.execute("SELECT x_ModelId, x_TokenCount, ServiceCategory FROM charges").fetchall() == [
        (None, None, "Compute")
    ]  # fmt: skip


def test_files_of_several_providers_in_one_command(tmp_path: Path):
    files = [
        write(tmp_path / "azure.csv", [AZURE]),
        write(tmp_path / "plain.csv", rows({})),
        write(tmp_path / "oracle.csv", [ORACLE]),
    ]
    connection = connect()
    charges(connection, *files)
    assert connection.execute(
        "SELECT ServiceProviderName, x_ModelId, x_TokenCount FROM charges ORDER BY ALL"
    ).fetchall() == [
        ("Example Cloud", None, None),
        ("Microsoft", "gpt-4.1-nano", Decimal(1403791)),
        ("Oracle", "grok-4.3", Decimal(2500000)),
    ]


ORACLE = {
    "AvailabilityZone": "", "BilledCost": "3.125", "BillingAccountId": "20209880",
    "BillingCurrency": "USD", "BillingPeriodEnd": "2026-04-01T00:00Z",
    "BillingPeriodStart": "2026-03-01T00:00Z", "ChargeCategory": "Usage",
    "ChargeDescription": "OCI Generative AI - xAI - Grok 4.3 - Input Tokens",
    "ChargePeriodEnd": "2026-03-05T11:00Z", "ChargePeriodStart": "2026-03-05T10:00Z",
    "ChargeSubcategory": "On-Demand", "EffectiveCost": "3.125", "InvoiceIssuer": "Oracle",
    "ListCost": "3.125", "PricingQuantity": "2.5", "PricingUnit": "1,000,000 Tokens",
    "Provider": "Oracle", "Publisher": "Oracle", "Region": "us-chicago-1",
    "ServiceName": "GENERATIVE_AI", "SkuId": "B111111", "SubAccountId": "ocid1.tenancy.oc1..t",
    "Tags": '{"env": "prod"}', "UsageQuantity": "2.5", "UsageUnit": "1,000,000 Tokens",
    "oci_ReferenceNumber": "V2.1", "oci_CompartmentId": "c", "oci_CompartmentName": "ai-prod",
    "oci_OverageFlag": "N", "oci_UnitPriceOverage": "", "oci_BilledQuantityOverage": "",
    "oci_CostOverage": "", "oci_AttributedUsage": "", "oci_AttributedCost": "",
    "oci_BackReferenceNumber": "",
}  # fmt: skip


def test_an_oracle_report(tmp_path: Path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", [ORACLE]))
    assert connection.execute(
        "SELECT BilledCost, ServiceProviderName, HostProviderName, InvoiceIssuerName, RegionId,"
        " ConsumedQuantity, ConsumedUnit, x_Project, ChargeClass, x_ModelId, x_TokenDirection,"
        " x_TokenCount, ServiceCategory, ChargePeriodStart::VARCHAR FROM charges"
    ).fetchall() == [
        (Decimal("3.125"), "Oracle", "Oracle", "Oracle", "us-chicago-1", Decimal("2.5"),
         "1,000,000 Tokens", "ai-prod", None, "grok-4.3", "Input", Decimal(2500000),
         "AI and Machine Learning", "2026-03-05 10:00:00"),
    ]  # fmt: skip
    assert [w.code for w in reading.tally.warnings] == []


def test_an_oracle_correction(tmp_path: Path):
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [{**ORACLE, "oci_BackReferenceNumber": "V1"}]))
    assert connection.execute("SELECT ChargeClass FROM charges").fetchall() == [("Correction",)]
