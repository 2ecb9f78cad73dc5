"""Which spans are calls of a model, and what the others are.

Several conventions say it in their own words: ``gen_ai.operation.name`` (OpenTelemetry),
``openinference.span.kind``, ``traceloop.span.kind`` and ``llm.request.type`` (OpenLLMetry),
``ai.operationId`` (Vercel's AI SDK). Where none does, a model together with tokens does.

Sources: OpenTelemetry GenAI semantic conventions (spans); OpenInference and OpenLLMetry
specifications; AI SDK documentation on telemetry.
"""

from dataclasses import dataclass

from centavo.sources.otel.attribute_roles import Roles
from centavo.sources.otel.spans import Attributes, Span
from centavo.sources.record_values import text

__all__ = ["Kind", "has_tokens", "kind_of_span"]

# As the words of the conventions -> operation of the ledger.
_CALLS = {
    "chat": "chat",
    "chat_completions": "chat",
    "completion": "text_completion",
    "text_completion": "text_completion",
    "generate_content": "generate_content",
    "embeddings": "embeddings",
    "embedding": "embeddings",
    "responses": "responses",
    "messages": "messages",
    "converse": "converse",
    "invoke_model": "invoke",
    "call_llm": "chat",
    "llm": "chat",
    "rerank": "rerank",
    "reranker": "rerank",
    "image": "image_generation",
    "image_generation": "image_generation",
    "generate_image": "image_generation",
    "audio": "audio",
    "speech": "audio",
    "transcription": "audio",
    "moderation": "other",
}
_OTHERS = {
    "agent": "agent",
    "create_agent": "agent",
    "invoke_agent": "agent",
    "handoff": "agent",
    "workflow": "workflow",
    "invoke_workflow": "workflow",
    "chain": "workflow",
    "task": "workflow",
    "step": "workflow",
    "framework": "workflow",
    "tool": "tool",
    "execute_tool": "tool",
    "retriever": "retrieval",
    "retrieval": "retrieval",
    "vectordb": "retrieval",
    "guardrail": "guardrail",
    "evaluator": "evaluation",
    "prompt": "prompt",
}
_MODELS = ("request_model", "response_model", "model")
_TOKENS = ("input", "output", "total")
_FOREIGN = (
    ("http.", "http"),
    ("url.", "http"),
    ("db.", "database"),
    ("rpc.", "rpc"),
    ("messaging.", "messaging"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a span is.

    Attributes:
        operation: Operation of the ledger where it is a call of a model; ``None`` otherwise.
        other: What it is instead: agent, workflow, tool, http …
    """

    operation: str | None
    other: str = ""


def kind_of_span(span: Span, roles: Roles) -> Kind:
    """Return what the span is.

    Where the conventions disagree, ``gen_ai.operation.name`` wins.
    """
    values = roles.values
    stated = _words(values)
    for word in stated:
        if word in _CALLS:
            return Kind(_CALLS[word])
        if word in _OTHERS:
            return Kind(None, _OTHERS[word])
    has_model = any(role in values for role in _MODELS)
    if has_model and has_tokens(roles):
        return Kind(stated[0] if stated else "chat")
    # A call that failed has no tokens; a span of the server's side would be somebody else's.
    if has_model and not stated and (span.kind == 3 or span.failed):
        return Kind("chat")
    if stated:
        return Kind(None, stated[0][:40])
    return Kind(None, _foreign(span.attributes))


def has_tokens(roles: Roles) -> bool:
    """Return whether the span states tokens."""
    return any(role in roles.values for role in _TOKENS)


def _words(values: Attributes) -> list[str]:
    """Return what the span says of itself, the word to be believed first."""
    found = [text(values.get(role)) for role in ("operation", "stated_kind", "request_type")]
    if (vercel := text(values.get("vercel_operation"))) is not None:
        found.append(_vercel(vercel))
    words = [word.lower().replace(" ", "_").replace("-", "_") for word in found if word]
    return [word for word in words if word != "unknown"]


def _vercel(operation: str) -> str:
    """Return what ``ai.operationId`` means: ``ai.generateText.doGenerate`` calls, its parent waits."""
    if ".doEmbed" in operation:
        return "embeddings"
    if ".do" in operation:
        return "chat"
    return "tool" if operation == "ai.toolCall" else "workflow"


def _foreign(attributes: Attributes) -> str:
    for prefix, kind in _FOREIGN:
        if any(key.startswith(prefix) for key in attributes):
            return kind
    return "other"
