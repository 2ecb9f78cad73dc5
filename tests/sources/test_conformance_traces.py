"""The conformance suite on agent traces, n8n and aggregated traffic."""

from decimal import Decimal

import pytest

from centavo.tokens import TokenCounter
from tests.sources.conformance import CHECKS, Case
from tests.sources.test_conformance import changed, summed, write_csv, write_jsonl
from tests.sources.trace_files import execution, model_run, openai_record

OUTPUT = "SELECT sum(output_tokens)::DECIMAL(38,12) FROM usage_events"


def counted(text_of):
    def expected(rows):
        counter = TokenCounter("gpt-4o")
        return Decimal(sum(counter.count(text_of(row)) for row in rows))

    return expected


def turn(task, answer):
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": answer}]
    return {"task_id": task, "reward": 1.0, "trial": 0, "info": {}, "traj": messages}


def n8n_row(number, tokens):
    return execution(number, {"Chat Model": [model_run(number, output_tokens=tokens)]})


RUN = ("data", "resultData", "runData", "Chat Model", 0, "data", "ai_languageModel", 0, 0, "json")


def azure_row(second, tokens):
    return {
        "TIMESTAMP": f"2023-11-16 18:15:{second:02}.5000000",
        "ContextTokens": "100",
        "GeneratedTokens": tokens,
    }


def write_windows(path, rows, *, shuffled=False):
    """A trace has no header: what may be in another order is its lines."""
    lines = [",".join(row.values()) for row in rows]
    path.write_text("\n".join(reversed(lines) if shuffled else lines) + "\n")


def window(start, rate):
    return {
        "start": str(start),
        "rate": rate,
        "cv": "1.1",
        "distribution": "Gamma",
        "shape": "0.8",
        "scale": "0.003",
    }


CASES = {
    "openai-logs": Case(
        source="openai-logs",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[openai_record(1, "One."), openai_record(2, "Two and three.", session="s-2")],
        measure=OUTPUT,
        expected=counted(lambda row: row["output"]),
        correct=changed("output", value="One, corrected at some length."),
        malformed={"soon": openai_record(3, "x") | {"timestamp": "soon"}},
    ),
    "tau-bench": Case(
        source="tau-bench",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[turn(1, "Yes."), turn(2, "No, thank you.")],
        # A message is counted with its keys: in their order, which a shuffled file changes.
        measure="SELECT (sum(output_tokens) > 0)::INT::DECIMAL(38,12) * count(*)"
        " + max((labels->>'$.reward')::DECIMAL(9,4)) FROM usage_events",
        expected=lambda rows: Decimal(len(rows) + max(row["reward"] for row in rows)),
        correct=changed("reward", value=2.0),
        malformed={"high": turn(3, "x") | {"reward": "high"}},
    ),
    "n8n": Case(
        source="n8n",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[n8n_row(1, 12), n8n_row(2, 30)],
        measure=OUTPUT,
        expected=summed(*RUN, "tokenUsage", "completionTokens"),
        correct=changed(*RUN, "tokenUsage", "completionTokens", value=15),
        malformed={"-5": n8n_row(3, -5)},
    ),
    "azure-llm-trace": Case(
        source="azure-llm-trace",
        suffix=".csv",
        write=write_csv,
        rows=[azure_row(1, "10"), azure_row(2, "20")],
        measure=OUTPUT,
        expected=summed("GeneratedTokens"),
        correct=changed("GeneratedTokens", value="15"),
        malformed={"-5": azure_row(3, "-5"), "many": azure_row(3, "many")},
    ),
    "servegen": Case(
        source="servegen",
        suffix=".csv",
        write=write_windows,
        rows=[window(0, "0.5"), window(600, "1.25")],
        measure="SELECT sum(request_count)::DECIMAL(38,12) FROM usage_aggregates",
        expected=lambda rows: sum(Decimal(row["rate"]) * 600 for row in rows),
        correct=changed("rate", value="0.75"),
        malformed={"fast": window(1200, "fast")},
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
