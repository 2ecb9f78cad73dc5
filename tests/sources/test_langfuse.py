"""Langfuse's traces: every call once, whatever wraps it and however its tokens are named."""

import json
import tarfile
from collections import Counter
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.langfuse import LangfuseSource
from centavo.sources.langfuse.usage_details import read_details
from tests.shared_data import shared_data
from tests.sources.event_files import probe, read_files, write_lines

ANSWER = {
    "id": "chatcmpl-BhGJAW79iSsHO7ES5wgoTga4hQFyn",
    "object": "chat.completion",
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}],
    "service_tier": "default",
}


def generation(number=1, **changes):
    return {
        "id": f"g{number}",
        "traceId": "t1",
        "type": "GENERATION",
        "name": "answer",
        "startTime": f"2026-03-05T12:{number:02}:00.000Z",
        "endTime": f"2026-03-05T12:{number:02}:01.500Z",
        "completionStartTime": None,
        "parentObservationId": None,
        "environment": "default",
        "level": "DEFAULT",
        "statusMessage": None,
        "model": "gpt-4o-mini",
        "modelParameters": {"max_tokens": 300},
        "input": "hello",
        "output": "Hi",
        "metadata": {},
        "usageDetails": {"input": 100, "output": 10, "total": 110},
        "costDetails": {"input": 0.000015, "output": 0.000006, "total": 0.000021},
        "promptName": None,
        "promptVersion": None,
        **changes,
    }


def trace(*observations, **changes):
    return {
        "id": "t1",
        "name": "chat",
        "timestamp": "2026-03-05T12:00:00Z",
        "userId": "u-1",
        "sessionId": "s-1",
        "tags": ["app:helpdesk"],
        "metadata": {"team": "support"},
        "observations": list(observations),
        **changes,
    }


def read(*paths, **options):
    return read_files(paths, source=LangfuseSource(), **options)


def read_traces(tmp_path, *traces, **options):
    return read(write_lines(tmp_path / "a.jsonl", *traces), **options)


@pytest.fixture(scope="module")
def real_traces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("langfuse")
    with tarfile.open(shared_data("langfuse-framework-traces") / "traces.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.trace.json"))


def test_the_totals_of_the_real_traces_are_those_of_their_innermost_generations(real_traces):
    expected, cost, observations = Counter(), Decimal(0), 0
    for path in real_traces:
        told = json.loads(path.read_text(), parse_float=Decimal)["observations"]
        observations += len(told)
        calls = [each for each in told if each["type"] in ("GENERATION", "EMBEDDING")]
        wrappers = {each["parentObservationId"] for each in calls if each["usageDetails"]}
        for each in calls:
            if each["id"] in wrappers or not (each["usageDetails"] or each["input"]):
                continue
            expected["rows"] += 1
            expected["input"] += each["usageDetails"].get("input", 0)
            expected["output"] += each["usageDetails"].get("output", 0)
            cost += each["costDetails"].get("total", 0)
    found = read(*real_traces)
    assert expected["rows"] == len(found.rows) > 15
    assert expected["input"] == sum(
        (row["input_uncached_tokens"] or 0)
        + (row["cache_read_tokens"] or 0)
        + (row["cache_write_tokens"] or 0)
        for row in found.rows
    )
    assert expected["output"] == sum(row["output_tokens"] or 0 for row in found.rows)
    assert cost == sum(row["reported_cost"] or 0 for row in found.rows)
    assert sum(found.tally.read.values()) == observations
    assert len(found.rows) + sum(found.skipped.values()) == observations


def test_real_providers_and_scopes_are_found(real_traces):
    rows = read(*real_traces).rows
    assert {row["provider"] for row in rows} == {"openai", "anthropic", "google"}
    assert "default" not in {row["environment"] for row in rows}
    assert "preprod" in {row["environment"] for row in rows}
    assert any(row["application"] == "agentic-clientinsights" for row in rows)


