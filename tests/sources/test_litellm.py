"""LiteLLM's spend logs: tokens counted once, keys never stored, all forms alike."""

import gzip
import json
from datetime import datetime
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.litellm import LiteLlmSource
from centavo.sources.source import ReadOptions
from tests.sources.event_files import NOW, probe, read_files, read_quickly, write_lines
from tests.sources.spend_logs import ANTHROPIC_USAGE, KEY_HASH, ROW, row, write_csv


def read(*paths, **options):
    return read_files(paths, source=LiteLlmSource(), **options)


def read_row(tmp_path, **changes):
    return read(write_lines(tmp_path / "a.jsonl", row(**changes))).row


def test_a_call_becomes_an_event(tmp_path):
    found = read_row(tmp_path)
    labels = json.loads(found.pop("labels"))
    stated = {name: value for name, value in found.items() if value is not None}
    assert stated.pop("batch_id")
    assert stated == {
        "event_id": f"litellm:{ROW['request_id']}",
        "source": "litellm",
        "call_id": ROW["request_id"],
        "meter": "gateway",
        "started_at": datetime.fromisoformat("2026-03-05T12:01:00"),
        "started_at_basis": "stated",
        "duration_ms": 2500,
        "ttft_ms": 400,
        "streamed": True,
        "provider": "openai",
        "operation": "chat",
        "requested_model": "gpt-4o",
        "answered_model": "gpt-4o-2024-08-06",
        "api_key_id": KEY_HASH,
        "application": "ranker",
        "team": "Search",
        "customer_id": "customer-7",
        "attribution_method": "label",
        "attribution_confidence": 1.0,
        "input_uncached_tokens": 600,
        "cache_read_tokens": 400,
        "output_tokens": 100,
        "reasoning_tokens": 30,
        "is_error": False,
        "reported_cost": Decimal("0.0030125"),
    }
    user_hash = labels.pop("user_hash")
    assert "ana" not in user_hash
    assert labels == {
        "app": "ranker",
        "User-Agent": "openai-python",
        "user_api_key_alias": "search-prod",
        "user_api_key_team_alias": "Search",
        "team_id": "t-1",
        "session_id": ROW["session_id"],
    }


def test_cached_tokens_are_taken_out_of_the_prompt_once_however_often_they_are_told(tmp_path):
    found = read_row(
        tmp_path,
        prompt_tokens=5000,
        completion_tokens=200,
        told={
            "usage_object": ANTHROPIC_USAGE,
            "additional_usage_values": {
                "cache_creation_input_tokens": 1500,
                "cache_read_input_tokens": 3000,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 1000,
                    "ephemeral_1h_input_tokens": 500,
                },
            },
        },
    )
    assert found["input_uncached_tokens"] == 500
    assert found["cache_read_tokens"] == 3000
    assert found["cache_write_tokens"] == 0
    assert found["cache_write_5m_tokens"] == 1000
    assert found["cache_write_1h_tokens"] == 500


def test_an_older_row_without_a_usage_object_has_its_cache_in_the_additional_values(tmp_path):
    found = read_row(tmp_path, told={"usage_object": None})
    assert (found["input_uncached_tokens"], found["cache_read_tokens"]) == (600, 400)


def test_a_prompt_smaller_than_its_cache_cannot_include_it(tmp_path):
    told = {"usage_object": {"cache_read_input_tokens": 900, "cache_creation_input_tokens": 300}}
    found = read_row(tmp_path, told={**told, "additional_usage_values": None})
    assert found["input_uncached_tokens"] == 1000
    assert (found["cache_read_tokens"], found["cache_write_tokens"]) == (900, 300)


def test_reasoning_that_comes_on_top_of_the_completion_is_output(tmp_path):
    found = read_row(tmp_path, total_tokens=1130)
    assert (found["output_tokens"], found["reasoning_tokens"]) == (130, 30)


