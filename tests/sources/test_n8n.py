"""Executions of n8n workflows."""

import json

import pytest

from centavo.errors import BadValueError
from centavo.sources.n8n import N8nSource
from tests.shared_data import shared_data
from tests.sources.event_files import probe, read_files, write_lines
from tests.sources.trace_files import execution, model_node, model_run, write_json


def read(path, **options):
    return read_files([path], source=N8nSource(), **options)


def read_one(tmp_path, record, **options):
    return read(write_lines(tmp_path / "executions.jsonl", record), **options)


def test_a_recorded_page():
    row = read(shared_data("stack-samples") / "n8n" / "execution_with_data.json").row
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (16, 12)
    assert (row["requested_model"], row["provider"]) == ("gpt-4o-mini", "openai")
    assert (row["application"], row["endpoint"]) == ("llamaflow-demo", "/llamaflow")
    assert (row["feature"], row["use_case"]) == ("OpenAI Chat Model", "Chain")
    assert row["started_at"].isoformat() == "2026-11-22T04:55:47.132000"
    assert row["duration_ms"] == 310
    assert (row["finish_reason"], row["is_error"]) == ("stop", False)
    assert row["tokens_basis"] is None
    assert "org-" not in row["labels"]


def test_a_recorded_list_says_that_its_data_is_missing():
    found = read(shared_data("stack-samples") / "n8n" / "executions_list.json")
    assert found.rows == []
    assert found.skipped == {"execution without its data": 3}
    assert found.warned == {"execution_data_missing": 3}


def test_each_run_of_a_model_is_a_call(tmp_path):
    runs = {
        "Webhook": [{"data": {"main": [[{"json": {}}]]}}],
        "Chat Model": [model_run(1), model_run(2)],
    }
    rows = read_one(tmp_path, execution(5, runs)).rows
    assert [row["output_tokens"] for row in rows] == [12, 12]
    assert len({row["event_id"] for row in rows}) == 2
    assert all(row["event_id"].startswith("n8n:w1:5:") for row in rows)
    assert rows[0]["max_output_tokens"] == 200
    assert rows[0]["system_hash"] is not None
    assert json.loads(rows[0]["labels"]) == {
        "execution": "5",
        "mode": "webhook",
        "node_type": "lmChatOpenAi",
        "status": "success",
        "workflow_id": "w1",
    }


def test_an_estimate_of_n8n_is_named_so(tmp_path):
    run = model_run(1)
    answer = run["data"]["ai_languageModel"][0][0]["json"]
    answer["tokenUsageEstimate"] = answer.pop("tokenUsage")
    found = read_one(tmp_path, execution(5, {"Chat Model": [run]}))
    assert found.row["tokens_basis"] == "estimated:n8n"
    assert found.row["input_uncached_tokens"] == 16
    assert found.warned == {"tokens_estimated": 1}


def test_a_failed_call_and_its_repetition(tmp_path):
    failed = model_run(1, executionStatus="error")
    failed["error"] = {"name": "NodeApiError", "httpCode": "429", "message": "sk-live-secret"}
    failed["data"] = {}
    first, second = read_one(tmp_path, execution(5, {"Chat Model": [failed, model_run(3)]})).rows
    assert (first["is_error"], first["error_class"], first["status_code"]) == (
        True,
        "NodeApiError",
        429,
    )
    assert (first["input_uncached_tokens"], first["attempt"]) == (None, None)
    assert (second["attempt"], second["parent_event_id"]) == (2, first["event_id"])


def test_a_retried_execution_names_the_first(tmp_path):
    row = read_one(tmp_path, execution(6, {"Chat Model": [model_run(1)]}, retryOf="5")).row
    assert json.loads(row["labels"])["retry_of"] == "5"


@pytest.mark.parametrize(("mode", "environment"), [("manual", "test"), ("webhook", None)])
def test_runs_from_the_editor_are_tests(tmp_path, mode, environment):
    row = read_one(tmp_path, execution(5, {"Chat Model": [model_run(1)]}, mode=mode)).row
    assert row["environment"] == environment


def test_what_a_workflow_notes_about_itself_is_scope(tmp_path):
    custom = {"customer_id": "acme", "team": "support"}
    row = read_one(tmp_path, execution(5, {"Chat Model": [model_run(1)]}, customData=custom)).row
    assert (row["customer_id"], row["team"], row["application"]) == ("acme", "support", "Orders")


