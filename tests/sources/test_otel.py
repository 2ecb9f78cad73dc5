"""Spans become usage events: what counts, what is left out, and who made the call."""

import base64
import gzip
import json
import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.ledger.engine import open_engine
from centavo.ledger.reading import InputFile
from centavo.sources.otel import OtelSource
from centavo.sources.source import ReadOptions
from tests.sources.otel_spans import START_NS, TRACE, chat, request, span, write_requests

NOW = datetime(2026, 4, 1, tzinfo=UTC)


class Read:
    """The rows of some files by span number, and what was counted."""

    def __init__(self, paths, *, mapping=None, skip_bad=False):
        files = [
            InputFile(path, path.name, "", f"batch{n}", path.stat().st_size)
            for n, path in enumerate(paths)
        ]
        engine = open_engine()
        options = ReadOptions(NOW, skip_bad=skip_bad, mapping=mapping or {})
        reading = OtelSource().read(engine, files, options)
        found = engine.execute(reading.select)
        names = [column[0] for column in found.description]
        self.list = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        self.by_id = {row["event_id"]: row for row in self.list}
        self.skipped = {}
        for (_, reason), count in reading.tally.skipped.items():
            self.skipped[reason] = self.skipped.get(reason, 0) + count
        self.seen = sum(reading.tally.read.values())
        self.warnings = {warning.code: warning for warning in reading.tally.warnings}
        assert self.seen == len(self.list) + sum(self.skipped.values())

    def __getitem__(self, number):
        return self.by_id[f"otel:{TRACE}:{number:016x}"]

    @property
    def numbers(self):
        return sorted(int(key.rpartition(":")[2], 16) for key in self.by_id)


@pytest.fixture
def read(tmp_path):
    def run(*requests, **options):
        return Read([write_requests(tmp_path / "spans.jsonl", *requests)], **options)

    return run


