"""Calls as columns of usage events."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from centavo.sources.claude_code.calls import Call
from centavo.sources.claude_code.records import ScopedRecord, Usage
from centavo.sources.record_values import amount
from centavo.sources.requests.model_endpoints import provider_of_model
from centavo.sources.requests.scope import labels_json
from centavo.sources.secrets import RedactionCount
from centavo.sources.work_folders import project_of

__all__ = ["TYPES", "CallColumns"]

TYPES: Mapping[str, str] = {
    "event_id": "VARCHAR",
    "batch_id": "VARCHAR",
    "call_id": "VARCHAR",
    "started_at": "TIMESTAMP",
    "duration_ms": "BIGINT",
    "provider": "VARCHAR",
    "answered_model": "VARCHAR",
    "project": "VARCHAR",
    "feature": "VARCHAR",
    "input_uncached_tokens": "BIGINT",
    "cache_read_tokens": "BIGINT",
    "cache_write_tokens": "BIGINT",
    "cache_write_5m_tokens": "BIGINT",
    "cache_write_1h_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "reasoning_tokens": "BIGINT",
    "web_searches": "BIGINT",
    "finish_reason": "VARCHAR",
    "processing_tier": "VARCHAR",
    "inference_geo": "VARCHAR",
    "reported_cost": "DECIMAL(18,12)",
    "labels": "VARCHAR",
}

_MAKERS = (("msg_bdrk_", "aws"), ("msg_vrtx_", "google"))
_TIERS = {"auto": "standard", "default": "standard", "standard_only": "standard"}


class CallColumns:
    """Turns calls into columns.

    Args:
        mapped: Scope columns that the user maps; the records then are ``ScopedRecord``.
    """

    def __init__(self, mapped: Sequence[str]) -> None:
        self._mapped = mapped
        self.redacted = RedactionCount()
        self._labels: dict[tuple[object, ...], str | None] = {}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """SQL type of each column."""
        return {**TYPES, **dict.fromkeys(self._mapped, "VARCHAR")}

    def of(self, calls: Sequence[Call], *, batch_id: str) -> Mapping[str, Sequence[object]]:
        """Return the calls of one file, at least one, column by column."""
        usages = [call.usage for call in calls]
        messages = [call.message for call in calls]
        records = [call.record for call in calls]
        columns: dict[str, Sequence[object]] = {
            "event_id": ["claude-code:" + call.key for call in calls],
            "batch_id": [batch_id] * len(calls),
            "call_id": [message.id for message in messages],
            "started_at": [call.started_at for call in calls],
            "provider": [_provider(message.model, (message.id or "")[:9]) for message in messages],
            "answered_model": [message.model for message in messages],
            "project": [project_of(record.cwd) for record in records],
            "feature": ["subagent" if record.isSidechain else None for record in records],
            "finish_reason": [message.stop_reason for message in messages],
            "processing_tier": [_tier(usage.service_tier, usage.speed) for usage in usages],
            "inference_geo": [_geo(usage.inference_geo) for usage in usages],
            "labels": [
                self._labels_of((r.sessionId, r.gitBranch, r.version, r.agentId)) for r in records
            ],
            **_tokens(usages),
        }
        if any(record.durationMs is not None for record in records):
            columns["duration_ms"] = [record.durationMs for record in records]
        if any(record.costUSD is not None for record in records):
            columns["reported_cost"] = [amount(record.costUSD, "costUSD") for record in records]
        for name in self._mapped:
            stated = [r.scope.get(name) if isinstance(r, ScopedRecord) else None for r in records]
            others = columns.get(name, [None] * len(calls))
            columns[name] = [mapped or other for mapped, other in zip(stated, others, strict=True)]
        return columns

    def _labels_of(self, told: tuple[str | None, ...]) -> str | None:
        try:
            return self._labels[told]
        except KeyError:
            pass
        names = ("session_id", "git_branch", "version", "agent_id")
        labels = {name: value for name, value in zip(names, told, strict=True) if value}
        text = self.redacted.redact(labels_json(labels)) if labels else None
        self._labels[told] = text
        return text


def _tokens(usages: Sequence[Usage]) -> dict[str, Sequence[object]]:
    kept = [usage.cache_creation for usage in usages]
    five = [writes.ephemeral_5m_input_tokens if writes else None for writes in kept]
    hour = [writes.ephemeral_1h_input_tokens if writes else None for writes in kept]
    total = [usage.cache_creation_input_tokens for usage in usages]
    tokens: dict[str, Sequence[object]] = {
        "input_uncached_tokens": [usage.input_tokens for usage in usages],
        "cache_read_tokens": [usage.cache_read_input_tokens for usage in usages],
        "cache_write_tokens": list(map(_rest, total, five, hour)),
        "cache_write_5m_tokens": five,
        "cache_write_1h_tokens": hour,
        "output_tokens": [usage.output_tokens for usage in usages],
    }
    if any(usage.output_tokens_details for usage in usages):
        made = [usage.output_tokens_details for usage in usages]
        tokens["reasoning_tokens"] = [part.thinking_tokens if part else None for part in made]
    if any(usage.server_tool_use for usage in usages):
        run = [usage.server_tool_use for usage in usages]
        tokens["web_searches"] = [tools.web_search_requests if tools else None for tools in run]
    return tokens


def _rest(total: int | None, five: int | None, hour: int | None) -> int | None:
    """Return the cache writes whose retention the record does not state."""
    # The parts may state more than the total; what remains is never less than nothing.
    return None if total is None else max(0, total - (five or 0) - (hour or 0))


@lru_cache(maxsize=1_000)
def _provider(model: str | None, id_begins: str) -> str | None:
    """Return who served the model: Bedrock and Vertex AI put their name into the answer's id."""
    for prefix, provider in _MAKERS:
        if id_begins == prefix:
            return provider
    return provider_of_model(model)


@lru_cache(maxsize=1_000)
def _tier(stated: str | None, speed: str | None) -> str | None:
    if speed == "fast":
        return "fast"
    return _TIERS.get(stated.lower(), stated.lower()) if stated else None


def _geo(stated: str | None) -> str | None:
    return None if stated == "not_available" else stated or None