@pytest.mark.parametrize(
    ("parameters", "model"),
    [
        ({"model": "gpt-4o"}, "gpt-4o"),
        ({"model": {"__rl": True, "value": "gpt-4o", "mode": "list"}}, "gpt-4o"),
        ({"modelName": "=deepseek-chat"}, "deepseek-chat"),
        ({"model": "={{ $json.model }}"}, None),
        ({"options": {}}, None),
    ],
)
def test_without_resolved_options_the_workflow_names_the_model(tmp_path, parameters, model):
    run = model_run(1)
    del run["inputOverride"]
    node = model_node(**parameters)
    row = read_one(tmp_path, execution(5, {"Chat Model": [run]}, nodes=[node])).row
    assert row["requested_model"] == model


def vendor_node(**parameters):
    return {"name": "Ask", "type": "@n8n/n8n-nodes-langchain.openAi", "parameters": parameters}


def vendor_run(*items, **changes):
    main = [[{"json": item} for item in items]]
    return {"startTime": 1_795_323_347_132, "executionTime": 5, "data": {"main": main}} | changes


def test_a_vendor_node_calls_once_for_each_item(tmp_path):
    usage = {"prompt_tokens": 10, "completion_tokens": 3}
    run = vendor_run(
        {"id": "chatcmpl-0123456789ab", "model": "gpt-4o-1", "usage": usage}, {"message": {}}
    )
    node = vendor_node(modelId={"value": "gpt-4o"})
    first, second = read_one(tmp_path, execution(5, {"Ask": [run]}, nodes=[node])).rows
    assert (first["input_uncached_tokens"], first["answered_model"]) == (10, "gpt-4o-1")
    assert first["call_id"] == "chatcmpl-0123456789ab"
    # Simplified output states no usage: unknown, and visible as such.
    assert (second["input_uncached_tokens"], second["requested_model"]) == (None, "gpt-4o")


def test_a_vendor_node_whose_run_states_all_its_tokens_is_one_row(tmp_path):
    traced = {"tracing": {"llm.tokens.in": 16, "llm.tokens.out": 12, "llm.tokens.estimated": False}}
    run = vendor_run({"message": {}}, {"message": {}}, metadata=traced)
    row = read_one(tmp_path, execution(5, {"Ask": [run]}, nodes=[vendor_node()])).row
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (16, 12)
    assert json.loads(row["labels"])["calls"] == 2


def test_the_sum_that_a_chain_states_is_not_counted_again(tmp_path):
    chain = {"startTime": 1, "metadata": {"tracing": {"llm.tokens.in": 16, "llm.tokens.out": 12}}}
    node = {"name": "Chain", "type": "@n8n/n8n-nodes-langchain.chainLlm", "parameters": {}}
    record = execution(
        5, {"Chain": [chain], "Chat Model": [model_run(1)]}, nodes=[node, model_node()]
    )
    assert len(read_one(tmp_path, record).rows) == 1


def test_an_execution_without_a_call_and_an_empty_page(tmp_path):
    path = write_lines(
        tmp_path / "pages.jsonl",
        {"data": [execution(5, {"Webhook": [{}]})], "nextCursor": None},
        {"data": [], "nextCursor": None},
    )
    found = read(path)
    assert found.rows == []
    assert found.skipped == {"execution without a model call": 1, "page without executions": 1}


def test_pages_that_overlap_count_once(tmp_path):
    page = {"data": [execution(5, {"Chat Model": [model_run(1)]})], "nextCursor": "c"}
    found = read(write_json(tmp_path / "pages.json", [page, page]))
    assert len(found.rows) == 1
    assert found.skipped == {"duplicate of the same request": 1}


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"data": ["x"], "nextCursor": None}, "an execution"),
        (execution(7, {"Chat Model": [model_run(1, prompt_tokens=-3)]}), "-3"),
        (execution(7, {"Chat Model": [model_run(1, startTime="soon")]}), "soon"),
        (execution(7, {"Chat Model": [model_run(1)]}, startedAt="soon"), "soon"),
    ],
)
def test_a_malformed_execution_is_named_or_skipped(tmp_path, record, named):
    good = execution(5, {"Chat Model": [model_run(1)]})
    path = write_lines(tmp_path / "executions.jsonl", good, record)
    with pytest.raises(BadValueError, match="line 2") as caught:
        read(path)
    assert named in str(caught.value)
    found = read(path, skip_bad=True)
    assert len(found.rows) == 1
    assert found.skipped == {"malformed record": 1}


def test_recognition(tmp_path):
    source = N8nSource()
    record = execution(5, {"Chat Model": [model_run(1)]})
    assert source.recognise(probe(write_lines(tmp_path / "a.jsonl", record))) is not None
    page = write_json(tmp_path / "page.json", {"data": [record], "nextCursor": None})
    assert source.recognise(probe(page)) is not None
    other = write_json(tmp_path / "other.json", {"data": [{"id": 1}], "nextCursor": None})
    assert source.recognise(probe(other)) is None
