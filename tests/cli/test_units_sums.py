"""``centavo units --sums``: usage that is known only as sums, with its bounds and its meters apart."""

from pathlib import Path

import pytest

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"


@pytest.fixture
def told(centavo):
    openai, anthropic = RECORDINGS / "openai_admin", RECORDINGS / "anthropic_admin"
    paths = [
        openai / f"{name}-1.json" for name in ("completions", "embeddings", "web_search_calls")
    ]
    centavo("ingest", *paths, *(anthropic / f"{n}.json" for n in ("claude_code-1", "messages-1")))
    return centavo


def rows(told, *options):
    return told("units", "--sums", "--json", *options).json["rows"]


def test_meters_and_operations_are_kept_apart(told):
    found = rows(told, "--by", "provider")
    places = [(row["source"], row["operation"], row["grade"]) for row in found]
    assert len(set(places)) == len(places)
    assert {row["source"] for row in found} == {
        "openai-usage", "anthropic-usage", "anthropic-claude-code",
    }  # fmt: skip
    assert {row["grade"] for row in found} == {"vendor_reported"}


def test_tokens_that_every_interval_states_have_no_bounds_and_others_are_at_least(told):
    found = {
        row["operation"]: row
        for row in rows(told, "--where", "provider=openai", "--by", "provider")
    }
    assert len(found["embeddings"]["input_tokens"]) == 2
    assert found["embeddings"]["input_tokens"]["at_least"] == "1234"
    assert found["embeddings"]["input_tokens"]["at_most"] == "1234"
    # An embedding has no output to state: unknown is no zero.
    assert found["embeddings"]["output_tokens"] == {"at_least": None, "at_most": None}


def test_a_cost_is_the_meters_own_and_unknown_where_it_states_none(told):
    costs = {row["source"]: row["reported_cost"] for row in rows(told, "--by", "provider")}
    assert costs["anthropic-claude-code"]["currency"] == "USD"
    assert costs["openai-usage"] is None
    shown = told("units", "--sums")
    assert "state no cost: it is unknown, not zero" in shown.err
    assert "not added up" in shown.err


def test_lengths_that_are_not_known_are_bounds(centavo, tmp_path):
    folder = tmp_path / "mm-image"
    folder.mkdir()
    (folder / "chunk-1-trace.csv").write_text("0,2,1.0,Gamma,1,1\n600,1,1.0,Gamma,1,1\n")
    assert centavo("ingest", folder).exit_code == 0
    found = rows(centavo, "--by", "model")
    assert found[0]["input_tokens"]["at_most"] is None


def test_without_any_the_hint_says_what_such_usage_is(centavo, tmp_path):
    (tmp_path / "bill.csv").write_text(
        "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
        "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName\n"
        "1,A,USD,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,Usage,2026-03-05T00:00:00Z,"
        "2026-03-05T01:00:00Z,Compute\n"
    )
    centavo("ingest", tmp_path / "bill.csv")
    refused = centavo("units", "--sums")
    assert refused.exit_code == 2
    assert "no usage in sums" in refused.err
    assert "no 'sku'" in centavo("units", "--sums", "--by", "sku").err
