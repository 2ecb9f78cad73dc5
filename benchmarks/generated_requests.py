"""Generated request logs as a client or a gateway writes them: deterministic, about 9 kB a line.

A line is a pair of request and answer with its headers, times and labels. Of 100 lines about 45 are
OpenAI's chat completions, 20 its responses, 25 Anthropic's messages and 10 Gemini's; every fourth
answer is a stream, kept as the text of its events. Of ten requests three are kept as text, the others
as objects. An application sends one system prompt and one list of tools with all of its calls; what is
said beside them is of log-normal size and new in each. Two of three applications speak English, the
third Portuguese.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

_START = datetime(2026, 5, 1, tzinfo=UTC)
_APPLICATIONS = 24
_ENGLISH = (
    "the of order refund customer ticket invoice price delivery returned because status value "
    "please answer in a short sentence with no list unless asked for function result total 12.50 "
    'https://shop.example.com/item/42 {"id": 7} \n'
)
_PORTUGUESE = (
    "o de pedido reembolso comprador não fatura preço entrega devolução porque está valor por favor "
    "responda em uma frase curta sem lista a menos que “peçam” função resultado total 12,50 "
    'https://loja.example.com/item/42 {"id": 7} \n'
)
_CALLS = ("chat",) * 9 + ("responses",) * 4 + ("messages",) * 5 + ("gemini",) * 2
_URLS = {
    "chat": "https://api.openai.com/v1/chat/completions",
    "responses": "https://api.openai.com/v1/responses",
    "messages": "https://api.anthropic.com/v1/messages",
}
_GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models"
_MODELS = {
    "chat": ("gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18", "gpt-4.1-2025-04-14"),
    "responses": ("gpt-5-2025-08-07", "gpt-5-mini-2025-08-07"),
    "messages": ("claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"),
    "gemini": ("gemini-2.5-flash", "gemini-2.5-pro"),
}


def write_requests(path: Path, rows: int) -> None:
    """Write so many lines, at the first call; the same bytes on every machine."""
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w") as stream:
        for record in _records(rows):
            stream.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
            stream.write("\n")
    draft.rename(path)


def _records(rows: int) -> Iterator[dict[str, object]]:
    draw = random.Random(20260501)
    applications = [_Application(number, draw) for number in range(_APPLICATIONS)]
    for number in range(rows):
        yield applications[draw.randrange(_APPLICATIONS)].record(number)


class _Application:
    """What sends the requests: one system prompt, one list of tools, one way of logging."""

    def __init__(self, number: int, draw: random.Random) -> None:
        self.name = f"app-{number}"
        self.team = f"team-{number % 7}"
        self.kind = _CALLS[number % len(_CALLS)]
        self.model = draw.choice(_MODELS[self.kind])
        self.draw = draw
        self.words = (_ENGLISH if number % 3 else _PORTUGUESE).split(" ")
        self.at = _START
        self.system = self.text(draw.lognormvariate(5.3, 0.6))
        self.tools = [self._tool(n) for n in range(draw.choice((0, 0, 3, 8)))]

    def text(self, words: float) -> str:
        """Return about so many words."""
        return " ".join(self.draw.choices(self.words, k=max(2, min(4_000, int(words)))))

    def pieces(self) -> list[str]:
        """Return what an answer says, in the pieces that a stream sends."""
        many = max(3, min(80, int(self.draw.lognormvariate(2.8, 0.7))))
        return [self.text(4) + " " for _ in range(many)]

    def _tool(self, number: int) -> dict[str, object]:
        properties = {
            name: {"type": "string", "description": self.text(10)} for name in ("id", "query")
        }
        schema = {"type": "object", "properties": properties, "required": ["id"]}
        return {"name": f"tool_{number}", "description": self.text(30), "parameters": schema}

    def record(self, number: int) -> dict[str, object]:
        """Return one line."""
        draw = self.draw
        at = self.at = _START + timedelta(milliseconds=2_700 * number)
        said = [self.text(draw.lognormvariate(4.3, 0.9)) for _ in range(draw.choice((1, 1, 3, 5)))]
        streams = draw.random() < 0.25
        body = _BODIES[self.kind](self, said)
        if streams and self.kind != "gemini":
            body["stream"] = True
        answer = _ANSWERS[self.kind](self, streams=streams)
        identity = f"{draw.getrandbits(128):032x}"
        return {
            "request_id": f"req_{identity}",
            "started_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "duration_ms": draw.randrange(300, 20_000),
            "request": {
                "method": "POST",
                "url": self._url(streams=streams),
                "headers": {"content-type": "application/json", "user-agent": "client/1.60.2"},
                "body": body if draw.random() < 0.7 else json.dumps(body, ensure_ascii=False),
            },
            "response": {
                "status": 200,
                "headers": {
                    "date": format_datetime(at, usegmt=True),
                    "content-type": "text/event-stream" if streams else "application/json",
                    "x-request-id": identity,
                },
                "body": answer,
            },
            "metadata": {
                "application": self.name,
                "team": self.team,
                "environment": "production" if number % 5 else "staging",
                "endpoint": f"/v1/{self.name}/{number % 3}",
                "session_id": f"run-{number // 12:07d}",
                "customer": f"customer-{draw.randrange(2_000):04d}",
            },
        }

    def _url(self, *, streams: bool) -> str:
        if self.kind != "gemini":
            return _URLS[self.kind]
        verb = "streamGenerateContent?alt=sse" if streams else "generateContent"
        return f"{_GOOGLE}/{self.model}:{verb}"


def _turns(said: list[str]) -> list[tuple[str, str]]:
    return [("user" if n % 2 == 0 else "assistant", text) for n, text in enumerate(said)]


def _chat_body(app: _Application, said: list[str]) -> dict[str, object]:
    messages = [{"role": "system", "content": app.system}]
    messages += [{"role": role, "content": text} for role, text in _turns(said)]
    body: dict[str, object] = {"model": app.model, "messages": messages, "temperature": 0.2}
    if app.tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in app.tools]
    return body


def _responses_body(app: _Application, said: list[str]) -> dict[str, object]:
    items = [
        {"role": role, "content": [{"type": "input_text", "text": text}]}
        for role, text in _turns(said)
    ]
    body: dict[str, object] = {"model": app.model, "instructions": app.system, "input": items}
    if app.tools:
        body["tools"] = [{"type": "function", **tool} for tool in app.tools]
    return body


def _messages_body(app: _Application, said: list[str]) -> dict[str, object]:
    system = [{"type": "text", "text": app.system, "cache_control": {"type": "ephemeral"}}]
    messages = [{"role": role, "content": text} for role, text in _turns(said)]
    body: dict[str, object] = {
        "model": app.model, "max_tokens": 2048, "system": system, "messages": messages,
    }  # fmt: skip
    if app.tools:
        body["tools"] = [
            {"name": t["name"], "description": t["description"], "input_schema": t["parameters"]}
            for t in app.tools
        ]
    return body


def _gemini_body(app: _Application, said: list[str]) -> dict[str, object]:
    contents = [
        {"role": "user" if role == "user" else "model", "parts": [{"text": text}]}
        for role, text in _turns(said)
    ]
    body: dict[str, object] = {
        "systemInstruction": {"parts": [{"text": app.system}]},
        "contents": contents,
        "generationConfig": {"maxOutputTokens": 4096, "temperature": 0.3},
    }
    if app.tools:
        body["tools"] = [{"functionDeclarations": app.tools}]
    return body


_BODIES = {
    "chat": _chat_body,
    "responses": _responses_body,
    "messages": _messages_body,
    "gemini": _gemini_body,
}


def _counts(draw: random.Random) -> tuple[int, int, int]:
    given = draw.randrange(200, 9_000)
    return given, draw.choice((0, 0, given // 2)), draw.randrange(20, 900)


def _events(events: list[dict[str, object]], *, named: bool = False, done: bool = False) -> str:
    lines = [
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
        if named
        else f"data: {json.dumps(event, ensure_ascii=False, separators=(',', ':'))}\n\n"
        for event in events
    ]
    return "".join(lines) + ("data: [DONE]\n\n" if done else "")


def _chat_answer(app: _Application, *, streams: bool) -> object:
    draw, model = app.draw, app.model
    given, cached, made = _counts(draw)
    usage = {
        "prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
    }  # fmt: skip
    head: dict[str, object] = {
        "id": f"chatcmpl-{draw.getrandbits(140):035x}", "object": "chat.completion", "created": int(app.at.timestamp()),
        "model": model, "service_tier": "default", "system_fingerprint": "fp_51e1070cf2",
    }  # fmt: skip
    pieces = app.pieces()
    if not streams:
        message = {"role": "assistant", "content": "".join(pieces), "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**head, "choices": [choice], "usage": usage}
    head["object"] = "chat.completion.chunk"
    parts: list[tuple[dict[str, str], str | None]] = [
        ({"content": piece}, None) for piece in pieces
    ]
    chunks: list[dict[str, object]] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": end}], "usage": None}
        for delta, end in [({"role": "assistant", "content": ""}, None), *parts, ({}, "stop")]
    ]
    return _events([*chunks, {**head, "choices": [], "usage": usage}], done=True)


def _responses_answer(app: _Application, *, streams: bool) -> object:
    draw, model = app.draw, app.model
    given, cached, made = _counts(draw)
    pieces = app.pieces()
    item = f"msg_{draw.getrandbits(190):048x}"
    content: list[object] = [
        {"type": "output_text", "annotations": list[object](), "text": "".join(pieces)}
    ]
    output: list[object] = [
        {
            "id": item,
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": content,
        }
    ]
    response: dict[str, object] = {
        "id": f"resp_{draw.getrandbits(190):048x}", "object": "response", "created_at": int(app.at.timestamp()),
        "status": "completed", "error": None, "incomplete_details": None, "model": model,
        "output": output, "parallel_tool_calls": True, "service_tier": "default", "store": True,
        "usage": {
            "input_tokens": given, "input_tokens_details": {"cached_tokens": cached},
            "output_tokens": made, "output_tokens_details": {"reasoning_tokens": made // 3},
            "total_tokens": given + made,
        },
    }  # fmt: skip
    if not streams:
        return response
    opened: dict[str, object] = {
        **response,
        "status": "in_progress",
        "output": list[object](),
        "usage": None,
    }
    deltas: list[dict[str, object]] = [
        {"type": "response.output_text.delta", "item_id": item, "output_index": 0, "delta": piece}
        for piece in pieces
    ]
    begin: dict[str, object] = {"type": "response.created", "response": opened}
    end: dict[str, object] = {"type": "response.completed", "response": response}
    return _events([begin, *deltas, end], named=True)


def _messages_answer(app: _Application, *, streams: bool) -> object:
    draw, model = app.draw, app.model
    given, cached, made = _counts(draw)
    usage: dict[str, object] = {
        "input_tokens": given - cached, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": made, "service_tier": "standard",
    }  # fmt: skip
    pieces = app.pieces()
    message: dict[str, object] = {
        "id": f"msg_01{draw.getrandbits(110):022x}", "type": "message", "role": "assistant",
        "model": model, "content": [{"type": "text", "text": "".join(pieces)}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    if not streams:
        return message
    opened: dict[str, object] = {
        **message,
        "content": [],
        "stop_reason": None,
        "usage": {**usage, "output_tokens": 2},
    }
    block = {"type": "text", "text": ""}
    events: list[dict[str, object]] = [
        {"type": "message_start", "message": opened},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": made}},
        {"type": "message_stop"},
    ]  # fmt: skip
    return _events(events, named=True)


def _gemini_answer(app: _Application, *, streams: bool) -> object:
    draw, model = app.draw, app.model
    given, cached, made = _counts(draw)
    usage: dict[str, object] = {
        "promptTokenCount": given, "candidatesTokenCount": made, "totalTokenCount": given + made,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": given}],
        "cachedContentTokenCount": cached, "thoughtsTokenCount": made // 4,
    }  # fmt: skip
    pieces = app.pieces()
    identity = f"{draw.getrandbits(110):022x}"
    parts = pieces if streams else ["".join(pieces)]
    events: list[dict[str, object]] = [
        {
            "candidates": [{"content": {"parts": [{"text": part}], "role": "model"},
                            "finishReason": "STOP" if n == len(parts) - 1 else None, "index": 0}],
            "usageMetadata": usage, "modelVersion": model, "responseId": identity,
        }
        for n, part in enumerate(parts)
    ]  # fmt: skip
    return _events(events) if streams else events[0]


_ANSWERS = {
    "chat": _chat_answer,
    "responses": _responses_answer,
    "messages": _messages_answer,
    "gemini": _gemini_answer,
}