@pytest.mark.parametrize("stated", ["True", "true", True])
def test_an_answer_from_the_gateways_cache_used_nothing_of_the_provider(tmp_path, stated):
    found = read_row(
        tmp_path,
        request_id=f"{ROW['request_id']}_cache_hit1772700000.1",
        cache_hit=stated,
        cache_key="9a7c",
        spend=0.0,
    )
    assert found["cache_verdict"] == "hit"
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (0, 0)
    assert found["cache_read_tokens"] is None
    assert found["reported_cost"] == 0
    # The provider's call of that id is another row.
    assert found["call_id"] is None
    labels = json.loads(found["labels"])
    assert labels["gateway_cache_input_tokens"] == 1000
    assert labels["gateway_cache_output_tokens"] == 100


def test_a_miss_is_told_apart_from_no_cache(tmp_path):
    assert read_row(tmp_path, cache_key="9a7c")["cache_verdict"] == "miss"
    assert read_row(tmp_path)["cache_verdict"] is None


def test_a_failed_call_says_why(tmp_path):
    found = read_row(
        tmp_path,
        request_id="550e8400-e29b-41d4-a716-446655440000",
        status="failure",
        prompt_tokens=0,
        completion_tokens=0,
        total_tokens=0,
        spend=0,
        told={
            "status": "failure",
            "usage_object": None,
            "additional_usage_values": {},
            "error_information": {"error_code": "429", "error_class": "RateLimitError"},
        },
    )
    assert found["is_error"] is True
    assert (found["error_class"], found["status_code"]) == ("RateLimitError", 429)
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (0, 0)
    # LiteLLM's own id of the request, not the provider's.
    assert found["call_id"] is None


def test_a_successful_call_without_any_token_has_an_unknown_usage(tmp_path):
    found = read_row(
        tmp_path,
        prompt_tokens=0,
        completion_tokens=0,
        total_tokens=0,
        told={"usage_object": None, "additional_usage_values": {}},
    )
    assert found["input_uncached_tokens"] is None
    assert found["output_tokens"] is None


