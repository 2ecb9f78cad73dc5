"""Trajectories of tau-bench."""

import json
import os
from datetime import UTC, datetime

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.tau_bench import TauBenchSource, model_of_name
from centavo.tokens import TokenCounter
from tests.sources.event_files import probe, read_files
from tests.sources.trace_files import TOOLS, trajectory, write_json

CHANGED = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.fixture
def results(tmp_path):
    def write(*trajectories, name="gpt-4o-airline.json"):
        path = write_json(tmp_path / name, list(trajectories))
        os.utime(path, (CHANGED.timestamp(), CHANGED.timestamp()))
        return path

    return write


def read(path, **options):
    return read_files([path], source=TauBenchSource(), **options)


def counted(*messages):
    counter = TokenCounter("gpt-4o")
    sent = ({k: v for k, v in message.items() if v is not None} for message in messages)
    return sum(counter.count(json.dumps(message)) for message in sent)


def test_each_turn_carries_all_before_it_and_the_tools(results, tmp_path):
    write_json(tmp_path / "tools.json", TOOLS)
    record = trajectory(7)
    first, second = read(results(record)).rows
    tools = TokenCounter("gpt-4o").count(json.dumps(TOOLS))
    assert first["input_uncached_tokens"] == tools + counted(*record["traj"][:2])
    assert first["output_tokens"] == counted(record["traj"][2])
    assert second["input_uncached_tokens"] == tools + counted(*record["traj"][:4])
    assert (first["requested_model"], first["provider"]) == ("gpt-4o", "openai")
    assert (first["tokens_basis"], first["meter"]) == ("counted:o200k_base", "agent")
    assert (first["tool_count"], first["finish_reason"]) == (1, "tool_calls")
    assert first["tools_hash"] == second["tools_hash"] is not None
    assert first["messages_hash"] != second["messages_hash"]
    assert first["system_hash"] == second["system_hash"] is not None
    assert json.loads(second["labels"]) == {
        "resolved": True,
        "reward": "1",
        "session": "7/0",
        "task": "7",
        "tool_calls": 0,
        "trial": "0",
        "turn": 2,
    }


def test_the_time_of_the_file_stands_in_and_says_so(results):
    found = read(results(trajectory(1)))
    assert found.rows[0]["started_at"] == CHANGED.replace(tzinfo=None)
    assert found.rows[0]["started_at_basis"] == "file"
    assert found.warned == {"time_not_stated": 2, "tool_schemas_not_logged": 2}


def test_without_tool_schemas_their_number_is_unknown(results):
    row = read(results(trajectory(1))).rows[0]
    assert (row["tool_count"], row["tools_hash"]) == (None, None)


def test_tools_in_the_record_win(results, tmp_path):
    write_json(tmp_path / "tools.json", TOOLS)
    record = trajectory(1) | {"tools": TOOLS * 2}
    assert read(results(record)).rows[0]["tool_count"] == 2


@pytest.mark.parametrize(
    ("reward", "resolved"), [(1.0, True), (0.0, False), (0.5, False), (None, None)]
)
def test_a_task_is_solved_by_its_whole_reward(results, reward, resolved):
    labels = json.loads(read(results(trajectory(1, reward=reward))).rows[0]["labels"])
    assert labels.get("resolved") is resolved


def test_a_trial_is_another_session_and_a_repeat_is_none(results):
    again = [trajectory(1), trajectory(1, trial=1), trajectory(1)]
    found = read(results(*again))
    assert len(found.rows) == 4
    assert found.skipped == {"duplicate of the same request": 2}


def test_a_failed_run_has_no_request(results):
    failed = trajectory(1) | {"traj": [], "info": {"error": "timeout"}}
    found = read(results(failed, trajectory(2)))
    assert len(found.rows) == 2
    assert found.skipped == {"trajectory without a turn of the agent": 1}


@pytest.mark.parametrize(
    ("record", "named"),
    [
        (trajectory(3) | {"traj": "cut"}, "cut"),
        (trajectory(3) | {"traj": ["x"]}, "not a JSON object"),
        (trajectory(3) | {"reward": "high"}, "high"),
    ],
)
def test_a_malformed_trajectory_is_named_or_skipped(results, record, named):
    path = results(trajectory(1), record)
    with pytest.raises(BadValueError, match=named):
        read(path)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 2
    assert found.skipped == {"malformed record": 1}


def test_a_file_cut_in_half_is_named(tmp_path):
    path = tmp_path / "gpt-4o-airline.json"
    path.write_text(json.dumps([trajectory(1), trajectory(2)])[:-80])
    with pytest.raises(BadValueError, match="not JSON"):
        read(path)


def test_tool_schemas_of_another_shape_are_an_error(results, tmp_path):
    write_json(tmp_path / "tools.json", {"refund": {}})
    with pytest.raises(InputError, match="list of tool schemas"):
        read(results(trajectory(1)))


def test_tools_alone_hold_no_request(tmp_path):
    found = read(write_json(tmp_path / "tools.json", TOOLS))
    assert found.rows == []
    assert found.skipped == {"tool schemas without trajectories beside them": 1}


def test_other_tools_are_another_file(centavo, results, tmp_path):
    """What stands beside a file belongs to its identity, and is no input of its own."""
    path, tools = results(trajectory(1)), tmp_path / "tools.json"
    write_json(tools, TOOLS)
    done = centavo("ingest", path, tools, "--json")
    assert [len(source["files"]) for source in done.json["sources"]] == [1]
    assert "unchanged" in centavo("ingest", path).err
    write_json(tools, TOOLS * 2)
    assert "unchanged" not in centavo("ingest", path).err


def test_recognition_and_names(results, tmp_path):
    source = TauBenchSource()
    assert source.recognise(probe(results(trajectory(1)))).confidence == 0.9
    assert source.recognise(probe(write_json(tmp_path / "tools.json", TOOLS))) is not None
    assert source.recognise(probe(write_json(tmp_path / "other.json", TOOLS))) is None
    assert model_of_name("sonnet-35-new-retail.json") == "sonnet-35-new"
