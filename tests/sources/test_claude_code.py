"""Claude Code's session logs."""

import gzip
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centavo.errors import BadValueError, ConfigError, InputError
from centavo.sources.claude_code import ClaudeCodeSource
from centavo.sources.requests.source import RequestLogSource
from centavo.sources.typed_json_lines import line_chunks
from tests.sources.event_files import probe, read_files, write_lines
from tests.sources.session_files import claude_line, claude_other


def read(*paths, **options):
    return read_files(paths, source=ClaudeCodeSource(), **options)


def test_every_token_class_has_its_column(tmp_path):
    row = read(write_lines(tmp_path / "a.jsonl", claude_line(1, output=77))).row
    assert row["input_uncached_tokens"] == 4
    assert row["cache_read_tokens"] == 15000
    assert row["cache_write_tokens"] == 0
    assert row["cache_write_5m_tokens"] == 200
    assert row["cache_write_1h_tokens"] == 1000
    assert row["output_tokens"] == 77
    assert row["web_searches"] == 0
    assert row["reasoning_tokens"] is None


def test_writes_without_retention_are_writes_of_unknown_retention(tmp_path):
    row = read(
        write_lines(tmp_path / "a.jsonl", claude_line(1, usage={"cache_creation": None}))
    ).row
    assert row["cache_write_tokens"] == 1200
    assert row["cache_write_5m_tokens"] is None


def test_unknown_writes_stay_unknown(tmp_path):
    usage = {"cache_creation_input_tokens": None, "cache_creation": None}
    row = read(write_lines(tmp_path / "a.jsonl", claude_line(1, usage=usage))).row
    assert row["cache_write_tokens"] is None


def test_who_when_and_where(tmp_path):
    row = read(
        write_lines(tmp_path / "a.jsonl", claude_line(1, isSidechain=True, agentId="a1"))
    ).row
    assert row["event_id"] == f"claude-code:msg_01{1:022}:req_011{1:021}"
    assert row["call_id"] == f"msg_01{1:022}"
    assert (row["meter"], row["source"], row["operation"]) == ("agent", "claude-code", "messages")
    assert row["started_at"].isoformat() == "2026-03-05T12:00:01"
    assert (row["provider"], row["answered_model"]) == ("anthropic", "claude-sonnet-4-5-20250929")
    assert (row["application"], row["project"], row["feature"]) == (
        "claude-code",
        "shop",
        "subagent",
    )
    assert json.loads(row["labels"]) == {
        "agent_id": "a1",
        "git_branch": "main",
        "session_id": "3f0e8a52-0000-4000-8000-000000000001",
        "version": "2.0.14",
    }


@pytest.mark.parametrize(
    ("message_id", "provider"), [("msg_bdrk_01A", "aws"), ("msg_vrtx_01A", "google")]
)
def test_the_id_tells_bedrock_and_vertex(tmp_path, message_id, provider):
    line = claude_line(1, message={"id": message_id})
    assert read(write_lines(tmp_path / "a.jsonl", line)).row["provider"] == provider


def test_the_fast_mode_is_a_tier_and_a_geo_that_is_not_available_is_none(tmp_path):
    line = claude_line(1, usage={"speed": "fast", "inference_geo": "not_available"})
    row = read(write_lines(tmp_path / "a.jsonl", line)).row
    assert (row["processing_tier"], row["inference_geo"]) == ("fast", None)


def test_the_last_part_of_a_streamed_answer_counts_once(tmp_path):
    parts = [
        claude_line(1, output=1, message={"stop_reason": None}),
        claude_other("user"),
        claude_line(
            1, output=1, timestamp="2026-03-05T12:00:02.000Z", message={"stop_reason": None}
        ),
        claude_line(1, output=159, timestamp="2026-03-05T12:00:09.000Z"),
    ]
    found = read(write_lines(tmp_path / "a.jsonl", *parts))
    assert found.row["output_tokens"] == 159
    assert found.row["finish_reason"] == "end_turn"
    assert found.row["started_at"].second == 1
    assert found.skipped == {
        "part of an answer that another line tells whole": 2,
        "not a model call: user": 1,
    }


