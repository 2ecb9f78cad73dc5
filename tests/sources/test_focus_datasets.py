"""FOCUS's other datasets: what is told apart, which state of a row stands, and the way out again."""

import gzip
import json
from decimal import Decimal

import duckdb
import pytest

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.sources.focus.columns import columns_of
from centavo.sources.focus_datasets.dataset import DATASETS
from centavo.sources.focus_datasets.model import dataset_columns
from tests.shared_data import shared_data
from tests.sources.dataset_files import billing_period, contract_commitment, invoice_line
from tests.sources.test_conformance import focus_row, write_csv

SAMPLES = {
    "invoice-detail": invoice_line,
    "billing-period": billing_period,
    "contract-commitment": contract_commitment,
}


def rows(folder, query):
    return Ledger.open(LedgerLocation(folder / ".centavo")).rows(query)


def reading(centavo, path):
    return centavo("ingest", path, "--json").json["sources"][0]


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda each: each.dataset)
def test_a_file_with_all_columns_of_the_model_is_told_from_a_bill(centavo, tmp_path, dataset):
    names = [column.name for column in dataset_columns(dataset.dataset)]
    (tmp_path / "a.csv").write_text(",".join(names) + "\n")
    said = centavo("ingest", "a.csv", "--dry-run").err
    assert f": {dataset.source} (" in said


def test_a_bill_is_not_taken_for_another_dataset(centavo, tmp_path):
    everything = {c.name for c in columns_of("1.4")} | {"ReferenceInvoiceId", "PaymentTerms"}
    (tmp_path / "a.csv").write_text(",".join(sorted(everything)) + "\n")
    assert ": focus (" in centavo("ingest", "a.csv", "--dry-run").err


def test_the_model_is_the_published_one():
    model = json.loads((shared_data("focus") / "focus_1_4_model.json").read_text())["datasets"]
    for dataset, name in (
        ("invoice-detail", "Invoice Detail"),
        ("billing-period", "Billing Period"),
        ("contract-commitment", "Contract Commitment"),
    ):
        published = {
            column: (facts["feature_level"].lower(), facts["allows_nulls"])
            for column, facts in model[name]["columns"].items()
        }
        ours = {c.name: (c.level, c.nullable) for c in dataset_columns(dataset)}
        assert ours == published


def test_the_later_state_of_a_line_stands_in_whatever_order_files_are_named(centavo, tmp_path):
    later = invoice_line(BilledCost="12", InvoiceDetailLastUpdated="2026-04-05T00:00:00Z")
    write_csv(tmp_path / "a.csv", [later])
    write_csv(tmp_path / "b.csv", [invoice_line(InvoiceIssueStatus="Open")])
    centavo("ingest", "a.csv", "b.csv")
    assert rows(tmp_path, "SELECT BilledCost, InvoiceIssueStatus FROM invoice_details") == [
        (Decimal(12), "Issued")
    ]


def test_an_older_export_read_later_does_not_take_the_place_of_a_newer_one(centavo, tmp_path):
    later = invoice_line(BilledCost="12", InvoiceDetailLastUpdated="2026-04-05T00:00:00Z")
    write_csv(tmp_path / "new.csv", [later])
    write_csv(tmp_path / "old.csv", [invoice_line(), invoice_line(InvoiceDetailId="2")])
    centavo("ingest", "new.csv")
    found = reading(centavo, "old.csv")
    assert found["rows_skipped"] == {"older than what the ledger has of the row": 1}
    assert rows(tmp_path, "SELECT sum(BilledCost) FROM invoice_details") == [(Decimal(22),)]


def test_lines_of_two_invoices_may_have_the_same_detail_id(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [invoice_line(), invoice_line(InvoiceId="INV-2")])
    assert reading(centavo, "a.csv")["rows_written"] == 2


def test_no_money_is_lost_where_ids_are_missing_or_repeated(centavo, tmp_path):
    nameless = {"InvoiceDetailId": "", "InvoiceId": "INV-2"}
    write_csv(
        tmp_path / "a.csv",
        [
            invoice_line(BilledCost="1"),
            invoice_line(BilledCost="2"),
            invoice_line(BilledCost="2"),
            invoice_line(BilledCost="5", **nameless),
            invoice_line(BilledCost="5", **nameless),
        ],
    )
    found = reading(centavo, "a.csv")
    assert found["rows_skipped"] == {"an earlier state of a row, or the same row again": 1}
    query = "SELECT InvoiceId, sum(BilledCost) FROM invoice_details GROUP BY ALL ORDER BY ALL"
    assert rows(tmp_path, query) == [("INV-1", Decimal(3)), ("INV-2", Decimal(10))]
    assert rows(tmp_path, "SELECT count(DISTINCT x_RowId) FROM invoice_details") == [(4,)]