def test_a_call_of_the_current_conventions(read):
    attributes = {
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_creation.input_tokens": 20,
        "gen_ai.usage.reasoning.output_tokens": 4,
        "gen_ai.request.max_tokens": 500,
        "gen_ai.request.stream": True,
        "gen_ai.response.time_to_first_chunk": 0.25,
        "openai.response.service_tier": "flex",
        "server.address": "api.openai.com",
        "feature": "answers",
    }
    resource = {
        "service.name": "search",
        "service.namespace": "web",
        "deployment.environment.name": "production",
        "telemetry.sdk.language": "python",
    }
    row = read(request(chat(1, attributes=attributes), resource=resource))[1]
    expected = {
        "source": "otel",
        "call_id": f"chatcmpl-{1:024d}",
        "meter": "application",
        "tokens_basis": None,
        "started_at": datetime(2026, 3, 5, 8, 40, 1),  # noqa: DTZ001 -- naive UTC
        "started_at_basis": "stated",
        "duration_ms": 1000,
        "ttft_ms": 250,
        "provider": "openai",
        "server_address": "api.openai.com",
        "operation": "chat",
        "requested_model": "gpt-4o",
        "answered_model": "gpt-4o-2024-08-06",
        "input_uncached_tokens": 20,
        "cache_read_tokens": 60,
        "cache_write_tokens": 20,
        "output_tokens": 10,
        "reasoning_tokens": 4,
        "max_output_tokens": 500,
        "finish_reason": "stop",
        "is_error": False,
        "streamed": True,
        "processing_tier": "flex",
        "application": "search",
        "environment": "production",
        "team": "web",
        "feature": "answers",
        "attribution_method": "label",
    }
    assert {key: row[key] for key in expected} == expected
    assert "telemetry" not in row["labels"]
    assert json.loads(row["labels"])["service.namespace"] == "web"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (  # before 1.37 of the conventions
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.system": "az.ai.openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.usage.prompt_tokens": 7,
                "gen_ai.usage.completion_tokens": 3,
                "gen_ai.response.finish_reasons": '["length"]',
            },
            ("azure", "gpt-4o", 7, 3, None, "chat", "length"),
        ),
        (  # OpenLLMetry
            {
                "llm.request.type": "completion",
                "gen_ai.system": "Langchain",
                "gen_ai.request.model": "claude-3-5-haiku-latest",
                "gen_ai.usage.input_tokens": 12,
                "gen_ai.usage.output_tokens": 3,
                "gen_ai.usage.cache_read_input_tokens": 5,
                "llm.usage.total_tokens": 15,
                "gen_ai.completion.0.finish_reason": "end_turn",
            },
            ("anthropic", "claude-3-5-haiku-latest", 7, 3, 5, "text_completion", "end_turn"),
        ),
        (  # OpenLLMetry's older names
            {
                "llm.request.type": "chat",
                "llm.request.model": "gpt-4",
                "llm.usage.prompt_tokens": 12,
                "llm.usage.completion_tokens": 3,
            },
            ("openai", "gpt-4", 12, 3, None, "chat", None),
        ),
        (  # OpenInference
            {
                "openinference.span.kind": "LLM",
                "llm.system": "openai",
                "llm.model_name": "gpt-4o",
                "llm.token_count.prompt": 9,
                "llm.token_count.completion": 3,
                "llm.token_count.total": 12,
                "llm.token_count.prompt_details.cache_read": 4,
                "llm.invocation_parameters": '{"max_completion_tokens": 99}',
            },
            ("openai", "gpt-4o", 5, 3, 4, "chat", None),
        ),
        (  # AI SDK
            {
                "ai.operationId": "ai.generateText.doGenerate",
                "ai.model.id": "gpt-4o",
                "ai.model.provider": "openai.chat",
                "ai.usage.promptTokens": 9,
                "ai.usage.completionTokens": 3,
                "ai.response.finishReason": "stop",
            },
            ("openai", "gpt-4o", 9, 3, None, "chat", "stop"),
        ),
        (  # counts as text, no operation: a model and its tokens say it
            {
                "gen_ai.system": "mistral_ai",
                "gen_ai.request.model": "mistral-large-latest",
                "gen_ai.usage.input_tokens": "9",
                "gen_ai.usage.output_tokens": "3",
            },
            ("mistral", "mistral-large-latest", 9, 3, None, "chat", None),
        ),
        (
            {
                "gen_ai.operation.name": "embeddings",
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.request.model": "amazon.titan-embed-text-v2:0",
                "gen_ai.usage.total_tokens": 9,
            },
            ("aws", "amazon.titan-embed-text-v2:0", 9, None, None, "embeddings", None),
        ),
    ],
)
def test_other_conventions(read, attributes, expected):
    row = read(request(span(1, attributes)))[1]
    columns = (
        "provider",
        "requested_model",
        "input_uncached_tokens",
        "output_tokens",
        "cache_read_tokens",
        "operation",
        "finish_reason",
    )
    assert tuple(row[column] for column in columns) == expected


def test_a_total_tells_whether_cached_and_reasoning_tokens_are_included(read):
    apart = {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.usage.cache_read_input_tokens": 50,
        "gen_ai.usage.reasoning_tokens": 5,
    }
    seen = read(
        request(
            chat(1, attributes={**apart, "gen_ai.usage.total_tokens": 160}),
            chat(2, attributes={**apart, "gen_ai.usage.total_tokens": 110}),
            chat(3, attributes={**apart, "gen_ai.usage.cache_read_input_tokens": 5000}),
            chat(
                4, attributes={"gen_ai.usage.total_tokens": 115, "gen_ai.usage.reasoning_tokens": 5}
            ),
        )
    )
    assert [seen[n]["input_uncached_tokens"] for n in (1, 2, 3, 4)] == [100, 50, 100, 100]
    assert [seen[n]["output_tokens"] for n in (1, 2, 3, 4)] == [10, 10, 10, 15]
    assert seen.warnings["cached_tokens_doubtful"].rows == 1