def test_a_smaller_repetition_does_not_take_the_place_of_a_larger(tmp_path):
    found = read(
        write_lines(tmp_path / "a.jsonl", claude_line(1, output=159), claude_line(1, output=1))
    )
    assert found.row["output_tokens"] == 159


def test_one_id_with_two_requests_is_two_calls(tmp_path):
    lines = claude_line(1), claude_line(1, requestId="req_other")
    assert len(read(write_lines(tmp_path / "a.jsonl", *lines)).rows) == 2


def test_without_request_id_the_message_id_tells(tmp_path):
    line = claude_line(1)
    del line["requestId"]
    found = read(write_lines(tmp_path / "a.jsonl", line, {**line, "uuid": "other"}))
    assert found.row["event_id"] == f"claude-code:msg_01{1:022}"


def test_without_any_id_the_content_tells(tmp_path):
    line = claude_line(1, message={"id": None}, requestId=None, uuid=None)
    other = claude_line(1, output=11, message={"id": None}, requestId=None, uuid=None)
    assert len(read(write_lines(tmp_path / "a.jsonl", line, line, other)).rows) == 2


def test_a_resumed_session_copies_its_history_and_counts_once(tmp_path):
    first = write_lines(tmp_path / "a.jsonl", claude_line(1), claude_line(2))
    again = write_lines(tmp_path / "b.jsonl", claude_line(1), claude_line(2), claude_line(3))
    found = read(first, again)
    assert len(found.rows) == 3
    assert found.skipped == {"answer that another file of this reading tells too": 2}
    assert sum(found.tally.read.values()) == len(found.rows) + sum(found.skipped.values())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_larger_copy_of_two_files_counts(tmp_path, order):
    paths = (
        write_lines(tmp_path / "a.jsonl", claude_line(1, output=3)),
        write_lines(tmp_path / "b.jsonl", claude_line(1, output=300)),
    )
    found = read(*(paths[place] for place in order))
    assert found.row["output_tokens"] == 300
    assert sum(found.tally.read.values()) == 1 + sum(found.skipped.values())


def test_other_records_are_counted_by_type(tmp_path):
    lines = [
        claude_line(1),
        claude_other("user", message={"role": "user", "content": "hi"}),
        claude_other("system", message="a text where others have an object"),
        {"type": "summary", "summary": "x", "leafUuid": "y"},
        {"type": "file-history-snapshot", "snapshot": {}},
        {"no": "type"},
        claude_line(2, message={"model": "<synthetic>"}),
        claude_other("assistant", message={"role": "assistant", "content": []}),
    ]
    found = read(write_lines(tmp_path / "a.jsonl", *lines))
    assert len(found.rows) == 1
    assert found.skipped == {
        "not a model call: user": 1,
        "not a model call: system": 1,
        "not a model call: summary": 1,
        "not a model call: file-history-snapshot": 1,
        "not a model call: record without a type": 1,
        "not a model call: written by the client itself": 1,
        "assistant record without usage": 1,
    }


def test_spaces_and_the_order_of_keys_mean_nothing(tmp_path):
    line = claude_line(1)
    shuffled = json.dumps(dict(reversed(line.items())), indent=None, separators=(" , ", " : "))
    row = read(write_lines(tmp_path / "a.jsonl", shuffled)).row
    straight = read(write_lines(tmp_path / "b.jsonl", line)).row
    assert {**row, "batch_id": None} == {**straight, "batch_id": None}


def test_counts_written_as_text_or_decimal_are_counts(tmp_path):
    line = claude_line(1, usage={"input_tokens": "12", "output_tokens": 7.0}, durationMs=12.6)
    row = read(write_lines(tmp_path / "a.jsonl", line)).row
    assert (row["input_uncached_tokens"], row["output_tokens"], row["duration_ms"]) == (12, 7, 13)


