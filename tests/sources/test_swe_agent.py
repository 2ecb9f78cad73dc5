"""Trajectories of SWE-agent and of mini-swe-agent."""

import json
import os
import tarfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from centavo.errors import BadValueError
from centavo.sources.swe_agent import MiniSweAgentSource, SweAgentSource
from tests.shared_data import shared_data
from tests.sources.event_files import probe, read_files

STATS = {"instance_cost": 0.53839, "tokens_sent": 52861, "tokens_received": 326, "api_calls": 5}
RUN = {
    "environment": "main",
    "trajectory": [{"action": "ls", "observation": "", "response": "", "thought": ""}],
    "history": [{"role": "system", "content": "x", "agent": "primary"}],
    "info": {"exit_status": "submitted", "model_stats": STATS},
}


def read(*paths, **options):
    return read_files(paths, source=SweAgentSource(), **options)


def run(folder, record=RUN, name="task-1.traj"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(record, indent=2))
    moment = datetime(2026, 3, 5, 23, 59, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.fixture(scope="session")
def trajectories(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trajectories")
    with tarfile.open(shared_data("swe-agent-trajectories") / "trajectories.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.traj"))


def test_the_published_runs_add_up_as_a_plain_reader_adds_them(trajectories):
    told = [
        json.loads(path.read_text()).get("info", {}).get("model_stats") for path in trajectories
    ]
    stats = [one for one in told if one is not None]
    rows = read(*trajectories)
    columns = {
        "request_count": "api_calls",
        "input_uncached_tokens": "tokens_sent",
        "output_tokens": "tokens_received",
        "reported_cost": "instance_cost",
    }
    for column, key in columns.items():
        plain = sum(Decimal(str(one[key])) for one in stats)
        assert sum(row[column] for row in rows.rows) == plain.quantize(Decimal("1e-12"))
    assert rows.skipped == {
        "run without model_stats": len(told) - len(stats),
        "not a model call: run without API calls, by a human or replayed": sum(
            not any(one.values()) for one in stats
        ),
    }
    assert all(SweAgentSource().recognise(probe(path)) for path in trajectories)


def test_the_folders_of_the_published_runs_tell_the_model(trajectories):
    models = {row["model"] for row in read(*trajectories).rows if row["reported_cost"]}
    assert "gpt4" in models


def test_a_run_covers_the_day_of_its_file(tmp_path):
    found = read(run(tmp_path))
    assert found.row["interval_start"].isoformat() == "2026-03-05T00:00:00"
    assert found.row["interval_end"].isoformat() == "2026-03-06T00:00:00"
    assert found.row["basis"] == "metered"
    assert found.warned == {"time_not_stated": 1}
    assert json.loads(found.row["labels"]) == {"run": "task-1", "exit_status": "submitted"}


def test_the_configuration_tells_the_model(tmp_path):
    config = json.dumps(
        {"agent": {"name": "main", "model": {"name": "anthropic/claude-sonnet-4-5"}}}
    )
    row = read(run(tmp_path, {**RUN, "replay_config": config})).row
    assert (row["provider"], row["model"]) == ("anthropic", "claude-sonnet-4-5")
    replayed = json.dumps({"agent": {"model": {"name": "replay"}}})
    row = read(run(tmp_path, {**RUN, "replay_config": replayed})).row
    assert (row["provider"], row["model"]) == (None, None)


def test_tries_without_a_sum_are_summed(tmp_path):
    tries = [{"info": {"model_stats": STATS}}, {"info": {"model_stats": STATS}}]
    row = read(run(tmp_path, {"attempts": tries, "info": {}})).row
    assert (row["request_count"], row["reported_cost"]) == (10, Decimal("1.07678"))


def test_unknown_counts_are_null(tmp_path):
    info = {"model_stats": {"instance_cost": 0.1, "api_calls": 2}}
    row = read(run(tmp_path, {**RUN, "info": info})).row
    assert row["input_uncached_tokens"] is None
    assert row["request_count"] == 2


def test_a_copy_of_a_run_is_the_same_run(tmp_path):
    rows = read(run(tmp_path / "a"), run(tmp_path / "b")).rows
    assert len({row["aggregate_id"] for row in rows}) == 1


@pytest.mark.parametrize(
    ("stats", "problem"),
    [
        ({**STATS, "tokens_sent": -1}, "tokens_sent is negative"),
        ({**STATS, "instance_cost": "much"}, "instance_cost is not a decimal number"),
    ],
)
def test_nonsense_is_an_error(tmp_path, stats, problem):
    path = run(tmp_path, {**RUN, "info": {"model_stats": stats}})
    with pytest.raises(BadValueError, match=problem):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_a_trajectory_that_was_cut_off_is_an_error(tmp_path):
    path = run(tmp_path)
    path.write_text(path.read_text()[:-30])
    with pytest.raises(BadValueError, match="is not JSON"):
        read(path)


def answer(number, **more):
    return {
        "role": "assistant",
        "content": "ls",
        "extra": {
            "response": {
                "id": f"chatcmpl-{number}",
                "object": "chat.completion",
                "created": 1772700000 + number,
                "model": "gpt-5-2025-08-07",
                "usage": {
                    "prompt_tokens": 1000,
                    "completion_tokens": 50,
                    "prompt_tokens_details": {"cached_tokens": 600},
                },
            },
            "cost": 0.0125,
            "timestamp": 1772700010.5,
            **more,
        },
    }


def mini(folder, *messages, **more):
    record = {
        "info": {
            "model_stats": {"instance_cost": 0.1, "api_calls": 2},
            "mini_version": "2.1.0",
            "config": {"model": {"model_name": "openai/gpt-5"}},
        },
        "messages": [{"role": "system", "content": "x"}, *messages],
        "trajectory_format": "mini-swe-agent-1.1",
        **more,
    }
    path = folder / "task-2.traj.json"
    path.write_text(json.dumps(record, indent=2))
    return path


def test_mini_tells_each_call(tmp_path):
    path = mini(tmp_path, answer(1), {"role": "user", "content": "out"}, answer(2), answer(2))
    found = read_files([path], source=MiniSweAgentSource())
    assert found.skipped == {
        "not a model call: message without an answer's body": 2,
        "answer that another trajectory of this reading tells too": 1,
    }
    row = found.rows[0]
    assert (row["event_id"], row["call_id"]) == ("mini-swe-agent:chatcmpl-1", "chatcmpl-1")
    assert (row["provider"], row["requested_model"]) == ("openai", "gpt-5")
    assert (row["input_uncached_tokens"], row["cache_read_tokens"]) == (400, 600)
    assert row["output_tokens"] == 50
    assert row["reported_cost"] == Decimal("0.0125")
    assert row["meter"] == "agent"
    assert json.loads(row["labels"]) == {"task": "task-2", "model": "openai/gpt-5"}


def test_a_cost_of_zero_is_unknown(tmp_path):
    found = read_files([mini(tmp_path, answer(1, cost=0.0))], source=MiniSweAgentSource())
    assert found.row["reported_cost"] is None


def test_the_two_agents_are_told_apart(tmp_path):
    one, other = run(tmp_path), mini(tmp_path, answer(1))
    assert MiniSweAgentSource().recognise(probe(one)) is None
    assert SweAgentSource().recognise(probe(other)) is None
    assert MiniSweAgentSource().recognise(probe(other)) is not None
