"""What pages say about prompts and models: a request before and after, the cache plan, cost against quality."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Door, application
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.modelfit.outcomes import save_outcomes
from centavo.prompts.rewrites import is_lossless
from centavo.prompts.transforms import transform_named
from tests.deliverables.conftest import NOW, desk_over
from tests.modelfit.routing.test_cost_frontier import graded
from tests.prompts.rules.small_ledgers import _records

RULES = Path(__file__).parents[1] / "prompts" / "rules"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A ledger with kept prompts of two rules, and its findings."""
    made = tmp_path_factory.mktemp("prompts")
    lines = [
        {**json.loads(line), "id": code}
        for code in ("PRM301", "PRM304")
        for line in (RULES / f"{code}.jsonl").read_text().splitlines()
        if line
    ]
    log = "".join(json.dumps(each) + "\n" for line in lines for each in _records(line))
    (made / "log.jsonl").write_text(log)
    (made / "centavo.toml").write_text("[consumption]\nfloor = 0\nfloor_share = 0\n")
    for command in (["ingest", "log.jsonl", "--keep-bodies"], ["prompts"]):
        subprocess.run(
            [sys.executable, "-m", "centavo", *command], cwd=made, check=True, capture_output=True
        )
    return made


@pytest.fixture
def client(folder):
    desk = desk_over(folder)
    yield TestClient(application(desk, Door()))
    desk.close()


def finding(client, code):
    rows = client.get("/actions.json").json()["tables"]["findings"]
    # The first link stands in a headline figure.
    number = [row["title"] for row in rows].index(code)
    links = re.findall(r'href="(/finding/\w+)', client.get("/actions").text)
    return links[number + 1]


def test_a_finding_shows_its_request_before_and_after(client):
    path = finding(client, "PRM304")
    page = client.get(path).text
    assert "Lossy" in page
    assert 'class="removed"' in page
    assert "what people wrote is shown" in page
    rows = client.get(f"{path}.json").json()["tables"]["diff"]
    assert {row["change"] for row in rows} >= {"same", "removed"}
    assert re.search(r"[\d,]+ input tokens as sent, [\d,]+ as PRM304", page)


def test_prompts_that_are_dropped_are_gone_from_pages_and_the_page_says_what_is_missing(
    folder, tmp_path, monkeypatch, centavo
):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    desk = desk_over(copy)
    client = TestClient(application(desk, Door()))
    path = finding(client, "PRM304")
    assert 'class="removed"' in client.get(path).text
    monkeypatch.chdir(copy)
    assert centavo("bodies", "drop", "--all", "--yes").exit_code == 0
    assert "No prompt of its requests is kept any more" in client.get(path).text
    assert "No prompts are kept" in client.get("/actions").text
    desk.close()


def test_the_cache_plan_says_what_to_ask_for_and_never_loses(client):
    rows = client.get("/actions.json").json()["tables"]["cache"]
    assert rows[0]["policy"] == "mark"
    assert all(float((row["saving_per_30d"] or {"amount": 0})["amount"]) >= 0 for row in rows)
    assert {row["grade"] for row in rows} == {"simulated"}
    assert "never worse than none" in client.get("/actions").text
    assert "o plano nunca é pior" in client.get("/actions?lang=pt-BR").text


def test_without_graded_answers_the_frontier_says_so(client):
    assert "Graded answers are missing" in client.get("/actions").text


def test_the_frontier_marks_today_and_the_most_that_is_certified(folder):
    location = Settings.load(folder, ledger=folder / ".centavo").location
    save_outcomes(location, list(graded(900)), file=Path("g.csv"), now=NOW)
    desk = desk_over(folder)
    client = TestClient(application(desk, Door()))
    page = client.get("/actions").text
    rows = client.get("/actions.json").json()["tables"]["frontier"]
    assert (rows[0]["way"], rows[0]["cost_per_1000"]["amount"]) == ("today", "20")
    assert rows[-1]["cost_per_1000"]["amount"] == "2"
    assert len({(row["way"], row["share"]) for row in rows}) == len(rows)
    assert "Certified:" in page
    assert page.count(">certified<") == 3, "once in the drawing of each width"
    ledger = Ledger.open(location)
    assert ledger.plans["outcomes"].files
    desk.close()


def test_what_is_called_lossless_is_so_in_each_of_its_transformations():
    used = {"PRM307": ("compact-json", "tabular"), "PRM308": ("once", "whitespace")}
    for code, names in used.items():
        assert is_lossless(code) == all(transform_named(name).is_lossless for name in names)
    assert not is_lossless("PRM304")
