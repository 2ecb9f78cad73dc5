"""Answers of models on Bedrock, called by ``invoke``: each model's own form, whole and streamed."""

import base64
import json

import pytest

from tests.sources.exchange_samples import lines, pair


def metrics(given, made):
    return {
        "amazon-bedrock-invocationMetrics": {
            "inputTokenCount": given,
            "outputTokenCount": made,
            "invocationLatency": 812,
            "firstByteLatency": 90,
        }
    }


def chunk(event):
    return {"chunk": {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}}


def counted(tmp_path, model, answer, operation="invoke"):
    url = f"https://bedrock-runtime.us-east-1.amazonaws.com/model/{model}/{operation}"
    record = pair(request__url=url, request__body={}, response__body=answer)
    row = lines(tmp_path, record).row
    assert (row["provider"], row["requested_model"]) == ("aws", model)
    return row["input_uncached_tokens"], row["output_tokens"], row["finish_reason"]


def test_titan_counts_its_answer_beside_its_input(tmp_path):
    answer = {"inputTextTokenCount": 5, "results": [{"tokenCount": 10, "outputText": "x"}]}
    assert counted(tmp_path, "amazon.titan-text-express-v1", answer) == (5, 10, None)


def test_llama_counts_in_the_answer_itself(tmp_path):
    answer = {
        "generation": "x",
        "prompt_token_count": 13,
        "generation_token_count": 14,
        "stop_reason": "stop",
    }
    assert counted(tmp_path, "meta.llama3-1-70b-instruct-v1:0", answer) == (13, 14, "stop")


NOVA = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "x"}, "contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"inputTokens": 31, "outputTokens": 32}}, **metrics(31, 32)},
]
TITAN = [
    {"outputText": "x", "totalOutputTextTokenCount": 32, "inputTextTokenCount": 31}
    | metrics(31, 32)
]
LLAMA = [
    {"generation": "x", "prompt_token_count": 31, "generation_token_count": 1},
    {
        "generation": "",
        "prompt_token_count": None,
        "generation_token_count": 32,
        "stop_reason": "stop",
    },
]
MISTRAL = [
    {"outputs": [{"text": "x", "stop_reason": None}]},
    {"outputs": [{"text": "", "stop_reason": "stop"}], **metrics(31, 32)},
]


@pytest.mark.parametrize(
    ("model", "stream"),
    [
        ("amazon.nova-lite-v1:0", NOVA),
        ("amazon.titan-text-express-v1", TITAN),
        ("meta.llama3-1-70b-instruct-v1:0", LLAMA),
        ("mistral.mistral-large-2402-v1:0", MISTRAL),
    ],
)
def test_a_stream_of_any_model_states_its_tokens(tmp_path, model, stream):
    answer = [chunk(event) for event in stream]
    found = counted(tmp_path, model, answer, "invoke-with-response-stream")
    assert found[:2] == (31, 32)
