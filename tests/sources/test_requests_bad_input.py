"""Malformed request logs: each names file, line, column and value, and nothing is lost."""

import gzip
import json
import resource

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources import json_records
from tests.sources.event_files import read_files, write_lines

GOOD = {"started_at": "2026-03-05T12:00:00Z", "requested_model": "gpt-5", "output_tokens": 2}


def bad(**changes):
    return {**GOOD, **changes}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (bad(output_tokens=-2), r"line 2: output_tokens is negative: -2"),
        (bad(output_tokens="1,5"), r"line 2: output_tokens is not a whole number: '1,5'"),
        (bad(output_tokens=2.5), r"line 2: output_tokens is not a whole number: 2.5"),
        (bad(streamed="maybe"), r"line 2: streamed is not true or false: 'maybe'"),
        (bad(reported_cost=-1), r"line 2: reported_cost is negative: -1"),
        (bad(started_at="yesterday"), r"line 2: started_at is not a time .*: 'yesterday'"),
        ({"choices": [], "usage": {"prompt_tokens": -1}}, r"line 2: prompt_tokens is negative: -1"),
        ([1, 2], r"line 2: the record is not a JSON object: \[1, 2\]"),
        ('{"a": 1,, "b": 2}', r"line 2: character 9 is not JSON"),
        (
            '{"usage": {"prompt_tokens": 1e999}}',
            r"line 2: character 36 is not JSON \(Number out of",
        ),
        ('{"a": "never ends', r"line 2: character 18 is not JSON \(Input data was truncated\)"),
    ],
)
def test_a_bad_record_names_file_line_and_value(tmp_path, record, message):
    path = write_lines(tmp_path / "log.jsonl", GOOD, record, bad(output_tokens=3))
    with pytest.raises(BadValueError, match=rf"^log\.jsonl, {message}"):
        read_files([path])
    read = read_files([path], skip_bad=True)
    assert [row["output_tokens"] for row in read.rows] == [2, 3]
    assert read.skipped == {"malformed record": 1}
    assert sum(read.tally.read.values()) == 3


def test_wrong_encoding_names_the_character(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b'\n{"started_at": 1, "team": "S\xe3o"}\n')
    with pytest.raises(BadValueError, match=r"line 2: character 29 is not JSON \(not UTF-8\)"):
        read_files([path])


def test_utf16_is_refused_by_name(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(json.dumps(GOOD).encode("utf-16"))
    with pytest.raises(InputError, match="UTF-16"):
        read_files([path])


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert len(read_files([path]).rows) == 1


@pytest.mark.parametrize("skip_bad", [False, True])
@pytest.mark.parametrize("records", [3, 30_000])
def test_truncated_gzip_is_an_error_even_when_bad_records_are_skipped(tmp_path, records, skip_bad):
    whole = gzip.compress(
        "".join(json.dumps(bad(output_tokens=n)) + "\n" for n in range(records)).encode()
    )
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"log\.jsonl\.gz is damaged"):
        read_files([path], skip_bad=skip_bad)


@pytest.mark.parametrize("content", [b"", b"\n  \n"])
def test_an_empty_file_is_an_error(tmp_path, content):
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"log\.jsonl (is empty|holds no record)"):
        read_files([path])


@pytest.mark.parametrize("name", ["log.jsonl", "log.json"])
def test_an_endless_line_ends_in_a_message_and_not_in_all_memory(tmp_path, name):
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(json.dumps(GOOD).encode() + b'\n{"started_at": 1, "note": "')
        for _ in range(200):
            file.write(b"x" * 1024 * 1024)
        file.write(b'"}\n' + json.dumps(bad(output_tokens=3)).encode() + b"\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadValueError, match=r"line 2: the record is longer than 32 MiB"):
        read_files([path])
    assert len(read_files([path], skip_bad=True).rows) == 2
    # KiB on Linux; far below the 200 MiB of the line.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024


def test_an_array_that_is_cut_off_is_an_error(tmp_path):
    path = tmp_path / "log.json"
    path.write_text(json.dumps([GOOD, bad(output_tokens=3)], indent=1)[:-30])
    with pytest.raises(BadValueError, match=r"line \d+: character \d+ is not JSON"):
        read_files([path])


def test_pretty_printed_records_name_the_line_inside(tmp_path):
    path = tmp_path / "log.json"
    path.write_text('{\n "started_at": 1,\n "requested_model": nope\n}\n')
    with pytest.raises(BadValueError, match=r"line 3: character \d+ is not JSON"):
        read_files([path])


def test_broken_yaml_names_the_line(tmp_path):
    path = tmp_path / "cassette.yaml"
    path.write_text("version: 1\ninteractions:\n- request: [\n")
    with pytest.raises(BadValueError, match=r"cassette\.yaml, line \d+: character \d+ is not YAML"):
        read_files([path])


def test_a_yaml_file_without_interactions_is_an_error(tmp_path):
    path = tmp_path / "cassette.yaml"
    path.write_text("version: 1\n")
    with pytest.raises(InputError, match="no list of interactions"):
        read_files([path])


def test_a_bad_interaction_names_its_line_and_can_be_skipped(tmp_path):
    path = tmp_path / "cassette.yaml"
    interaction = (
        "- request: {{method: POST, uri: 'https://api.openai.com/v1/chat/completions'}}\n"
        "  response:\n    status: {{code: 200}}\n"
        "    parsed_body: {{id: chat-{0}, usage: {{prompt_tokens: {0}}}}}\n"
    )
    path.write_text(
        "interactions:\n" + interaction.format(5) + interaction.format(-5) + interaction.format(6)
    )
    with pytest.raises(
        BadValueError, match=r"cassette\.yaml, line 6: prompt_tokens is negative: -5"
    ):
        read_files([path])
    assert len(read_files([path], skip_bad=True).rows) == 2


def test_records_are_cut_apart_wherever_a_chunk_ends(tmp_path, monkeypatch):
    records = [bad(output_tokens=n, note='a "quoted" \\ {brace] ' * n) for n in range(9)]
    path = tmp_path / "log.json"
    path.write_text(json.dumps(records, indent=3))
    for size in (1, 7, 64):
        monkeypatch.setattr(json_records, "_CHUNK_BYTES", size)
        assert [row["output_tokens"] for row in read_files([path]).rows] == list(range(9))
