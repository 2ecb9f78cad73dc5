"""Logs in the shape of OpenAI's dashboard."""

import json

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.openai_logs import OpenAiLogsSource
from centavo.sources.prompt_text import split_prompt
from centavo.tokens import TokenCounter
from tests.sources.event_files import probe, read_files, write_lines
from tests.sources.trace_files import openai_record


def read(path, **options):
    return read_files([path], source=OpenAiLogsSource(), **options)


def test_a_record_becomes_a_request_with_counted_tokens(tmp_path):
    row = read(write_lines(tmp_path / "log.jsonl", openai_record(1, "Hello there."))).row
    counter = TokenCounter()
    assert row["started_at"].isoformat() == "2026-03-05T08:40:01"
    assert row["tokens_basis"] == "counted:o200k_base"
    assert row["input_uncached_tokens"] == counter.count("system: Be brief.\n\nuser: Hello")
    assert row["output_tokens"] == counter.count("Hello there.")
    assert (row["meter"], row["requested_model"], row["call_id"]) == ("agent", None, None)
    assert json.loads(row["labels"]) == {"session": "s-1"}
    assert row["system_hash"] is not None
    assert row["messages_hash"] is not None


def test_stated_tokens_are_taken_as_they_are(tmp_path):
    record = openai_record(1, "x") | {
        "id": "resp_0123456789abcdef",
        "model": "gpt-4.1",
        "end_time": "2026-03-05T08:40:03.5Z",
        "usage": {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 60},
            "output_tokens": 7,
        },
    }
    row = read(write_lines(tmp_path / "log.jsonl", record)).row
    assert row["tokens_basis"] is None
    assert (row["input_uncached_tokens"], row["cache_read_tokens"]) == (40, 60)
    assert row["output_tokens"] == 7
    assert (row["call_id"], row["provider"]) == ("resp_0123456789abcdef", "openai")
    assert row["duration_ms"] == 2500
    assert row["event_id"] == "openai-logs:resp_0123456789abcdef"


def test_counts_beside_the_texts_are_taken_too(tmp_path):
    record = openai_record(1, "x") | {"input_tokens": 11, "output_tokens": 5}
    row = read(write_lines(tmp_path / "log.jsonl", record)).row
    assert (row["input_uncached_tokens"], row["tokens_basis"]) == (11, None)


def test_an_empty_input_is_unknown_and_warned_of(tmp_path):
    found = read(write_lines(tmp_path / "log.jsonl", openai_record(1, "x", prompt="")))
    assert found.row["input_uncached_tokens"] is None
    assert found.row["messages_hash"] is None
    assert found.row["output_tokens"] == 1
    assert found.warned == {"input_not_logged": 1}


def test_an_input_that_repeats_with_another_answer_was_cut_off(tmp_path):
    path = write_lines(
        tmp_path / "log.jsonl",
        openai_record(1, "one"),
        openai_record(2, "two"),
        openai_record(3, "two", session="s-2"),
        openai_record(4, "one", prompt="user: Something else"),
    )
    found = read(path)
    assert found.warned == {"input_cut_off": 1}
    labels = [json.loads(row["labels"]) for row in found.rows]
    assert [label.get("input_cut_off") for label in labels] == [None, "suspected", None, None]


def test_the_same_record_twice_is_one_request(tmp_path):
    record = openai_record(1, "one")
    found = read(write_lines(tmp_path / "log.jsonl", record, record))
    assert len(found.rows) == 1
    assert found.skipped == {"duplicate of the same request": 1}


def test_messages_as_a_list_are_counted_as_json(tmp_path):
    messages = [{"role": "user", "content": "Hello"}]
    row = read(write_lines(tmp_path / "log.jsonl", openai_record(1, "x", prompt=messages))).row
    assert row["input_uncached_tokens"] == TokenCounter().count(json.dumps(messages))


def test_secrets_in_metadata_are_not_kept(tmp_path):
    record = openai_record(1, "x") | {"metadata": {"note": "Bearer 0a1B2c3D4e5F6g7H8i9J"}}
    found = read(write_lines(tmp_path / "log.jsonl", record))
    assert "0a1B2c3D4e5F6g7H8i9J" not in found.row["labels"]


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"input": "x", "output": "y", "session_id": "s"}, "timestamp is missing"),
        (openai_record(1, "x") | {"timestamp": "soon"}, "soon"),
        (openai_record(1, "x") | {"input_tokens": -4}, "-4"),
        ([1], "not a JSON object"),
        ('{"timestamp": 1772700000000000, "input": "a', "JSON"),
    ],
)
def test_a_malformed_record_is_named_or_skipped(tmp_path, record, named):
    path = write_lines(tmp_path / "log.jsonl", openai_record(1, "x"), record)
    with pytest.raises(BadValueError, match="line 2") as caught:
        read(path)
    assert named in str(caught.value)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 1
    assert found.skipped == {"malformed record": 1}


def test_an_empty_file_is_an_error(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n \n")
    with pytest.raises(InputError, match="no record"):
        read(path)


def test_recognition(tmp_path):
    source = OpenAiLogsSource()
    log = write_lines(tmp_path / "log.jsonl", openai_record(1, "x"))
    assert source.recognise(probe(log)).confidence == 0.85
    # The beginning of a file may end within the first input.
    long = write_lines(tmp_path / "long.jsonl", openai_record(1, "x", prompt="word " * 40_000))
    assert source.recognise(probe(long)).confidence == 0.6
    other = write_lines(tmp_path / "other.jsonl", {"timestamp": 1, "message": "started"})
    assert source.recognise(probe(other)) is None


def test_parts_of_a_flattened_prompt():
    tagged = split_prompt(
        '<system>\n{"text": "Be brief."}\n\n<tools>\n{"name": "t"}\n\n<messages>\nx'
    )
    assert (tagged.system, tagged.tools) == ('{"text": "Be brief."}', '{"name": "t"}')
    assert split_prompt("user: system: not me").system is None
    assert split_prompt("system: A\nB\n\nuser: C\n\nsystem: D").system == "A\nB"