@pytest.mark.parametrize(
    ("changes", "provider", "model"),
    [
        ({"custom_llm_provider": "vertex_ai", "model": "gemini-2.5-flash"}, "google", None),
        (
            {
                "custom_llm_provider": "bedrock",
                "model": "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            },
            "aws",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ),
        ({"custom_llm_provider": "", "model": "azure/gpt-4o"}, "azure", "gpt-4o"),
        ({"custom_llm_provider": None, "model": "claude-opus-4-5"}, "anthropic", None),
        (
            {"custom_llm_provider": "openrouter", "model": "openrouter/anthropic/claude-3-opus"},
            "openrouter",
            "anthropic/claude-3-opus",
        ),
    ],
)
def test_the_provider_and_the_model_that_answered(tmp_path, changes, provider, model):
    found = read_row(tmp_path, **changes)
    assert found["provider"] == provider
    assert found["answered_model"] == (model or changes["model"])


def test_calls_that_run_no_model_are_skipped_by_name(tmp_path):
    path = write_lines(
        tmp_path / "a.jsonl",
        row(),
        row(2, call_type="acreate_file"),
        row(3, call_type="call_mcp_tool"),
    )
    found = read(path)
    assert len(found.rows) == 1
    assert found.skipped == {
        "not a model call: acreate_file": 1,
        "not a model call: call_mcp_tool": 1,
    }
    assert sum(found.tally.read.values()) == 3


def test_the_tokens_of_a_finished_batch_are_of_the_batch_tier(tmp_path):
    found = read_row(tmp_path, call_type="aretrieve_batch", request_id="0" * 32)
    assert found["processing_tier"] == "batch"
    assert found["call_id"] is None


def test_a_key_that_is_written_out_becomes_its_hash_and_is_counted(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", row(api_key="sk-1234567890abcdefABCDEFGH"))
    found = read(path)
    assert len(found.row["api_key_id"]) == 64
    assert "sk-1234567890" not in repr(found.row)


def test_secrets_in_metadata_are_not_stored_and_are_counted(tmp_path):
    secret = "sk-proj-Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4f"
    told = {
        "spend_logs_metadata": {
            "feature": "chat",
            "note": f"used {secret}",
            "password": "hunter-22",
        }
    }
    path = write_lines(tmp_path / "a.jsonl", row(told=told), row(2, told=told))
    found = read(path)
    assert secret not in repr(found.rows)
    assert "hunter-22" not in repr(found.rows)
    assert {each["feature"] for each in found.rows} == {"chat"}
    assert found.warned["secrets_redacted"] >= 2


def test_the_team_that_only_the_gateway_knows_is_attributed_by_it(tmp_path):
    found = read_row(tmp_path, request_tags=[], end_user=None)
    assert (found["team"], found["attribution_method"]) == ("Search", "gateway")


def test_a_mapping_names_the_column_that_says_who(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", row(request_tags=None), row(2, request_tags=None))
    found = read(
        path, mapping={"application": "metadata.user_api_key_alias", "feature": "model_group"}
    )
    assert {each["application"] for each in found.rows} == {"search-prod"}
    assert {each["feature"] for each in found.rows} == {"gpt-4o"}


def test_all_forms_of_a_log_give_the_same_events(tmp_path):
    rows = [row(n, told={"usage_object": ANTHROPIC_USAGE}) for n in range(2, 40)] + [row()]
    forms = {
        "lines.jsonl": "".join(json.dumps(each) + "\n" for each in rows),
        "array.json": json.dumps(rows),
        "indented.json": json.dumps(rows, indent=2),
        "page.json": json.dumps({"data": rows, "total": len(rows), "page": 1}),
        "twice.jsonl": "".join(
            json.dumps(
                {
                    **each,
                    "metadata": json.dumps(each["metadata"]),
                    "request_tags": json.dumps(each["request_tags"]),
                    "prompt_tokens": str(each["prompt_tokens"]),
                }
            )
            + "\n"
            for each in rows
        ),
        "naive.jsonl": "".join(json.dumps(each) + "\n" for each in rows).replace("00.000Z", "00"),
    }
    paths = [tmp_path / name for name in forms]
    for path, text in zip(paths, forms.values(), strict=True):
        path.write_text(text)
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(forms["lines.jsonl"].encode()))
    paths += [packed, write_csv(tmp_path / "copied.csv", rows)]
    seen = []
    for path in paths:
        found = read(path)
        assert sum(found.tally.read.values()) == len(rows), path
        assert found.skipped == {}
        keep = [{k: v for k, v in each.items() if k != "batch_id"} for each in found.rows]
        seen.append(sorted(keep, key=lambda each: each["event_id"]))
    for path, each in zip(paths, seen, strict=True):
        assert each == seen[0], path


def test_a_row_without_an_id_gets_a_hash_of_its_content(tmp_path):
    one, two = row(request_id=None), row(2, request_id="")
    found = read(write_lines(tmp_path / "a.jsonl", one, two, one))
    ids = [each["event_id"] for each in found.rows]
    assert len(set(ids)) == 2
    assert all(each.startswith("litellm:row-") for each in ids)
    assert {each["call_id"] for each in found.rows} == {None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt_tokens": -5}, "line 3: prompt_tokens is negative"),
        ({"spend": "lots"}, "line 3: spend is not a decimal number: 'lots'"),
        ({"spend": -1}, "line 3: spend is negative"),
        ({"startTime": "yesterday"}, "line 3: startTime is not a time"),
        ({"startTime": "2026-13-05T12:00:00Z"}, "line 3: startTime is not a time"),
        ({"startTime": None}, "line 3: startTime is missing"),
        ({"metadata": "{"}, "line 3: metadata is not JSON"),
        ({"request_tags": 7}, "line 3: request_tags is not a list"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_bad_value_is_named_with_its_line(tmp_path, changes, message, form):
    rows = [row(), row(2), row(3, **changes), row(4)]
    path = tmp_path / f"a.{form}"
    if form == "csv":
        rows = [row(), row(3, **changes), row(4)]
        write_csv(path, rows)
    else:
        write_lines(path, *rows)
    with pytest.raises(BadValueError, match=message):
        read(path)
    found = read(path, skip_bad=True)
    assert found.skipped == {"malformed record": 1}
    assert len(found.rows) == len(rows) - 1
    assert sum(found.tally.read.values()) == len(rows)


def test_a_line_that_is_no_json_is_named_and_can_be_skipped(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", row(), '{"request_id": "x", "call_type":', row(3))
    with pytest.raises(BadValueError, match=r"a\.jsonl, line 2"):
        read(path)
    assert len(read(path, skip_bad=True).rows) == 2


def test_a_csv_row_of_the_wrong_width_is_named(tmp_path):
    path = write_csv(tmp_path / "a.csv", [row()])
    path.write_text(path.read_text() + "a,b\n")
    with pytest.raises(BadValueError, match=r"a\.csv, line 3: the record has 2 values"):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_nothing_to_read_is_an_error(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read(path)
    path.write_bytes(b"[]")
    with pytest.raises(InputError, match="no row"):
        read(path)


def test_a_spend_log_is_recognised_in_every_form(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", row())
    assert LiteLlmSource().recognise(probe(path)) is not None
    path.write_text(json.dumps([row()]))
    assert LiteLlmSource().recognise(probe(path)) is not None
    path.write_text(json.dumps({"total": 1, "data": [row()]}))
    assert LiteLlmSource().recognise(probe(path)) is not None
    path.write_text(json.dumps({"id": "chatcmpl-1", "model": "gpt-4o", "usage": {}}))
    assert LiteLlmSource().recognise(probe(path)) is None


def test_more_combinations_than_are_remembered_change_nothing(tmp_path, monkeypatch):
    from centavo.sources.litellm import columns, contexts, rows

    records = [row(n, request_tags=[f"app:a{n % 23}", f"job:{n}"]) for n in range(2, 120)]
    path = write_lines(tmp_path / "a.jsonl", *records)
    expected = read(path).rows
    monkeypatch.setattr(contexts, "_MOST_REMEMBERED", 7)
    monkeypatch.setattr(columns, "_MOST_IN_ARRAYS", 3)
    monkeypatch.setattr(rows, "_GROUP_BYTES", 1)
    monkeypatch.setattr("centavo.sources.typed_json_lines._CHUNK_BYTES", 4_096)
    assert read(path).rows == expected
    assert {each["application"] for each in expected} == {f"a{n}" for n in range(23)}


def quickly(*paths):
    return read_quickly(paths, source=LiteLlmSource(), options=ReadOptions(now=NOW))


def test_rows_as_litellm_writes_them_are_read_quickly(tmp_path):
    rows = [
        row(1, metadata={}, request_tags=[], session_id=None, end_user="sk-1234567890abcdefABCD"),
        row(2, told={"spend_logs_metadata": {"team": "ads"}, "attempted_retries": 2}),
        row(3, call_type="list_batches"),
        row(4, spend=0.0000000000125, completionStartTime=None, status=None),
    ]
    found = quickly(write_lines(tmp_path / "a.jsonl", *rows))
    assert found is not None
    events, tally = found
    assert len(events) == 3
    assert tally.skipped.total() == 1
    assert [warning.code for warning in tally.warnings] == ["secrets_redacted"]


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt_tokens": 12.5},
        {"prompt_tokens": -1},
        {"spend": -0.1},
        {"spend": 1_000_000},
        {"request_id": None},
        {"startTime": "2026-03-05T12:00:00-03:00"},
        {"startTime": None},
        {"metadata": "{}"},
        {"request_tags": "a tag"},
        {"told": {"usage_object": "none"}},
    ],
)
def test_a_row_that_asks_for_care_is_left_to_the_careful_way(tmp_path, changes):
    assert quickly(write_lines(tmp_path / "a.jsonl", row(1), row(2, **changes))) is None
