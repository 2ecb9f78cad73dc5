"""A FOCUS file that cannot be read gets an error that names file, line, column and value."""

import gzip
from pathlib import Path

import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.focus_files import charges, connect, input_file, read, rows, text_of, write


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("BilledCost", "1.234,56", "is not a decimal number"),
        ("BilledCost", "1,234.56", "is not a decimal number"),
        ("BilledCost", "$5", "is not a decimal number"),
        ("BilledCost", "1e26", "is too large"),
        ("BilledCost", "", "must have a value"),
        ("BillingAccountId", "NULL", "must have a value"),
        ("ChargePeriodStart", "01/02/2026", "is not a date and time"),
        ("ChargePeriodStart", "2026-02-30T00:00:00Z", "is not a day of the calendar"),
        ("ChargePeriodStart", "infinity", "is not a date and time"),
        ("BillingPeriodStart", "-infinity", "is not a date and time"),
        ("BillingPeriodEnd", "Infinity", "is not a date and time"),
        ("Tags", "app=search", "is not valid JSON"),
        ("Tags", '["app"]', "is not a JSON object"),
    ],
)
@pytest.mark.parametrize("name", ["bill.csv", "bill.csv.gz"])
def test_a_bad_value_names_its_place(
    tmp_path: Path, name: str, column: str, value: str, problem: str
):
    file = write(tmp_path / name, rows({}, {"ChargeDescription": "two\nlines"}, {column: value}))
    with pytest.raises(BadValueError, match=problem) as raised:
        charges(connect(), file)
    error = raised.value
    assert (error.file, error.line, error.column, error.value) == (name, 5, column, value)
    assert error.hint


def _fails(path: Path, match: str) -> InputError:
    with pytest.raises(InputError, match=match) as raised:
        charges(connect(), input_file(path))
    assert path.name in raised.value.message
    return raised.value


def test_a_number_with_a_comma_says_what_to_write(tmp_path: Path):
    file = write(tmp_path / "a.csv", rows({"BilledCost": "1,5"}))
    with pytest.raises(BadValueError) as raised:
        charges(connect(), file)
    assert raised.value.hint.startswith("Write 1234.56;")


def test_truncated_gzip(tmp_path: Path):
    path = tmp_path / "a.csv.gz"
    many = rows(*({"ResourceId": f"r{number * 7919 % 10007}"} for number in range(5000)))
    data = gzip.compress(text_of(many).encode())
    for keep in (len(data) // 2, len(data) - 4):
        path.write_bytes(data[:keep])
        _fails(path, "the file ends before its gzip stream does")


def test_damaged_gzip(tmp_path: Path):
    path = tmp_path / "a.csv.gz"
    many = rows(*({"ResourceId": f"r{number * 7919 % 10007}"} for number in range(5000)))
    data = bytearray(gzip.compress(text_of(many).encode()))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(bytes(data))
    _fails(path, "gzip stream is damaged|is not UTF-8|not valid CSV|record has")


def test_wrong_encoding(tmp_path: Path):
    path = tmp_path / "a.csv"
    text = text_of(rows({}, {"ServiceName": "Serviço"}))
    path.write_bytes(text.encode("latin-1"))
    error = _fails(path, r"line 3: byte \d+ is not UTF-8, near")
    assert "UTF-8" in error.hint
    path.write_bytes(text.encode("utf-16"))
    _fails(path, "line 1: byte 0 is not UTF-8")


def test_a_line_without_end(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(text_of(rows({})) + "x" * 3_000_000)
    _fails(path, "line 3 is 3,000,000 bytes long")


def test_an_empty_file(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    _fails(path, "a.csv is empty")


def test_a_record_with_too_many_values(tmp_path: Path):
    path = tmp_path / "a.csv"
    text = text_of(rows({}, {}))
    path.write_text(text.rstrip("\n") + ",one more\n")
    _fails(path, "line 3: the record has 12 values where the header names 11")


def test_a_quote_that_never_closes(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(text_of(rows({}, {})) + '"1.5,acct\n' * 3)
    _fails(path, "line 4: the record that begins here is not valid CSV")


def test_a_column_named_twice(tmp_path: Path):
    path = tmp_path / "a.csv"
    header, row = text_of(rows({})).splitlines()
    path.write_text(f"{header},BilledCost\n{row},2\n")
    with pytest.raises(InputError, match="the header names 'BilledCost' twice"):
        read(connect(), input_file(path))
    path.write_text(f"{header},billedcost\n{row},2\n")
    with pytest.raises(InputError, match="the header names BilledCost twice"):
        read(connect(), input_file(path))


def test_a_truncated_parquet_file(tmp_path: Path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100)
    with pytest.raises(InputError, match=r"a\.parquet is not a readable Parquet file"):
        read(connect(), input_file(path))


@pytest.mark.parametrize("column", ["ChargePeriodStart", "BillingPeriodStart", "ChargePeriodEnd"])
@pytest.mark.parametrize("value", ["'infinity'", "TIMESTAMP '-infinity'", "DATE 'infinity'"])
def test_no_time_of_a_parquet_file_is_infinite(tmp_path: Path, column: str, value: str):
    path = tmp_path / "a.parquet"
    times = dict.fromkeys(
        ("ChargePeriodStart", "BillingPeriodStart", "ChargePeriodEnd"), "TIMESTAMP '2026-01-01'"
    )
    shown = ", ".join(f"{sql} AS {name}" for name, sql in (times | {column: value}).items())
    connect().execute(
        f"COPY (SELECT 1.5 AS BilledCost, 'acct' AS BillingAccountId, 'USD' AS BillingCurrency,"
        f" 'Usage' AS ChargeCategory, {shown}) TO '{path}' (FORMAT parquet)"
    )
    with pytest.raises(BadValueError, match="not a value of its kind") as raised:
        charges(connect(), input_file(path))
    error = raised.value
    assert (error.file, error.column) == ("a.parquet", column)
    assert "infinity" in str(error.value)
    reading = charges(connect(), input_file(path), skip_bad=True)
    assert sum(reading.tally.skipped.values()) == 1


def test_skipping_bad_records_still_refuses_a_broken_file(tmp_path: Path):
    path = tmp_path / "a.csv.gz"
    many = rows(*({"ResourceId": f"r{number * 7919 % 10007}"} for number in range(5000)))
    path.write_bytes(gzip.compress(text_of(many).encode())[:-2000])
    with pytest.raises(InputError, match="the file ends before its gzip stream does"):
        charges(connect(), input_file(path), skip_bad=True)
