"""What is wrong with a CSV file is found where it stands."""

import csv
import gzip
from pathlib import Path

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources import csv_diagnosis
from centavo.sources.csv_diagnosis import (
    MAX_LINE_BYTES,
    ValueKind,
    diagnose,
    first_records,
    good_records,
    read_header,
)


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _problem(path: Path, kind: ValueKind) -> str | None:
    found = diagnose(path, name="a.csv", kinds={"value": kind})
    assert found is None or isinstance(found, BadValueError)
    return found.problem if found else None


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "decimal",
            ["0", "-1.5", "+.5", "5.", "1E-7", "NULL", ""],
            ["1,5", "1 000", "x", "1e26", "\u0665"],
        ),
        ("integer", ["0", "-12", "3.0"], ["1.5", "many"]),
        ("number", ["0.5", "1e300"], ["half"]),
        ("boolean", ["true", "FALSE", "1"], ["maybe"]),
        (
            "instant",
            [
                "2026-01-02",
                "2026-01-02 03:04",
                "2026-01-02T03:04:05.123456Z",
                "2026-01-02T03:04:05-03:00",
                "2026-01-02 03:04:05 UTC",
                "2026-01-02 24:00:00",
            ],
            ["02/01/2026", "2026-13-01", "2026-01-02 25:00", "2026-01-02 03:61"],
        ),
        ("json", ["[1]", '{"a": 1}'], ["{'a': 1}"]),
        ("json_object", ['{"a": 1}', '{"a": 1, "a": 2}'], ["[1]", "x"]),
    ],
)
def test_values_are_judged_by_kind(
    tmp_path: Path, kind: ValueKind, good: list[str], bad: list[str]
):
    def written(value: str) -> Path:
        quoted = value.replace('"', '""')
        return _file(tmp_path, f'name,value\na,"{quoted}"\n')

    assert [value for value in good if _problem(written(value), kind) is not None] == []
    assert [value for value in bad if _problem(written(value), kind) is None] == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_says_how_values_are_separated(tmp_path: Path, delimiter: str):
    path = _file(tmp_path, "\ufeff" + delimiter.join(["a", '"b c"', "d"]) + "\n")
    header = read_header(path, name="a.csv")
    assert header.columns == ("a", "b c", "d")
    assert (header.delimiter, header.has_rows, header.compression) == (delimiter, False, "none")


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    header = read_header(path, name="a.csv")
    assert (header.compression, header.has_rows) == ("gzip", True)
    assert first_records(path, name="a.csv", limit=5) == [["1", "2"]]


def test_good_records_leave_out_what_diagnose_would_name(tmp_path: Path):
    path = _file(tmp_path, "a,b\n1,x\nbad,y\n2,NULL\n3\n,z\n")
    problems: list[BadValueError] = []
    records = list(
        good_records(
            path, name="a.csv", kinds={"a": "decimal"}, required=["a"], on_bad=problems.append
        )
    )
    assert records == [["1", "x"], ["2", None]]
    assert [(problem.line, problem.column) for problem in problems] == [
        (3, "a"),
        (5, "the record"),
        (6, "a"),
    ]


@pytest.fixture
def usual_limit(monkeypatch):
    # Readers that an earlier test left half read count no more.
    monkeypatch.setattr(csv_diagnosis, "_limit", csv_diagnosis._FieldLimit())
    usual = 131_072
    found = csv.field_size_limit(usual)
    yield usual
    csv.field_size_limit(found)


def test_the_csv_module_keeps_its_own_limit(tmp_path: Path, usual_limit: int):
    before = usual_limit
    path = _file(tmp_path, f"a,b\n1,{'x' * (before + 1)}\n")
    assert diagnose(path, name="a.csv", kinds={}) is None
    assert csv.field_size_limit() == before


def test_two_readings_at_once_leave_the_limit_as_it_was(tmp_path: Path, usual_limit: int):
    path = _file(tmp_path, "a,b\n1,2\n3,4\n")
    first = good_records(path, name="a.csv", kinds={}, required=[], on_bad=lambda _: None)
    second = good_records(path, name="a.csv", kinds={}, required=[], on_bad=lambda _: None)
    assert (next(first), next(second)) == (["1", "2"], ["1", "2"])
    assert (len(list(first)), len(list(second))) == (1, 1)
    assert csv.field_size_limit() == usual_limit


def test_a_very_long_line_is_measured_and_not_held(tmp_path: Path):
    path = _file(tmp_path, "a,b\n" + "x" * (5 * MAX_LINE_BYTES) + "\n1,2\n")
    found = diagnose(path, name="a.csv", kinds={})
    assert isinstance(found, InputError)
    assert found.message.startswith(f"a.csv, line 2 is {5 * MAX_LINE_BYTES + 1:,} bytes long")
