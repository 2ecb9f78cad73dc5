"""The reference estimate: the owner's three scenarios, to the cent and line by line."""

from decimal import Decimal
from pathlib import Path

import pytest

from centavo.planning import read_plan
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve

PLAN = Path(__file__).resolve().parents[2] / "examples" / "llamaflow" / "plan.yaml"
LINES = {
    "minimum": {
        "storage": "2.30", "tower": "75", "n8n-host": "21.90", "monitoring": "5",
        "maintenance": "20", "power": "10",
    },
    "intermediate": {
        "storage": "2.30", "tower": "75", "gpu": "100", "n8n-cloud": "50", "monitoring": "5",
        "maintenance": "30", "power": "10",
    },
    "maximum": {
        "storage": "2.30", "tower": "150", "gpu": "200", "n8n-host": "50", "n8n-cloud": "120",
        "monitoring": "10", "maintenance": "50", "power": "30",
    },
}  # fmt: skip
TOTALS = {
    "minimum": ("134.20", "1610.40"),
    "intermediate": ("272.30", "3267.60"),
    "maximum": ("612.30", "7347.60"),
}


@pytest.mark.parametrize("scenario", LINES)
def test_every_line_and_total_is_the_owners(scenario):
    planned = estimate(resolve(read_plan(PLAN), scenario))
    assert {it.name: it.costs[0] for it in planned.lines} == {
        name: Decimal(cost) for name, cost in LINES[scenario].items()
    }
    month, year = TOTALS[scenario]
    assert planned.first.amount == Decimal(month)
    assert planned.horizon.amount == Decimal(year)
    assert planned.resolved.scenario.expect_total == Decimal(month)


def test_minio_and_k3s_are_carried_by_their_host_and_cost_nothing_twice():
    resolved = resolve(read_plan(PLAN), "minimum")
    assert resolved.carried == {"minio": "n8n-host", "k3s": "n8n-host"}
    assert not {"minio", "k3s"} & {it.component.name for it in resolved.lines}


def test_the_plan_is_about_sixty_lines():
    assert len(PLAN.read_text(encoding="utf-8").splitlines()) <= 65


def test_show_prints_the_table_the_ranges_and_the_odds(centavo):
    done = centavo("plan", "show", PLAN, "--json").json
    assert [it["month"]["amount"] for it in done["scenarios"]] == ["134.2", "272.3", "612.3"]
    assert [it["horizon"]["amount"] for it in done["scenarios"]] == ["1610.4", "3267.6", "7347.6"]
    for it in done["scenarios"]:
        drawn = it["simulated"]["month"]
        assert Decimal(drawn["p5"]["amount"]) < Decimal(drawn["p50"]["amount"])
        assert Decimal(drawn["p50"]["amount"]) < Decimal(drawn["p95"]["amount"])
        assert 0 < Decimal(it["simulated"]["odds_within_month"]) < 1
    text = centavo("plan", "show", PLAN)
    assert "odds of staying within" in text.out
    assert "minimum is an optimistic plan: " in text.err
    one = centavo("plan", "show", PLAN, "--scenario", "minimum")
    assert "Total 134.20 USD a month, 717.97 BRL" in one.err


def test_check_passes_and_a_wrong_total_ends_with_exit_code_1(centavo, tmp_path):
    assert centavo("plan", "check", PLAN, "--at", "2026-12-01").exit_code == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(PLAN.read_text("utf-8").replace("134.20 USD", "134.21 USD"), "utf-8")
    done = centavo("plan", "check", wrong, "--at", "2026-12-01")
    assert done.exit_code == 1
    assert "costs 134.2 USD a month where 134.21 is expected" in done.out


def test_check_gates_on_budget_odds_and_on_old_prices_where_asked(centavo, tmp_path):
    path = tmp_path / "plan.yaml"
    budget = "budget: 140 USD\n    confidence: 80 %"
    text = PLAN.read_text("utf-8").replace("expect_total: 134.20 USD", budget)
    path.write_text(text, "utf-8")
    done = centavo("plan", "check", path, "--at", "2026-12-01", "--json")
    assert done.exit_code == 1
    assert [it["kind"] for it in done.json["problems"]] == ["budget"]
    assert centavo("plan", "check", PLAN, "--at", "2027-12-01").exit_code == 0
    assert centavo("plan", "check", PLAN, "--at", "2027-12-01", "--fail-on", "stale").exit_code == 1
