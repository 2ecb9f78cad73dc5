"""``centavo savings``: from a simulation to an approved, owned line."""

import json

import pytest
from click.testing import CliRunner

from centavo.cli.group import cli
from tests.cli.test_simulate import LOG


@pytest.fixture
def saving_id(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CENTAVO_ACTOR", "ana")
    (tmp_path / "log.jsonl").write_text(LOG)
    assert CliRunner().invoke(cli, ["ingest", "log.jsonl"]).exit_code == 0
    done = savings("add", "--lever", "model to=gpt-4o-mini", "--name", "December")
    assert done.exit_code == 0, done.output
    return json.loads(savings("list", "--json").stdout)["savings"][0]["id"]


def savings(*words: str):
    return CliRunner().invoke(cli, ["savings", *words])


def shown(saving_id: str) -> dict:
    return json.loads(savings("show", saving_id, "--json").stdout)


def test_a_simulated_saving_goes_its_way(saving_id):
    first = shown(saving_id)
    assert (first["state"], first["method"], first["plan"]) == ("validated", "replay", "December")
    assert savings("assign", saving_id, "--owner", "bruno", "--due", "2026-12-15",
                   "--one-off-cost", "100", "--effort-days", "2").exit_code == 0  # fmt: skip
    assert savings("approve", saving_id, "--actor", "carla").exit_code == 0
    found = shown(saving_id)
    assert (found["state"], found["owner"], found["due"]) == ("approved", "bruno", "2026-12-15")
    assert [step["actor"] for step in found["history"]] == ["ana", "ana", "carla"]
    assert float(found["payback_days"]) > 0


def test_verified_needs_what_the_bill_shows(saving_id):
    savings("approve", saving_id)
    savings("mark", saving_id, "enforced")
    done = savings("mark", saving_id, "verified")
    assert "--amount" in done.exception.message
    assert (
        savings("mark", saving_id, "verified", "--amount", "3", "--note", "invoice 7").exit_code
        == 0
    )
    assert shown(saving_id)["history"][-1]["amount"] == "3"


def test_a_move_that_is_not_drawn_is_refused(saving_id):
    assert "cannot become" in savings("mark", saving_id, "enforced").exception.message


def test_a_rejected_saving_leaves_the_list(saving_id):
    assert savings("reject", saving_id, "--reason", "quality").exit_code == 0
    assert json.loads(savings("list", "--json").stdout)["savings"] == []
    assert len(json.loads(savings("list", "--all", "--json").stdout)["savings"]) == 1


def test_adding_it_again_changes_nothing(saving_id):
    before = shown(saving_id)
    savings("add", "--lever", "model to=gpt-4o-mini", "--name", "December")
    assert shown(saving_id) == before


def test_a_live_saving_is_held_against_the_bill_and_says_what_is_missing(saving_id):
    assert "No saving is live" in savings("verify").stderr
    savings("approve", saving_id)
    savings("mark", saving_id, "enforced")
    done = savings("verify", saving_id, "--from", "2026-02-01", "--month", "2026-03")
    assert done.exit_code == 0, done.output
    assert "Missing: no request of the scope shows the old policy" in done.stderr
    assert shown(saving_id)["state"] == "enforced"
    told = json.loads(
        savings("verify", "--from", "2026-02-01", "--month", "2026-03", "--json").stdout
    )
    assert told["schema"] == "centavo.proof/1"
    assert told["saved"] == 0
    assert told["proofs"][0]["missing"]
    refused = savings("verify", saving_id, "--control", "faq")
    assert "is no scope" in refused.exception.message