def test_a_generation_becomes_an_event(tmp_path):
    found = read_traces(
        tmp_path,
        trace(
            generation(
                output=ANSWER,
                completionStartTime="2026-03-05T12:01:00.400Z",
                environment="production",
                promptName="greeting",
                promptVersion=3,
            )
        ),
    ).row
    assert found["event_id"] == "langfuse:g1"
    assert found["call_id"] == ANSWER["id"]
    assert found["meter"] == "application"
    assert (found["requested_model"], found["answered_model"]) == ("gpt-4o-mini", ANSWER["model"])
    assert (found["duration_ms"], found["ttft_ms"], found["streamed"]) == (1500, 400, True)
    assert (found["application"], found["team"], found["customer_id"]) == (
        "helpdesk",
        "support",
        "u-1",
    )
    assert found["environment"] == "production"
    assert found["template_id"] == "greeting:3"
    assert found["max_output_tokens"] == 300
    assert (found["finish_reason"], found["processing_tier"]) == ("stop", "standard")
    assert (found["input_uncached_tokens"], found["output_tokens"]) == (100, 10)
    assert found["reported_cost"] == Decimal("0.000021")
    assert json.loads(found["labels"])["session_id"] == "s-1"


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (
            {"input": 30, "input_cached_tokens": 70, "output": 5, "total": 105},
            (30, 70, None, 5, None),
        ),
        (
            {"input": 100, "cache_read_input_tokens": 70, "output": 5, "total": 105},
            (30, 70, None, 5, None),
        ),
        ({"input": 30, "cache_read_input_tokens": 70, "output": 5}, (30, 70, None, 5, None)),
        (
            {
                "input": 10,
                "input_cache_read": 70,
                "input_cache_creation": 20,
                "output": 5,
                "output_reasoning": 15,
                "total": 120,
            },
            (10, 70, 20, 20, 15),
        ),
        (
            {
                "input": 190,
                "prompt_details.cache_read": 90,
                "prompt_details.audio": 0,
                "output": 164,
                "completion_details.reasoning": 64,
                "total": 354,
            },
            (100, 90, None, 164, 64),
        ),
        (
            {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
            (7, None, None, 3, None),
        ),
        ({"input": 7, "total": 7}, (7, None, None, None, None)),
        ({"total": 12}, (12, None, None, None, None)),
        ({}, (None, None, None, None, None)),
        (
            {
                "input": 40,
                "input_audio_tokens": 60,
                "output": 5,
                "output_audio_tokens": 6,
                "total": 111,
            },
            (100, None, None, 11, None),
        ),
    ],
)
def test_every_way_to_name_tokens_gives_exclusive_classes(details, expected):
    columns = read_details(details)
    names = (
        "input_uncached_tokens",
        "cache_read_tokens",
        "cache_write_tokens",
        "output_tokens",
        "reasoning_tokens",
    )
    assert tuple(columns.get(name) for name in names) == expected


def test_the_older_usage_object_is_read_and_characters_are_no_tokens(tmp_path):
    old = generation(
        usageDetails=None, usage={"input": 7, "output": 3, "total": 10, "unit": "TOKENS"}
    )
    flat = generation(2, usageDetails=None, promptTokens=8, completionTokens=4, totalTokens=12)
    letters = generation(3, usageDetails=None, usage={"input": 700, "unit": "CHARACTERS"})
    rows = read_traces(tmp_path, trace(old, flat, letters)).rows
    counts = {row["event_id"]: (row["input_uncached_tokens"], row["output_tokens"]) for row in rows}
    assert counts == {"langfuse:g1": (7, 3), "langfuse:g2": (8, 4), "langfuse:g3": (None, None)}


def test_of_two_generations_that_tell_one_call_the_inner_one_counts(tmp_path):
    outer = generation(1, output=ANSWER, usageDetails={"input": 500, "output": 200})
    span = generation(2, type="SPAN", parentObservationId="g1", usageDetails={})
    inner = generation(3, parentObservationId="g2")
    found = read_traces(tmp_path, trace(outer, span, inner))
    assert found.row["event_id"] == "langfuse:g3"
    assert found.row["input_uncached_tokens"] == 100
    # The outer one knows the provider's id, and it can only be this call's.
    assert found.row["call_id"] == ANSWER["id"]
    assert found.skipped == {
        "wraps another generation that tells the same call": 1,
        "not a model call: span": 1,
    }


def test_an_inner_generation_without_usage_gives_way_to_the_outer_one(tmp_path):
    inner = generation(2, parentObservationId="g1", usageDetails={}, costDetails={})
    found = read_traces(tmp_path, trace(generation(), inner))
    assert found.row["event_id"] == "langfuse:g1"
    assert found.skipped == {"told by the generation around it": 1}


