"""``centavo simulate`` as a person and as a program see it."""

import json

import pytest
from click.testing import CliRunner

from centavo.cli.group import cli

LOG = """{"id":"a","created":1793700000,"provider":"openai","model":"gpt-4o","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100},"application":"chat"}
{"id":"b","created":1793700060,"provider":"openai","model":"gpt-4o","usage":{"prompt_tokens":2000,"completion_tokens":100,"total_tokens":2100},"application":"job"}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.jsonl").write_text(LOG)
    done = CliRunner().invoke(cli, ["ingest", "log.jsonl"])
    assert done.exit_code == 0, done.output
    return tmp_path


def invoke(*words: str):
    return CliRunner().invoke(cli, ["simulate", *words])


@pytest.mark.usefixtures("folder")
def test_json_has_schema_totals_and_every_lever():
    done = invoke("--lever", "model to=gpt-4o-mini", "--by", "application", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["schema"] == "centavo.simulation/1"
    total = found["totals"][0]
    # gpt-4o 2.50 and 10, gpt-4o-mini 0.15 and 0.60 dollars for a million tokens.
    assert total["baseline"] == "0.0095"
    assert total["reduction"] == "0.00893"
    assert [scope["scope"]["application"] for scope in total["scopes"]] == ["job", "chat"]
    assert found["levers"][0]["touched_requests"] == 2


@pytest.mark.usefixtures("folder")
def test_a_pipe_gets_one_table_with_all_digits():
    done = invoke("--lever", "model to=gpt-4o-mini application=job")
    again = "--levers 'model to=gpt-4o-mini application=job'"
    assert f"Next: centavo savings add {again}; prove quality" in done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0][:4] == ["lever", "scope", "touched", "saves USD"]
    assert rows[2][3] == "0.00564"


@pytest.mark.usefixtures("folder")
def test_without_levers_those_are_simulated_that_change_no_answer():
    done = invoke("--json")
    assert done.exit_code == 0, done.output
    assert "change no answer: retries,duplicates,compact,once,prompt-cache." in done.stderr
    levers = json.loads(done.stdout)["levers"]
    assert [each["quality"]["lossless"] for each in levers] == [True] * 5


def test_a_plan_is_a_file_or_words_and_not_both():
    done = invoke("--plan", "plan.yaml", "--levers", "retries")
    assert done.exit_code != 0
    assert "by --levers or by --plan" in str(done.exception.message)


def test_the_list_needs_no_ledger(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = invoke("--list")
    assert done.exit_code == 0
    assert "duplicates\tttl_s" in done.stdout


@pytest.mark.usefixtures("folder")
def test_an_unknown_dimension_is_named():
    done = invoke("--lever", "batch", "--by", "aplication")
    assert "aplication" in done.exception.message
