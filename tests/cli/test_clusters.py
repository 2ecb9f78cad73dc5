"""``centavo clusters``: groups, ids that stay, unlabelled calls, and what little data does to it."""

import json
import random
import tarfile
import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from tests.consumption.clusters.test_templates import ARABIC, SUMMARY, TRIAGE, slot
from tests.shared_data import shared_data


def record(number, *, day, prompt, application, tokens=(900, 60), model="gpt-4o-mini", **told):
    at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day, minutes=7 * (number % 90) + 600)
    body = {"model": model, "messages": [{"role": "user", "content": prompt}]}
    return {
        "request_id": f"r-{day}-{number}",
        "started_at": at.isoformat(),
        "status": 200,
        "provider": "openai",
        "request": body,
        "response": {
            "body": {
                "model": model,
                "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]},
            }
        },
        "metadata": {**({"application": application} if application else {}), **told},
    }


@pytest.fixture
def traffic(tmp_path):
    """Write a day of calls and return the file: summaries and triage, and both by nobody."""

    def write(day, *, name=None, each=30):
        rng = random.Random(day)
        rows = []
        for number in range(each):
            for place, (template, application) in enumerate(
                [(SUMMARY, "inbox"), (TRIAGE, "desk"), (SUMMARY, None), (ARABIC, "souk")]
            ):
                told = {} if application else {"project": "proj_x", "api_key_id": "key-9"}
                rows.append(
                    record(
                        number * 4 + place,
                        day=day,
                        prompt=template.format(slot(rng)),
                        application=application,
                        **told,
                    )
                )
        path = tmp_path / (name or f"day{day}.jsonl")
        rng.shuffle(rows)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        return path

    return write


def ids(done):
    return {each["name"]: each["id"] for each in done.json["clusters"]}


def test_calls_are_grouped_by_their_prompt(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0))
    done = centavo("clusters", "--json")
    report = done.json
    assert done.exit_code == 0
    assert report["schema"] == "centavo.clusters/1"
    assert sorted(each["profile"]["calls"] for each in report["clusters"]) == [30, 30, 60]
    assert report["grouped"] == {
        "calls": 120, "with_body": 120, "by_template": 120, "by_shape": 0, "without_usage": 0,
        "noise": 0,
    }  # fmt: skip
    total = sum(float(row["cost"]["amount"]) for row in report["costs"])
    units = centavo("units", "--by", "provider", "--json").json["rows"][0]
    assert total == pytest.approx(float(units["cost"]["amount"]), abs=1e-12)


def test_names_are_the_words_that_stay(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0))
    done = centavo("clusters")
    assert "triage" in done.out
    assert done.out.splitlines()[0].split("\t")[:2] == ["cluster", "name"]
    assert "Grouped: 120 of 120 calls have their prompt kept" in done.err


def test_another_day_and_another_run_keep_ids(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0))
    first = ids(centavo("clusters", "--json"))
    assert ids(centavo("clusters", "--json")) == first
    centavo("ingest", "--keep-bodies", traffic(1))
    assert ids(centavo("clusters", "--json")) == first


def test_the_order_of_reading_changes_no_id(centavo, traffic, tmp_path):
    files = [traffic(day) for day in range(2)]
    centavo("--ledger", tmp_path / "a", "ingest", "--keep-bodies", *files)
    for file in reversed(files):
        centavo("--ledger", tmp_path / "b", "ingest", "--keep-bodies", file)
    found = [ids(centavo("--ledger", tmp_path / name, "clusters", "--json")) for name in "ab"]
    assert found[0] == found[1]


def test_unlabelled_calls_are_suggested_and_never_applied(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0))
    told = centavo("clusters", "unlabelled", "--json").json["unlabelled"]
    assert [(each["application"], each["basis"]) for each in told] == [("inbox", "template")]
    rules = tomllib.loads(centavo("clusters", "unlabelled", "--rules").out)["rule"]
    assert rules[0]["set"] == {"application": "inbox"}
    assert rules[0]["match"]["project"] == "proj_x"
    costs = centavo("costs", "--basis", "metered", "--by", "application", "--json").json
    assert any(row["key"]["application"] is None for row in costs["rows"])


def test_the_suggested_rule_works_as_it_is_printed(centavo, traffic, tmp_path):
    centavo("ingest", "--keep-bodies", traffic(0))
    (tmp_path / "rules.toml").write_text(centavo("clusters", "unlabelled", "--rules").out)
    (tmp_path / "centavo.toml").write_text('[attribution]\nrules = "rules.toml"\n')
    assert centavo("attribute", "--apply").exit_code == 0
    assert centavo("clusters", "unlabelled", "--json").json["unlabelled"] == []


def test_without_prompts_calls_are_grouped_by_shape(centavo, traffic):
    centavo("ingest", traffic(0))
    report = centavo("clusters", "--json").json
    assert [each["kind"] for each in report["clusters"]] == ["shape"]
    assert report["grouped"]["by_shape"] == 120
    assert report["clusters"][0]["name"] == "gpt-4o-mini 860 in 53 out"


def test_equal_prompts_are_one_group(centavo, tmp_path):
    path = tmp_path / "same.jsonl"
    rows = [record(n, day=0, prompt="Say OK.", application="cron") for n in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    centavo("ingest", "--keep-bodies", path)
    found = centavo("clusters", "--json").json["clusters"]
    assert [(each["name"], each["profile"]["calls"]) for each in found] == [("say", 40)]


def test_one_call_is_noise_and_said_so(centavo, tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(record(0, day=0, prompt="Hello", application=None)) + "\n")
    centavo("ingest", "--keep-bodies", path)
    done = centavo("clusters")
    assert done.exit_code == 0
    assert "1 like too few others" in done.err
    told = centavo("clusters", "unlabelled", "--json").json["unlabelled"]
    assert told[0]["basis"] == "too few"


def test_a_ledger_without_calls_has_no_clusters(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0, each=1))
    done = centavo("clusters", "--since", "2027-01", "--json")
    assert done.exit_code == 0
    assert done.json["clusters"] == []
    assert "0 of 0 calls" in centavo("clusters", "--since", "2027-01").err


def test_show_tells_what_stays_and_when(centavo, traffic):
    centavo("ingest", "--keep-bodies", traffic(0))
    name = ids(centavo("clusters", "--json"))
    triage = next(name[key] for key in name if "triage" in key)
    done = centavo("clusters", "show", triage)
    assert "You triage support tickets." in done.out
    assert "input     900 (8 in 10 calls: 900 to 900) tokens" in done.out


def test_the_sessions_of_a_real_agent_are_one_group(centavo, tmp_path):
    archive = next(shared_data("lmcache-agent-trace").rglob("miniswe.tar.xz"))
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "logs", filter="data")
    centavo("ingest", "--keep-bodies", tmp_path / "logs")
    report = centavo("clusters", "--json", "--no-save").json
    largest = max(each["profile"]["calls"] for each in report["clusters"])
    assert largest >= 0.8 * report["grouped"]["with_body"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "zzz"), "no cluster 'zzz'"),
        (("--by", "sku"), "calls have no sku"),
        (("--by", "nonsense"), "calls have no nonsense"),
        (("sho",), "No such command"),
    ],
)
def test_what_is_not_there_is_an_error(centavo, traffic, arguments, words):
    centavo("ingest", "--keep-bodies", traffic(0, each=1))
    done = centavo("clusters", *arguments)
    assert done.exit_code == 2
    assert words in done.err
