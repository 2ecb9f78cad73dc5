"""The conformance suite on the vendor reports."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.sources.conformance import CHECKS, Case

EPOCH = date(1970, 1, 1)


def writer(bucket_of):
    """Return a writer of pages, one a line, a bucket for each row."""

    def write(path, rows, *, shuffled=False):
        def ordered(value):
            if isinstance(value, list):
                return [ordered(item) for item in value]
            if not isinstance(value, dict):
                return value
            items = [(key, ordered(inner)) for key, inner in value.items()]
            return dict(reversed(items) if shuffled else items)

        path.write_text(
            "".join(
                json.dumps(ordered({"data": [bucket_of(row)], "has_more": False})) + "\n"
                for row in rows
            )
        )

    return write


def openai_bucket(row):
    start = (row["day"] - EPOCH).days * 86400
    result = {key: value for key, value in row.items() if key != "day"}
    return {"object": "bucket", "start_time": start, "end_time": start + 86400, "results": [result]}


def anthropic_bucket(row):
    result = {key: value for key, value in row.items() if key != "day"}
    end = row["day"] + timedelta(days=1)
    return {
        "starting_at": f"{row['day']}T00:00:00Z",
        "ending_at": f"{end}T00:00:00Z",
        "results": [result],
    }


def claude_code_day(row):
    day = f"{row['day']}T00:00:00Z"
    return {key: value for key, value in row.items() if key != "day"} | {"date": day}


def openai_cost(day, value):
    return {
        "day": date(2026, 5, day),
        "object": "organization.costs.result",
        "amount": {"value": value, "currency": "usd"},
        "line_item": "gpt-4o, input",
        "project_id": "p",
    }


def openai_use(day, output):
    return {
        "day": date(2026, 5, day),
        "object": "organization.usage.completions.result",
        "input_tokens": 100,
        "input_cached_tokens": 40,
        "output_tokens": output,
        "num_model_requests": 3,
        "model": "gpt-4o",
    }


def anthropic_cost(day, cents):
    return {
        "day": date(2026, 5, day),
        "amount": cents,
        "currency": "USD",
        "description": "Claude Opus 5 Usage - Input Tokens",
        "model": "claude-opus-5",
        "token_type": "uncached_input_tokens",
    }


def anthropic_use(day, output):
    return {
        "day": date(2026, 5, day),
        "uncached_input_tokens": 10,
        "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 2},
        "cache_read_input_tokens": 3,
        "output_tokens": output,
        "model": "claude-opus-5",
    }


def claude_code_use(day, output):
    return {
        "day": date(2026, 5, day),
        "actor": {"type": "user_actor", "email_address": "developer@example.com"},
        "model_breakdown": [
            {
                "model": "claude-opus-5",
                "tokens": {"input": 5, "output": output},
                "estimated_cost": {"currency": "USD", "amount": 12},
            }
        ],
    }


def summed(of, scale=Decimal(1)):
    return lambda rows: sum((Decimal(str(of(row))) for row in rows), Decimal(0)) * scale


def changed(change):
    def correct(row):
        copy = {**row, **json.loads(json.dumps({k: v for k, v in row.items() if k != "day"}))}
        change(copy)
        return copy

    return correct


def put(*path, value):
    def change(row):
        for key in path[:-1]:
            row = row[key]
        row[path[-1]] = value

    return changed(change)


COST = "SELECT sum(BilledCost)::DECIMAL(38,12) FROM charges"
OUTPUT = "SELECT sum(output_tokens)::DECIMAL(38,12) FROM usage_aggregates"
CASES = {
    "openai-costs": Case(
        source="openai-costs",
        suffix=".jsonl",
        write=writer(openai_bucket),
        rows=[openai_cost(1, 0.1), openai_cost(2, 0.2)],
        measure=COST,
        expected=summed(lambda row: row["amount"]["value"]),
        correct=put("amount", "value", value=0.15),
        malformed={"1,50": openai_cost(3, "1,50"), "lots": openai_cost(3, "lots")},
    ),
    "openai-usage": Case(
        source="openai-usage",
        suffix=".jsonl",
        write=writer(openai_bucket),
        rows=[openai_use(1, 10), openai_use(2, 20)],
        measure=OUTPUT,
        expected=summed(lambda row: row["output_tokens"]),
        correct=put("output_tokens", value=15),
        malformed={"-5": openai_use(3, -5), "missing": openai_use(3, None)},
    ),
    "anthropic-costs": Case(
        source="anthropic-costs",
        suffix=".json",
        write=writer(anthropic_bucket),
        rows=[anthropic_cost(1, "10.5"), anthropic_cost(2, "20")],
        measure=COST,
        expected=summed(lambda row: row["amount"], Decimal("0.01")),
        correct=put("amount", value="15"),
        malformed={"1,50": anthropic_cost(3, "1,50")},
    ),
    "anthropic-usage": Case(
        source="anthropic-usage",
        suffix=".jsonl",
        write=writer(anthropic_bucket),
        rows=[anthropic_use(1, 10), anthropic_use(2, 20)],
        measure=OUTPUT,
        expected=summed(lambda row: row["output_tokens"]),
        correct=put("output_tokens", value=15),
        malformed={"2.5": anthropic_use(3, 2.5)},
    ),
    "anthropic-claude-code": Case(
        source="anthropic-claude-code",
        suffix=".jsonl",
        write=writer(claude_code_day),
        rows=[claude_code_use(1, 10), claude_code_use(2, 20)],
        measure=OUTPUT,
        expected=summed(lambda row: row["model_breakdown"][0]["tokens"]["output"]),
        correct=put("model_breakdown", 0, "tokens", "output", value=15),
        malformed={"many": claude_code_use(3, "many")},
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