def test_bad_lines_are_counted_and_left_out_when_asked(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [invoice_line(), invoice_line(BilledCost="ten")])
    found = centavo("ingest", "a.csv", "--skip-bad", "--json").json["sources"][0]
    assert found["rows_read"] == 2
    assert found["rows_skipped"] == {"BilledCost is not a decimal number": 1}


def test_a_record_of_another_width_is_named_with_its_line(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [invoice_line()])
    with (tmp_path / "a.csv").open("a") as stream:
        stream.write("1,2\n")
    done = centavo("ingest", "a.csv")
    assert done.exit_code == 2
    assert "a.csv, line 3: the record has 2 values" in done.err


def test_parquet_and_gzip_read_as_csv_does(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [invoice_line(BilledCost="0.123456789012")])
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.execute(
            "COPY (SELECT * REPLACE (BilledCost::DECIMAL(20,12) AS BilledCost,"
            " BillingPeriodStart::TIMESTAMPTZ AS BillingPeriodStart)"
            f" FROM read_csv('{tmp_path}/a.csv', all_varchar = true))"
            f" TO '{tmp_path}/a.parquet' (FORMAT parquet)"
        )
    query = (
        "SELECT BilledCost, BillingPeriodStart, InvoiceDetailGrain, x_RowId FROM invoice_details"
    )
    found = []
    for name in ("a.csv", "a.csv.gz", "a.parquet"):
        done = reading(centavo, name)
        assert (done["rows_written"], done["warnings"]) == (1, [])
        found.append(rows(tmp_path, query))
    assert found[0] == found[1] == found[2]
    assert found[0][0][0] == Decimal("0.123456789012")


def test_what_makes_a_file_less_exact_is_said(centavo, tmp_path):
    odd = invoice_line(
        BilledCost="0.1234567890123", BillingPeriodEnd="2026-04-01 00:00:00", Colour="red"
    )
    write_csv(tmp_path / "a.csv", [odd])
    codes = {warning["code"] for warning in reading(centavo, "a.csv")["warnings"]}
    assert codes == {"decimals_rounded", "times_without_zone", "unknown_columns"}


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
@pytest.mark.parametrize("dataset", SAMPLES)
def test_what_is_exported_reads_back_and_keeps_the_rules(centavo, tmp_path, dataset, suffix):
    described = next(each for each in DATASETS if each.dataset == dataset)
    write_csv(tmp_path / "a.csv", [SAMPLES[dataset]()])
    centavo("ingest", "a.csv")
    out = f"out.{suffix}"
    report = centavo("export", "focus", "--dataset", dataset, "--out", out, "--json").json
    assert (report["rows"], report["null_violations"]) == (1, {})
    if suffix != "csv.gz":
        check = centavo("export", "check", out, "--dataset", dataset, "--json")
        assert check.json["findings"] == []
    names = ", ".join(column.name for column in described.columns)
    before = rows(tmp_path, f"SELECT {names} FROM {described.table}")
    assert centavo("--ledger", "other", "ingest", out).exit_code == 0
    other = Ledger.open(LedgerLocation(tmp_path / "other"))
    assert other.rows(f"SELECT {names} FROM {described.table}") == before


def test_a_broken_rule_is_found(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [billing_period(BillingPeriodStatus="Shut")])
    done = centavo("export", "check", "a.csv", "--dataset", "billing-period", "--json")
    assert done.exit_code == 1
    assert [f["rule"] for f in done.json["findings"]] == ["allowed_value"]


def test_only_1_4_has_these_datasets(centavo, tmp_path):
    write_csv(tmp_path / "a.csv", [focus_row("2026-03-01", "1")])
    centavo("ingest", "a.csv")
    arguments = ("export", "focus", "--dataset", "billing-period", "--version", "1.2")
    assert centavo(*arguments, "--out", "o.csv").exit_code == 2
