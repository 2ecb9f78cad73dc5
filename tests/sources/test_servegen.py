"""ServeGen's traffic by client."""

import json
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.servegen import ServeGenSource
from tests.sources.event_files import probe, read_files

LENGTHS = {
    "0": {"input_tokens": "{100: 0.25, 300: 0.75}", "output_tokens": "{10: 1.0}"},
    "21600": {"input_tokens": "{}", "output_tokens": "{}"},
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "language" / "m-small"
    path.mkdir(parents=True)
    return path


def trace(folder, client, *lines, lengths=None):
    path = folder / f"chunk-{client}-trace.csv"
    path.write_text("".join(f"{line}\n" for line in lines))
    if lengths is not None:
        (folder / f"chunk-{client}-dataset.json").write_text(json.dumps(lengths))
    return path


def read(*paths, **options):
    return read_files(paths, source=ServeGenSource(), **options)


def test_a_window_is_an_aggregate(folder):
    path = trace(folder, 5, "0,0.5,1.1,Gamma,0.7,0.3", "600,0,0,,0,0", lengths=LENGTHS)
    busy, idle = read(path).rows
    assert busy["request_count"] == 300
    assert busy["input_uncached_tokens"] == Decimal(75_000)
    assert busy["output_tokens"] == Decimal(3_000)
    assert (busy["input_tokens_low"], busy["output_tokens_low"]) == (None, None)
    assert (busy["model"], busy["customer_id"], busy["basis"]) == ("m-small", "5", "metered")
    assert busy["interval_start"].isoformat() == "1970-01-01T00:00:00"
    assert busy["interval_end"].isoformat() == "1970-01-01T00:10:00"
    assert json.loads(busy["labels"])["interarrival_distribution"] == "Gamma"
    assert (idle["request_count"], idle["input_uncached_tokens"]) == (0, Decimal(0))


@pytest.mark.parametrize(
    ("line", "lengths"),
    [
        ("0,0.5,1,Gamma,1,1", None),
        ("21600,0.5,1,Gamma,1,1", LENGTHS),
        ("43200,0.5,1,Gamma,1,1", LENGTHS),
    ],
    ids=["no file", "empty histogram", "after the last bucket"],
)
def test_unknown_lengths_are_at_least_0_and_have_no_bound_above(folder, line, lengths):
    found = read(trace(folder, 1, line, lengths=lengths))
    row = found.row
    assert row["request_count"] == 300
    assert row["input_uncached_tokens"] is None
    assert row["output_tokens"] is None
    assert (row["input_tokens_low"], row["output_tokens_low"]) == (Decimal(0), Decimal(0))
    assert row.get("input_tokens_high") is None
    assert found.warned == {"times_relative": 1, "lengths_unknown": 1}


def test_kinds_of_input_add_up(folder):
    lengths = {
        "0": {
            "text_tokens": "{10: 1.0}",
            "image_tokens": "{100: 0.5, 200: 0.5}",
            "image_count": "{1: 1.0}",
            "output_tokens": "{7: 1.0}",
        }
    }
    row = read(trace(folder, 1, "0,1,1,Gamma,1,1", lengths=lengths)).row
    assert row["input_text_tokens"] == 6_000
    assert row["input_image_tokens"] == 90_000
    assert row["input_uncached_tokens"] == 96_000


def test_two_idle_clients_are_two_though_their_bytes_are_the_same(centavo, folder):
    for client in (1, 2):
        trace(folder, client, "0,0,0,,0,0")
    report = centavo("ingest", folder, "--json").json["sources"][0]
    assert (len(report["files"]), report["rows_written"]) == (2, 2)


def test_lengths_that_come_later_make_another_file(centavo, folder):
    path = trace(folder, 1, "0,1,1,Gamma,1,1")
    centavo("ingest", folder)
    assert "unchanged" in centavo("ingest", folder).err
    trace(folder, 1, "0,1,1,Gamma,1,1", lengths=LENGTHS)
    done = centavo("ingest", path, folder / "chunk-1-dataset.json", "--json")
    report = done.json["sources"][0]
    assert (len(report["files"]), report["rows_written"]) == (1, 1)
    assert "lengths_unknown" not in done.out


def test_lengths_alone_are_skipped(folder):
    path = trace(folder, 1, "0,1,1,Gamma,1,1", lengths=LENGTHS)
    path.unlink()
    found = read(folder / "chunk-1-dataset.json")
    assert found.rows == []
    assert found.skipped == {"lengths without a trace beside them": 1}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("600,fast,1,Gamma,1,1", "fast"),
        ("600,-1,1,Gamma,1,1", "negative"),
        ("600,nan,1,Gamma,1,1", "too large"),
        ("600,1,1,Gamma", "4 values"),
        (",1,1,Gamma,1,1", "window"),
    ],
)
def test_a_malformed_window_is_named_or_skipped(folder, line, named):
    path = trace(folder, 1, "0,1,1,Gamma,1,1", line, lengths=LENGTHS)
    with pytest.raises(BadValueError, match="line 2") as caught:
        read(path)
    assert named in str(caught.value)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 1
    assert found.skipped == {"malformed record": 1}


@pytest.mark.parametrize(
    "lengths",
    [{"0": {"input_tokens": "{100: lots}"}}, {"noon": {"input_tokens": "{}"}}, {"0": []}],
)
def test_malformed_lengths_are_named(folder, lengths):
    with pytest.raises(BadValueError, match="dataset"):
        read(trace(folder, 1, "0,1,1,Gamma,1,1", lengths=lengths))


def test_lengths_that_are_cut_in_half_are_named(folder):
    path = trace(folder, 1, "0,1,1,Gamma,1,1", lengths=LENGTHS)
    lengths = folder / "chunk-1-dataset.json"
    lengths.write_bytes(lengths.read_bytes()[:-20])
    with pytest.raises(InputError, match="not JSON"):
        read(path)


def test_recognition(folder, tmp_path):
    source = ServeGenSource()
    assert source.recognise(probe(trace(folder, 1, "0,0,0,,0,0", lengths=LENGTHS))) is not None
    assert source.recognise(probe(folder / "chunk-1-dataset.json")) is not None
    other = tmp_path / "numbers.csv"
    other.write_text("1,2,3,4,5,6\n")
    assert source.recognise(probe(other)) is None


def test_a_client_that_two_files_name_counts_once(tmp_path):
    paths = []
    for place in ("a", "b"):
        inside = tmp_path / place / "language" / "m-small"
        inside.mkdir(parents=True)
        paths.append(trace(inside, 1, "0,1,1,Gamma,1,1", "600,1,1,Gamma,1,1"))
    found = read(*paths)
    assert len(found.rows) == 2
    assert found.skipped == {"same client and model in another file of this reading": 2}
