"""Flattened Cloud Billing exports: records as JSON text, as columns, or as both."""

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.gcp_files import charges, codes, connect, input_file, record, write_bytes

FLAT = {
    "billing_account_id": "01AAAA-BBBBBB-CCCCCC",
    "service_id": "95FF-2EF5-5EA1",
    "service_description": "Cloud Storage",
    "sku_id": "E5F0",
    "sku_description": "Standard Storage US",
    "usage_start_time": "2026-04-02T18:00:00Z",
    "usage_end_time": "2026-04-02T19:00:00Z",
    "project_id": "data",
    "cost": "0.5",
    "currency": "USD",
    "currency_conversion_rate": "1.0",
    "usage_amount": "10",
    "usage_unit": "gibibyte",
    "invoice_month": "202604",
    "cost_type": "regular",
    "export_time": "2026-04-03T05:00:00Z",
}


def as_csv(*rows: Mapping[str, str]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def row_of(path, data: bytes, columns: str):
    connection = connect()
    reading = charges(connection, write_bytes(path / "bill.csv", data))
    return connection.execute(f"SELECT {columns} FROM charges").fetchone(), reading


def test_a_flattened_parquet_file_reads_as_its_csv_does(tmp_path):
    row = FLAT | {"credits": '[{"name": "CUD", "amount": "-0.1", "id": "c"}]', "region": "NULL"}
    source = write_bytes(tmp_path / "bill.csv", as_csv(row, FLAT))
    read = "SELECT * EXCLUDE (x_IngestionBatchId) FROM charges ORDER BY ALL"
    connection = connect()
    charges(connection, source)
    expected = connection.execute(read).fetchall()
    table = tmp_path / "bill.parquet"
    connection.execute(f"COPY (FROM read_csv('{source.path}')) TO '{table}' (FORMAT parquet)")
    connection = connect()
    charges(connection, input_file(table))
    assert connection.execute(read).fetchall() == expected
    assert len(expected) == 2


def test_columns_alone_are_enough(tmp_path):
    row, _ = row_of(tmp_path, as_csv(FLAT), "BilledCost, ServiceName, SubAccountId, ConsumedUnit")
    assert row == (Decimal("0.5"), "Cloud Storage", "data", "gibibyte")


def test_json_records_alone_are_enough(tmp_path):
    text = {
        key: json.dumps(value) if isinstance(value, dict | list) else str(value)
        for key, value in record(credits=[{"name": "CUD", "amount": -0.1}]).items()
    }
    row, _ = row_of(tmp_path, as_csv(text), "BilledCost, ServiceName, x_TokenCount, Tags")
    assert row == (Decimal("0.4"), "Vertex AI", Decimal(1000000), '{"team":"search"}')


def test_where_both_stand_the_json_counts(tmp_path):
    both = FLAT | {
        "usage": '{"amount": 99, "unit": "hour"}',
        "credits": '[{"id": "A", "name": "x", "amount": -0.1}, {"id": "B", "amount": -0.2}]',
        "credits_id": "Z",
        "credits_amount": "-0.1",
    }
    row, reading = row_of(tmp_path, as_csv(both), "ConsumedQuantity, ConsumedUnit, x_CreditCost")
    assert row == (Decimal(99), "hour", Decimal("-0.3"))
    assert codes(reading)["flattened_credits_differ"] == 1


def test_a_flattened_credit_without_json_is_one_credit(tmp_path):
    credit = {"credits_name": "CUD", "credits_amount": "-0.2", "credits_id": "A"}
    row, _ = row_of(tmp_path, as_csv(FLAT | credit, FLAT), "BilledCost, x_CreditCost")
    assert row == (Decimal("0.3"), Decimal("-0.2"))


def test_columns_are_found_by_name_in_any_order_case_and_with_dots(tmp_path):
    dotted = {
        name.replace("service_", "service.").replace("invoice_", "Invoice."): value
        for name, value in reversed(FLAT.items())
    }
    row, reading = row_of(tmp_path, as_csv(dotted), "ServiceName, BillingPeriodStart::VARCHAR")
    assert row == ("Cloud Storage", "2026-04-01 00:00:00")
    assert "unknown_columns" not in codes(reading)


def test_two_lists_of_labels_are_both_kept(tmp_path):
    lists = {
        "labels": '[{"key": "env", "value": "test"}]',
        "labels_1": '[{"key": "cost_center", "value": "7"}, {"key": "env", "value": "prod"}]',
    }
    row, _ = row_of(tmp_path, as_csv(FLAT | lists), "Tags")
    assert json.loads(row[0]) == {"env": "test", "cost_center": "7", "project/env": "prod"}


def test_texts_for_no_value_are_null(tmp_path):
    empty = FLAT | {"project_id": "nan", "cost_at_list": "NULL", "usage_amount": ""}
    row, _ = row_of(tmp_path, as_csv(empty), "SubAccountId, ListCost, ConsumedQuantity")
    assert row == (None, None, None)


def test_a_column_that_is_not_known_is_named(tmp_path):
    _, reading = row_of(tmp_path, as_csv(FLAT | {"carbon_kg": "1"}), "1")
    (warning,) = [w for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert "carbon_kg" in warning.message


@pytest.mark.parametrize("column", ["cost", "currency", "billing_account_id", "invoice_month"])
def test_a_missing_mandatory_column_is_named(tmp_path, column):
    rest = {name: value for name, value in FLAT.items() if name != column}
    path = column.replace("invoice_", "invoice.")
    with pytest.raises(InputError, match=f"has no column {path}"):
        row_of(tmp_path, as_csv(rest), "1")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("cost", "1,50"),
        ("usage_start_time", "02/04/2026"),
        ("credits", "[{'amount': 1}]"),
        ("currency", ""),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, column, value):
    data = as_csv(FLAT | {"credits": "[]"}, FLAT | {"credits": "[]"} | {column: value})
    with pytest.raises(BadValueError) as caught:
        row_of(tmp_path, data, "1")
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == ("bill.csv", 3, column, value)


def test_a_bad_record_is_skipped_and_counted_on_request(tmp_path):
    connection = connect()
    data = as_csv(FLAT, FLAT | {"cost": "1,50"})
    reading = charges(connection, write_bytes(tmp_path / "b.csv", data), skip_bad=True)
    assert list(reading.tally.skipped.values()) == [1]
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (Decimal("0.5"),)


def test_a_row_with_a_value_too_many_names_its_line(tmp_path):
    data = as_csv(FLAT) + (",".join(["x"] * (len(FLAT) + 1)) + "\n").encode()
    with pytest.raises(InputError, match="line 3"):
        row_of(tmp_path, data, "1")


def test_a_header_without_rows_is_no_charges(tmp_path):
    connection = connect()
    charges(connection, write_bytes(tmp_path / "b.csv", as_csv(FLAT).split(b"\n")[0] + b"\n"))
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (0,)


@pytest.mark.parametrize("spelling", [" {} ", "spaced"])
def test_spaces_in_a_header_make_no_difference(centavo, tmp_path, spelling):
    """As tools for tables write it: ``Billing Account Id``, or a space after each comma."""
    values = {
        "billing_account_id": "01",
        "service_description": "Vertex AI",
        "sku_description": "Gemini 2.5 Pro Text Input",
        "usage_start_time": "2026-04-01 00:00:00 UTC",
        "project_id": "p",
        "export_time": "2026-04-01 05:00:00 UTC",
        "cost": "1.25",
        "currency": "USD",
        "invoice_month": "202604",
        "cost_type": "regular",
    }
    names = [
        name.replace("_", " ").title() if spelling == "spaced" else spelling.format(name)
        for name in values
    ]
    (tmp_path / "bill.csv").write_text(f"{','.join(names)}\n{','.join(values.values())}\n")
    done = centavo("ingest", "bill.csv")
    assert done.exit_code == 0, done.err
    assert "unknown_columns" not in done.err
    assert centavo("costs", "--json").json["total"] == {"amount": "1.25", "currency": "USD"}
