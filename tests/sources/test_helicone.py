"""Helicone's exported requests."""

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.helicone import HeliconeSource
from tests.sources.event_files import probe, read_files, write_lines

# The header of Helicone's export tool.
CSV_ROW = {
    "response_id": "4f0c2ab0-3a0e-4c39-9d40-8a7d2f7d5d10",
    "response_created_at": "2026-03-05 12:00:02.000",
    "response_status": "200",
    "request_created_at": "2026-03-05 12:00:00.000",
    "request_body": "",
    "request_properties": '{"app":"helpdesk","Session":"s-1"}',
    "request_user_id": "customer-7",
    "model": "gpt-4o-mini",
    "prompt_tokens": "1000",
    "completion_tokens": "50",
    "latency": "1830",
    "cost": "0.00018",
}
API_ROW = {
    **CSV_ROW,
    "request_id": "7d4b2c9e-6f1c-4c7b-8d69-1f1d0e6f2a11",
    "request_created_at": "2026-03-05T12:00:00.000Z",
    "response_status": 200,
    "request_properties": {"app": "helpdesk"},
    "request_body": {"model": "claude-sonnet-4-5", "max_tokens": 400, "messages": []},
    "response_body": {},
    "request_path": "https://api.anthropic.com/v1/messages",
    "request_model": "claude-sonnet-4-5",
    "response_model": "claude-sonnet-4-5-20250929",
    "model": "claude-sonnet-4-5-20250929",
    "provider": "ANTHROPIC",
    "delay_ms": 1830,
    "time_to_first_token": 310,
    "total_tokens": 1350,
    "prompt_tokens": 100,
    "prompt_cache_read_tokens": 900,
    "prompt_cache_write_tokens": 300,
    "completion_tokens": 50,
    "helicone_user": None,
    "cache_reference_id": "00000000-0000-0000-0000-000000000000",
    "cost": 0.0021,
}


def write_csv(path, *rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def read(path, **options):
    return read_files([path], source=HeliconeSource(), **options)


def read_row(tmp_path, **changes):
    return read(write_lines(tmp_path / "a.jsonl", {**API_ROW, **changes})).row


def test_a_row_of_the_csv_becomes_an_event(tmp_path):
    found = read(write_csv(tmp_path / "a.csv", CSV_ROW)).row
    assert found["event_id"] == f"helicone:{CSV_ROW['response_id']}"
    assert found["started_at"] == datetime.fromisoformat("2026-03-05T12:00:00")
    assert found["duration_ms"] == 1830
    assert (found["provider"], found["answered_model"]) == ("openai", "gpt-4o-mini")
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (1000, 50)
    assert found["reported_cost"] == Decimal("0.00018")
    assert (found["application"], found["customer_id"]) == ("helpdesk", "customer-7")
    assert (found["meter"], found["is_error"], found["status_code"]) == ("gateway", False, 200)
    # The id of Helicone's own record, not the provider's.
    assert found["call_id"] is None
    assert json.loads(found["labels"])["Session"] == "s-1"


def test_quotes_that_the_export_tool_doubles_twice_are_read(tmp_path):
    properties = CSV_ROW["request_properties"].replace('"', '""')
    found = read(write_csv(tmp_path / "a.csv", {**CSV_ROW, "request_properties": properties})).row
    assert found["application"] == "helpdesk"


def test_cached_tokens_beside_and_inside_the_prompt(tmp_path):
    beside = read_row(tmp_path)
    assert (beside["input_uncached_tokens"], beside["cache_read_tokens"]) == (100, 900)
    assert beside["cache_write_tokens"] == 300
    inside = read_row(tmp_path, prompt_tokens=1300, total_tokens=1350)
    assert inside["input_uncached_tokens"] == 100


def test_what_the_providers_answer_says_goes_first_and_names_the_call(tmp_path):
    answer = {
        "id": "msg_01AbCdEfGhIjKlMnOpQrStUv",
        "type": "message",
        "content": [],
        "usage": {
            "input_tokens": 100,
            "cache_read_input_tokens": 900,
            "cache_creation_input_tokens": 300,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 300},
            "output_tokens": 50,
        },
    }
    found = read_row(tmp_path, response_body=answer)
    assert found["call_id"] == answer["id"]
    assert found["cache_write_1h_tokens"] == 300
    assert found["operation"] == "messages"
    assert found["max_output_tokens"] == 400
    assert found["ttft_ms"] == 310


def test_an_answer_from_helicones_cache_used_nothing_of_the_provider(tmp_path):
    found = read_row(tmp_path, cache_reference_id="4f0c2ab0-3a0e-4c39-9d40-8a7d2f7d5d10", cost=0)
    assert found["cache_verdict"] == "hit"
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (0, 0)
    assert found["call_id"] is None


@pytest.mark.parametrize(
    ("status", "error"), [(429, "http_429"), (-3, "helicone_-3"), ("500", "http_500")]
)
def test_a_failed_request_says_so(tmp_path, status, error):
    found = read_row(tmp_path, response_status=status)
    assert (found["is_error"], found["error_class"]) == (True, error)
    assert found["status_code"] == (int(status) if int(status) > 0 else None)


def test_no_tokens_at_all_are_unknown_and_not_zero(tmp_path):
    found = read_row(
        tmp_path,
        prompt_tokens=0,
        completion_tokens=0,
        total_tokens=0,
        prompt_cache_read_tokens=0,
        prompt_cache_write_tokens=0,
    )
    assert found["input_uncached_tokens"] is None


def test_pages_and_repeated_rows_count_once(tmp_path):
    page = {"data": [API_ROW, API_ROW], "error": None}
    found = read(write_lines(tmp_path / "a.json", page))
    assert len(found.rows) == 1
    assert found.skipped == {"duplicate of the same request": 1}


def test_a_row_without_an_id_is_known_by_its_content(tmp_path):
    rows = [{**CSV_ROW, "response_id": ""}, {**CSV_ROW, "response_id": "", "latency": "9"}]
    found = read(write_csv(tmp_path / "a.csv", *rows))
    assert len({row["event_id"] for row in found.rows}) == 2


def test_secrets_in_properties_are_not_stored(tmp_path):
    secret = "sk-ant-api03-Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4f"
    path = write_lines(tmp_path / "a.jsonl", {**API_ROW, "request_properties": {"used": secret}})
    found = read(path)
    assert secret not in repr(found.row)
    assert found.warned == {"secrets_redacted": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt_tokens": "-5"}, "line 3: prompt_tokens is negative: '-5'"),
        ({"cost": "a lot"}, "line 3: cost is not a decimal number: 'a lot'"),
        ({"request_created_at": "now"}, "line 3: request_created_at is not a time"),
        ({"response_status": "fine"}, "line 3: response_status is not a status"),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, changes, message):
    path = write_csv(tmp_path / "a.csv", CSV_ROW, {**CSV_ROW, "response_id": "b", **changes})
    with pytest.raises(BadValueError, match=message):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_an_empty_file_is_an_error(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read(path)


def test_helicone_is_recognised_in_every_shape(tmp_path):
    from centavo.cli.recognising import take_probe

    source = HeliconeSource()
    path = write_csv(tmp_path / "a.csv", CSV_ROW)
    assert source.recognise(take_probe(path, "a.csv")) is not None
    for shape in (API_ROW, {"data": [API_ROW], "error": None}):
        assert source.recognise(probe(write_lines(tmp_path / "a.json", shape))) is not None
    other = write_lines(tmp_path / "a.json", {"id": "x", "prompt_tokens": 3})
    assert source.recognise(probe(other)) is None
