"""A generation or embedding of Langfuse as one row of usage events."""

from collections.abc import Mapping

from centavo.sources.event_batches import Row
from centavo.sources.langfuse.observations import Observation, json_inside, object_inside
from centavo.sources.langfuse.usage_details import cost_of, details_of, read_details
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_list,
    as_object,
    first_text,
    instant,
    is_list,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.model_endpoints import (
    answer_operation,
    provider_name,
    provider_of_model,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.usage_blocks import find_usage, read_usage

__all__ = ["answer_of", "event_of", "stated_call_id", "states_usage"]

_PROVIDERS = frozenset(
    (
        "anthropic", "aws", "azure", "cerebras", "cohere", "deepseek", "fireworks", "google",
        "groq", "mistral", "ollama", "openai", "openrouter", "perplexity", "together", "x-ai",
    )
)  # fmt: skip
_PROVIDER_KEYS = (
    "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ls_provider",
    "langsmith.metadata.ls_provider",
)  # fmt: skip
_OPERATIONS = {"text_completion": "text_completion", "embeddings": "embeddings"}
_TIERS = {"default": "standard", "auto": None, "standard_only": "standard", "on_demand": "standard"}
_LONGEST_LABEL = 200


def answer_of(observation: Observation) -> JsonObject:
    """Return the provider's own answer where the output keeps it whole; an empty object otherwise."""
    output = object_inside(observation.value("output", "output"))
    return output if answer_operation(output)[0] is not None else {}


def states_usage(observation: Observation) -> bool:
    """Return whether the observation tells how many tokens it took."""
    return any(details_of(observation.record).values()) or bool(
        read_usage(find_usage(answer_of(observation))).tokens
    )


def stated_call_id(observation: Observation) -> str | None:
    """Return the provider's id of the answer, from the answer or from telemetry's attributes."""
    attributes = _attributes(observation)
    return first_text(answer_of(observation), "id", "responseId", "response_id") or text(
        attributes.get("gen_ai.response.id")
    )


def event_of(observation: Observation, scope: ScopeReader) -> dict[str, object]:
    """Return the row, without batch.

    Raises:
        RecordError: A value that cannot be read.
    """
    attributes = _attributes(observation)
    answer = answer_of(observation)
    model = text(observation.value("model", "provided_model_name"))
    answered = text(attributes.get("gen_ai.response.model")) or first_text(
        answer, "model", "modelVersion"
    )
    provider = _provider(attributes, model or answered)
    row: dict[str, object] = {
        **_scope(observation, attributes, scope),
        **_times(observation),
        **_tokens(observation, answer, provider),
        **_outcome(observation, answer, attributes),
        "event_id": f"langfuse:{_identity(observation)}",
        "source": "langfuse",
        "meter": "application",
        "call_id": stated_call_id(observation),
        "provider": provider,
        "operation": _operation(observation, answer, attributes),
        "requested_model": model,
        "answered_model": answered,
        "template_id": _template(observation),
        "max_output_tokens": _limit(observation),
        "reported_cost": _cost(observation),
    }
    if observation.value("providedUsageDetails", "provided_usage_details") == {} and row.get(
        "input_uncached_tokens"
    ):
        # Langfuse counted the text itself, with a tokenizer of its choice.
        row["tokens_basis"] = "counted:langfuse"
    return row


def _identity(observation: Observation) -> str:
    if (stated := observation.id) is not None:
        return stated
    return content_hash(observation.record, digits=32)


def _attributes(observation: Observation) -> Mapping[str, object]:
    """Return the telemetry attributes and the metadata's own entries as one object."""
    metadata = object_inside(observation.value("metadata", "metadata"))
    return {
        **object_inside(metadata.get("resourceAttributes")),
        **{key: value for key, value in metadata.items() if not isinstance(value, dict | list)},
        **object_inside(metadata.get("attributes")),
    }


def _provider(attributes: Mapping[str, object], model: str | None) -> str | None:
    for key in _PROVIDER_KEYS:
        named = provider_name(text(attributes.get(key)))
        if named in _PROVIDERS:
            return named
    prefix, slash, _ = (model or "").partition("/")
    return provider_of_model(model) or (provider_name(prefix) if slash else None)


def _operation(
    observation: Observation, answer: JsonObject, attributes: Mapping[str, object]
) -> str:
    if observation.kind == "EMBEDDING":
        return "embeddings"
    named = text(attributes.get("gen_ai.operation.name"))
    return answer_operation(answer)[0] or _OPERATIONS.get(named or "") or "chat"


def _times(observation: Observation) -> Row:
    start = instant(observation.value("startTime", "start_time"), "startTime")
    if start is None:
        raise RecordError("startTime", "is missing", observation.record.get("startTime"))
    row: dict[str, object] = {"started_at": start[0], "started_at_basis": "stated"}
    end = instant(observation.value("endTime", "end_time"), "endTime")
    if end is not None and end[0] >= start[0]:
        row["duration_ms"] = round((end[0] - start[0]).total_seconds() * 1000)
    first = instant(
        observation.value("completionStartTime", "completion_start_time"), "completionStartTime"
    )
    if first is not None and first[0] >= start[0]:
        row["ttft_ms"] = round((first[0] - start[0]).total_seconds() * 1000)
        row["streamed"] = True
    return row


def _tokens(observation: Observation, answer: JsonObject, provider: str | None) -> Row:
    """Return what the provider's answer says; what Langfuse says where the answer is not kept."""
    if tokens := read_usage(find_usage(answer), provider=provider).tokens:
        return tokens
    return read_details(details_of(observation.record))


def _cost(observation: Observation) -> object:
    stated = amount(cost_of(observation.record), "totalCost")
    # Langfuse writes 0 where it knows no price.
    return stated or None


def _outcome(observation: Observation, answer: JsonObject, attributes: Mapping[str, object]) -> Row:
    failed = (text(observation.value("level", "level")) or "").upper() == "ERROR"
    row: dict[str, object] = {"is_error": failed}
    if failed:
        row["error_class"] = text(attributes.get("error.type")) or "error"
    choice = as_object(next(iter(as_list(answer.get("choices"))), None))
    row["finish_reason"] = (
        first_text(choice, "finish_reason")
        or first_text(answer, "stop_reason", "stopReason")
        or _first_reason(attributes.get("gen_ai.response.finish_reasons"))
    )
    if (tier := text(answer.get("service_tier"))) is not None:
        row["processing_tier"] = _TIERS.get(tier.lower(), tier.lower())
    return row


def _first_reason(stated: object) -> str | None:
    found = json_inside(stated)
    return text(next(iter(found), None)) if is_list(found) else text(found)


def _template(observation: Observation) -> str | None:
    name = text(observation.value("promptName", "prompt_name"))
    version = text(observation.value("promptVersion", "prompt_version"))
    return f"{name}:{version}" if name and version else name


def _limit(observation: Observation) -> int | None:
    asked = object_inside(observation.value("modelParameters", "model_parameters"))
    for key in ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxTokens"):
        stated = text(asked.get(key))
        if stated is not None and stated.isdigit():
            return whole_number(stated, key) or None
    return None


def _scope(
    observation: Observation, attributes: Mapping[str, object], scope: ScopeReader
) -> dict[str, object]:
    trace = observation.trace
    labels = _labels(observation)
    service = text(attributes.get("service.name"))
    if service and not service.startswith("unknown_service"):
        labels.setdefault("service.name", service)
    environment = text(observation.value("environment", "environment")) or text(
        trace.get("environment")
    )
    if environment and environment != "default":
        labels["environment"] = environment
    elif (named := text(attributes.get("deployment.environment.name"))) is not None:
        labels["deployment.environment.name"] = named
    project = first_text(observation.record, "projectId", "project_id") or first_text(
        trace, "projectId", "project_id"
    )
    if project:
        labels["project_id"] = project
    # What a mapping may name; the record's own keys are no labels.
    place = {"labels": labels, "observation": observation.record, "trace_of": trace}
    return scope.columns(place, headers={})


def _labels(observation: Observation) -> dict[str, object]:
    trace = observation.trace
    labels: dict[str, object] = {}
    for record in (trace, observation.record):
        metadata = object_inside(record.get("metadata"))
        for key, value in metadata.items():
            stated = text(value)
            if stated is not None and len(stated) <= _LONGEST_LABEL:
                labels[key] = stated
    for tag in as_list(json_inside(trace.get("tags"))):
        key, colon, rest = (text(tag) or "").partition(":")
        if key:
            labels[key.strip()] = rest.strip() if colon else True
    stated = {
        "trace_name": trace.get("name"),
        "trace_id": observation.value("traceId", "trace_id"),
        "session_id": trace.get("sessionId") or observation.value("sessionId", "session_id"),
        "user_id": trace.get("userId") or observation.value("userId", "user_id"),
        "generation_name": observation.value("name", "name"),
        "release": trace.get("release"),
        "version": observation.value("version", "version") or trace.get("version"),
        "status_message": (text(observation.value("statusMessage", "status_message")) or "")[
            :_LONGEST_LABEL
        ],
    }
    labels.update({key: value for key, value in stated.items() if value})
    return labels
