"""``centavo outcomes`` and ``centavo certify``, from a file of grades to a route."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

from centavo.cli.group import cli
from centavo.policy import RouteScorer, read_route


def graded(path, *, count=900, chance=(0.0, 0.02, 0.5), costs=True, seed=1):
    """Write grades of two models: the chance that the small one fails depends on the feature."""
    rng = np.random.default_rng(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["item_id", "model", "score", "feature", "cost"])
        for number in range(count):
            kind = int(rng.integers(0, len(chance)))
            failed = rng.random() < chance[kind]
            for model, score, cost in (("large", 1, 0.02), ("small", 0 if failed else 1, 0.002)):
                money = f"{cost * (1 + rng.random()):.6f}" if costs else ""
                writer.writerow([f"p{number}", model, score, f"f{kind}", money])
    return path


@pytest.fixture
def run(tmp_path):
    def invoke(*words):
        arguments = ["--ledger", str(tmp_path / "ledger"), *map(str, words)]
        return CliRunner().invoke(cli, arguments, catch_exceptions=True)

    return invoke


def test_importing_twice_changes_nothing_and_a_new_grade_replaces(run, tmp_path):
    file = graded(tmp_path / "g.csv", count=60)
    assert json.loads(run("outcomes", "import", file, "--json").stdout)["changed"] == 120
    assert json.loads(run("outcomes", "import", file, "--json").stdout)["changed"] == 0
    text = file.read_text().replace("p7,large,1,", "p7,large,0.5,")
    assert json.loads(run("outcomes", "import", _over(file, text), "--json").stdout)["changed"] == 1
    listed = json.loads(run("outcomes", "list", "--json").stdout)
    assert [(each["model"], each["items"]) for each in listed["models"]] == [
        ("large", 60),
        ("small", 60),
    ]
    assert listed["pairs"][0]["items"] == 60
    assert listed["models"][0]["mean_score"] == pytest.approx(59.5 / 60)


def test_a_route_is_certified_written_and_sends_what_is_safe_to_the_small_model(run, tmp_path):
    run("outcomes", "import", graded(tmp_path / "g.csv"))
    out = tmp_path / "route.yaml"
    done = run("certify", "--keep", "large", "--candidate", "small", "--loss", 4, "--out", out,
               "--match", "application=support", "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    pair = json.loads(done.stdout)["pairs"][0]
    assert pair["verdict"] == "certified"
    assert 0.5 < pair["share"] < 0.8
    assert pair["loss_at_most"] <= 0.04
    saving = pair["saving"]
    assert float(saving["low"]) < float(saving["expected"]) < float(saving["high"])
    assert saving["currency"] == "USD"
    route = read_route(out)
    assert route.certificate.share == pytest.approx(pair["share"])
    assert route.fallbacks == ("large",)
    scorer = RouteScorer(route)
    sent = [scorer.model({"application": "support", "feature": f"f{kind}"}) for kind in range(3)]
    assert sent == ["small", "small", "large"]
    assert scorer.model({"application": "other", "feature": "f0"}) == "large"


def test_a_pair_that_loses_everywhere_is_not_routable_and_says_why(run, tmp_path):
    run("outcomes", "import", graded(tmp_path / "g.csv", chance=(0.5, 0.5, 0.5)))
    done = run("certify", "--out", tmp_path / "route.yaml")
    assert "nothing is certified" in str(done.exception)
    assert "Not routable on these prompts" in done.stderr
    assert "points less over all" in done.stderr
    assert not (tmp_path / "route.yaml").exists()


def test_equal_models_move_whole(run, tmp_path):
    run("outcomes", "import", graded(tmp_path / "g.csv", chance=(0.0, 0.0), costs=False))
    pair = json.loads(run("certify", "--loss", 2, "--json").stdout)["pairs"][0]
    assert pair["share"] == 1.0
    assert pair["saving"] is None


def test_a_certificate_runs_on_with_outcomes_that_come_later(run, tmp_path):
    file, kept, out = tmp_path / "g.csv", tmp_path / "run.json", tmp_path / "route.yaml"
    run("outcomes", "import", graded(file, count=150))
    pair = ["--keep", "large", "--candidate", "small", "--loss", 4]
    first = run("certify", *pair, "--running", kept)
    assert f"centavo certify --continue {kept}" in first.stderr
    run("outcomes", "import", graded(file, count=1500))
    done = run("certify", "--continue", kept, "--out", out, "--json")
    found = json.loads(done.stdout)
    assert (found["labels"], found["added"]) == (1440, 1350)
    assert found["verdict"] == "certified"
    assert len(found["looks"]) == 2
    assert read_route(out).certificate.labels == 1440
    again = run("certify", "--continue", kept)
    assert "0 outcomes are new, 1,440 certify" in again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--loss", "3"], "--loss cannot be given with --continue"),
        (["--keep", "a", "--score-kind", "b"], "--keep, --score-kind cannot be given"),
    ],
)
def test_what_the_plan_of_a_running_certificate_fixes_is_refused(run, tmp_path, words, told):
    run("outcomes", "import", graded(tmp_path / "g.csv", count=60))
    assert told in str(run("certify", "--continue", tmp_path / "run.json", *words).exception)
    alone = run("certify", "--running", tmp_path / "run.json")
    assert "--running is for one pair" in str(alone.exception)


def test_outcomes_with_tokens_and_no_cost_are_priced(run, tmp_path):
    file = tmp_path / "g.csv"
    rows = ["item_id,model,score,input_tokens,output_tokens"]
    rows += [f"p{n},{model},1,1000,100" for n in range(60) for model in ("gpt-4o", "gpt-4o-mini")]
    file.write_text("\n".join(rows))
    run("outcomes", "import", file)
    listed = run("outcomes", "list")
    assert "Costs of 120 outcomes are not stated: they are list prices" in listed.stderr
    pair = json.loads(run("certify", "--loss", 10, "--json").stdout)["pairs"][0]
    assert pair["saving"]["currency"] == "USD"
    # 1,000 input tokens at 2.50 and 100 at 10.00 USD by million, against 0.15 and 0.60.
    assert float(pair["saving"]["expected"]) == pytest.approx(10_000 * (0.0035 - 0.00021))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--keep", "large", "--candidate", "tiny"], "no graded prompt in common"),
        (["--loss", "0"], "not between 0 and 100"),
        (["--confidence", "100"], "from 50 to below 100"),
        (["--by", "colour"], "is not a scope of outcomes"),
        (["--match", "colour=red"], "is not SCOPE=VALUE"),
    ],
)
def test_what_cannot_be_certified_is_said(run, tmp_path, words, told):
    run("outcomes", "import", graded(tmp_path / "g.csv", count=100))
    done = run("certify", *words)
    assert done.exit_code != 0
    assert told in str(done.exception)


def test_few_outcomes_are_refused(run, tmp_path):
    run("outcomes", "import", graded(tmp_path / "g.csv", count=20))
    assert "no pair of models has 50 graded prompts" in str(run("certify").exception)


def test_no_outcomes_are_not_an_error_to_list(run, tmp_path):
    file = tmp_path / "g.csv"
    run("outcomes", "import", graded(file, count=2))
    assert "4 outcomes of 2 models" in run("outcomes", "list").stderr


def _over(file, text):
    file.write_text(text)
    return file
