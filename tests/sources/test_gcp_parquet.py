"""Parquet exports: nested structures and lists, doubles, both list layouts."""

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.gcp_files import charges, codes, connect, input_file

LABEL = pa.struct([("key", pa.string()), ("value", pa.string())])
CREDIT = pa.struct([("name", pa.string()), ("amount", pa.float64()), ("id", pa.string())])
START = datetime(2026, 4, 2, 18, tzinfo=UTC)
ROW = {
    "billing_account_id": "01AAAA-BBBBBB-CCCCCC",
    "service": {"id": "C7E2-9256-1C43", "description": "Vertex AI"},
    "sku": {"id": "1", "description": "Gemini 2.5 Pro Text Output - Predictions"},
    "usage_start_time": START,
    "usage_end_time": START,
    "project": {"id": "chat", "labels": [{"key": "env", "value": "test"}]},
    "labels": [{"key": "team", "value": "a"}],
    "export_time": START,
    "cost": 0.1 + 0.2,
    "currency": "USD",
    "currency_conversion_rate": 1.0,
    "usage": {"amount": 30.0, "unit": "count"},
    "credits": [{"name": "CUD", "amount": -1e-7, "id": "c"}, {"name": "x", "amount": -0.1}],
    "invoice": {"month": "202604"},
    "cost_type": "regular",
}


def schema(cost: pa.DataType | None = None, *, old_lists: bool = False) -> pa.Schema:
    def repeated(item: pa.DataType) -> pa.DataType:
        if old_lists:
            return pa.struct([("list", pa.list_(pa.struct([("element", item)])))])
        return pa.list_(item)

    pair = pa.struct([("id", pa.string()), ("description", pa.string())])
    return pa.schema(
        [
            ("billing_account_id", pa.string()),
            ("service", pair),
            ("sku", pair),
            ("usage_start_time", pa.timestamp("us", tz="UTC")),
            ("usage_end_time", pa.timestamp("us", tz="UTC")),
            ("project", pa.struct([("id", pa.string()), ("labels", repeated(LABEL))])),
            ("labels", repeated(LABEL)),
            ("export_time", pa.timestamp("us", tz="UTC")),
            ("cost", cost or pa.float64()),
            ("currency", pa.string()),
            ("currency_conversion_rate", pa.float64()),
            ("usage", pa.struct([("amount", pa.float64()), ("unit", pa.string())])),
            ("credits", repeated(CREDIT)),
            ("invoice", pa.struct([("month", pa.string())])),
            ("cost_type", pa.string()),
        ]
    )


def write(path, *rows, schema=schema()):  # noqa: B008 -- a schema is immutable
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return input_file(path)


def test_doubles_become_their_shortest_decimal_and_that_is_said(tmp_path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "b.parquet", ROW))
    row = connection.execute(
        "SELECT x_GrossCost, x_CreditCost, Tags, ChargePeriodStart, x_TokenCount, x_ModelId"
        " FROM charges"
    ).fetchone()
    assert row == (
        Decimal("0.300000000000"),
        Decimal("-0.1000001"),
        '{"team":"a","env":"test"}',
        START.replace(tzinfo=None),
        Decimal(30),
        "gemini-2.5-pro",
    )
    assert codes(reading).keys() == {"floating_point_costs", "decimals_rounded"}


def test_lists_in_the_three_level_layout_are_lists(tmp_path):
    def old(items):
        return {"list": [{"element": item} for item in items]}

    row = ROW | {
        "labels": old(ROW["labels"]),
        "credits": old(ROW["credits"]),
        "project": {"id": "chat", "labels": old([])},
    }
    connection = connect()
    charges(connection, write(tmp_path / "b.parquet", row, schema=schema(old_lists=True)))
    found = connection.execute("SELECT x_CreditCost, Tags FROM charges").fetchone()
    assert found == (Decimal("-0.1000001"), '{"team":"a"}')


def test_decimal_costs_stay_exact(tmp_path):
    row = ROW | {"cost": Decimal("12345678901234567890.123456789")}
    connection = connect()
    file = write(tmp_path / "b.parquet", row, schema=schema(pa.decimal128(38, 9)))
    reading = charges(connection, file)
    assert connection.execute("SELECT x_GrossCost FROM charges").fetchone() == (row["cost"],)
    assert "floating_point_costs" not in codes(reading)


def test_files_of_two_schemas_are_read_together(tmp_path):
    without = pa.schema([field for field in schema() if field.name != "labels"])
    connection = connect()
    charges(
        connection,
        write(tmp_path / "a.parquet", ROW),
        write(tmp_path / "b.parquet", ROW, ROW, schema=without),
    )
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (3,)


def test_a_missing_mandatory_column_is_named(tmp_path):
    without = pa.schema([field for field in schema() if field.name != "currency"])
    with pytest.raises(InputError, match=r"b\.parquet has no column currency"):
        charges(connect(), write(tmp_path / "b.parquet", ROW, schema=without))


def test_a_column_that_is_not_known_is_named(tmp_path):
    wider = schema().append(pa.field("carbon", pa.struct([("kg", pa.float64())])))
    reading = charges(connect(), write(tmp_path / "b.parquet", ROW, schema=wider))
    (warning,) = [w for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert "carbon" in warning.message


def test_a_record_without_a_value_it_needs_is_named_by_its_number(tmp_path):
    with pytest.raises(BadValueError, match=r"b\.parquet: record 2, currency must have a value"):
        charges(connect(), write(tmp_path / "b.parquet", ROW, ROW | {"currency": None}))


def test_a_damaged_file_is_an_error(tmp_path):
    path = tmp_path / "b.parquet"
    write(path, ROW)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"b\.parquet cannot be read"):
        charges(connect(), input_file(path))


def test_columns_without_any_value_have_no_type_and_are_read_as_missing(tmp_path):
    """As pandas and Arrow write them when they guess the types."""
    empty = {
        "adjustment_info": None,
        "system_labels": [],
        "location": {"region": "us-central1", "zone": None},
        "credits": [{"name": "CUD", "amount": -0.25, "full_name": None, "id": "c"}],
        "cost": 1.0,
    }
    path = tmp_path / "bill.parquet"
    pq.write_table(pa.Table.from_pylist([ROW | empty]), path)
    connection = connect()
    charges(connection, input_file(path))
    found = connection.execute("SELECT BilledCost, RegionId, AvailabilityZone FROM charges")
    assert found.fetchall() == [(Decimal("0.75"), "us-central1", None)]
