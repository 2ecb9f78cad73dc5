"""Model calls in one execution of an n8n workflow, as rows of usage events.

A model node runs once for each call that an agent or chain makes of it; its run holds what the
provider counted (``tokenUsage``) or, when it did not say, n8n's own estimate
(``tokenUsageEstimate``). A vendor node calls by itself, once for each item.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from centavo.sources.n8n.nodes import WorkflowNode, workflow_nodes
from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    at_path,
    first_text,
    instant,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.model_endpoints import (
    provider_of_model,
    read_endpoint,
    split_address,
)
from centavo.sources.requests.usage_blocks import read_usage

__all__ = ["ESTIMATED", "model_calls"]

ESTIMATED = "estimated:n8n"
_MODEL = "ai_languageModel"
_EMBEDDING = "ai_embedding"
_SYSTEM = re.compile(r"\ASystem: (.*?)(?=\n(?:Human|AI|Tool): |\Z)", re.DOTALL)
_LIMITS = ("max_tokens", "maxTokens", "maxOutputTokens", "maxTokensToSample", "numPredict")
_MODEL_NAMES = ("model", "model_name", "modelName", "model_id", "modelId")
_FINISH = ("finish_reason", "finishReason", "stop_reason", "done_reason")
_ADDRESSES = (
    "configuration.baseURL",
    "clientConfig.baseURL",
    "baseURL",
    "baseUrl",
    "anthropicApiUrl",
    "azure_endpoint",
)


@dataclass(frozen=True)
class _Run:
    """One run of one node.

    Attributes:
        node: The node; one that is no longer in the workflow has no parameters.
        number: From 0, in the execution's order.
        record: As n8n keeps it.
        channel: ``ai_languageModel``, ``ai_embedding``, or ``main`` for vendor nodes.
    """

    node: WorkflowNode
    number: int
    record: JsonObject
    channel: str

    @property
    def items(self) -> list[JsonObject]:
        """Return the ``json`` of each item that the run put out."""
        return _items(self.record.get("data"), self.channel)

    @property
    def asked(self) -> JsonObject:
        """Return what the run was asked with: messages and the model's resolved options."""
        asked = _items(self.record.get("inputOverride"), self.channel)
        return asked[0] if asked else {}


def model_calls(execution: JsonObject, run_data: JsonObject) -> Iterator[dict[str, object]]:
    """Yield the columns of each model call, without those that all calls of the execution share.

    Raises:
        RecordError: A time or a count cannot be read.
    """
    nodes = {node.name: node for node in workflow_nodes(as_object(execution.get("workflowData")))}
    for name, runs in run_data.items():
        node = nodes.get(name) or WorkflowNode(name, "", {})
        before: dict[str, object] = {}
        for number, record in enumerate(as_list(runs)):
            run = _as_run(node, number, record=as_object(record))
            for row in _rows(run, _prefix(execution)) if run else ():
                _put_attempt(row, before)
                before = row
                yield row


def _prefix(execution: JsonObject) -> str:
    # Executions are numbered from 1 by each instance, and a copied workflow keeps its id.
    began = content_hash(execution.get("startedAt"), digits=8)
    workflow, number = text(execution.get("workflowId")), text(execution.get("id"))
    return f"n8n:{workflow or ''}:{number or ''}:{began}"


def _as_run(node: WorkflowNode, number: int, *, record: JsonObject) -> _Run | None:
    """Return the run when it called a model, or failed to."""
    data = as_object(record.get("data"))
    for channel, kind in ((_MODEL, "model"), (_EMBEDDING, "embeddings")):
        if channel in data or channel in as_object(record.get("inputOverride")):
            return _Run(node, number, record, channel)
        if node.kind == kind and record.get("error") is not None:
            return _Run(node, number, record, channel)
    return _Run(node, number, record, "main") if node.kind == "vendor" else None


def _rows(run: _Run, prefix: str) -> Iterator[dict[str, object]]:
    items = run.items or [{}]
    whole = _run_usage(run.record)
    if run.channel == "main" and whole and not any(_has_usage(item) for item in items):
        # The run states one count for all of its calls: one row, that says of how many.
        row = _row(run, {}, identity=f"{prefix}:{run.node.name}:{run.number}")
        yield row | whole | {"calls": len(items) if len(items) > 1 else None}
        return
    for position, item in enumerate(items):
        suffix = f":{position}" if position else ""
        yield _row(run, item, identity=f"{prefix}:{run.node.name}:{run.number}{suffix}")


def _row(run: _Run, item: JsonObject, *, identity: str) -> dict[str, object]:
    asked = run.asked
    options = as_object(asked.get("options"))
    model = first_text(options, *_MODEL_NAMES) or run.node.model
    address = _address(options, run.node)
    error = run.record.get("error")
    failed = error is not None or run.record.get("executionStatus") == "error"
    row: dict[str, object] = {
        "event_id": identity,
        "call_id": _call_id(item),
        **_times(run.record),
        "provider": _provider(run.node, address, model=model),
        "server_address": split_address(address).hostname if address else None,
        "operation": _operation(run),
        "requested_model": model,
        "answered_model": first_text(item, "model", "modelVersion"),
        "feature": run.node.name,
        "use_case": _asking_node(run.record),
        "max_output_tokens": _limit(options, run.node),
        "finish_reason": _finish_reason(item),
        "is_error": failed,
        "error_class": first_text(as_object(error), "name", "type"),
        "status_code": _status(as_object(error)),
        "node_type": run.node.short_type or None,
    }
    return row | _usage(item) | _prompt(asked)