def test_old_versions_state_the_cost(tmp_path):
    text = json.dumps(claude_line(1)).replace(
        '"type": "assistant"', '"costUSD": 0.1000000000005, "type": "assistant"'
    )
    assert read(write_lines(tmp_path / "a.jsonl", text)).row["reported_cost"] == Decimal(
        "0.100000000000"
    )


def test_the_torn_last_line_of_a_live_session_is_counted(tmp_path):
    path = tmp_path / "a.jsonl"
    whole = json.dumps(claude_line(1)) + "\n"
    path.write_text(whole + json.dumps(claude_line(2))[:200])
    found = read(path)
    assert len(found.rows) == 1
    assert found.skipped == {"last line without an end: the session was still being written": 1}


def test_a_last_line_without_newline_counts(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(claude_line(1)) + "\n" + json.dumps(claude_line(2)))
    assert len(read(path).rows) == 2


def test_a_torn_line_in_the_middle_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps(claude_line(1))
        + "\n"
        + json.dumps(claude_line(2))[:200]
        + "\n"
        + json.dumps(claude_line(3))
    )
    with pytest.raises(BadValueError, match=r"a\.jsonl, line 2"):
        read(path)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 2
    assert found.skipped == {"malformed record": 1}


@pytest.mark.parametrize("zipped", [False, True])
def test_an_error_far_inside_names_its_line(tmp_path, zipped):
    good = [json.dumps(claude_line(number)) for number in range(1200)]
    bad = json.dumps(claude_line(2000, output=-5))
    text = "\n".join([*good[:1000], "", bad, *good[1000:]]) + "\n"
    path = tmp_path / ("a.jsonl.gz" if zipped else "a.jsonl")
    path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    with pytest.raises(BadValueError, match=r"line 1002: output_tokens is negative: -5"):
        read(path)
    assert len(read(path, skip_bad=True).rows) == 1200


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"timestamp": "yesterday"}, "timestamp is not a time"),
        ({"timestamp": None}, "timestamp is missing"),
        ({"costUSD": -1}, "costUSD is negative"),
        ({"usage": {"input_tokens": 2**64}}, "input_tokens is too large"),
        ({"usage": {"input_tokens": True}}, "input_tokens is not a whole number"),
    ],
)
def test_nonsense_in_a_call_is_an_error(tmp_path, more, problem):
    path = write_lines(tmp_path / "a.jsonl", claude_line(1), claude_line(2, **more))
    with pytest.raises(BadValueError, match=rf"line 2: {problem}"):
        read(path)


