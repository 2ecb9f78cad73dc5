"""Results of aider's benchmark harness: one row for each try."""

import json
import tarfile
from collections import defaultdict
from decimal import Decimal

import pytest

from centavo.errors import BadValueError
from centavo.sources.aider_attempts import AiderAttemptsSource
from tests.shared_data import ROOT, shared_data
from tests.sources.event_files import probe, read_files

CENT = Decimal("0.00001")
ONE = {
    "instance_id": "shop-1",
    "model_name_or_path": "aider",
    "model_patch": "diff 1",
    "model": "gpt-4o",
    "cost": 0.20000000000000001,
    "edit_outcome": True,
    "lint_outcome": True,
    "test_outcome": False,
    "try": 1,
}
OTHER = {**ONE, "model_patch": "diff 2", "model": "openrouter/anthropic/claude-3-opus", "cost": 1.5}
RESULT = {**OTHER, "tries": 2, "all_results": [ONE, OTHER], "resolved": True}


def read(*paths, **options):
    return read_files(paths, source=AiderAttemptsSource(), **options)


def result(folder, record):
    path = folder / "result.json"
    path.write_text(json.dumps(record, indent=4))
    return path


def test_the_published_tries_match_the_ground_truth(tmp_path):
    with tarfile.open(shared_data("aider-swe-bench") / "predictions.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    truth = json.loads((ROOT / "GROUND_TRUTH.json").read_text())["aider-swe-bench"]["attempts"]
    rows = read(*sorted(tmp_path.rglob("*.json"))).rows
    labels = [json.loads(row["labels"]) for row in rows]
    tasks = defaultdict(list)
    models = defaultdict(lambda: [0, Decimal(0)])
    winners = defaultdict(lambda: {"chosen": 0, "resolved": 0})
    for row, told in zip(rows, labels, strict=True):
        tasks[told["task"]].append((row, told))
        model = models[str(told.get("main_model"))]
        model[0] += 1
        model[1] += row["reported_cost"]
        if told["chosen"]:
            winners[str(told.get("main_model"))]["chosen"] += 1
            winners[str(told.get("main_model"))]["resolved"] += told["resolved"] is True
    assert len(tasks) == truth["tasks"]
    assert exact(sum(row["reported_cost"] for row in rows)) == exact(truth["cost"])
    assert {name: (count, exact(cost)) for name, (count, cost) in models.items()} == {
        name: (count, exact(cost)) for name, (count, cost) in truth["by_model"].items()
    }
    assert dict(winners) == truth["winner"]
    for number, expected in truth["by_attempt_count"].items():
        group = [tries for tries in tasks.values() if len(tries) == int(number)]
        assert len(group) == expected["tasks"]
        cost = sum(row["reported_cost"] for tries in group for row, _ in tries)
        assert abs(cost - Decimal(str(expected["cost"]))) < Decimal("0.0001")
        resolved = sum(told.get("resolved") is True for tries in group for _, told in tries)
        assert resolved == expected["resolved"]
    first_two = sum(
        r["reported_cost"] for tries in tasks.values() for r, t in tries if t["attempt"] <= 2
    )
    stopped = truth["stop_after_2_attempts"]
    assert exact(first_two) == exact(stopped["cost"])


def exact(cost):
    return Decimal(str(cost)).quantize(CENT)


def test_the_chosen_try_carries_whether_the_task_was_resolved(tmp_path):
    found = read(result(tmp_path, RESULT))
    first, second = (json.loads(row["labels"]) for row in found.rows)
    assert (first["chosen"], "resolved" in first) == (False, False)
    assert (second["chosen"], second["resolved"], second["attempt"]) == (True, True, 2)
    assert found.rows[1]["provider"] == "openrouter"
    assert found.rows[1]["model"] == "anthropic/claude-3-opus"
    assert found.rows[0]["reported_cost"] == Decimal("0.2")
    assert found.warned == {"time_not_stated": 2}


def test_tries_written_as_a_python_list(tmp_path):
    found = read(result(tmp_path, {**RESULT, "all_results": str([ONE, OTHER])}))
    assert [row["reported_cost"] for row in found.rows] == [Decimal("0.2"), Decimal("1.5")]


@pytest.mark.parametrize("told", ["[__import__('os')]", "[1]", 5])
def test_tries_that_are_no_list_are_an_error(tmp_path, told):
    path = result(tmp_path, {**RESULT, "all_results": told})
    with pytest.raises(BadValueError, match="all_results is not a list"):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_a_result_is_recognised_by_its_keys(tmp_path):
    assert AiderAttemptsSource().recognise(probe(result(tmp_path, RESULT))) is not None
    prediction = {key: ONE[key] for key in ("instance_id", "model_patch", "model_name_or_path")}
    assert AiderAttemptsSource().recognise(probe(result(tmp_path, prediction))) is None
