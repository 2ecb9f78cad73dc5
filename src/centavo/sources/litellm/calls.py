"""What was called, by the distinct names of a log: provider, operation, models; or no model at all."""

from typing import NamedTuple

from centavo.sources.requests.model_endpoints import provider_name, provider_of_model

__all__ = ["Call", "CallNames", "read_call"]

_OPERATIONS = {
    "completion": "chat",
    "text_completion": "text_completion",
    "embedding": "embeddings",
    "responses": "responses",
    "compact_responses": "compact",
    "anthropic_messages": "messages",
    "generate_content": "generate_content",
    "generate_content_stream": "generate_content",
    "rerank": "rerank",
    "image_generation": "image_generation",
    "image_edit": "image_generation",
    "image_variation": "image_generation",
    "transcription": "audio",
    "speech": "audio",
    "moderation": "other",
    "ocr": "other",
    "realtime": "realtime",
    "retrieve_batch": "batch",
    "pass_through_endpoint": None,
}
# Calls of the proxy that run no model: files, batches that were only created, tools, searches.
_MANAGEMENT = (
    "file",
    "create_batch",
    "cancel_batch",
    "list_batches",
    "vector_store",
    "mcp",
    "list_input_items",
    "get_responses",
    "delete_responses",
    "cancel_responses",
    "container",
    "skill",
    "search",
)
# LiteLLM's names of providers, where they are not those of the price book.
_PROVIDERS = {
    "aiohttp_openai": "openai",
    "anthropic_text": "anthropic",
    "azure_ai": "azure",
    "azure_text": "azure",
    "bedrock_converse": "aws",
    "bedrock_mantle": "aws",
    "chatgpt": "openai",
    "codestral": "mistral",
    "cohere_chat": "cohere",
    "custom_openai": "openai",
    "fireworks_ai": "fireworks",
    "github_copilot": "github-copilot",
    "moonshot": "moonshotai",
    "ollama_chat": "ollama",
    "sagemaker": "aws",
    "sagemaker_chat": "aws",
    "text-completion-codestral": "mistral",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "vertex_ai_beta": "google",
    "vertex_ai": "google",
    "voyage": "voyageai",
}
_GUARDED = frozenset(("chat", "text_completion", "embeddings", "responses", "messages"))


class CallNames(NamedTuple):
    """The columns that say what was called, as they stand."""

    call_type: str | None
    provider: str | None
    model: str | None
    model_group: str | None
    service_tier: str | None
    speed: str | None


class Call(NamedTuple):
    """What was called.

    Attributes:
        not_a_model: Why the row is no request to a model; ``None`` when it is one.
        counts_tokens: Whether a successful call without any token has an unknown usage.
    """

    not_a_model: str | None
    provider: str | None
    operation: str | None
    requested_model: str | None
    answered_model: str | None
    processing_tier: str | None
    counts_tokens: bool


def read_call(names: CallNames) -> Call:
    """Return what the names say.

    >>> call = read_call(CallNames("acompletion", "vertex_ai", "vertex_ai/gemini-2.5-flash", "fast", None, None))
    >>> call.provider, call.operation, call.requested_model, call.answered_model
    ('google', 'chat', 'fast', 'gemini-2.5-flash')
    """
    stated = (names.call_type or "").strip()
    kind = stated.removeprefix("_").removeprefix("a") if stated[:2] != "an" else stated
    kind = kind if kind in _OPERATIONS else stated
    refused = (
        f"not a model call: {stated}"
        if kind not in _OPERATIONS and any(word in stated for word in _MANAGEMENT)
        else None
    )
    operation = _OPERATIONS.get(kind)
    provider, model = _provider_and_model(names)
    return Call(
        not_a_model=refused,
        provider=provider,
        operation=operation,
        requested_model=names.model_group or model,
        answered_model=model,
        processing_tier=_tier(names, operation),
        counts_tokens=operation in _GUARDED or operation == "generate_content",
    )


def _provider_and_model(names: CallNames) -> tuple[str | None, str | None]:
    stated = (names.provider or "").strip().lower()
    model = names.model or None
    prefix, slash, rest = (model or "").partition("/")
    known = prefix.lower() in _PROVIDERS or provider_name(prefix) != prefix.lower()
    if slash and (prefix.lower() == stated or (not stated and (known or prefix.islower()))):
        stated, model = prefix.lower(), rest or None
    base = stated.partition("-")[0] if stated.startswith("vertex_ai-") else stated
    provider = _PROVIDERS.get(base) or provider_name(base or None)
    return provider or provider_of_model(model), model


def _tier(names: CallNames, operation: str | None) -> str | None:
    if operation == "batch":
        return "batch"
    if names.speed == "fast":
        return "fast"
    stated = (names.service_tier or "").lower()
    return {"": None, "default": "standard", "auto": None, "scale": "provisioned"}.get(
        stated, stated
    )
