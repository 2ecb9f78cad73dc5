"""Request logs: shapes, providers, scope, times and keys."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from centavo.ledger.schema import USAGE_EVENTS
from centavo.sources import ReadOptions
from centavo.sources.requests.source import RequestLogSource
from tests.shared_data import shared_data
from tests.sources.event_files import NOW, input_file, probe, read_files, write_lines
from tests.sources.exchange_samples import (
    CHAT,
    CONVERSE,
    GEMINI,
    MESSAGE,
    PAIR,
    REQUEST,
    RESPONSES,
    events,
    lines,
    pair,
)


def tokens(row):
    return {
        name: row[name]
        for name in (
            "input_uncached_tokens",
            "cache_read_tokens",
            "output_tokens",
            "reasoning_tokens",
        )
        if row[name] is not None
    }


def test_the_select_has_the_columns_of_the_ledger_with_their_types(tmp_path):
    path = write_lines(tmp_path / "log.jsonl", PAIR)
    connection = duckdb.connect()
    reading = RequestLogSource().read(connection, [input_file(path)], ReadOptions(now=NOW))
    described = connection.execute(f"DESCRIBE {reading.select}").fetchall()
    types = {column.name: column.type for column in USAGE_EVENTS}
    assert {name: kind for name, kind, *_ in described}.items() <= types.items()
    required = {column.name for column in USAGE_EVENTS if column.required}
    assert required <= {name for name, *_ in described}


def test_a_pair_fills_the_row(tmp_path):
    row = lines(tmp_path, PAIR).row
    assert tokens(row) == {
        "input_uncached_tokens": 40,
        "cache_read_tokens": 60,
        "output_tokens": 10,
    }
    expected = {
        "source": "requests",
        "provider": "openai",
        "server_address": "api.openai.com",
        "operation": "chat",
        "requested_model": "gpt-4o",
        "answered_model": "gpt-4o-2024-08-06",
        "started_at": datetime(2026, 1, 1),  # noqa: DTZ001
        "started_at_basis": "answer",
        "max_output_tokens": 50,
        "tool_count": 1,
        "request_bytes": len(json.dumps(REQUEST)),
        "response_bytes": len(json.dumps(CHAT)),
        "finish_reason": "stop",
        "status_code": 200,
        "is_error": False,
        "processing_tier": "standard",
        "application": "search",
        "attribution_method": "label",
    }
    assert {name: row[name] for name in expected} == expected
    assert all(len(row[name]) == 16 for name in ("system_hash", "tools_hash", "messages_hash"))
    assert "hidden" not in str(row)


@pytest.mark.parametrize(
    ("answer", "provider", "operation", "found"),
    [
        (CHAT, "openai", "chat", (40, 60, 10)),
        (RESPONSES, "openai", "responses", (30, 20, 9)),
        (MESSAGE, "anthropic", "messages", (5, 7, 3)),
        (GEMINI, "google", "generate_content", (8, None, 5)),
        (CONVERSE, "aws", "converse", (4, 1, 6)),
    ],
    ids=["chat", "responses", "messages", "gemini", "converse"],
)
def test_a_bare_answer_is_an_event(tmp_path, answer, provider, operation, found):
    row = lines(tmp_path, answer).row
    assert (row["provider"], row["operation"]) == (provider, operation)
    assert (row["input_uncached_tokens"], row["cache_read_tokens"], row["output_tokens"]) == found


@pytest.mark.parametrize(
    ("url", "provider", "model", "operation"),
    [
        ("https://api.groq.com/openai/v1/chat/completions", "groq", "gpt-4o", "chat"),
        ("https://openrouter.ai/api/v1/chat/completions", "openrouter", "gpt-4o", "chat"),
        (
            "https://my.openai.azure.com/openai/deployments/prod-4o/chat/completions?api-version=1",
            "azure",
            "gpt-4o",
            "chat",
        ),
        (
            "https://router.huggingface.co/together/v1/chat/completions",
            "huggingface_together",
            "gpt-4o",
            "chat",
        ),
        ("https://api.x.ai/v1/chat/completions", "x-ai", "gpt-4o", "chat"),
        ("https://api.mistral.ai/v1/chat/completions", "mistral", "gpt-4o", "chat"),
        ("http://localhost:8000/v1/chat/completions", "openai", "gpt-4o", "chat"),
    ],
)
def test_the_address_names_the_provider(tmp_path, url, provider, model, operation):
    row = lines(tmp_path, pair(request__url=url)).row
    assert (row["provider"], row["requested_model"], row["operation"]) == (
        provider,
        model,
        operation,
    )


def test_vertex_names_project_location_and_model_in_the_path(tmp_path):
    url = (
        "https://europe-west4-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west4"
        "/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    )
    body = events(GEMINI)
    row = lines(
        tmp_path, pair(request__url=url, request__body={"contents": []}, response__body=body)
    ).row
    assert (row["project"], row["inference_geo"], row["requested_model"], row["streamed"]) == (
        "acme",
        "europe-west4",
        "gemini-2.5-flash",
        True,
    )


def test_every_provider_id_of_an_address_is_one_of_genai_prices():
    from genai_prices.data_snapshot import get_snapshot

    from centavo.sources.requests.model_endpoints import _PROVIDERS

    unpriced = {"snowflake", "ollama"}
    known = {provider.id for provider in get_snapshot().providers}
    assert {provider for _, provider in _PROVIDERS} - unpriced <= known


def test_a_streamed_chat_takes_its_usage_from_the_last_chunk(tmp_path):
    start = {**CHAT, "object": "chat.completion.chunk", "usage": None, "choices": [{"delta": {}}]}
    end = {**start, "choices": [{"delta": {}, "finish_reason": "length"}]}
    usage = {**start, "choices": [], "usage": CHAT["usage"]}
    text = lines(tmp_path, pair(response__body=events(start, end, usage))).row
    listed = lines(tmp_path, pair(response__body=[start, end, usage])).row
    for row in (text, listed):
        assert (row["streamed"], row["finish_reason"], row["output_tokens"]) == (True, "length", 10)


def test_a_streamed_message_adds_the_deltas_to_the_start(tmp_path):
    start = {"type": "message_start", "message": {**MESSAGE, "stop_reason": None}}
    delta = {
        "type": "message_delta",
        "delta": {"stop_reason": "max_tokens"},
        "usage": {"output_tokens": 42},
    }
    url = "https://api.anthropic.com/v1/messages"
    row = lines(tmp_path, pair(request__url=url, response__body=events(start, delta))).row
    assert (row["output_tokens"], row["cache_read_tokens"], row["finish_reason"]) == (
        42,
        7,
        "max_tokens",
    )


def test_streamed_responses_end_with_the_complete_one(tmp_path):
    begun = {**RESPONSES, "status": "in_progress", "usage": None}
    body = events(
        {"type": "response.created", "response": begun},
        {"type": "response.completed", "response": RESPONSES},
    )
    row = lines(tmp_path, pair(response__body=body)).row
    assert (row["output_tokens"], row["finish_reason"], row["web_searches"]) == (9, "completed", 1)


def test_bodies_as_text_are_read_and_counted_as_they_stand(tmp_path):
    body = '{"model":"gpt-4o","messages":[{"role":"user","content":"olá"}]}'
    row = lines(tmp_path, pair(request__body=body, response__body=json.dumps(CHAT))).row
    assert (row["request_bytes"], row["requested_model"]) == (len(body.encode()), "gpt-4o")
    assert row["output_tokens"] == 10


def test_a_batch_result_is_priced_as_batch(tmp_path):
    openai = {
        "id": "b1",
        "custom_id": "a",
        "response": {"status_code": 200, "body": CHAT},
        "error": None,
    }
    anthropic = {"custom_id": "a", "result": {"type": "succeeded", "message": MESSAGE}}
    rows = lines(tmp_path, openai, anthropic).rows
    assert [row["processing_tier"] for row in rows] == ["batch", "batch"]
    assert [row["output_tokens"] for row in rows] == [10, 3]


def test_bedrock_invocation_logs_are_read(tmp_path):
    record = {
        "schemaType": "ModelInvocationLog",
        "timestamp": "2026-03-05T12:00:00Z",
        "accountId": "123456789012",
        "requestId": "b1a2-3344-5566-7788-99aa",
        "operation": "Converse",
        "modelId": "anthropic.claude-haiku-4-5-20251001-v1:0",
        "input": {
            "inputBodyJson": {"messages": []},
            "inputTokenCount": 12,
            "cacheReadInputTokenCount": 3,
        },
        "output": {"outputBodyJson": CONVERSE, "outputTokenCount": 34},
    }
    row = lines(tmp_path, record).row
    assert (row["provider"], row["requested_model"], row["account_id"]) == (
        "aws",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "123456789012",
    )
    assert tokens(row) == {"input_uncached_tokens": 12, "cache_read_tokens": 3, "output_tokens": 34}


@pytest.mark.parametrize("number", [0.25, 0.00001, 1e22])
def test_a_body_kept_as_an_object_has_the_size_that_python_writes(tmp_path, number):
    request = REQUEST | {"temperature": number, "user": "José"}
    row = lines(tmp_path, pair(request__body=request)).row
    assert row["request_bytes"] == len(json.dumps(request))


@pytest.mark.parametrize("role", [["system"], {"name": "system"}, 7])
def test_a_role_that_is_no_text_is_no_system_prompt(tmp_path, role):
    messages = [{"role": role, "content": "Be brief."}]
    row = lines(tmp_path, pair(request__body=REQUEST | {"messages": messages})).row
    assert row["system_hash"] is None
    assert row["messages_hash"] is not None


def test_a_status_that_is_no_text_waits_for_nothing(tmp_path):
    row = lines(tmp_path, RESPONSES | {"status": ["queued"]}).row
    assert row["output_tokens"] == 9


def test_the_same_request_twice_is_one_row(tmp_path):
    found = lines(tmp_path, PAIR, {**PAIR, "note": "second copy"})
    assert len(found.rows) == 1
    assert found.skipped == {"duplicate of the same request (api.openai.com)": 1}


def test_one_id_with_two_contents_is_two_rows(tmp_path):
    other = pair(response__body={**CHAT, "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
    rows = lines(tmp_path, PAIR, other).rows
    assert len({row["event_id"] for row in rows}) == 2


def test_a_recorders_id_with_two_requests_is_two_rows(tmp_path):
    first = pair(response__body={**CHAT, "id": "rec-ff97fb5600b4"})
    second = json.loads(json.dumps(first))
    second["request"]["body"]["messages"][1]["content"] = "Something else"
    assert len(lines(tmp_path, first, second).rows) == 2


def test_the_providers_id_of_the_answer_is_the_call(tmp_path):
    """Another meter that saw the same call states the same id."""
    row = lines(tmp_path, PAIR).row
    assert row["call_id"] == CHAT["id"]


def test_a_recorders_id_is_no_call(tmp_path):
    answer = {**CHAT, "id": "rec-000000000001"}
    recorded = {**PAIR, "response": {**PAIR["response"], "body": answer}}
    assert lines(tmp_path, recorded).row["call_id"] is None


def test_pair_and_bare_answer_of_one_request_have_one_key(tmp_path):
    assert len(lines(tmp_path, PAIR, CHAT).rows) == 1


def test_an_answer_as_text_and_as_an_object_have_one_key(tmp_path):
    assert len(lines(tmp_path, PAIR, pair(response__body=json.dumps(CHAT, indent=1))).rows) == 1


def test_keys_do_not_depend_on_the_file(tmp_path):
    one = lines(tmp_path, PAIR, MESSAGE, name="a.jsonl").rows
    two = lines(tmp_path, MESSAGE, PAIR, name="b.jsonl").rows
    assert {row["event_id"] for row in one} == {row["event_id"] for row in two}


def test_an_error_is_an_event_with_unknown_tokens(tmp_path):
    failed = {"error": {"type": "rate_limit_error", "message": "slow down"}}
    row = lines(tmp_path, pair(response__status=429, response__body=failed)).row
    assert (row["is_error"], row["status_code"], row["error_class"]) == (
        True,
        429,
        "rate_limit_error",
    )
    assert tokens(row) == {}


def test_a_model_call_without_usage_is_an_event(tmp_path):
    row = lines(tmp_path, pair(response__body={**CHAT, "usage": None})).row
    assert tokens(row) == {}


def test_unknown_usage_is_null_and_a_warning(tmp_path):
    found = lines(tmp_path, pair(response__body={**CHAT, "usage": {"credits": 3}}))
    assert tokens(found.row) == {}
    assert found.warned == {"usage_not_understood": 1}


@pytest.mark.parametrize(
    ("method", "url", "reason"),
    [
        ("GET", "https://api.openai.com/v1/models", "reads or deletes"),
        ("POST", "https://api.openai.com/v1/files", "another service"),
        ("POST", "https://mcp.example.com/mcp", "another service"),
        ("POST", "https://api.anthropic.com/v1/messages/count_tokens", "counts tokens"),
    ],
)
def test_what_is_no_model_call_is_counted(tmp_path, method, url, reason):
    record = pair(request__method=method, request__url=url, response__body={"id": "x"})
    found = lines(tmp_path, record)
    assert not found.rows
    (told,) = found.skipped
    assert told.startswith(f"not a model call: {reason} (")


def test_openrouter_reports_its_cost(tmp_path):
    body = {
        **CHAT,
        "id": "gen-1764265411-Fu1iEX7h5MRWiL79lb94",
        "usage": {**CHAT["usage"], "cost": 1.13e-05},
    }
    row = lines(tmp_path, body).row
    assert (row["provider"], row["reported_cost"]) == ("openrouter", Decimal("0.0000113"))


def test_json_arrays_gzip_and_pretty_printed_records_are_read(tmp_path):
    array = tmp_path / "a.json"
    array.write_text(json.dumps([PAIR, MESSAGE], indent=2))
    pretty = tmp_path / "b.json"
    pretty.write_text(json.dumps(PAIR, indent=2) + "\n" + json.dumps(MESSAGE, indent=2))
    packed = write_lines(tmp_path / "c.jsonl.gz", PAIR, MESSAGE)
    for path in (array, pretty, packed):
        assert len(read_files([path]).rows) == 2


def test_a_cassette_is_read_with_its_lines(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "version: 1\ninteractions:\n- request:\n    method: POST\n"
        '    uri: https://api.openai.com/v1/chat/completions\n    body: \'{"model": "gpt-4o"}\'\n'
        f"  response:\n    status: {{code: 200, message: OK}}\n    body: {{string: '{json.dumps(CHAT)}'}}\n"
    )
    assert read_files([path]).row["output_tokens"] == 10
    as_json = tmp_path / "c.json"
    interaction = {
        "request": {"method": "POST", "uri": PAIR["request"]["url"], "body": json.dumps(REQUEST)},
        "response": {"status": {"code": 200}, "body": {"string": json.dumps(CHAT)}},
    }
    as_json.write_text(json.dumps({"version": 1, "interactions": [interaction, interaction]}))
    assert len(read_files([as_json]).rows) == 1


def test_equal_interactions_without_id_are_separate_requests(tmp_path):
    failed = {
        "request": PAIR["request"],
        "response": {"status": {"code": 429}, "body": {"error": {"code": 429}}},
    }
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"version": 1, "interactions": [failed, failed, failed]}))
    assert len(read_files([path]).rows) == 3


def test_many_rows_come_in_batches(tmp_path):
    records = [{"started_at": 1767225600 + n, "requested_model": "gpt-5"} for n in range(5001)]
    assert len(lines(tmp_path, *records).rows) == 5001


@pytest.mark.parametrize("record", [PAIR, CHAT, RESPONSES, MESSAGE, GEMINI, CONVERSE])
def test_request_logs_are_recognised(tmp_path, record):
    path = write_lines(tmp_path / "log.jsonl", record)
    answer = RequestLogSource().recognise(probe(path))
    assert answer is not None
    assert answer.reason


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("gcp-nise", "*.jsonl.gz"),
        ("aider-analytics", "*.jsonl.gz"),
        ("focus-1.0-sample", "*.csv"),
        ("bfcl-requests", "*.jsonl.gz"),
        ("cookbook-rag", "*.gz"),
    ],
)
def test_other_formats_are_left_alone(folder, pattern):
    for path in shared_data(folder).glob(pattern):
        assert RequestLogSource().recognise(probe(path)) is None, path


def test_a_cassette_of_nothing_is_no_error(tmp_path):
    for content in ("interactions: []\nversion: 1\n", "interactions:\nversion: 1\n"):
        path = tmp_path / "empty.yaml"
        path.write_text(content)
        assert read_files([path]).rows == []


def test_a_background_response_waits_for_its_poll(tmp_path):
    queued = pair(response__body={**RESPONSES, "status": "queued", "usage": None})
    queued["request"]["url"] = "https://api.openai.com/v1/responses"
    poll = pair(request__method="GET", response__body=RESPONSES)
    poll["request"]["url"] = f"https://api.openai.com/v1/responses/{RESPONSES['id']}"
    found = lines(tmp_path, queued, poll)
    assert (found.row["output_tokens"], found.row["tool_count"]) == (9, 1)
    assert found.skipped == {"not a model call: a poll of a stored answer (api.openai.com)": 1}
    alone = lines(tmp_path, queued)
    assert alone.row["output_tokens"] is None


def test_the_size_of_a_polled_answer_is_what_python_writes_of_it(tmp_path):
    queued = pair(response__body={**RESPONSES, "status": "queued", "usage": None})
    queued["request"]["url"] = "https://api.openai.com/v1/responses"
    answer = {**RESPONSES, "top_p": 0.00001}
    poll = pair(request__method="GET", response__body=answer)
    poll["request"]["url"] = f"https://api.openai.com/v1/responses/{RESPONSES['id']}"
    assert lines(tmp_path, queued, poll).row["response_bytes"] == len(json.dumps(answer))


def test_the_end_of_a_realtime_answer_is_an_event(tmp_path):
    usage = {
        "input_tokens": 149,
        "output_tokens": 27,
        "input_token_details": {"cached_tokens": 128, "audio_tokens": 20},
    }
    done = {"id": "resp_E4BAw18ZvlnLr5fYfudww", "object": "realtime.response", "usage": usage}
    path = tmp_path / "ws.json"
    messages = [
        {"type": "session.created", "session": {"model": "gpt-realtime"}},
        {"type": "response.text.delta", "delta": "Hi"},
        {"type": "response.done", "response": done},
    ]
    kept = [{"kind": "message", "direction": "received", "data": data} for data in messages]
    path.write_text(json.dumps({"version": 1, "interactions": kept}))
    found = read_files([path])
    assert (found.row["operation"], found.row["requested_model"]) == ("realtime", "gpt-realtime")
    assert tokens(found.row) == {
        "input_uncached_tokens": 21,
        "cache_read_tokens": 128,
        "output_tokens": 27,
    }
    assert found.skipped == {"not a model call: a message inside a realtime session": 2}


def test_zstd_is_read(tmp_path):
    import pyarrow as pa

    path = tmp_path / "log.jsonl.zst"
    with pa.CompressedOutputStream(str(path), "zstd") as out:
        out.write(json.dumps(PAIR).encode() + b"\n")
    assert len(read_files([path]).rows) == 1


def test_the_simplest_log_of_the_page_is_read(tmp_path):
    page = Path(__file__).parents[2] / "docs" / "sources" / "requests.md"
    example = page.read_text().partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "log.jsonl"
    path.write_text(example)
    row = read_files([path]).row
    assert (row["cache_read_tokens"], row["team"]) == (2048, "core")