def test_a_call_that_a_tool_makes_is_a_call_of_its_own(tmp_path):
    tool = generation(2, type="TOOL", parentObservationId="g1")
    below = generation(3, parentObservationId="g2")
    assert len(read_traces(tmp_path, trace(generation(), tool, below)).rows) == 2


def test_nesting_is_seen_across_pages_and_files(tmp_path):
    outer, inner = generation(1), generation(2, parentObservationId="g1")
    one = tmp_path / "page-1.json"
    two = tmp_path / "page-2.json"
    one.write_text(json.dumps({"data": [outer], "meta": {"page": 1, "totalItems": 2}}))
    two.write_text(json.dumps({"data": [inner], "meta": {"page": 2, "totalItems": 2}}))
    assert read(one, two).row["event_id"] == "langfuse:g2"


def test_an_observation_on_two_pages_counts_once(tmp_path):
    page = {"data": [generation()], "meta": {"page": 1}}
    found = read_traces(tmp_path, page, page)
    assert len(found.rows) == 1
    assert found.skipped == {"duplicate of the same observation": 1}


def test_two_observations_of_one_answer_count_once(tmp_path):
    found = read_traces(tmp_path, trace(generation(output=ANSWER), generation(2, output=ANSWER)))
    assert len(found.rows) == 1
    assert found.skipped == {"another observation of the same answer": 1}


def test_what_the_providers_answer_says_goes_before_what_langfuse_counted(tmp_path):
    usage = {
        "prompt_tokens": 163,
        "completion_tokens": 20,
        "total_tokens": 183,
        "prompt_tokens_details": {"cached_tokens": 100},
    }
    answered = generation(
        output=json.dumps({**ANSWER, "usage": usage}), usageDetails={"input": 542, "output": 235}
    )
    found = read_traces(tmp_path, trace(answered)).row
    assert (found["input_uncached_tokens"], found["cache_read_tokens"]) == (63, 100)


def test_tokens_that_langfuse_counted_itself_are_labelled(tmp_path):
    found = read_traces(tmp_path, trace(generation(providedUsageDetails={}))).row
    assert found["tokens_basis"] == "counted:langfuse"


def test_a_failed_generation_is_an_error(tmp_path):
    failed = generation(
        level="ERROR",
        statusMessage="429: rate limited",
        usageDetails={},
        costDetails={},
        output=None,
    )
    found = read_traces(tmp_path, trace(failed)).row
    assert found["is_error"] is True
    assert found["error_class"] == "error"
    assert json.loads(found["labels"])["status_message"] == "429: rate limited"


def test_a_generation_without_usage_is_kept_and_unpriced(tmp_path):
    found = read_traces(tmp_path, trace(generation(usageDetails={}, costDetails={}))).row
    assert found["input_uncached_tokens"] is None
    assert found["reported_cost"] is None


def test_secrets_in_metadata_are_not_stored(tmp_path):
    secret = "sk-proj-Ab3dEf6hIj9lMn2pQr5tUv8xYz1bCd4f"
    found = read_traces(tmp_path, trace(generation(metadata={"key_used": secret})))
    assert secret not in repr(found.row)
    assert found.warned == {"secrets_redacted": 1}


def test_a_bad_count_is_named_and_costs_only_its_observation(tmp_path):
    bad = generation(2, usageDetails={"input": -5, "output": 1})
    path = write_lines(tmp_path / "a.jsonl", trace(), trace(generation(), bad))
    with pytest.raises(
        BadValueError, match=r"a\.jsonl, line 2: usageDetails\.input is negative: -5"
    ):
        read(path)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 1
    assert found.skipped["malformed record"] == 1


def test_an_export_without_observations_or_bytes_says_so(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        read(path)
    found = read(write_lines(path, {"other": 1}))
    assert found.skipped == {"not a model call: a record without observations": 1}


def test_langfuse_is_recognised_in_every_shape(tmp_path, real_traces):
    source = LangfuseSource()
    shapes = [
        trace(generation()),
        {"trace": {"id": "t1"}, "observations": [generation()]},
        {"data": [generation()], "meta": {"page": 1}},
        generation(),
    ]
    for shape in shapes:
        path = write_lines(tmp_path / "a.json", shape)
        assert source.recognise(probe(path)) is not None, shape
    for path in real_traces:
        assert source.recognise(probe(path)) is not None, path
    assert source.recognise(probe(write_lines(tmp_path / "a.json", ANSWER))) is None
