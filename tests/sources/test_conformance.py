"""The conformance suite on every built-in source."""

import csv
import json
from decimal import Decimal

import pytest

from tests.sources.conformance import CHECKS, Case


def write_csv(path, rows, *, shuffled=False):
    names = list(rows[0])
    names = names[::-1] if shuffled else names
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path, rows, *, shuffled=False):
    def ordered(row):
        return dict(reversed(row.items())) if shuffled else dict(row)

    path.write_text("".join(json.dumps(ordered(row)) + "\n" for row in rows))


def summed(*path):
    def expected(rows):
        total = Decimal(0)
        for row in rows:
            value = row
            for key in path:
                value = value[key]
            total += Decimal(str(value))
        return total

    return expected


def focus_row(day, cost):
    return {
        "BilledCost": cost,
        "BillingAccountId": "A-1",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-03-01T00:00:00Z",
        "BillingPeriodEnd": "2026-04-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day}T01:00:00Z",
        "ServiceName": "Compute",
        "Tags": '{"env": "prod"}',
    }


def gcp_row(day, cost):
    return {
        "billing_account_id": "01-02",
        "service": {"id": "S", "description": "Vertex AI"},
        "sku": {"id": "K", "description": "Gemini 2.5 Flash Text Input - Predictions"},
        "usage_start_time": f"{day}T00:00:00Z",
        "usage_end_time": f"{day}T01:00:00Z",
        "project": {"id": "p", "number": "1", "name": "p"},
        "labels": [{"key": "env", "value": "prod"}],
        "export_time": f"{day}T08:00:00Z",
        "cost": cost,
        "currency": "USD",
        "currency_conversion_rate": 1,
        "usage": {
            "amount": 1000,
            "unit": "count",
            "amount_in_pricing_units": 1,
            "pricing_unit": "1k",
        },
        "credits": [],
        "invoice": {"month": "202603"},
        "cost_type": "regular",
    }


def request_row(number, tokens):
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1772700000 + number,
        "model": "gpt-4o-2024-08-06",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": tokens, "total_tokens": 100 + tokens},
    }


def aider_row(second, cost):
    return {
        "event": "message_send",
        "properties": {
            "main_model": "gpt-5",
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "total_tokens": 110,
            "cost": cost,
            "total_cost": cost,
        },
        "user_id": "u",
        "time": 1772700000 + second,
    }


def resource_row(hour, used):
    return {
        "resource_id": "gpu-1",
        "kind": "gpu",
        "metric": "utilisation",
        "interval_start": f"2026-03-05T{hour:02}:00:00Z",
        "interval_end": f"2026-03-05T{hour + 1:02}:00:00Z",
        "unit": "percent",
        "used_p95": used,
    }


def changed(*path, value):
    def correct(row):
        copy = json.loads(json.dumps(row))
        inner = copy
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        return copy

    return correct


COST = "SELECT sum(BilledCost)::DECIMAL(38,12) FROM charges"
CASES = {
    "focus": Case(
        source="focus",
        suffix=".csv",
        write=write_csv,
        rows=[focus_row("2026-03-01", "0.1"), focus_row("2026-03-02", "0.2")],
        measure=COST,
        expected=summed("BilledCost"),
        correct=changed("BilledCost", value="0.15"),
        malformed={
            "1,50": focus_row("2026-03-03", "1,50"),
            "yesterday": {**focus_row("2026-03-03", "1"), "ChargePeriodStart": "yesterday"},
        },
    ),
    "gcp": Case(
        source="gcp",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[gcp_row("2026-03-01", 0.1), gcp_row("2026-03-02", 0.2)],
        measure=COST,
        expected=summed("cost"),
        correct=changed("cost", value=0.15),
        malformed={
            "1,50": gcp_row("2026-03-03", "1,50"),
            "yesterday": {**gcp_row("2026-03-03", 1), "usage_start_time": "yesterday"},
        },
    ),
    "requests": Case(
        source="requests",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[request_row(1, 10), request_row(2, 20)],
        measure="SELECT sum(output_tokens)::DECIMAL(38,0) FROM usage_events",
        expected=summed("usage", "completion_tokens"),
        correct=changed("usage", "completion_tokens", value=15),
        malformed={"-5": request_row(3, -5)},
    ),
    "aider": Case(
        source="aider",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[aider_row(1, 0.1), aider_row(2, 0.2)],
        measure="SELECT sum(reported_cost)::DECIMAL(38,12) FROM usage_events",
        expected=summed("properties", "cost"),
        correct=changed("properties", "cost", value=0.15),
        malformed={"lots": aider_row(3, "lots")},
    ),
    "resources": Case(
        source="resources",
        suffix=".csv",
        write=write_csv,
        rows=[resource_row(1, "25"), resource_row(2, "50.5")],
        measure="SELECT sum(used_p95)::DECIMAL(38,12) FROM resource_samples",
        expected=summed("used_p95"),
        correct=changed("used_p95", value="75"),
        malformed={"full": resource_row(3, "full")},
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