def _times(record: JsonObject) -> dict[str, object]:
    found = instant(record.get("startTime"), "startTime")
    if found is None:
        return {}
    duration = whole_number(record.get("executionTime"), "executionTime")
    return {"started_at": found[0], "started_at_basis": "stated", "duration_ms": duration}


def _usage(item: JsonObject) -> dict[str, object]:
    if is_object(stated := item.get("tokenUsage")):
        return _counts(stated)
    if is_object(estimate := item.get("tokenUsageEstimate")):
        return _counts(estimate) | {"tokens_basis": ESTIMATED}
    for key in ("usage", "usageMetadata"):
        if is_object(block := item.get(key)):
            return dict(read_usage(block).tokens)
    return {}


def _has_usage(item: JsonObject) -> bool:
    return any(is_object(item.get(key)) for key in ("tokenUsage", "usage", "usageMetadata"))


def _counts(usage: JsonObject) -> dict[str, object]:
    # n8n adds up what LangChain passes on: cached tokens are among the prompt's, and not told apart.
    return {
        "input_uncached_tokens": whole_number(usage.get("promptTokens"), "promptTokens"),
        "output_tokens": whole_number(usage.get("completionTokens"), "completionTokens"),
    }


def _run_usage(record: JsonObject) -> dict[str, object]:
    """Return the tokens that n8n notes beside a run, for vendor nodes that simplify their output."""
    traced = as_object(at_path(record, "metadata.tracing"))
    if "llm.tokens.in" not in traced:
        return {}
    columns: dict[str, object] = {
        "input_uncached_tokens": whole_number(traced.get("llm.tokens.in"), "llm.tokens.in"),
        "output_tokens": whole_number(traced.get("llm.tokens.out"), "llm.tokens.out"),
    }
    return columns | ({"tokens_basis": ESTIMATED} if traced.get("llm.tokens.estimated") else {})


def _prompt(asked: JsonObject) -> dict[str, object]:
    messages = asked.get("messages")
    if not messages:
        return {}
    first = next((m for m in as_list(messages) if isinstance(m, str)), "")
    system = _SYSTEM.match(first)
    return {
        "messages_hash": content_hash(messages),
        "system_hash": content_hash(system[1].strip()) if system else None,
    }


def _put_attempt(row: dict[str, object], before: Mapping[str, object]) -> None:
    """Note that a call repeats the one before it, which failed with the same messages."""
    asked = row.get("messages_hash")
    if before.get("is_error") and asked is not None and asked == before.get("messages_hash"):
        attempt = before.get("attempt")
        row["attempt"] = (attempt if isinstance(attempt, int) else 1) + 1
        row["parent_event_id"] = before["event_id"]


def _items(data: object, channel: str) -> list[JsonObject]:
    found: list[JsonObject] = []
    for output in as_list(as_object(data).get(channel)):
        found += [as_object(as_object(item).get("json")) for item in as_list(output)]
    return found


def _asking_node(record: JsonObject) -> str | None:
    """Return the agent or chain that asked the model."""
    source = as_object(next(iter(as_list(record.get("source"))), None))
    return text(source.get("previousNode"))


def _operation(run: _Run) -> str | None:
    if run.channel == _EMBEDDING:
        return "embeddings"
    resource = text(run.node.parameters.get("resource")) or "text"
    return "chat" if run.channel == _MODEL or resource in ("text", "chat") else resource


def _address(options: JsonObject, node: WorkflowNode) -> str | None:
    for path in _ADDRESSES:
        stated = text(at_path(options, path))
        if stated is not None and "://" in stated:
            return stated
    stated = text(node.options.get("baseURL"))
    return stated if stated is not None and stated.startswith("http") else None


def _provider(node: WorkflowNode, address: str | None, *, model: str | None) -> str | None:
    served = read_endpoint(address).provider if address else None
    return served or node.provider or provider_of_model(model)


def _call_id(item: JsonObject) -> str | None:
    stated = text(item.get("id"))
    return stated if stated and "-" in stated and len(stated) > 16 else None


def _limit(options: JsonObject, node: WorkflowNode) -> int | None:
    for place in (options, node.options):
        for key in _LIMITS:
            value = place.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return None


def _finish_reason(item: JsonObject) -> str | None:
    found = at_path(item, "response.generations")
    # Generations are lists of lists.
    inner = next(iter(as_list(next(iter(as_list(found)), None))), None)
    about = as_object(as_object(inner).get("generationInfo"))
    return first_text(about, *_FINISH) or first_text(item, *_FINISH)


def _status(error: JsonObject) -> int | None:
    stated = first_text(error, "httpCode", "status", "statusCode")
    return int(stated) if stated and stated.isdecimal() and len(stated) == 3 else None
