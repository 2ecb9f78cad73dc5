"""The conformance suite on the logs of coding agents."""

import csv
import json
from decimal import Decimal

import pytest

from tests.sources.conformance import CHECKS, Case
from tests.sources.session_files import (
    claude_line,
    codex_count,
    codex_meta,
    codex_turn,
    codex_usage,
)
from tests.sources.test_aider_chat import HEAD
from tests.sources.test_swe_agent import RUN, STATS, answer

OUTPUT = "SELECT sum(output_tokens)::DECIMAL(38,0) FROM usage_events"
COST = "SELECT sum(reported_cost)::DECIMAL(38,12) FROM {}"


def reordered(value):
    """Return JSON with the keys of every object in another order."""
    if isinstance(value, list):
        return [reordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: reordered(inner) for key, inner in reversed(value.items())}


def write_jsonl(path, rows, *, shuffled=False):
    path.write_text("".join(json.dumps(reordered(row) if shuffled else row) + "\n" for row in rows))


def write_csv(path, rows, *, shuffled=False):
    names = list(rows[0])[:: -1 if shuffled else 1]
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)


def write_rollout(path, rows, *, shuffled=False):
    """Write a session: each row is what one call took, the log tells totals."""
    records = [codex_meta(), codex_turn()]
    given = made = 0
    for second, (add_given, add_made) in enumerate(rows, start=1):
        known = isinstance(add_made, int)
        given, made = given + add_given, made + add_made if known else add_made
        records.append(
            codex_count(codex_usage(given, 0, 0) | {"output_tokens": made}, second=second)
        )
    write_jsonl(path, records, shuffled=shuffled)


def write_chat(path, rows, *, shuffled=False):  # noqa: ARG001 -- a transcript has no keys
    path.write_text(HEAD + "".join(f"> {sent} prompt tokens, {made} completion tokens, ${cost} cost  \n" for sent, made, cost in rows))  # fmt: skip


def write_mini(path, rows, *, shuffled=False):
    record = {"info": {"mini_version": "2.1.0"}, "messages": rows}
    write_jsonl(path, [record], shuffled=shuffled)


def run(number, cost):
    history = [{"role": "user", "content": f"task {number}"}]
    return {**RUN, "history": history, "info": {"model_stats": {**STATS, "instance_cost": cost}}}


def attempt(number, cost):
    one = {
        "instance_id": f"task-{number}",
        "model_name_or_path": "aider",
        "model_patch": "diff",
        "model": "gpt-4o",
        "cost": cost,
        "try": 1,
    }
    return {**one, "tries": 1, "all_results": [one], "resolved": False}


def usage(second, cost):
    return {
        "instance_id": "task-1",
        "chat_started_at": f"2026-03-05 12:00:{second:02}",
        "model": "gpt-4o",
        "prompt_tokens": "100",
        "completion_tokens": "10",
        "cost_usd": cost,
    }


def total(value_of):
    return lambda rows: sum((Decimal(str(value_of(row))) for row in rows), Decimal(0))


CASES = {
    "claude-code": Case(
        source="claude-code",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[claude_line(1, output=10), claude_line(2, output=20)],
        measure=OUTPUT,
        expected=total(lambda row: row["message"]["usage"]["output_tokens"]),
        correct=lambda _: claude_line(1, output=15),
        malformed={"-5": claude_line(3, output=-5), "yesterday": claude_line(3, timestamp="yesterday")},
    ),
    "codex": Case(
        source="codex",
        suffix=".jsonl",
        write=write_rollout,
        rows=[(100, 10), (200, 20)],
        measure=OUTPUT,
        expected=total(lambda row: row[1]),
        correct=lambda row: (row[0], 15),
        malformed={"lots": (100, "lots")},
    ),
    "aider usage": Case(
        source="aider-chat",
        suffix=".csv",
        write=write_csv,
        rows=[usage(1, "0.1"), usage(2, "0.2")],
        measure=COST.format("usage_events"),
        expected=total(lambda row: row["cost_usd"]),
        correct=lambda row: {**row, "cost_usd": "0.15"},
        malformed={"1,50": usage(3, "1,50"), "yesterday": {**usage(3, "1"), "chat_started_at": "yesterday"}},
    ),
    "aider chat": Case(
        source="aider-chat",
        suffix=".md",
        write=write_chat,
        rows=[(100, 10, "0.1"), (100, 20, "0.2")],
        measure=COST.format("usage_events"),
        expected=total(lambda row: row[2]),
        correct=lambda row: (*row[:2], "0.15"),
        malformed={"1.2.3": (100, 30, "1.2.3")},
    ),
    "aider attempts": Case(
        source="aider-attempts",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[attempt(1, 0.1), attempt(2, 0.2)],
        measure=COST.format("usage_aggregates"),
        expected=total(lambda row: row["cost"]),
        correct=lambda _: attempt(1, 0.15),
        malformed={"lots": attempt(3, "lots")},
    ),
    "swe-agent": Case(
        source="swe-agent",
        suffix=".traj",
        write=write_jsonl,
        rows=[run(1, 0.1), run(2, 0.2)],
        measure=COST.format("usage_aggregates"),
        expected=total(lambda row: row["info"]["model_stats"]["instance_cost"]),
        correct=lambda _: run(1, 0.15),
        malformed={"lots": run(3, "lots")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)


MINI = Case(
    source="mini-swe-agent",
    suffix=".traj.json",
    write=write_mini,
    rows=[answer(1), answer(2)],
    measure="SELECT sum(reported_cost)::DECIMAL(38,12) FROM usage_events",
    expected=total(lambda row: row["extra"]["cost"]),
    correct=lambda _: answer(1, cost=0.05),
    malformed={"lots": answer(3, cost="lots")},
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_mini_swe_agent(check, centavo, tmp_path):
    check(MINI, centavo, tmp_path)
