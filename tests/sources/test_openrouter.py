"""OpenRouter's activity: generations, and sums of a day."""

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

import pytest

from centavo.cli.recognising import take_probe
from centavo.errors import BadValueError, InputError
from centavo.sources.openrouter import OpenRouterActivitySource, OpenRouterSource
from tests.sources.event_files import probe, read_files, write_lines

# The header of the export of the Activity page.
ROW = {
    "generation_id": "gen-1772712000-Zk3nAbCdEfGhIjKlMnOp",
    "created_at": "2026-03-05 12:00:00.040",
    "cost_total": "0.0123",
    "cost_web_search": "",
    "cost_cache": "-0.002",
    "cost_file_processing": "",
    "byok_usage_inference": "0",
    "tokens_prompt": "1000",
    "tokens_completion": "250",
    "tokens_reasoning": "100",
    "tokens_cached": "400",
    "model_permaslug": "anthropic/claude-4.5-sonnet-20250929",
    "provider_name": "Amazon Bedrock",
    "variant": "standard",
    "cancelled": "false",
    "streamed": "true",
    "user": "ana@example.com",
    "finish_reason_raw": "end_turn",
    "finish_reason_normalized": "stop",
    "generation_time_ms": "4020",
    "time_to_first_token_ms": "610",
    "api_key_disabled": "false",
    "api_key_name": "helpdesk-prod",
    "app_name": "Helpdesk",
}
GENERATION = {
    "id": "gen-1772712000-Zk3nAbCdEfGhIjKlMnOp",
    "upstream_id": "chatcmpl-791bcf62-080e-4568-87d0-94c72e3b4946",
    "total_cost": 0.0015,
    "created_at": "2026-03-05T12:00:00.040Z",
    "model": "openai/gpt-4.1",
    "streamed": True,
    "cancelled": False,
    "provider_name": "OpenAI",
    "latency": 610,
    "generation_time": 4020,
    "finish_reason": "stop",
    "tokens_prompt": 60,
    "tokens_completion": 120,
    "native_tokens_prompt": 64,
    "native_tokens_completion": 98,
    "native_tokens_reasoning": 0,
    "native_tokens_cached": 0,
    "is_byok": False,
    "usage": 0.0015,
}
DAY = {
    "date": "2026-03-05",
    "model": "openai/gpt-4.1",
    "model_permaslug": "openai/gpt-4.1-2025-04-14",
    "endpoint_id": "550e8400-e29b-41d4-a716-446655440000",
    "provider_name": "OpenAI",
    "usage": 0.015,
    "byok_usage_inference": 0.012,
    "requests": 5,
    "prompt_tokens": 50,
    "completion_tokens": 125,
    "reasoning_tokens": 25,
}


