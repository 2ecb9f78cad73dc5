"""A call as a line of the request log: request, response with the provider's usage block, metadata.

The usage blocks are those that OpenAI's chat completions and embeddings, Anthropic's messages and
Gemini's generateContent return.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from centavo.sources.sample.call import Body, Call
from centavo.sources.sample.company import (
    UNLABELLED,
    application,
    google_project,
    vendor_project,
)
from centavo.sources.sample.texts import anthropic_tool, openai_tool

__all__ = ["as_record"]

Json = dict[str, object]

# The dated names that OpenAI answers with.
_ANSWERED = {
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-5.4": "gpt-5.4-2026-03-05",
    "gpt-5.5": "gpt-5.5-2026-04-23",
}
_ERRORS = {
    429: ("rate_limit_error", "Rate limit reached"),
    500: ("server_error", "The server had an error"),
    503: ("UNAVAILABLE", "The model is overloaded"),
    529: ("overloaded_error", "Overloaded"),
}
_MAX_TOKENS = 8192


def _is_embedding(call: Call) -> bool:
    return call.model.startswith("text-embedding")


def _url(call: Call) -> str:
    if call.provider == "anthropic":
        return "https://api.anthropic.com/v1/messages"
    if call.provider == "google":
        project = google_project(str(application(call.application).google), call.environment)
        return (
            f"https://us-central1-aiplatform.googleapis.com/v1/projects/{project}/locations/"
            f"us-central1/publishers/google/models/{call.model}:generateContent"
        )
    return "https://api.openai.com/v1/" + (
        "embeddings" if _is_embedding(call) else "chat/completions"
    )


def _turns(body: Body) -> list[Json]:
    return [
        {"role": "assistant" if index % 2 else "user", "content": text}
        for index, text in enumerate(body.messages)
    ]


def _request(call: Call) -> Json:
    request: Json = {"method": "POST", "url": _url(call)}
    body = call.body
    if body is None:
        return request
    content: Json = {"model": call.model}
    if call.provider == "anthropic":
        content |= {"max_tokens": _MAX_TOKENS, "system": body.system, "messages": _turns(body)}
        tool = anthropic_tool
    else:
        system: Json = {"role": "system", "content": body.system}
        content |= {"max_completion_tokens": _MAX_TOKENS, "messages": [system, *_turns(body)]}
        tool = openai_tool
    if body.tools:
        content["tools"] = [tool(name) for name in body.tools]
    return request | {"body": content}


def _openai(call: Call) -> Json:
    tokens = call.tokens
    if _is_embedding(call):
        usage: Json = {"prompt_tokens": tokens.input, "total_tokens": tokens.input}
        return {"object": "list", "model": call.model, "usage": usage}
    message: Json = {"role": "assistant", "content": call.body.answer if call.body else None}
    return {
        "id": f"chatcmpl-{call.event_id}",
        "object": "chat.completion",
        "created": call.at_ms // 1000,
        "model": _ANSWERED.get(call.model, call.model),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": tokens.input,
            "completion_tokens": tokens.output,
            "total_tokens": tokens.input + tokens.output,
            "prompt_tokens_details": {"cached_tokens": tokens.cache_read, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": tokens.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
    }


def _anthropic(call: Call) -> Json:
    tokens = call.tokens
    text: list[Json] = [{"type": "text", "text": call.body.answer}] if call.body else []
    return {
        "id": f"msg_{call.event_id}",
        "type": "message",
        "role": "assistant",
        "model": call.model,
        "content": text,
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": tokens.uncached,
            "cache_creation_input_tokens": tokens.cache_write,
            "cache_read_input_tokens": tokens.cache_read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": tokens.cache_write,
                "ephemeral_1h_input_tokens": 0,
            },
            "output_tokens": tokens.output,
            "service_tier": "standard",
        },
    }


def _gemini(call: Call) -> Json:
    tokens = call.tokens
    usage: Json = {
        "promptTokenCount": tokens.input,
        "candidatesTokenCount": tokens.output - tokens.reasoning,
        "totalTokenCount": tokens.input + tokens.output,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens.input}],
    }
    if tokens.reasoning:
        usage["thoughtsTokenCount"] = tokens.reasoning
    if tokens.cache_read:
        usage["cachedContentTokenCount"] = tokens.cache_read
        usage["cacheTokensDetails"] = [{"modality": "TEXT", "tokenCount": tokens.cache_read}]
    return {
        "candidates": [{"finishReason": "STOP", "index": 0}],
        "usageMetadata": usage,
        "modelVersion": call.model,
        "responseId": f"gen-{call.event_id}",
    }


_RESPONSES: dict[str, Callable[[Call], Json]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "google": _gemini,
}


def _metadata(call: Call) -> Json:
    if call.application == UNLABELLED:
        return {"api_key_id": "key-default", "project": vendor_project(UNLABELLED, "production")}
    owner = application(call.application)
    metadata: Json = {
        "application": call.application,
        "endpoint": call.endpoint,
        "feature": call.feature,
        "team": owner.team,
        "environment": call.environment,
        "project": google_project(str(owner.google), call.environment)
        if call.provider == "google"
        else vendor_project(call.application, call.environment),
        "session_id": call.session,
    }
    if call.customer:
        metadata["customer"] = call.customer
    if call.parent:
        metadata["parent_event_id"] = call.parent
    return metadata


def as_record(call: Call) -> Json:
    """Return the line of the log for a call."""
    started = datetime.fromtimestamp(call.at_ms // 1000, UTC).isoformat()[:19]
    if call.status == 200:
        answer = _RESPONSES[call.provider](call)
    else:
        kind, message = _ERRORS[call.status]
        answer = {"error": {"type": kind, "message": message}}
    return {
        "request_id": call.event_id,
        "started_at": f"{started}.{call.at_ms % 1000:03}Z",
        "duration_ms": call.duration_ms,
        "status": call.status,
        "attempt": call.attempt,
        "provider": call.provider,
        "model": call.model,
        "request": _request(call),
        "response": {"body": answer},
        "metadata": _metadata(call),
    }
