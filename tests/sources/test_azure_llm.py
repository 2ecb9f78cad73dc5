"""Azure's traces of its model services."""

import gzip

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.azure_llm import AzureLlmTraceSource
from tests.sources.event_files import read_files

HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n"


def read(*paths, **options):
    return read_files(paths, source=AzureLlmTraceSource(), **options)


def write(path, *lines, header=HEADER):
    data = (header + "".join(f"{line}\n" for line in lines)).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["trace.csv", "trace.csv.gz"])
def test_a_line_is_a_request_without_a_model(tmp_path, name):
    row = read(write(tmp_path / name, "2023-11-16 18:15:46.6805900,374,44")).row
    assert row["started_at"].isoformat() == "2023-11-16T18:15:46.680590"
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (374, 44)
    assert row["provider"] == "azure"
    assert "requested_model" not in row


def test_an_offset_is_honoured_and_columns_are_found_by_name(tmp_path):
    path = write(
        tmp_path / "t.csv",
        "44,2024-05-10 01:00:00.009930+01:00,x,374",
        header="GeneratedTokens,timestamp,more,ContextTokens\n",
    )
    row = read(path).row
    assert row["started_at"].isoformat() == "2024-05-10T00:00:00.009930"
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (374, 44)


def test_equal_lines_are_requests_of_their_own_and_an_overlap_is_none(tmp_path):
    line, other = "2023-11-16 18:15:46,374,44", "2023-11-16 18:15:47,1,1"
    first = read(write(tmp_path / "a.csv", line, line))
    ids = {row["event_id"] for row in first.rows}
    assert len(ids) == 2
    second = read(write(tmp_path / "b.csv", other, line, line))
    assert ids < {row["event_id"] for row in second.rows}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("2023-11-16 18:15:46,-5,44", "-5"),
        ("2023-11-16 18:15:46,many,44", "many"),
        ("yesterday,5,44", "yesterday"),
        ("2023-11-16 18:15:46,,44", "must have a value"),
        ("2023-11-16 18:15:46,5", "2 values"),
    ],
)
def test_a_malformed_line_is_named_or_skipped(tmp_path, line, named):
    path = write(tmp_path / "t.csv", "2023-11-16 18:15:46,374,44", line)
    with pytest.raises(BadValueError, match="line 3") as caught:
        read(path)
    assert named in str(caught.value)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 1
    assert found.skipped == {"malformed record": 1}
    assert sum(found.tally.read.values()) == 2


def test_a_header_without_rows_is_warned_of(tmp_path):
    assert read(write(tmp_path / "t.csv")).warned == {"no_rows": 0}


def test_a_missing_column_is_an_error(tmp_path):
    with pytest.raises(InputError, match="generatedtokens"):
        read(write(tmp_path / "t.csv", "1,2", header="TIMESTAMP,ContextTokens\n"))


def test_a_cut_off_gzip_file_is_an_error(tmp_path):
    path = write(tmp_path / "t.csv.gz", *(f"2023-11-16 18:15:46,{n},44" for n in range(2000)))
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(InputError, match="gzip"):
        read(path)