def write_csv(path, *rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def read(path, **options):
    return read_files([path], source=OpenRouterSource(), **options)


def read_days(path, **options):
    return read_files([path], source=OpenRouterActivitySource(), **options)


def test_a_generation_becomes_an_event(tmp_path):
    found = read(write_csv(tmp_path / "a.csv", ROW)).row
    assert found["event_id"] == f"openrouter:{ROW['generation_id']}"
    assert found["call_id"] == ROW["generation_id"]
    assert found["meter"] == "gateway"
    assert found["started_at"] == datetime.fromisoformat("2026-03-05T12:00:00.040000")
    assert (found["duration_ms"], found["ttft_ms"], found["streamed"]) == (4020, 610, True)
    assert (found["provider"], found["requested_model"]) == ("openrouter", ROW["model_permaslug"])
    assert (found["input_uncached_tokens"], found["cache_read_tokens"]) == (600, 400)
    assert (found["output_tokens"], found["reasoning_tokens"]) == (250, 100)
    assert found["reported_cost"] == Decimal("0.0123")
    assert (found["api_key_id"], found["application"]) == ("helpdesk-prod", "Helpdesk")
    assert "ana@example.com" not in repr(found)
    assert json.loads(found["labels"])["upstream_provider"] == "Amazon Bedrock"


def test_with_the_users_own_key_the_upstream_is_the_provider(tmp_path):
    own = {**ROW, "byok_usage_inference": "0.21", "cost_total": "0.0105"}
    found = read(write_csv(tmp_path / "a.csv", own)).row
    assert found["provider"] == "aws"
    assert json.loads(found["labels"])["byok_usage_inference"] == "0.21"


def test_a_variant_is_part_of_the_model(tmp_path):
    found = read(write_csv(tmp_path / "a.csv", {**ROW, "variant": "free"})).row
    assert found["requested_model"] == f"{ROW['model_permaslug']}:free"


def test_an_answer_of_the_generation_api_counts_native_tokens(tmp_path):
    found = read(write_lines(tmp_path / "a.json", {"data": GENERATION})).row
    assert found["call_id"] == GENERATION["id"]
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (64, 98)
    assert json.loads(found["labels"])["upstream_id"] == GENERATION["upstream_id"]


def test_a_repeated_generation_counts_once_and_one_without_id_too(tmp_path):
    anonymous = {**ROW, "generation_id": ""}
    found = read(write_csv(tmp_path / "a.csv", ROW, ROW, anonymous, anonymous))
    assert len(found.rows) == 2
    assert found.skipped == {"duplicate of the same generation": 2}
    assert [row["call_id"] for row in found.rows] == [ROW["generation_id"], None]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokens_prompt": "-5"}, "line 3: tokens_prompt is negative: '-5'"),
        ({"cost_total": "0,5"}, "line 3: cost_total is not a decimal number: '0,5'"),
        ({"created_at": ""}, "line 3: created_at is missing"),
        ({"generation_time_ms": "fast"}, "line 3: generation_time_ms is not a number"),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, changes, message):
    path = write_csv(tmp_path / "a.csv", ROW, {**ROW, "generation_id": "gen-2", **changes})
    with pytest.raises(BadValueError, match=message):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_a_day_becomes_an_aggregate(tmp_path):
    other = {**DAY, "date": "2026-03-06 00:00:00"}
    path = write_lines(tmp_path / "a.json", {"data": [DAY, other, DAY]})
    found = read_days(path)
    assert found.skipped == {"duplicate of the same day, model and endpoint": 1}
    row = min(found.rows, key=lambda each: each["interval_start"])
    assert row["interval_start"] == datetime.fromisoformat("2026-03-05T00:00:00")
    assert row["interval_end"] == datetime.fromisoformat("2026-03-06T00:00:00")
    assert (row["basis"], row["provider"]) == ("vendor_reported", "openrouter")
    assert row["model"] == "openai/gpt-4.1-2025-04-14"
    assert (row["request_count"], row["output_tokens"]) == (5, 125)
    assert row["input_tokens_low"] == row["input_tokens_high"] == 50
    assert (row["reported_cost"], row["reported_cost_currency"]) == (Decimal("0.015"), "USD")


def test_a_bad_day_is_named_with_its_line(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", DAY, {**DAY, "date": "soon"})
    with pytest.raises(BadValueError, match="line 2: date is not a time"):
        read_days(path)


@pytest.mark.parametrize("read_it", [read, read_days])
def test_an_empty_file_is_an_error(tmp_path, read_it):
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read_it(path)


def test_each_form_is_recognised_by_its_own_source(tmp_path):
    one, sums = OpenRouterSource(), OpenRouterActivitySource()
    path = write_csv(tmp_path / "a.csv", ROW)
    assert one.recognise(take_probe(path, "a.csv")) is not None
    assert sums.recognise(take_probe(path, "a.csv")) is None
    path = write_csv(tmp_path / "b.csv", DAY)
    assert sums.recognise(take_probe(path, "b.csv")) is not None
    generation = write_lines(tmp_path / "a.json", {"data": GENERATION})
    assert one.recognise(probe(generation)) is not None
    day = write_lines(tmp_path / "a.json", {"data": [DAY]})
    assert sums.recognise(probe(day)) is not None
    assert one.recognise(probe(day)) is None
