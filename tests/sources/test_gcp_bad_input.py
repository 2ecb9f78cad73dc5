"""Malformed nested exports: each gets an error that names file, line, column and value."""

import gzip
import json
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.gcp.jsonl import MAX_RECORD_BYTES
from tests.sources.gcp_files import charges, connect, input_file, record, write, write_bytes

GOOD = json.dumps(record())


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"cost": "1,50"}, "cost", "1,50"),
        ({"cost": "NaN"}, "cost", "NaN"),
        ({"usage_start_time": "13/04/2026"}, "usage_start_time", "13/04/2026"),
        ({"usage_end_time": "2026-02-30T00:00:00Z"}, "usage_end_time", "2026-02-30T00:00:00Z"),
        ({"invoice": {"month": "2026-04"}}, "invoice.month", "2026-04"),
        ({"usage": {"amount": "many"}}, "usage.amount", "many"),
        ({"credits": [{"name": "a", "amount": "x"}]}, "credits", '[{"name":"a","amount":"x"}]'),
        ({"labels": "team"}, "labels", '"team"'),
        ({"currency": None}, "currency", None),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, changes, column, value):
    file = write(tmp_path / "bill.jsonl", GOOD, "", record(**changes), GOOD)
    with pytest.raises(BadValueError) as caught:
        charges(connect(), file)
    error = caught.value
    assert (error.file, error.line, error.column) == ("bill.jsonl", 3, column)
    assert error.value == value
    assert error.hint


def test_a_bad_value_far_into_a_gzip_file_is_named_with_its_line(tmp_path):
    lines = [GOOD] * 30_000
    lines[23_456] = json.dumps(record(cost="?"))
    with pytest.raises(BadValueError, match=r"line 23457: cost"):
        charges(connect(), write(tmp_path / "bill.jsonl.gz", *lines))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"cost": ', "is not valid JSON"),
        ("5", "is not a JSON object"),
        ("[1]", "is not a JSON object"),
        ("null", "is not a JSON object"),
    ],
)
def test_a_line_that_is_no_record_is_named(tmp_path, line, problem):
    with pytest.raises(BadValueError, match=f"bill.jsonl, line 2: the record {problem}"):
        charges(connect(), write(tmp_path / "bill.jsonl", GOOD, line))


def test_bad_records_are_skipped_and_counted_on_request(tmp_path):
    connection = connect()
    file = write(tmp_path / "b.jsonl", GOOD, record(cost="1,5"), '{"cost": ', "5", GOOD)
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (Decimal(1),)
    assert reading.tally.read == {file.batch_id: 5}
    assert reading.tally.skipped == {
        (file.batch_id, "cost cannot be read"): 1,
        (file.batch_id, "the record cannot be read"): 2,
    }


@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_missing_mandatory_column_is_never_skipped(tmp_path, skip_bad):
    file = write(tmp_path / "bill.jsonl", record(cost=None), record(cost=None))
    with pytest.raises(InputError, match="no record has a value in the column cost"):
        charges(connect(), file, skip_bad=skip_bad)


def test_a_truncated_gzip_is_an_error(tmp_path):
    path = tmp_path / "bill.jsonl.gz"
    data = gzip.compress("\n".join([GOOD] * 3000).encode())
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"ends before its gzip stream does"):
        charges(connect(), input_file(path))


def test_a_file_that_is_not_utf8_names_line_and_byte(tmp_path):
    bad = json.dumps(record(cost_type="regul@r")).replace("@", "\xe4").encode("latin-1")
    file = write_bytes(tmp_path / "bill.jsonl", GOOD.encode() + b"\n" + bad + b"\n")
    with pytest.raises(InputError, match=r"line 2: the record is not UTF-8 at its byte \d+"):
        charges(connect(), file)


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_file_is_an_error(tmp_path, data):
    with pytest.raises(InputError, match="is empty"):
        charges(connect(), write_bytes(tmp_path / "bill.jsonl", data))


def test_an_endless_line_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "bill.jsonl"
    with path.open("wb") as stream:
        stream.write(GOOD.encode() + b'\n{"cost": "')
        for _ in range(3):
            stream.write(b"x" * MAX_RECORD_BYTES)
        stream.write(b'"}\n')
    with pytest.raises(InputError, match=r"line 2 is longer than 32 MiB"):
        charges(connect(), input_file(path))


def test_a_broken_array_is_an_error(tmp_path):
    file = write_bytes(tmp_path / "bill.json", f"[{GOOD},\n{GOOD}".encode())
    with pytest.raises(InputError, match=r"bill\.json cannot be read"):
        charges(connect(), file)
