"""Google's native FOCUS export: gaps filled, credits told and not added, in every shape."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from centavo.errors import BadValueError, InputError
from tests.shared_data import shared_data
from tests.sources.focus_files import charges, connect, input_file, write

ROW: dict[str, object] = {
    "BilledCost": "0.4",
    "BillingAccountId": "01AAAA-BBBBBB-CCCCCC",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-05-01 00:00:00 UTC",
    "BillingPeriodEnd": "2026-06-01 00:00:00 UTC",
    "ChargeCategory": "Usage",
    "ChargeDescription": "Gemini 2.5 Pro Text Input Caching (Long)",
    "ChargePeriodStart": "2026-05-02 10:00:00 UTC",
    "ChargePeriodEnd": "2026-05-02 11:00:00 UTC",
    "ConsumedQuantity": "2000000",
    "ConsumedUnit": "count",
    "ContractedCost": "0.5",
    "EffectiveCost": "0.4",
    "ListCost": "0.5",
    "ProviderName": "Google Cloud",
    "PublisherName": "Google Cloud",
    "ServiceName": "Vertex AI",
    "SkuId": "7EBE-3B46-F75C",
    "SkuPriceId": "P-1",
    "SubAccountId": "chat-prod",
    "x_CostType": "regular",
    "x_Credits": [
        {"Id": "c-1", "FullName": "Promo", "Type": "PROMOTION", "Name": "Promo", "Amount": "-0.1"}
    ],
    "x_ExportTime": "2026-05-03 05:00:00 UTC",
    "x_Labels": [{"Key": "team", "Value": "search"}],
    "x_ProjectLabels": [{"Key": "team", "Value": "platform"}, {"Key": "env", "Value": "prod"}],
    "x_SystemLabels": [{"Key": "compute.googleapis.com/cores", "Value": "4"}],
    "x_Tags": [{"Key": "cc", "Value": "42", "x_Inherited": True, "x_Namespace": "org"}],
    "x_Project": {"Id": "chat-prod", "Number": "1", "Name": "Chat"},
    "x_ServiceId": "C7E2-9256-1C43",
    "x_Location": "us-central1",
    "x_ConsumptionModelId": "7754-699E-0EBF",
    "x_ConsumptionModelDescription": "Default",
}
MODEL = """SELECT x_ModelId, x_ModelDeveloper, x_TokenDirection, x_TokenCacheAction, x_ContextTier,
    x_TokenCount, ServiceCategory, ServiceSubcategory, PricingCategory FROM charges"""
CACHED = (
    "gemini-2.5-pro",
    "Google",
    "Input",
    "Read",
    "long",
    Decimal(2000000),
    "AI and Machine Learning",
    "Generative AI",
    "Standard",
)
MONEY = "SELECT BilledCost, EffectiveCost, x_CreditCost, x_GrossCost FROM charges"


def lines(path: Path, *records: object) -> duckdb.DuckDBPyConnection:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    connection = connect()
    charges(connection, input_file(path))
    return connection


def row(**changes: object) -> dict[str, object]:
    changed = {**ROW, **changes}
    # BigQuery leaves out what is null.
    return {key: value for key, value in changed.items() if value is not None}


def test_model_and_token_columns(tmp_path: Path):
    assert lines(tmp_path / "a.jsonl", row()).execute(MODEL).fetchall() == [CACHED]


def test_credits_are_inside_the_cost_already(tmp_path: Path):
    connection = lines(tmp_path / "a.jsonl", row(), row(x_Credits=[]))
    assert connection.execute(MONEY).fetchall() == [
        (Decimal("0.4"), Decimal("0.4"), Decimal("-0.1"), Decimal("0.5")),
        (Decimal("0.4"), Decimal("0.4"), None, None),
    ]
    texts = connection.execute("SELECT x_Credits FROM charges").fetchall()
    assert json.loads(texts[0][0]) == ROW["x_Credits"]
    assert texts[1] == (None,)


def test_tags_are_all_labels_as_in_the_cloud_billing_export(tmp_path: Path):
    connection = lines(tmp_path / "a.jsonl", row())
    (tags,) = connection.execute("SELECT Tags FROM charges").fetchone() or ("",)
    assert json.loads(tags) == {
        "team": "search",
        "project/team": "platform",
        "env": "prod",
        "system/compute.googleapis.com/cores": "4",
        "org/cc": "42",
    }


def test_other_gaps(tmp_path: Path):
    connection = lines(tmp_path / "a.jsonl", row())
    assert connection.execute(
        "SELECT InvoiceIssuerName, SubAccountType, SkuMeter, x_Project, ChargeFrequency,"
        " x_SourceExportTime::VARCHAR, ChargePeriodStart::VARCHAR FROM charges"
    ).fetchall() == [
        (
            "Google Cloud",
            "Project",
            "Gemini 2.5 Pro Text Input Caching (Long)",
            "chat-prod",
            "Usage-Based",
            "2026-05-03 05:00:00",
            "2026-05-02 10:00:00",
        )
    ]
    (details,) = connection.execute("SELECT SkuPriceDetails FROM charges").fetchone() or ("",)
    assert json.loads(details)["x_Location"] == "us-central1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"x_ConsumptionModelDescription": "Compute Flexible CUDs 1 Year",
             "x_SubscriptionInstanceId": "sub-1"},
            ("sub-1", "Compute Flexible CUDs 1 Year", "CUD", "Spend", "Used", "Committed"),
        ),
        (
            {"x_Credits": [{"Id": "cud-7", "Type": "COMMITTED_USAGE_DISCOUNT",
                            "FullName": "Commitment: CPU", "Amount": "-1"}]},
            ("cud-7", "Commitment: CPU", "CUD", "Usage", "Used", "Standard"),
        ),
        (
            {"x_Credits": [{"Id": "cud-8", "Type": "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE",
                            "FullName": "Vertex commitment", "Amount": "-1"}]},
            ("cud-8", "Vertex commitment", "CUD", "Spend", "Used", "Standard"),
        ),
        ({}, (None, None, None, None, None, "Standard")),
    ],
)  # fmt: skip
def test_commitment_columns(tmp_path: Path, changes: dict[str, object], expected: tuple[object]):
    connection = lines(tmp_path / "a.jsonl", row(**changes))
    assert connection.execute(
        "SELECT CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountType,"
        " CommitmentDiscountCategory, CommitmentDiscountStatus, PricingCategory FROM charges"
    ).fetchall() == [expected]


def test_a_tax_is_no_model(tmp_path: Path):
    connection = lines(
        tmp_path / "a.jsonl",
        row(ChargeCategory="Tax", ChargeDescription="Tax", ServiceName="Invoice", x_ServiceId=None),
    )
    assert connection.execute("SELECT x_ModelId, x_TokenCount, ServiceCategory FROM charges").fetchall() == [
        (None, None, "Other")
    ]  # fmt: skip


def test_parquet_csv_array_and_lines_are_the_same(tmp_path: Path):
    records = [row(), row(ChargeDescription="Gemini 2.5 Pro Text Output - Predictions")]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    (tmp_path / "a.json").write_text(json.dumps(records, indent=1))
    flat = [
        {k: v if isinstance(v, str) else json.dumps(v) for k, v in record.items()}
        for record in records
    ]
    write(tmp_path / "a.csv", flat)
    amounts = ", ".join(
        f"CAST({n} AS DECIMAL(38,9)) AS {n}" for n in ("BilledCost", "EffectiveCost")
    )
    connection = connect()
    connection.execute(
        f"COPY (SELECT * REPLACE ({amounts}) FROM read_json('{tmp_path}/a.jsonl'))"
        f" TO '{tmp_path}/a.parquet' (FORMAT parquet)"
    )
    found = []
    for name in ("a.jsonl", "a.json", "a.csv", "a.parquet"):
        connection = connect()
        charges(connection, input_file(tmp_path / name))
        rows = connection.execute(
            "SELECT * EXCLUDE (x_IngestionBatchId, x_Credits) FROM charges ORDER BY ChargeDescription"
        )
        names = [column[0] for column in rows.description or ()]
        found.append([dict(zip(names, row, strict=True)) for row in rows.fetchall()])
    assert found[0] == found[1] == found[2]
    parquet = [{name: one[name] for name in found[0][0]} for one in found[3]]
    assert parquet == found[0]


def test_the_answer_of_bigquerys_api():
    path = shared_data("focus") / "costroid_fixture_gcp_focus_bq.json"
    answer = json.loads(path.read_text())
    names = [field["name"] for field in answer["schema"]["fields"]]
    assert len(names) == 55
    stated = [dict(zip(names, (c["v"] for c in row["f"]), strict=True)) for row in answer["rows"]]
    connection = connect()
    reading = charges(connection, input_file(path))
    assert connection.execute(
        "SELECT count(*), sum(BilledCost), sum(EffectiveCost), sum(ListCost) FROM charges"
    ).fetchone() == (
        len(stated),
        *(
            sum((round(Decimal(one[name]), 12) for one in stated if one[name]), Decimal(0))
            for name in ("BilledCost", "EffectiveCost", "ListCost")
        ),
    )
    assert connection.execute(
        "SELECT ServiceCategory, Tags, x_CreditCost, ChargePeriodStart::VARCHAR FROM charges"
    ).fetchall() == [
        (
            "Compute",
            '{"env":"prod","team":"platform"}',
            Decimal("-0.5"),
            "2026-04-30 23:30:00.123456",
        ),
        ("Other", '{"cost-center":"finops"}', None, "2026-05-01 23:00:00"),
    ]
    assert {warning.code for warning in reading.tally.warnings} == {"decimals_rounded"}


def test_a_sku_that_is_not_understood_is_counted_once(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    records = [row(ChargeDescription="Gemini Zork Text Input")] * 3
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    connection = connect()
    reading = charges(connection, input_file(path))
    dark = [w for w in reading.tally.warnings if w.code == "sku_not_understood"]
    assert [(warning.rows, "Zork" in warning.message) for warning in dark] == [(3, True)]


def test_bad_values_in_json(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(row())}\n{json.dumps(row(BilledCost='1,5'))}\nnot json\n")
    with pytest.raises(BadValueError, match="line 2: BilledCost is not a decimal number: '1,5'"):
        charges(connect(), input_file(path))
    connection = connect()
    reading = charges(connection, input_file(path), skip_bad=True)
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)
    assert (reading.tally.read.total(), reading.tally.skipped.total()) == (3, 2)


def test_a_missing_column_in_json(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row(BilledCost=None)) + "\n")
    with pytest.raises(InputError, match="has no column BilledCost"):
        charges(connect(), input_file(path))
