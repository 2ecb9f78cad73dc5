"""The figures of GROUND_TRUTH.json, through the command line as a user would ask for them.

The figures were computed independently of centavo and are rounded there to six decimals.
"""

import json
from decimal import Decimal

import pytest

from tests.shared_data import ROOT, shared_data

TRUTH = (
    json.loads((ROOT / "GROUND_TRUTH.json").read_text(), parse_float=Decimal)
    if (ROOT / "GROUND_TRUTH.json").exists()
    else {}
)
SIX = Decimal("0.000001")


def amounts(done, *names):
    return {
        tuple(row["key"][name] for name in names): Decimal(row["cost"]["amount"]).quantize(SIX)
        for row in done.json["rows"]
    }


@pytest.fixture
def focus(centavo):
    folder = shared_data("focus-1.0-sample")
    assert centavo("ingest", *folder.glob("*.csv")).exit_code == 0
    return centavo


@pytest.fixture
def google(centavo):
    folder = shared_data("gcp-billing-google-sample")
    assert centavo("ingest", *folder.glob("*.csv")).exit_code == 0
    return centavo


def test_focus_totals(focus):
    truth = TRUTH["focus-1.0-sample"]["total"]
    for metric in ("billed", "effective", "list"):
        total = Decimal(focus("costs", "--metric", metric, "--json").json["total"]["amount"])
        assert total.quantize(SIX) == truth[metric], metric
    assert focus("costs", "--json").json["ledger_rows"] == truth["n"]
    assert (
        len(focus("costs", "--by", "sub_account", "--json").json["rows"]) == truth["sub_accounts"]
    )


def test_focus_by_provider_service_and_environment(focus):
    truth = TRUTH["focus-1.0-sample"]
    by_provider = amounts(focus("costs", "--by", "provider", "--json"), "provider")
    assert by_provider == {(row["p"],): row["billed"] for row in truth["by_provider"]}
    services = amounts(focus("costs", "--by", "provider,service", "--json"), "provider", "service")
    for row in truth["top_services"]:
        assert services[row["p"], row["s"]] == row["billed"]
    environments = amounts(focus("costs", "--by", "environment", "--json"), "environment")
    assert environments == {
        (None if row["env"] == "(none)" else row["env"],): row["billed"] for row in truth["env"]
    }


def test_focus_warns_of_whole_dollar_effective_cost(focus):
    truth = TRUTH["focus-1.0-sample"]["aws_effective_rounded"]
    warnings = focus("costs", "--json").json["coverage"]["warnings"]
    rounded = [w for w in warnings if w["code"] == "effective_cost_rounded"]
    assert [w["rows"] for w in rounded] == [truth["whole_number"]]
    assert f"differs from BilledCost on {truth['differ']}" in rounded[0]["message"]


def test_google_totals_in_dollars_at_the_bills_own_rates(google):
    truth = TRUTH["gcp-billing-google-sample"]["total"]
    for metric, name in (("gross", "gross_usd"), ("credits", "credits_usd"), ("billed", "net_usd")):
        done = google("costs", "--metric", metric, "--currency", "USD", "--json").json
        assert Decimal(done["total"]["amount"]).quantize(SIX) == truth[name], metric
        assert any("the bill's own rates" in note for note in done["notes"])
    assert (
        len(google("costs", "--by", "project", "--currency", "USD", "--json").json["rows"])
        == truth["projects"]
    )


def test_google_currencies_never_add(google):
    report = google("costs", "--json").json
    assert report["total"] is None
    assert len(report["totals"]) == TRUTH["gcp-billing-google-sample"]["total"]["currencies"]
    assert "mixed_currencies" in {w["code"] for w in report["coverage"]["warnings"]}


@pytest.mark.parametrize(
    ("dimension", "table", "name"),
    [
        ("cost_type", "by_cost_type", "cost_type"),
        ("service", "by_service", "s"),
        ("environment", "by_env", "env"),
        ("project", "by_project", "project_id"),
    ],
)
def test_google_gross_by_dimension(google, dimension, table, name):
    done = google("costs", "--by", dimension, "--metric", "gross", "--currency", "USD", "--json")
    truth = {(row[name],): row["usd"] for row in TRUTH["gcp-billing-google-sample"][table]}
    assert amounts(done, dimension) == truth


def test_google_net_by_project(google):
    done = google("costs", "--by", "project", "--currency", "USD", "--json")
    truth = TRUTH["gcp-billing-google-sample"]["by_project"]
    assert amounts(done, "project") == {(row["project_id"],): row["net"] for row in truth}


def test_aider_costs_as_the_log_states_them(centavo):
    path = shared_data("aider-analytics")
    centavo("ingest", *path.glob("*.jsonl.gz"))
    report = centavo("costs", "--basis", "vendor_reported", "--json").json
    truth = TRUTH["aider-analytics"]
    assert Decimal(report["total"]["amount"]).quantize(SIX) == truth["cost_usd"]
    assert report["ledger_rows"] == truth["message_send"]
