"""Aider's analytics log."""

import gzip
import json
from collections import defaultdict
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.aider import AiderAnalyticsSource
from centavo.sources.requests.source import RequestLogSource
from tests.shared_data import ROOT, shared_data
from tests.sources.event_files import probe, read_files, write_lines

SENT = {
    "event": "message_send",
    "properties": {
        "main_model": "openai/gpt-5.2",
        "weak_model": "openai/gpt-5-mini",
        "prompt_tokens": 10006,
        "completion_tokens": 81,
        "total_tokens": 10087,
        "cost": 0.0133175,
        "total_cost": 0.0133175,
    },
    "user_id": "c42c4e6b",
    "time": 1755100406,
}


def read(path, **options):
    return read_files([path], source=AiderAnalyticsSource(), **options)


def test_the_published_log_matches_the_ground_truth():
    path = shared_data("aider-analytics") / "sample-analytics.jsonl.gz"
    expected = json.loads((ROOT / "GROUND_TRUTH.json").read_text())["aider-analytics"]
    found = read(path)
    by_model = defaultdict(lambda: [0, 0, 0, Decimal(0)])
    for row in found.rows:
        model = by_model[json.loads(row["labels"])["main_model"]]
        model[0] += 1
        model[1] += row["input_uncached_tokens"]
        model[2] += row["output_tokens"]
        model[3] += row["reported_cost"]
    assert len(found.rows) == expected["message_send"]
    total = sum(row["reported_cost"] for row in found.rows)
    assert total == Decimal(str(expected["cost_usd"]))
    # The truth adds floats; their noise lies beyond the twelfth decimal.
    step = Decimal("0.000000000001")
    assert {name: (*m[:3], m[3].quantize(step)) for name, m in by_model.items()} == {
        name: (*m[:3], Decimal(repr(m[3])).quantize(step))
        for name, m in expected["by_model"].items()
    }
    lines = gzip.decompress(path.read_bytes()).splitlines()
    assert sum(found.tally.read.values()) == len(lines)
    assert len(found.rows) + sum(found.skipped.values()) == len(lines)


def test_the_provider_is_split_from_the_model(tmp_path):
    row = read(write_lines(tmp_path / "a.jsonl", SENT)).row
    assert (row["provider"], row["requested_model"]) == ("openai", "gpt-5.2")
    assert json.loads(row["labels"])["main_model"] == "openai/gpt-5.2"


def test_the_user_is_a_hash_in_the_labels(tmp_path):
    row = read(write_lines(tmp_path / "a.jsonl", SENT)).row
    assert SENT["user_id"] not in row["labels"]
    assert len(json.loads(row["labels"])["user_hash"]) == 16
    assert row["customer_id"] is None


def test_float_noise_is_rounded_away_and_nothing_else(tmp_path):
    text = json.dumps(SENT).replace("0.0133175", "0.013317500000000001", 1)
    row = read(write_lines(tmp_path / "a.jsonl", text)).row
    assert row["reported_cost"] == Decimal("0.0133175")


def test_other_events_are_skipped_by_name(tmp_path):
    other = {**SENT, "event": "launched", "properties": {}}
    found = read(write_lines(tmp_path / "a.jsonl", SENT, other, other))
    assert found.skipped == {"not a model call: event launched": 2}


def test_a_negative_token_count_names_file_line_and_value(tmp_path):
    bad = {**SENT, "properties": {**SENT["properties"], "prompt_tokens": -5}}
    path = write_lines(tmp_path / "a.jsonl", SENT, bad)
    with pytest.raises(BadValueError, match=r"a\.jsonl, line 2: prompt_tokens is negative: -5"):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_an_empty_log_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read(path)


def test_only_aider_recognises_an_aider_log(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", SENT)
    assert AiderAnalyticsSource().recognise(probe(path)) is not None
    assert RequestLogSource().recognise(probe(path)) is None
