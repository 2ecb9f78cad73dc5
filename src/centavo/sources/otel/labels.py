"""Which attributes are kept, and which of them are labels: never what was said to the model.

A span may carry prompts, answers and the arguments of tools. They are left out here, by name and by
length, before anything is written: by the receiver too.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

import msgspec

from centavo.sources.otel.spans import Attributes
from centavo.sources.record_values import as_list, is_list, is_object

__all__ = ["is_content", "labels_of"]

LONGEST_LABEL = 256
# Beginnings of names that carry what was said, to or by whom, and the code that ran.
_CONTENT = (
    "gen_ai.prompt",
    "gen_ai.completion",
    "gen_ai.input",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.",
    "gen_ai.retrieval",
    "gen_ai.evaluation",
    "llm.input_messages",
    "llm.output_messages",
    "llm.prompts",
    "llm.completions",
    "llm.prompt_template",
    "llm.tools",
    "llm.function_call",
    "llm.headers",
    "input.",
    "output.",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "traceloop.prompt.template",
    "ai.prompt",
    "ai.response.text",
    "ai.response.object",
    "ai.response.tool",
    "ai.result",
    "ai.toolCall",
    "ai.schema",
    "ai.value",
    "ai.embedding",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.trace.input",
    "langfuse.trace.output",
    "retrieval.",
    "embedding.embeddings",
    "embedding.text",
    "reranker.",
    "message.",
    "document.",
    "image.",
    "audio.",
    "tool.",
    "tool_call.",
    "exception.message",
    "exception.stacktrace",
    "http.request.header",
    "http.response.header",
    "http.request.body",
    "http.response.body",
    "db.statement",
    "db.query",
    "process.command",
    "all_messages",
    "events",
    "logfire.",
    "request_data",
    "response_data",
    "mcp.",
)
_NEVER_CONTENT = (
    "gen_ai.input.token",
    "gen_ai.prompt.name",
    "gen_ai.prompt.version",
    "gen_ai.tool.name",
)
# What the conventions say about the call and its surroundings: columns, or of no use as a label.
_NO_LABEL = (
    "gen_ai.",
    "llm.",
    "ai.",
    "openinference.",
    "traceloop.",
    "openai.",
    "anthropic.",
    "aws.",
    "azure.",
    "embedding.",
    "http.",
    "url.",
    "server.",
    "client.",
    "network.",
    "net.",
    "peer.",
    "user_agent.",
    "error.",
    "exception.",
    "otel.",
    "telemetry.",
    "process.",
    "os.",
    "thread.",
    "code.",
    "db.",
    "rpc.",
    "messaging.",
    "container.",
    "host.",
    "langfuse.observation.",
    "operation.cost",
    "service.instance.",
)
_LABEL = (
    "gen_ai.agent.name",
    "gen_ai.conversation.id",
    "gen_ai.prompt.name",
    "gen_ai.workflow.name",
    "traceloop.workflow.name",
    "http.route",
    "host.name",
    "code.function",
    "code.function.name",
)
# The user's own labels, which a library puts under a name of its own.
_STRIPPED = (
    "traceloop.association.properties.",
    "ai.telemetry.metadata.",
    "langfuse.trace.metadata.",
    "langfuse.metadata.",
    "metadata.",
)


@lru_cache(maxsize=10_000)
def is_content(name: str) -> bool:
    """Return whether an attribute of this name may carry what was said.

    >>> is_content("gen_ai.input.messages"), is_content("gen_ai.usage.input_tokens")
    (True, False)
    """
    return name.startswith(_CONTENT) and not name.startswith(_NEVER_CONTENT)


def labels_of(attributes: Attributes) -> dict[str, object]:
    """Return the labels among the attributes, under the user's own names.

    >>> labels_of({"traceloop.association.properties.tenant": "a", "gen_ai.system": "openai"})
    {'tenant': 'a'}
    """
    labels: dict[str, object] = {}
    for name, value in attributes.items():
        label = _label(name)
        if label == "metadata" and isinstance(value, str):
            labels.update(_entries(value))
        elif label is not None and (kept := _short(value)) is not None:
            labels[label] = kept
    # An SDK that was not told a name makes one up.
    if str(labels.get("service.name", "")).startswith("unknown_service"):
        del labels["service.name"]
    return labels


@lru_cache(maxsize=10_000)
def _label(name: str) -> str | None:
    for prefix in _STRIPPED:
        if name.startswith(prefix):
            return name[len(prefix) :]
    if name in _LABEL:
        return name
    return None if is_content(name) or name.startswith(_NO_LABEL) else name


def _short(value: object) -> object:
    if isinstance(value, str):
        return value if 0 < len(value) <= LONGEST_LABEL else None
    if is_list(value):
        texts = [item for item in value if isinstance(item, str) and len(item) <= LONGEST_LABEL]
        return texts if texts and len(texts) == len(value) <= 20 else None
    return value if isinstance(value, bool | int | float | Decimal) else None


def _entries(text: str) -> Iterator[tuple[str, object]]:
    """Yield the entries of OpenInference's ``metadata``, which is JSON in a text."""
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return
    for key, inner in _members(value):
        if (kept := _short(inner)) is not None:
            yield key, kept


def _members(value: object) -> Iterator[tuple[str, object]]:
    if is_object(value):
        mapping: Mapping[str, object] = value
        yield from mapping.items()
    for item in as_list(value):
        if isinstance(item, str):
            yield item, True
