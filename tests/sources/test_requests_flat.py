"""The simplest log: one object per request, its keys those of the ledger or of a provider's usage."""

import json
from datetime import datetime
from decimal import Decimal

import pytest

from centavo.sources.requests.source import RequestLogSource
from tests.sources.event_files import probe, write_lines
from tests.sources.exchange_samples import lines


def test_the_simplest_log_has_the_ledgers_own_names(tmp_path):
    record = {
        "started_at": "2026-03-05T12:00:00Z",
        "requested_model": "gpt-5",
        "input_uncached_tokens": 7,
        "output_tokens": 2,
        "application": "search",
        "reported_cost": 0.1,
        "plan": "gold",
    }
    row = lines(tmp_path, record).row
    assert (row["provider"], row["input_uncached_tokens"], row["application"]) == (
        "openai",
        7,
        "search",
    )
    assert row["reported_cost"] == Decimal("0.1")
    assert row["cache_read_tokens"] is None
    assert json.loads(row["labels"])["plan"] == "gold"


OPENAI_LINE = {
    "model": "gpt-4o",
    "prompt_tokens": 1200,
    "cached_tokens": 1000,
    "completion_tokens": 30,
}
RESPONSES_LINE = {
    "model": "gpt-5",
    "input_tokens": 1200,
    "cached_tokens": 1000,
    "output_tokens": 30,
}
ANTHROPIC_LINE = {
    "model": "claude-sonnet-4-6",
    "input_tokens": 200,
    "cache_read_input_tokens": 1000,
    "cache_creation_input_tokens": 50,
    "output_tokens": 30,
}


@pytest.mark.parametrize(
    ("counts", "provider"),
    [(OPENAI_LINE, "openai"), (RESPONSES_LINE, "openai"), (ANTHROPIC_LINE, "anthropic")],
    ids=["chat", "responses", "messages"],
)
def test_a_line_may_count_as_its_provider_does(tmp_path, counts, provider):
    record = {"timestamp": "2026-03-05T12:00:00Z", **counts, "team": "core", "latency_ms": 5}
    path = write_lines(tmp_path / "log.jsonl", record)
    recognition = RequestLogSource().recognise(probe(path))
    assert recognition is not None
    assert recognition.reason == "its records name a model and count its tokens"
    row = lines(tmp_path, record).row
    assert (row["input_uncached_tokens"], row["cache_read_tokens"]) == (200, 1000)
    assert (row["output_tokens"], row["reasoning_tokens"]) == (30, None)
    assert row["cache_write_tokens"] == counts.get("cache_creation_input_tokens")
    assert (row["provider"], row["requested_model"]) == (provider, counts["model"])
    assert (row["started_at"], row["team"]) == (datetime(2026, 3, 5, 12), "core")  # noqa: DTZ001 -- naive UTC
    assert json.loads(row["labels"]) == {"latency_ms": 5, "team": "core"}


def test_reported_cost_keeps_every_digit(tmp_path):
    text = (
        '{"started_at": "2026-03-05", "requested_model": "x", "reported_cost": 12345.123456789012}'
    )
    assert lines(tmp_path, text).row["reported_cost"] == Decimal("12345.123456789012")
