"""The conformance suite on the logs of gateways and of Langfuse."""

import pytest

from tests.sources import spend_logs
from tests.sources.conformance import CHECKS, Case
from tests.sources.test_conformance import changed, summed, write_csv, write_jsonl
from tests.sources.test_helicone import CSV_ROW as HELICONE
from tests.sources.test_langfuse import generation
from tests.sources.test_openrouter import DAY
from tests.sources.test_openrouter import ROW as OPENROUTER


def write_spend_csv(path, rows, *, shuffled=False):
    spend_logs.write_csv(path, rows, shuffled=shuffled)


SPEND = "SELECT sum(reported_cost)::DECIMAL(38,12) FROM usage_events"
CASES = {
    "litellm": Case(
        source="litellm",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[spend_logs.row(1, spend=0.1), spend_logs.row(2, spend=0.2)],
        measure=SPEND,
        expected=summed("spend"),
        correct=changed("spend", value=0.15),
        malformed={
            "lots": spend_logs.row(3, spend="lots"),
            "yesterday": spend_logs.row(3, startTime="yesterday"),
        },
    ),
    "litellm_csv": Case(
        source="litellm",
        suffix=".csv",
        write=write_spend_csv,
        rows=[spend_logs.row(1, spend="0.1"), spend_logs.row(2, spend="0.2")],
        measure=SPEND,
        expected=summed("spend"),
        correct=changed("spend", value="0.15"),
        malformed={"1,50": spend_logs.row(3, spend="1,50")},
    ),
}

CASES |= {
    "langfuse": Case(
        source="langfuse",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[generation(1), generation(2, usageDetails={"input": 7, "output": 20, "total": 27})],
        measure="SELECT sum(output_tokens)::DECIMAL(38,0) FROM usage_events",
        expected=summed("usageDetails", "output"),
        correct=changed("usageDetails", "output", value=15),
        malformed={
            "-5": generation(3, usageDetails={"input": -5, "output": 1}),
            "yesterday": generation(3, startTime="yesterday"),
        },
    ),
    "helicone": Case(
        source="helicone",
        suffix=".csv",
        write=write_csv,
        rows=[
            {**HELICONE, "response_id": "a", "cost": "0.1"},
            {**HELICONE, "response_id": "b", "cost": "0.2"},
        ],
        measure=SPEND,
        expected=summed("cost"),
        correct=changed("cost", value="0.15"),
        malformed={"1,50": {**HELICONE, "response_id": "c", "cost": "1,50"}},
    ),
    "openrouter": Case(
        source="openrouter",
        suffix=".csv",
        write=write_csv,
        rows=[
            {**OPENROUTER, "generation_id": "gen-a", "cost_total": "0.1"},
            {**OPENROUTER, "generation_id": "gen-b", "cost_total": "0.2"},
        ],
        measure=SPEND,
        expected=summed("cost_total"),
        correct=changed("cost_total", value="0.15"),
        malformed={"1,50": {**OPENROUTER, "generation_id": "gen-c", "cost_total": "1,50"}},
    ),
    "openrouter-activity": Case(
        source="openrouter-activity",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[{**DAY, "usage": 0.1}, {**DAY, "date": "2026-03-06", "usage": 0.2}],
        measure="SELECT sum(reported_cost)::DECIMAL(38,12) FROM usage_aggregates",
        expected=summed("usage"),
        correct=changed("usage", value=0.15),
        malformed={"soon": {**DAY, "date": "soon"}},
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
