"""What each attribute is for, whichever convention named it: one look at each attribute of a span.

A role is a question about the call, and its names stand in the order in which they are believed. This
runs for every span, so a span's attributes are gone through once.

Sources: OpenTelemetry GenAI registry (current and deprecated names); OpenInference; OpenLLMetry; AI
SDK; and the spellings that instrumentations used before the registry had a name.
"""

from collections.abc import Mapping

from centavo.sources.otel.spans import Attributes

__all__ = ["Roles", "roles_of"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    # What the span is.
    "operation": ("gen_ai.operation.name",),
    "stated_kind": ("openinference.span.kind", "gen_ai.span.kind", "traceloop.span.kind"),
    "request_type": ("llm.request.type",),
    "vercel_operation": ("ai.operationId",),
    # Who answered, and what.
    "request_model": (
        "gen_ai.request.model",
        "llm.request.model_name",
        "llm.request.model",
        "ai.model.id",
    ),
    "response_model": (
        "gen_ai.response.model",
        "llm.response.model_name",
        "llm.response.model",
        "ai.response.model",
    ),
    "model": (
        "llm.model_name",
        "embedding.model_name",
        "reranker.model_name",
        "gen_ai.model.name",
    ),
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    "vercel_provider": ("ai.model.provider",),
    "address": (
        "server.address",
        "gen_ai.openai.api_base",
        "net.peer.name",
        "url.full",
        "http.url",
    ),
    "response_id": ("gen_ai.response.id", "ai.response.id", "llm.response.id"),
    # Tokens and cost.
    "input": (
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
        "llm.usage.input_tokens",
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
        "ai.usage.tokens",
    ),
    "output": (
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "llm.usage.completion_tokens",
        "llm.usage.output_tokens",
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
    ),
    "total": (
        "gen_ai.usage.total_tokens",
        "llm.token_count.total",
        "llm.usage.total_tokens",
        "ai.usage.totalTokens",
    ),
    "cache_read": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.cached_input_tokens",
        "gen_ai.usage.input_cached_tokens",
        "gen_ai.usage.input_tokens.cached",
        "gen_ai.usage.cached_tokens",
        "gen_ai.usage.cache_read_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "gen_ai.usage.details.cached_tokens",
        "gen_ai.usage.prompt_tokens_details.cached_tokens",
        "gen_ai.usage.input_tokens_details.cached_tokens",
        "gen_ai.usage.input_token_details.cached",
        "llm.token_count.prompt_details.cache_read",
        "llm.token_count.prompt_details.cache_input",
        "llm.usage.cache_read_input_tokens",
        "ai.usage.cachedInputTokens",
    ),
    "cache_write": (
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.input_tokens.cache_write",
        "gen_ai.usage.cache_creation_tokens",
        "gen_ai.usage.cache_write_tokens",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write",
        "llm.usage.cache_creation_input_tokens",
    ),
    "reasoning": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.reasoning_output_tokens",
        "gen_ai.usage.output_tokens.reasoning",
        "gen_ai.usage.details.reasoning_tokens",
        "gen_ai.usage.details.thoughts_tokens",
        "gen_ai.usage.completion_tokens_details.reasoning_tokens",
        "gen_ai.usage.output_tokens_details.reasoning_tokens",
        "llm.token_count.completion_details.reasoning",
        "llm.usage.reasoning_tokens",
        "ai.usage.reasoningTokens",
    ),
    "cache_write_5m_tokens": (
        "gen_ai.usage.cache_creation.ephemeral_5m_input_tokens",
        "gen_ai.usage.details.ephemeral_5m_input_tokens",
    ),
    "cache_write_1h_tokens": (
        "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens",
        "gen_ai.usage.details.ephemeral_1h_input_tokens",
    ),
    "input_audio_tokens": (
        "llm.token_count.prompt_details.audio",
        "gen_ai.usage.details.input_audio_tokens",
    ),
    "output_audio_tokens": (
        "llm.token_count.completion_details.audio",
        "gen_ai.usage.details.output_audio_tokens",
    ),
    "web_searches": ("gen_ai.usage.details.web_search_requests",),
    "cost": (
        "gen_ai.usage.cost",
        "gen_ai.cost.usd",
        "llm.cost.total",
        "operation.cost",
        "llm.usage.cost",
    ),
    # How it went.
    "limit": (
        "gen_ai.request.max_tokens",
        "llm.request.max_tokens",
        "ai.settings.maxOutputTokens",
        "ai.settings.maxTokens",
    ),
    "parameters": ("llm.invocation_parameters",),
    "finish_reason": (
        "gen_ai.response.finish_reasons",
        "gen_ai.response.finish_reason",
        "llm.response.finish_reason",
        "llm.finish_reason",
        "gen_ai.completion.0.finish_reason",
        "ai.response.finishReason",
    ),
    "streamed": (
        "gen_ai.request.stream",
        "gen_ai.request.is_stream",
        "llm.is_streaming",
        "gen_ai.is_streaming",
    ),
    "answered_tier": ("openai.response.service_tier", "gen_ai.openai.response.service_tier"),
    "asked_tier": ("openai.request.service_tier", "gen_ai.openai.request.service_tier"),
    "ttft_s": (
        "gen_ai.response.time_to_first_chunk",
        "gen_ai.server.time_to_first_token",
        "gen_ai.client.operation.time_to_first_chunk",
        "gen_ai.latency.time_to_first_token",
    ),
    "ttft_ms": ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"),
    "status": ("http.response.status_code", "http.status_code"),
    "error": ("error.type",),
    "resent": ("http.request.resend_count", "http.resend_count"),
    "route": ("http.route",),
}
_PLACES = {name: (role, rank) for role, names in _NAMES.items() for rank, name in enumerate(names)}


class Roles:
    """What a span's attributes say, by role.

    Attributes:
        values: The value of each role that is stated.
        names: The attribute that it comes from.
    """

    __slots__ = ("names", "values")

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.names: dict[str, str] = {}


def roles_of(attributes: Attributes) -> Roles:
    """Return what the attributes say.

    >>> roles_of({"gen_ai.system": "openai", "gen_ai.provider.name": "groq"}).values
    {'provider': 'groq'}
    """
    roles = Roles()
    values, names = roles.values, roles.names
    ranks: dict[str, int] = {}
    for name, value in attributes.items():
        place = _PLACES.get(name)
        if place is None or value is None or value == "":
            continue
        role, rank = place
        if role not in ranks or rank < ranks[role]:
            ranks[role] = rank
            values[role] = value
            names[role] = name
    return roles
