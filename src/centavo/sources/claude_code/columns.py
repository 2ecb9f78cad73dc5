"""Calls as columns of usage events.

The hot path of the source: list comprehensions and Arrow's own conversions. What calls of one
session have in common is found once for each combination and taken from there by its code.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from centavo.sources.arrow import arrow
from centavo.sources.claude_code.calls import Context, Drawn
from centavo.sources.record_values import amount
from centavo.sources.requests.model_endpoints import provider_of_model
from centavo.sources.requests.scope import labels_json
from centavo.sources.secrets import RedactionCount
from centavo.sources.work_folders import project_of

__all__ = ["TYPES", "CallColumns"]

TYPES: Mapping[str, str] = {
    "call_key": "VARCHAR",
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
    "cache_write_total": "BIGINT",
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

# Bedrock and Vertex AI put their names into the answer's id.
_MAKERS = {"msg_bdrk_": "aws", "msg_vrtx_": "google"}
_TIERS = {"auto": "standard", "default": "standard", "standard_only": "standard"}


class CallColumns:
    """Turns calls into columns.

    Args:
        mapped: Scope columns that the user maps; the records then are ``ScopedRecord``.
    """

    def __init__(self, mapped: Sequence[str]) -> None:
        self._mapped = mapped
        self.redacted = RedactionCount()

    @cached_property
    def types(self) -> Mapping[str, str]:
        """SQL type of each column."""
        return {**TYPES, **dict.fromkeys(self._mapped, "VARCHAR")}

    def of(self, drawn: Drawn, *, batch_id: str) -> Mapping[str, Any]:
        """Return calls of one file, at least one, column by column."""
        (
            codes, times, ids, read, cached, written, kept, made, parts, tools, durations, costs, _,
            scopes,
        ) = zip(*drawn.lines, strict=True)  # fmt: skip
        columns: dict[str, Any] = {
            "call_key": drawn.keys,
            "batch_id": arrow().repeat(batch_id, len(codes)),
            "call_id": ids,
            "started_at": _times(times),
            **self._common(drawn.contexts, codes),
            "input_uncached_tokens": read,
            "cache_read_tokens": cached,
            "cache_write_total": written,
            "output_tokens": made,
        }
        if any(kept):
            columns["cache_write_5m_tokens"] = [
                each and each.ephemeral_5m_input_tokens for each in kept
            ]
            columns["cache_write_1h_tokens"] = [
                each and each.ephemeral_1h_input_tokens for each in kept
            ]
        if any(parts):
            columns["reasoning_tokens"] = [each and each.thinking_tokens for each in parts]
        if any(tools):
            columns["web_searches"] = [each and each.web_search_requests for each in tools]
        if any(duration is not None for duration in durations):
            columns["duration_ms"] = durations
        if any(cost is not None for cost in costs):
            columns["reported_cost"] = [amount(cost, "costUSD") for cost in costs]
        for name in self._mapped:
            stated = [scope and scope.get(name) for scope in scopes]
            others = columns[name].to_pylist() if name in columns else [None] * len(codes)
            columns[name] = [mapped or other for mapped, other in zip(stated, others, strict=True)]
        return columns

    def _common(self, contexts: Sequence[Context], codes: Sequence[int]) -> dict[str, Any]:
        """Return the columns of what calls have in common, as Arrow arrays."""
        texts: dict[str, list[str | None]] = {
            "provider": [
                _MAKERS.get(each.id_mark or "") or provider_of_model(each.model)
                for each in contexts
            ],
            "answered_model": [each.model for each in contexts],
            "project": self._clean([project_of(each.cwd) for each in contexts], codes),
            "feature": ["subagent" if each.is_sidechain else None for each in contexts],
            "finish_reason": [each.stop_reason for each in contexts],
            "processing_tier": [_tier(each.service_tier, each.speed) for each in contexts],
            "inference_geo": [_geo(each.inference_geo) for each in contexts],
            "labels": self._clean(list(map(_labels, contexts)), codes),
        }
        pa = arrow()
        indices = pa.array(codes, pa.int32())
        return {
            name: pa.array(values, pa.string()).take(indices)
            for name, values in texts.items()
            if any(value is not None for value in values)
        }

    def _clean(self, texts: Sequence[str | None], codes: Sequence[int]) -> list[str | None]:
        """Return texts of contexts without secrets, which are counted for each row that has them."""
        clean = [text and self.redacted.redact(text, rows=0) for text in texts]
        if clean != texts:
            rows = Counter(codes)
            for code, text in enumerate(texts):
                if text != clean[code]:
                    self.redacted.redact(text or "", rows=rows[code])
        return clean


def _labels(context: Context) -> str | None:
    told = {
        "session_id": context.session_id,
        "git_branch": context.git_branch,
        "version": context.version,
        "agent_id": context.agent_id,
    }
    labels = {name: value for name, value in told.items() if value}
    return labels_json(labels) if labels else None


def _times(times: Sequence[datetime | None]) -> Any:  # noqa: ANN401 -- an Arrow array
    """Return times as UTC; Arrow takes five times longer to convert aware ones."""
    pa = arrow()
    micros = [time and round(_utc(time).timestamp() * 1e6) for time in times]
    return pa.array(micros, pa.int64()).cast(pa.timestamp("us"))


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _tier(stated: str | None, speed: str | None) -> str | None:
    if speed == "fast":
        return "fast"
    return _TIERS.get(stated.lower(), stated.lower()) if stated else None


def _geo(stated: str | None) -> str | None:
    return None if stated == "not_available" else stated or None
