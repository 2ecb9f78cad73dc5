"""Writes agent logs, trajectories and executions for tests."""

import gzip
import json

import pytest

pytest.importorskip("splintr", reason="tokens are counted by the extra centavo[tokens]")

TOOLS = [
    {
        "type": "function",
        "function": {"name": "refund", "description": "Refund an order.", "parameters": {}},
    }
]


def openai_record(second, output, *, prompt="system: Be brief.\n\nuser: Hello", session="s-1"):
    return {
        "timestamp": 1_772_700_000_000_000 + second * 1_000_000,
        "input": prompt,
        "output": output,
        "session_id": session,
    }


def trajectory(task, *, reward=1.0, answer="Done.", trial=0):
    call = {"id": "c1", "type": "function", "function": {"name": "refund", "arguments": "{}"}}
    return {
        "task_id": task,
        "reward": reward,
        "info": {"user_cost": 0.001},
        "trial": trial,
        "traj": [
            {"role": "system", "content": "You help."},
            {"role": "user", "content": "Refund me."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "name": "refund", "content": "ok"},
            {"role": "assistant", "content": answer},
        ],
    }


def model_run(second, *, prompt_tokens=16, output_tokens=12, **changes):
    run = {
        "startTime": 1_795_323_347_132 + second * 1000,
        "executionTime": 310,
        "executionStatus": "success",
        "source": [{"previousNode": "Summarise", "previousNodeRun": 0}],
        "data": {
            "ai_languageModel": [
                [
                    {
                        "json": {
                            "response": {
                                "generations": [
                                    [{"text": "x", "generationInfo": {"finish_reason": "stop"}}]
                                ]
                            },
                            "tokenUsage": {
                                "promptTokens": prompt_tokens,
                                "completionTokens": output_tokens,
                                "totalTokens": 28,
                            },
                        }
                    }
                ]
            ]
        },
        "inputOverride": {
            "ai_languageModel": [
                [
                    {
                        "json": {
                            "messages": ["System: Be brief.\nHuman: Sum up 5"],
                            "options": {"model": "gpt-4o-mini", "max_tokens": 200},
                        }
                    }
                ]
            ]
        },
    }
    return run | changes


def model_node(**parameters):
    return {
        "id": "3",
        "name": "Chat Model",
        "type": "@n8n/n8n-nodes-langchain.lmChatOpenAi",
        "parameters": parameters or {"model": {"__rl": True, "value": "gpt-4o-mini"}},
    }


def execution(number, runs, *, nodes=None, **changes):
    record = {
        "id": str(number),
        "finished": True,
        "mode": "webhook",
        "retryOf": None,
        "status": "success",
        "startedAt": "2026-11-22T04:55:46.664Z",
        "stoppedAt": "2026-11-22T04:55:47.603Z",
        "workflowId": "w1",
        "data": {"resultData": {"runData": runs}},
        "workflowData": {
            "id": "w1",
            "name": "Orders",
            "nodes": nodes
            or [
                {
                    "name": "Webhook",
                    "type": "n8n-nodes-base.webhook",
                    "parameters": {"path": "orders"},
                },
                model_node(),
            ],
        },
        "customData": {},
    }
    return record | changes


def write_json(path, value):
    data = json.dumps(value).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path
