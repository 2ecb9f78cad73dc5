"""Rows of LiteLLM_SpendLogs for tests, as LiteLLM writes them."""

import csv
import json
from copy import deepcopy

KEY_HASH = "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b"

ROW = {
    "request_id": "chatcmpl-C9uWJ0b8PXH2kzWqkHnQq2cT0b3aF",
    "call_type": "acompletion",
    "api_key": KEY_HASH,
    "spend": 0.0030125,
    "total_tokens": 1100,
    "prompt_tokens": 1000,
    "completion_tokens": 100,
    "startTime": "2026-03-05T12:00:00.000Z",
    "endTime": "2026-03-05T12:00:02.500Z",
    "completionStartTime": "2026-03-05T12:00:00.400Z",
    "model": "gpt-4o-2024-08-06",
    "model_id": "b3e0",
    "model_group": "gpt-4o",
    "custom_llm_provider": "openai",
    "api_base": "https://api.openai.com",
    "user": "ana@example.com",
    "metadata": {
        "user_api_key": KEY_HASH,
        "user_api_key_alias": "search-prod",
        "user_api_key_team_id": "t-1",
        "user_api_key_team_alias": "Search",
        "status": "success",
        "error_information": None,
        "spend_logs_metadata": None,
        "usage_object": {
            "prompt_tokens": 1000,
            "completion_tokens": 100,
            "total_tokens": 1100,
            "prompt_tokens_details": {"cached_tokens": 400, "audio_tokens": None},
            "completion_tokens_details": {"reasoning_tokens": 30},
        },
        "additional_usage_values": {
            "prompt_tokens_details": {"cached_tokens": 400},
            "cache_read_input_tokens": 400,
        },
    },
    "cache_hit": "False",
    "cache_key": "Cache OFF",
    "request_tags": ["app:ranker", "User-Agent: openai-python"],
    "team_id": "t-1",
    "organization_id": None,
    "end_user": "customer-7",
    "requester_ip_address": "10.0.0.9",
    "messages": {},
    "response": {},
    "session_id": "0d3a8f5e-6f60-4f2f-8a35-0ad2d1a0ed11",
    "status": "success",
    "proxy_server_request": {},
}

ANTHROPIC_USAGE = {
    "prompt_tokens": 5000,
    "completion_tokens": 200,
    "total_tokens": 5200,
    "prompt_tokens_details": {
        "cached_tokens": 3000,
        "cache_creation_tokens": 1500,
        "cache_creation_token_details": {
            "ephemeral_5m_input_tokens": 1000,
            "ephemeral_1h_input_tokens": 500,
        },
    },
    "cache_creation_input_tokens": 1500,
    "cache_read_input_tokens": 3000,
}


def row(number=1, *, told=None, **changes):
    """Return a row of its own id and minute; ``told`` changes members of its metadata."""
    copy = deepcopy(ROW)
    if number != 1:
        copy["request_id"] = f"{ROW['request_id']}-{number}"
    copy["startTime"] = f"2026-03-05T12:{number % 60:02}:00.000Z"
    copy["endTime"] = f"2026-03-05T12:{number % 60:02}:02.500Z"
    copy["completionStartTime"] = f"2026-03-05T12:{number % 60:02}:00.400Z"
    copy["metadata"].update(told or {})
    return {**copy, **changes}


def write_csv(path, rows, *, shuffled=False):
    """Write the rows as psql's copy does: JSON columns as text, NULL as nothing."""
    names = list(rows[0])[::-1] if shuffled else list(rows[0])
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for each in rows:
            writer.writerow(_cell(each[name]) for name in names)
    return path


def _cell(value):
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, dict | list) else value