def test_a_line_that_is_no_object_is_an_error(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", claude_line(1), "[1]")
    with pytest.raises(BadValueError, match="line 2: the record is not a JSON object"):
        read(path)


def test_an_endless_line_is_an_error_and_can_be_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr("centavo.sources.typed_json_lines.MAX_RECORD_BYTES", 300_000)
    monkeypatch.setattr("centavo.sources.json_records.MAX_RECORD_BYTES", 300_000)
    huge = claude_other("user", text="x" * 900_000)
    path = write_lines(tmp_path / "a.jsonl", claude_line(1), huge, claude_line(2), huge)
    with pytest.raises(BadValueError, match=r"line 2: .*longer than"):
        read(path)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 2
    assert found.skipped == {"malformed record": 2}


def test_chunks_give_the_file_back(tmp_path, monkeypatch):
    from centavo.sources.json_records import opened

    monkeypatch.setattr("centavo.sources.json_records._CHUNK_BYTES", 7)
    monkeypatch.setattr("centavo.sources.typed_json_lines._CHUNK_BYTES", 5)
    data = b'{"a": 1}\n\n{"b": 22222222222}\r\n{"c": 3}'
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    with opened(path, "a") as stream:
        chunks = list(line_chunks(stream))
    assert b"".join(chunk.data for chunk in chunks) == data
    lines = [line for chunk in chunks for line in chunk.lines()]
    assert [line.numbered(path, "a").line for line in lines] == [1, 3, 4]
    assert [line.is_open for line in lines] == [False, False, True]


def test_a_mapping_names_the_scope(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", claude_line(1), claude_line(2, cwd=None))
    found = read(path, mapping={"project": "cwd", "team": "gitBranch", "application": "userType"})
    assert [(r["project"], r["team"], r["application"]) for r in found.rows] == [
        ("/home/dev/shop", "main", "external"),
        (None, "main", "external"),
    ]
    with pytest.raises(ConfigError, match="not a scope column"):
        read(path, mapping={"colour": "x"})


def test_further_model_runs_and_times_without_zone_are_told(tmp_path):
    runs = [{"type": "message"}, {"type": "compaction", "input_tokens": 5}]
    line = claude_line(1, usage={"iterations": runs}, timestamp="2026-03-05T12:00:00")
    found = read(write_lines(tmp_path / "a.jsonl", line))
    assert found.warned == {"further_model_runs": 1, "times_without_zone": 1}


def test_secrets_in_labels_are_not_stored(tmp_path):
    secret = "sk-ant-api03-" + "aB3dE5fG7h" * 9
    found = read(write_lines(tmp_path / "a.jsonl", claude_line(1, gitBranch=f"try/{secret}")))
    assert secret not in found.row["labels"]
    assert found.warned == {"secrets_redacted": 1}


def test_a_secret_counts_for_each_row_that_carried_it(tmp_path):
    secret = "sk-ant-api03-" + "aB3dE5fG7h" * 9
    lines = [claude_line(number, cwd=f"/src/{secret}") for number in (1, 2, 3)]
    found = read(write_lines(tmp_path / "a.jsonl", *lines, claude_line(4)))
    assert [row["project"] for row in found.rows].count("shop") == 1
    assert all(secret not in row["project"] for row in found.rows)
    assert found.warned == {"secrets_redacted": 3}


def test_a_log_without_records_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n\n")
    with pytest.raises(InputError, match="holds no record"):
        read(path)
    path.write_text("")
    with pytest.raises(InputError, match="empty"):
        read(path)


@pytest.mark.parametrize(
    "first",
    [
        claude_other("user", message={"role": "user", "content": "hi"}),
        claude_line(1),
        {"type": "summary", "summary": "x", "leafUuid": "y"},
        {
            "type": "file-history-snapshot",
            "messageId": "m",
            "snapshot": {},
            "isSnapshotUpdate": False,
        },
    ],
)
def test_a_session_log_is_recognised_by_its_keys(tmp_path, first):
    path = write_lines(tmp_path / "a.jsonl", first, claude_line(1))
    found = ClaudeCodeSource().recognise(probe(path))
    others = RequestLogSource().recognise(probe(path))
    assert found is not None
    assert others is None or others.confidence < found.confidence


COUNTS = st.one_of(st.none(), st.integers(0, 2**62))
USAGES = st.fixed_dictionaries(
    {},
    optional={
        "input_tokens": COUNTS,
        "output_tokens": COUNTS,
        "cache_read_input_tokens": COUNTS,
        "cache_creation_input_tokens": COUNTS,
        "cache_creation": st.one_of(
            st.none(), st.fixed_dictionaries({"ephemeral_5m_input_tokens": COUNTS})
        ),
        "server_tool_use": st.one_of(
            st.none(), st.fixed_dictionaries({"web_search_requests": COUNTS})
        ),
        "service_tier": st.sampled_from([None, "standard", "priority"]),
        "speed": st.sampled_from([None, "standard", "fast"]),
    },
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(st.integers(1, 4), USAGES, st.booleans()), min_size=1, max_size=8))
def test_the_fast_way_and_the_careful_way_read_the_same(tmp_path, lines):
    path = write_lines(
        tmp_path / "a.jsonl",
        *(claude_line(n, usage=usage, isSidechain=side) for n, usage, side in lines),
    )
    fast = read(path)
    # A mapping sends every line the careful way.
    careful = read(path, mapping={"team": "nothing.here"})
    assert sorted(fast.rows, key=lambda row: row["event_id"]) == sorted(
        ({name: row[name] for name in fast.rows[0]} for row in careful.rows),
        key=lambda row: row["event_id"],
    )
    assert fast.skipped == careful.skipped
    assert sum(fast.tally.read.values()) == len(lines)
