"""Codex CLI's rollout logs."""

import json

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.claude_code import ClaudeCodeSource
from centavo.sources.codex import CodexSource
from centavo.sources.requests.source import RequestLogSource
from tests.sources.event_files import probe, read_files, write_lines
from tests.sources.session_files import codex_count, codex_meta, codex_turn, codex_usage

PARENT = "019a0000-0000-7000-8000-000000000001"
CHILD = "019a0000-0000-7000-8000-000000000002"
REPEATED = "repeats the token count before"
FIRST = codex_count(codex_usage(1000, 0, 50, 20), codex_usage(1000, 0, 50, 20), second=10)
SECOND = codex_count(codex_usage(2600, 900, 130, 60), codex_usage(1600, 900, 80, 40), second=20)
THIRD = codex_count(codex_usage(4300, 2400, 140, 60), codex_usage(1700, 1500, 10, 0), second=30)


def read(*paths, **options):
    return read_files(paths, source=CodexSource(), **options)


def log(folder, *records, name="rollout-2026-03-05T12-00-00-a.jsonl"):
    return write_lines(folder / name, *records)


def tokens(found):
    names = ("input_uncached_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens")
    rows = sorted(found.rows, key=lambda row: row["started_at"])
    return [tuple(row[name] for name in names) for row in rows]


def test_totals_are_subtracted_and_repetitions_counted_once(tmp_path):
    found = read(log(tmp_path, codex_meta(), codex_turn(), FIRST, FIRST, SECOND, SECOND))
    assert tokens(found) == [(1000, 0, 50, 20), (700, 900, 80, 40)]
    assert found.skipped == {
        REPEATED: 2,
        "not a model call: session_meta": 1,
        "not a model call: turn_context": 1,
    }


def test_a_missed_count_is_in_the_next_difference(tmp_path):
    found = read(log(tmp_path, codex_meta(), codex_turn(), FIRST, THIRD))
    assert tokens(found) == [(1000, 0, 50, 20), (900, 2400, 90, 40)]


def test_who_when_and_where(tmp_path):
    row = read(log(tmp_path, codex_meta(), codex_turn(), FIRST)).row
    assert row["event_id"].startswith("codex:")
    assert (row["meter"], row["source"], row["operation"]) == ("agent", "codex", "responses")
    assert (row["provider"], row["requested_model"]) == ("openai", "gpt-5.1-codex")
    assert (row["application"], row["project"]) == ("codex", "shop")
    assert row["started_at"].isoformat() == "2026-03-05T12:00:10"
    assert json.loads(row["labels"]) == {
        "effort": "high",
        "git_branch": "main",
        "originator": "codex_cli_rs",
        "session_id": PARENT,
        "version": "0.58.0",
    }


def test_the_model_is_that_of_the_latest_turn(tmp_path):
    turns = codex_turn("gpt-5.1"), FIRST, codex_turn("gpt-5.1-mini"), SECOND
    found = read(log(tmp_path, codex_meta(), *turns))
    assert [row["requested_model"] for row in found.rows] == ["gpt-5.1", "gpt-5.1-mini"]


def test_counts_without_last_usage_and_counts_without_totals(tmp_path):
    bare = codex_count(codex_usage(1000, 0, 50), second=10)
    assert tokens(read(log(tmp_path, codex_meta(), bare))) == [(1000, 0, 50, 0)]
    only_last = codex_count(None, codex_usage(7, 0, 5), second=10)
    found = read(log(tmp_path, codex_meta(), only_last, only_last))
    assert tokens(found) == [(7, 0, 5, 0)] * 2


def test_a_count_of_limits_alone_is_no_call(tmp_path):
    limits = codex_count(None)
    limits["payload"]["info"] = None
    found = read(log(tmp_path, codex_meta(), limits, FIRST))
    assert len(found.rows) == 1
    assert found.skipped["token count without usage"] == 1


def test_totals_that_begin_anew_do_not_go_below_zero(tmp_path):
    full = codex_count({"total_tokens": 272000, "input_tokens": 0, "output_tokens": 0},
                       {"total_tokens": 270000, "input_tokens": 0, "output_tokens": 0}, second=15)  # fmt: skip
    anew = codex_count(codex_usage(500, 100, 5), codex_usage(500, 100, 5), second=16)
    found = read(log(tmp_path, codex_meta(), codex_turn(), FIRST, full, anew))
    assert tokens(found) == [(1000, 0, 50, 20), (400, 100, 5, 0)]


def fork(*records, begun=100):
    return (
        codex_meta(CHILD, second=begun, forked_from_id=PARENT),
        codex_meta(PARENT, second=begun),
        codex_turn(second=begun),
        *records,
    )


def stamped(record, second):
    return {**record, "timestamp": codex_turn(second=second)["timestamp"]}


