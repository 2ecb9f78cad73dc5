"""Malformed reports: each gets an error that names file, line, column and value."""

import gzip
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.aws_files import (
    charges,
    connect,
    input_file,
    line,
    modern,
    total,
    write_csv,
    write_parquet,
)

BAD = [
    ("UnblendedCost", "lineItem/UnblendedCost", "1,50"),
    ("UnblendedCost", "lineItem/UnblendedCost", ""),
    ("UnblendedCost", "lineItem/UnblendedCost", "NaN"),
    ("UsageStartDate", "lineItem/UsageStartDate", "13/14/2026"),
    ("UsageAmount", "lineItem/UsageAmount", "many"),
    ("publicOnDemandCost", "pricing/publicOnDemandCost", "1e99"),
    ("PayerAccountId", "bill/PayerAccountId", ""),
    ("CurrencyCode", "lineItem/CurrencyCode", ""),
    ("LineItemType", "lineItem/LineItemType", ""),
]


@pytest.mark.parametrize(("name", "column", "value"), BAD)
def test_a_bad_value_is_named_with_its_line(tmp_path, name, column, value):
    file = write_csv(tmp_path / "r.csv", [line(), line(), line(**{name: value}), line()])
    with pytest.raises(BadValueError) as caught:
        charges(connect(), file)
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == ("r.csv", 4, column, value)
    assert error.hint


def test_a_bad_map_is_named_with_its_line(tmp_path):
    file = write_csv(tmp_path / "r.csv", [modern(line()), {**modern(line()), "product": "{x"}])
    with pytest.raises(BadValueError, match=r"line 3: product is not valid JSON"):
        charges(connect(), file)


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("UsageStartDate", "line_item_usage_start_date", "yesterday"),
        ("UnblendedRate", "line_item_unblended_rate", "1,5"),
        ("PayerAccountId", "bill_payer_account_id", ""),
    ],
)
def test_a_bad_value_of_a_parquet_file_is_named(tmp_path, name, column, value):
    records = [modern(line()), modern(line(**{name: value}))]
    file = write_parquet(tmp_path / "r.parquet", records, texts={column})
    with pytest.raises(BadValueError) as caught:
        charges(connect(), file)
    error = caught.value
    assert (error.file, error.line, error.column) == ("r.parquet", None, column)
    assert error.value == (value or None)


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_bad_lines_are_skipped_and_counted_on_request(tmp_path, write):
    good, bad = modern(line(UnblendedCost="2")), modern(line(UnblendedRate="1,5"))
    connection = connect()
    suffix = "parquet" if write is write_parquet else "csv"
    file = write(tmp_path / f"r.{suffix}", [good, bad, good])
    reading = charges(connection, file, skip_bad=True)
    assert total(connection, "BilledCost") == Decimal(4)
    assert reading.tally.read == {file.batch_id: 3}
    ((_, reason),) = reading.tally.skipped
    assert "line_item_unblended_rate" in reason
    assert reading.tally.skipped.total() == 1


def test_a_missing_column_is_an_error(tmp_path):
    record = {k: v for k, v in line().items() if k != "lineItem/CurrencyCode"}
    with pytest.raises(InputError, match=r"r\.csv has no column lineItem/CurrencyCode"):
        charges(connect(), write_csv(tmp_path / "r.csv", [record]))


def test_a_column_in_two_spellings_is_an_error(tmp_path):
    record = line() | {"line_item_unblended_cost": "1"}
    with pytest.raises(InputError, match="names lineItem/UnblendedCost twice"):
        charges(connect(), write_csv(tmp_path / "r.csv", [record]))


def test_a_truncated_gzip_is_an_error(tmp_path):
    path = tmp_path / "r.csv.gz"
    write_csv(path, [line(UnblendedCost=str(n)) for n in range(3000)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match="ends before its gzip stream does"):
        charges(connect(), input_file(path))


def test_a_file_that_is_not_utf8_is_an_error(tmp_path):
    path = tmp_path / "r.csv"
    write_csv(path, [line(LineItemDescription="ser@vicio")])
    path.write_bytes(path.read_bytes().replace(b"@", b"\xe7"))
    with pytest.raises(InputError, match="is not UTF-8"):
        charges(connect(), input_file(path))


def test_a_truncated_line_is_an_error(tmp_path):
    path = tmp_path / "r.csv"
    write_csv(path, [line(), line()])
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="line 3"):
        charges(connect(), input_file(path))


def test_a_report_without_lines_says_so(tmp_path):
    path = tmp_path / "r.csv.gz"
    header = ",".join(line()).encode() + b"\n"
    path.write_bytes(gzip.compress(header))
    reading = charges(connect(), input_file(path))
    assert [warning.code for warning in reading.tally.warnings] == ["no_rows"]


def test_a_broken_parquet_is_an_error(tmp_path):
    path = tmp_path / "r.parquet"
    write_parquet(path, [modern(line())])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="is not a readable Parquet file"):
        charges(connect(), input_file(path))