def test_spans_that_are_no_calls_are_skipped_by_what_they_are(read):
    seen = read(
        request(
            span(1, {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o"}),
            span(2, {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "x"}, parent=1),
            span(3, {"traceloop.span.kind": "workflow"}),
            span(4, {"openinference.span.kind": "RETRIEVER"}),
            span(5, {"http.request.method": "POST", "url.full": "https://api.openai.com/v1"}),
            span(6, {"db.system": "postgresql"}),
            span(7, {"ai.operationId": "ai.generateText", "ai.usage.promptTokens": 5}),
            span(8, {}),
            chat(9),
        )
    )
    assert seen.numbers == [9]
    assert seen.skipped == {
        "not a model call: agent span": 1,
        "not a model call: tool span": 1,
        "not a model call: workflow span": 2,
        "not a model call: retrieval span": 1,
        "not a model call: http span": 1,
        "not a model call: database span": 1,
        "not a model call: other span": 1,
    }


@pytest.mark.parametrize("order", [1, -1])
def test_an_agent_that_sums_up_its_calls_is_not_counted_twice(read, order):
    totals = {"gen_ai.usage.input_tokens": 300, "gen_ai.usage.output_tokens": 30}
    agent = span(1, {"gen_ai.operation.name": "invoke_agent", **totals}, seconds=9)
    unnamed = span(2, {"gen_ai.request.model": "gpt-4o", **totals}, parent=1, seconds=8)
    chain = span(3, {"openinference.span.kind": "CHAIN"}, parent=2)
    spans = [agent, unnamed, chain, chat(4, parent=3), chat(5, parent=2, tokens=(200, 20))]
    seen = read(*(request(one) for one in spans[::order]))
    assert seen.numbers == [4, 5]
    assert sum(row["input_uncached_tokens"] for row in seen.list) == 300
    assert seen.skipped["not counted twice: a call around or within another one"] == 1


def test_the_same_call_in_two_files_hangs_together(tmp_path):
    outer = chat(1, parent=9)
    paths = [
        write_requests(tmp_path / "a.jsonl", request(outer, scope="langchain")),
        write_requests(tmp_path / "b.jsonl", request(chat(2, parent=1), chat(1, parent=9))),
    ]
    seen = Read(paths)
    assert seen.numbers == [2]
    assert seen.skipped["duplicate of the same span"] == 1


def test_a_failed_attempt_within_a_call_stays_beside_it(read):
    failed = span(
        2,
        {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "error.type": "429"},
        parent=1,
        failed=True,
    )
    bare = span(3, {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}, parent=1)
    seen = read(request(chat(1), failed, bare))
    assert seen.numbers == [1, 2]
    assert (seen[2]["is_error"], seen[2]["error_class"], seen[2]["status_code"]) == (
        True,
        "429",
        429,
    )


def test_a_call_that_a_tool_makes_is_a_call_of_its_own(read):
    tool = span(2, {"gen_ai.operation.name": "execute_tool"}, parent=1)
    assert read(request(chat(1), tool, chat(3, parent=2))).numbers == [1, 3]


def test_spans_that_name_each_other_as_parents_end(read):
    assert len(read(request(chat(1, parent=2), chat(2, parent=1), chat(3, parent=3))).list) >= 1


def test_a_gateway_below_an_application_knows_tokens_and_the_application_the_scope(read):
    outer = request(chat(1, tokens=(90, 9)), resource={"service.name": "shop", "team": "web"})
    inner = request(chat(2, parent=1), resource={"service.name": "litellm"}, scope="litellm")
    seen = read(inner, outer)
    assert seen.numbers == [2]
    columns = ("application", "team", "meter", "input_uncached_tokens")
    assert [seen[2][column] for column in columns] == ["shop", "web", "gateway", 100]


def test_an_agent_whose_calls_are_not_traced_is_told(read):
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 5}
    seen = read(request(span(1, agent, traceId="1" * 32), chat(2)))
    assert seen.numbers == [2]
    assert seen.warnings["agent_sums_without_calls"].rows == 1
    assert (
        "agent_sums_without_calls" not in read(request(span(1, agent), chat(2, parent=1))).warnings
    )


def test_endpoint_and_attempt_come_from_the_spans_around(read):
    server = span(1, {"http.route": "/v1/answer"}, kind=2)
    inner = span(2, {"http.route": "/inner"}, parent=1)
    again = span(5, {"http.request.method": "POST", "http.request.resend_count": 2}, parent=4)
    seen = read(request(server, inner, chat(3, parent=2), chat(4, parent=1), again, chat(6)))
    assert [seen[n]["endpoint"] for n in (3, 4, 6)] == ["/inner", "/v1/answer", None]
    assert [seen[n]["attempt"] for n in (3, 4)] == [None, 3]


def test_user_labels_of_libraries_lose_their_prefix_and_contents_are_not_kept(read):
    attributes = {
        "traceloop.association.properties.customer_id": "acme",
        "traceloop.workflow.name": "rank",
        "metadata": '{"team": "growth", "deep": {"a": 1}}',
        "session.id": "s-1",
        "gen_ai.prompt.0.content": "what I said",
        "gen_ai.input.messages": "[what I said]",
        "input.value": "what I said",
        "note": "x" * 300,
        "http.request.header.authorization": "what I said",
    }
    row = read(
        request(chat(1, attributes=attributes), resource={"service.name": "unknown_service"})
    )[1]
    assert (row["customer_id"], row["team"], row["feature"]) == ("acme", "growth", "rank")
    assert row["application"] is None
    labels = json.loads(row["labels"])
    assert labels == {
        "customer_id": "acme",
        "team": "growth",
        "session.id": "s-1",
        "traceloop.workflow.name": "rank",
    }


def test_a_mapping_reaches_span_and_resource(read):
    one = request(chat(1, attributes={"my.app": "from-span"}), resource={"k8s.pod.owner": "core"})
    row = read(one, mapping={"application": "my.app", "team": "resource.k8s.pod.owner"})[1]
    assert (row["application"], row["team"]) == ("from-span", "core")


def test_a_secret_in_an_attribute_is_not_stored(read):
    secret = "sk-" + "ant-api03-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6"
    seen = read(request(chat(1, attributes={"note": f"used {secret}"})))
    assert json.loads(seen[1]["labels"])["note"] == "used [redacted:anthropic_key]"
    assert seen.warnings["secrets_redacted"].rows == 1


def test_the_host_says_who_answered(read):
    seen = read(
        request(
            chat(1, attributes={"server.address": "my-own.openai.azure.com"}),
            chat(2, attributes={"server.address": "openrouter.ai"}),
            chat(3, attributes={"server.address": "llm.internal"}),
        )
    )
    assert [seen[n]["provider"] for n in (1, 2, 3)] == ["azure", "openrouter", "openai"]


def test_cost_is_read_digit_by_digit(read):
    seen = read(request(chat(1, attributes={"gen_ai.usage.cost": 0.000123456789})))
    assert seen[1]["reported_cost"] == Decimal("0.000123456789")


def test_ids_in_base64_are_the_same_ids(read):
    one = chat(
        1,
        traceId=base64.b64encode(bytes.fromhex(TRACE)).decode(),
        spanId=base64.b64encode((1).to_bytes(8)).decode(),
    )
    assert read(request(one), request(chat(1))).numbers == [1]


@pytest.mark.parametrize("missing", ["", "0" * 32])
def test_spans_without_ids_have_a_stable_key(read, missing):
    one, other = chat(1, traceId=missing), chat(2, traceId=missing)
    first = read(request(one, one, other))
    again = read(request(other, one))
    assert len(first.list) == 2
    assert first.skipped == {"duplicate of the same span": 1}
    assert {row["event_id"] for row in first.list} == {row["event_id"] for row in again.list}


def test_clock_skew_is_told_and_loses_nothing(read):
    seen = read(
        request(
            chat(1, endTimeUnixNano=str(START_NS)),
            chat(2, startTimeUnixNano=str(START_NS * 2), endTimeUnixNano=str(START_NS * 2 + 1)),
            chat(3, startTimeUnixNano="0"),
            chat(4, startTimeUnixNano="0", endTimeUnixNano="0"),
        )
    )
    assert seen.numbers == [1, 2, 3, 4]
    assert seen[1]["duration_ms"] is None
    assert seen.warnings["clock_skew"].rows == 2
    assert [seen[n]["started_at_basis"] for n in (1, 3, 4)] == ["stated", "end", "file"]
    assert seen.warnings["time_not_stated"].rows == 1


def test_shapes_of_files(tmp_path):
    made = request(chat(1))
    pretty = tmp_path / "one.json"
    pretty.write_text(json.dumps(made, indent=1))
    array = tmp_path / "array.json"
    array.write_text(json.dumps([made, request(chat(2))]))
    bare = tmp_path / "bare.jsonl"
    bare.write_text(json.dumps(made["resourceSpans"][0]) + "\n")
    zipped = tmp_path / "z.jsonl.gz"
    zipped.write_bytes(gzip.compress(json.dumps(made).encode()))
    snake = tmp_path / "snake.json"
    snake.write_text(
        json.dumps(made)
        .replace("resourceSpans", "resource_spans")
        .replace("scopeSpans", "scope_spans")
        .replace("traceId", "trace_id")
        .replace("spanId", "span_id")
        .replace("startTimeUnixNano", "start_time_unix_nano")
        .replace("stringValue", "string_value")
        .replace("intValue", "int_value")
    )
    flat = tmp_path / "flat.json"
    plain = {"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 100}
    flat.write_text(
        json.dumps({"batches": request({**span(1, {}), "attributes": plain})["resourceSpans"]})
    )
    for path in (pretty, array, bare, zipped, snake, flat):
        assert Read([path])[1]["input_uncached_tokens"] == 100, path


def test_logs_and_metrics_in_the_same_file_are_skipped(read):
    seen = read({"resourceLogs": []}, {"resourceMetrics": []}, request(chat(1)))
    assert seen.skipped == {"not a span: logs": 1, "not a span: metrics": 1}


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ('{"resourceSpans": [', "is not JSON"),
        ('{"other": 1}', "resourceSpans"),
        ('{"resourceSpans": {}}', "resourceSpans"),
        ("[1, 2]", "JSON object"),
        (json.dumps(request(chat(1, traceId="xyz"))), "xyz"),
        (json.dumps(request(chat(1, spanId=7))), "7"),
        (json.dumps(request({**chat(1), "attributes": [{"value": {}}]})), "without a key"),
        (json.dumps(request({**chat(1), "attributes": 3})), "attributes"),
        (json.dumps(request(chat(1, tokens=(1.5, 1)))), "1.5"),
        (json.dumps(request(chat(1, tokens=("many", 1)))), "many"),
        (json.dumps(request("span")), "span"),
    ],
)
def test_bad_spans_are_named_or_counted(tmp_path, broken, named):
    path = tmp_path / "spans.jsonl"
    path.write_text(json.dumps(request(chat(8))) + "\n" + broken + "\n")
    with pytest.raises(BadValueError, match=named) as caught:
        Read([path])
    assert "line" in caught.value.message
    seen = Read([path], skip_bad=True)
    assert seen.numbers == [8]
    assert seen.skipped["malformed span"] >= 1


def test_an_empty_file_is_an_error(tmp_path):
    path = tmp_path / "spans.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match="no record"):
        Read([path])
    path.write_text("")
    with pytest.raises(InputError, match="empty"):
        Read([path])


def test_the_time_of_the_file_stands_in_for_a_missing_one(tmp_path):
    path = write_requests(
        tmp_path / "a.jsonl", request(chat(1, startTimeUnixNano="", endTimeUnixNano=0))
    )
    os.utime(path, (1_772_700_000, 1_772_700_000))
    assert Read([path])[1]["started_at"].isoformat() == "2026-03-05T08:40:00"