@pytest.mark.parametrize("copied_at", [100, None, 104])
@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_fork_copies_its_parents_counts_and_they_count_once(tmp_path, copied_at, names):
    parent = log(
        tmp_path, codex_meta(), codex_turn(), FIRST, SECOND, name=f"rollout-{names[0]}.jsonl"
    )
    copies = (
        [FIRST, SECOND] if copied_at is None else [stamped(r, copied_at) for r in (FIRST, SECOND)]
    )
    own = codex_count(codex_usage(4000, 2400, 140, 60), codex_usage(1400, 1500, 10, 0), second=130)
    child = log(tmp_path, *fork(*copies, own), name=f"rollout-{names[1]}.jsonl")
    found = read(parent, child)
    assert sorted(tokens(found)) == sorted(
        [(1000, 0, 50, 20), (700, 900, 80, 40), (0, 1500, 10, 0)]
    )
    assert sum(found.tally.read.values()) == len(found.rows) + sum(found.skipped.values())


def test_a_fork_without_copied_counts_begins_at_its_own_first_call(tmp_path):
    found = read(log(tmp_path, *fork(stamped(SECOND, 130))))
    assert tokens(found) == [(700, 900, 80, 40)]


def test_a_resumed_session_goes_on_in_its_own_log(tmp_path):
    found = read(
        log(
            tmp_path, codex_meta(), codex_turn(), FIRST, codex_meta(second=50), codex_turn(), SECOND
        )
    )
    assert len(found.rows) == 2


def test_two_sessions_with_the_same_counts_are_two(tmp_path):
    one = log(tmp_path, codex_meta(PARENT), FIRST, name="rollout-a.jsonl")
    other = log(tmp_path, codex_meta(CHILD), FIRST, name="rollout-b.jsonl")
    assert len(read(one, other).rows) == 2


def test_cached_and_written_tokens_are_parts_of_the_input(tmp_path):
    usage = {**codex_usage(1000, 600, 5), "cache_write_input_tokens": 300}
    row = read(log(tmp_path, codex_meta(), codex_count(usage, usage, second=1))).row
    assert row["input_uncached_tokens"] == 100
    assert (row["cache_read_tokens"], row["cache_write_tokens"]) == (600, 300)


def test_other_records_are_counted_by_type(tmp_path):
    lines = [
        codex_meta(),
        FIRST,
        {"timestamp": "x", "type": "response_item", "payload": {"type": "message", "content": []}},
        {
            "timestamp": "x",
            "type": "event_msg",
            "payload": {"type": "agent_message", "message": "hi"},
        },
        {"timestamp": "x", "type": "compacted", "payload": {"message": "short"}},
        {"record_type": "state"},
    ]
    found = read(log(tmp_path, *lines))
    assert found.skipped == {
        "not a model call: session_meta": 1,
        "not a model call: response_item": 1,
        "not a model call: event agent_message": 1,
        "not a model call: compacted": 1,
        "not a model call: record without a type": 1,
    }


def test_a_torn_last_line_is_counted_and_a_torn_middle_is_an_error(tmp_path):
    path = log(tmp_path, codex_meta(), FIRST)
    path.write_text(path.read_text() + json.dumps(SECOND)[:90])
    found = read(path)
    assert len(found.rows) == 1
    assert found.skipped["last line without an end: the session was still being written"] == 1
    path.write_text(path.read_text() + "\n" + json.dumps(SECOND) + "\n")
    with pytest.raises(BadValueError, match="line 3"):
        read(path)
    assert tokens(read(path, skip_bad=True)) == [(1000, 0, 50, 20), (700, 900, 80, 40)]


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (codex_count(codex_usage(-1, 0, 5)), "input_tokens is negative: -1"),
        (codex_count({"input_tokens": "many", "output_tokens": 5}), "input_tokens is not a whole number"),
        ({**FIRST, "timestamp": "noon"}, "timestamp is not a time"),
        ({**FIRST, "timestamp": None}, "timestamp is missing"),
    ],
)  # fmt: skip
def test_nonsense_is_an_error_that_names_the_line(tmp_path, record, problem):
    with pytest.raises(BadValueError, match=f"line 2: {problem}"):
        read(log(tmp_path, codex_meta(), record))


def test_a_mapping_looks_at_the_session(tmp_path):
    path = log(tmp_path, codex_meta(), codex_turn(), FIRST)
    row = read(path, mapping={"team": "git.branch", "use_case": "turn.effort"}).row
    assert (row["team"], row["use_case"], row["application"]) == ("main", "high", "codex")


def test_an_empty_log_is_an_error(tmp_path):
    path = tmp_path / "rollout.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match="holds no record"):
        read(path)


def test_only_codex_recognises_a_rollout(tmp_path):
    path = log(tmp_path, codex_meta(), codex_turn(), FIRST)
    assert CodexSource().recognise(probe(path)) is not None
    assert ClaudeCodeSource().recognise(probe(path)) is None
    other = RequestLogSource().recognise(probe(path))
    assert other is None or other.confidence < 0.9
