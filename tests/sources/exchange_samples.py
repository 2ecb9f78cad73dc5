"""One answer of each provider, and a pair of request and answer, for tests to vary."""

import json

from tests.sources.event_files import read_files, write_lines

CHAT = {
    "id": "chatcmpl-C2P1wP1damHwC6sXvGAIh5PMvH6wM",
    "object": "chat.completion",
    "created": 1767225600,
    "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "message": {"role": "assistant"}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "total_tokens": 110,
        "prompt_tokens_details": {"cached_tokens": 60},
    },
    "service_tier": "default",
}
REQUEST = {
    "model": "gpt-4o",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    "max_tokens": 50,
    "tools": [{"type": "function", "function": {"name": "f"}}],
}
PAIR = {
    "request": {
        "method": "POST",
        "url": "https://api.openai.com/v1/chat/completions",
        "headers": {"X-Application": "search", "Authorization": "Bearer hidden"},
        "body": REQUEST,
    },
    "response": {"status": 200, "headers": {"Date": "Thu, 01 Jan 2026 00:00:09 GMT"}, "body": CHAT},
}
RESPONSES = {
    "id": "resp_68477f0b40a8819cb8d55594bc2c232a",
    "object": "response",
    "created_at": 1767225600,
    "model": "gpt-5-2025-08-07",
    "status": "completed",
    "output": [{"type": "web_search_call", "action": {"type": "search"}}, {"type": "message"}],
    "usage": {
        "input_tokens": 50,
        "input_tokens_details": {"cached_tokens": 20},
        "output_tokens": 9,
        "output_tokens_details": {"reasoning_tokens": 4},
        "total_tokens": 59,
    },
}
MESSAGE = {
    "id": "msg_01E3Wn1NynZw9FALZ68znj9S",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-6",
    "content": [],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 3},
}
GEMINI = {
    "candidates": [{"finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 8, "candidatesTokenCount": 2, "thoughtsTokenCount": 3},
    "modelVersion": "gemini-2.5-flash",
    "responseId": "a9--aa6MOKL4vdIPz7X2iQ4",
}
CONVERSE = {
    "output": {"message": {}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 4, "outputTokens": 6, "cacheReadInputTokens": 1},
    "metrics": {"latencyMs": 311},
}


def lines(tmp_path, *records, name="log.jsonl", **options):
    return read_files([write_lines(tmp_path / name, *records)], **options)


def pair(**changes):
    made = json.loads(json.dumps(PAIR))
    for path, value in changes.items():
        outer, _, inner = path.partition("__")
        made[outer][inner] = value
    return made


def events(*parts):
    return "".join(f"data: {json.dumps(data)}\n\n" for data in parts) + "data: [DONE]\n\n"
