"""A span that is a call of a model, as one row of usage events."""

import hashlib
import re
from functools import lru_cache

import msgspec

from centavo.sources.otel.attribute_roles import Roles
from centavo.sources.otel.call_scope import CallScope
from centavo.sources.otel.calls import Kind
from centavo.sources.otel.spans import Span
from centavo.sources.otel.usage import SpanUsage, read_usage
from centavo.sources.record_values import as_object, is_list, text, whole_number
from centavo.sources.requests.model_endpoints import (
    provider_name,
    provider_of_model,
    read_endpoint,
)

__all__ = ["event_id", "event_row", "service_tier"]

Row = dict[str, object]

_LIMITS_IN_PARAMETERS = (
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "maxOutputTokens",
)
_LONGEST_MS = 10.0**9
_TIERS = {
    "default": "standard",
    "on_demand": "standard",
    "scale": "provisioned",
    "reserved": "provisioned",
}
# Frameworks that name themselves where the provider belongs.
_NO_PROVIDERS = frozenset(
    {"langchain", "llamaindex", "llama-index", "litellm", "haystack", "crewai", "unknown"}
)
# az.ai.openai, gcp.gen_ai and aws.bedrock name a service of a cloud.
_CLOUDS = {"az": "azure", "azure": "azure", "gcp": "google", "vertex": "google", "aws": "aws"}
_GATEWAYS = re.compile(
    r"\b(litellm|bifrost|portkey|helicone|kong|envoy|openrouter|ai-gateway)\b", re.IGNORECASE
)
_AGENTS = re.compile(
    r"\b(claude[-_]?code|codex|gemini[-_]?cli|copilot|opencode|cursor)\b", re.IGNORECASE
)
_HTTP_ERROR = re.compile("[45][0-9]{2}")


def event_row(span: Span, kind: Kind, *, roles: Roles, scope: CallScope) -> tuple[Row, SpanUsage]:
    """Return the span's row, without batch, source and start, and what it says about tokens.

    Raises:
        RecordError: A value that cannot be read.
    """
    values = roles.values
    requested, answered = text(values.get("request_model")), text(values.get("response_model"))
    if requested is None and answered is None:
        requested = text(values.get("model"))
    address = text(values.get("address"))
    provider = _provider(roles, address) or provider_of_model(answered or requested)
    usage = read_usage(roles, provider=provider)
    row: Row = {
        **scope.columns(span),
        "event_id": event_id(span),
        "call_id": text(values.get("response_id")),
        "meter": _meter(span.scope, str(span.resource.get("service.name"))),
        "provider": provider,
        "server_address": _host(address) if address else None,
        "operation": kind.operation,
        "requested_model": requested,
        "answered_model": answered,
        **usage.tokens,
        "reported_cost": usage.reported_cost,
        "max_output_tokens": _limit(roles),
        "finish_reason": _finish_reason(values.get("finish_reason")),
        "processing_tier": service_tier(
            text(values.get("answered_tier")) or text(values.get("asked_tier"))
        ),
        "streamed": _streamed(roles),
    }
    _put_outcome(row, span, roles)
    _put_times(row, span, roles)
    return row, usage


def event_id(span: Span) -> str:
    """Return the idempotency key: trace and span, or a hash of the content where one is missing."""
    if span.trace_id and span.span_id:
        return f"otel:{span.trace_id}:{span.span_id}"
    content = [span.name, str(span.start), str(span.end), span.attributes, span.resource]
    data = msgspec.json.encode(content, order="deterministic", enc_hook=str)
    return f"otel:{hashlib.sha256(data).hexdigest()[:32]}"


def service_tier(stated: str | None) -> str | None:
    """Return the processing tier of OpenAI's word for it; asked for but not known is ``None``.

    >>> service_tier("default"), service_tier("flex"), service_tier("auto")
    ('standard', 'flex', None)
    """
    if stated is None or stated.lower() == "auto":
        return None
    return _TIERS.get(stated.lower(), stated.lower())


def _provider(roles: Roles, address: str | None) -> str | None:
    # A client library speaks for many hosts; the host itself says who answered.
    if address and (of_host := _provider_of(address)):
        return of_host
    if (stated := text(roles.values.get("provider"))) and (named := _named(stated)):
        return named
    # AI SDK says openai.chat, and means the library's part.
    library = text(roles.values.get("vercel_provider"))
    return _named(library.partition(".")[0]) if library else None


@lru_cache(maxsize=1000)
def _named(stated: str) -> str | None:
    named = provider_name(stated)
    if named is None or named in _NO_PROVIDERS:
        return None
    return _CLOUDS.get(named.partition(".")[0], named)


@lru_cache(maxsize=1000)
def _provider_of(address: str) -> str | None:
    url = address if "://" in address else f"https://{address}/"
    return read_endpoint(url).provider


@lru_cache(maxsize=1000)
def _host(address: str) -> str | None:
    return read_endpoint(address).host if "://" in address else address


@lru_cache(maxsize=1000)
def _meter(scope: str, service: str) -> str:
    who = f"{scope} {service}"
    if _GATEWAYS.search(who):
        return "gateway"
    return "agent" if _AGENTS.search(who) else "application"


def _limit(roles: Roles) -> int | None:
    if (value := roles.values.get("limit")) is not None:
        return whole_number(value, roles.names["limit"])
    parameters = as_object(_decoded(roles.values.get("parameters")))
    for key in _LIMITS_IN_PARAMETERS:
        if (value := parameters.get(key)) is not None:
            return whole_number(value, f"{roles.names['parameters']}: {key}")
    return None


def _finish_reason(value: object) -> str | None:
    value = _decoded(value)
    return text(next(iter(value), None) if is_list(value) else value)


def _decoded(value: object) -> object:
    """Return a value that some exporters write as JSON in a text."""
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError:
            return value
    return value


def _streamed(roles: Roles) -> bool | None:
    if isinstance(value := roles.values.get("streamed"), bool):
        return value
    operation = roles.values.get("vercel_operation")
    return ".doStream" in str(operation) if operation else None


def _put_outcome(row: Row, span: Span, roles: Roles) -> None:
    error, status = text(roles.values.get("error")), roles.values.get("status")
    # An HTTP status may stand where the error's type does.
    if status is None and error and _HTTP_ERROR.fullmatch(error):
        status = error
    if status is not None:
        row["status_code"] = whole_number(status, roles.names.get("status", "error.type"))
    row["is_error"] = span.failed or error is not None
    if row["is_error"]:
        row["error_class"] = (error or span.exception or "error")[:200]
    if (resent := roles.values.get("resent")) is not None:
        row["attempt"] = 1 + (whole_number(resent, roles.names["resent"]) or 0)


def _put_times(row: Row, span: Span, roles: Roles) -> None:
    if span.start and span.end and span.end >= span.start:
        row["duration_ms"] = round((span.end - span.start).total_seconds() * 1000)
    for role, factor in (("ttft_s", 1000), ("ttft_ms", 1)):
        if (number := _number(roles.values.get(role))) is not None:
            row["ttft_ms"] = round(number * factor)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 <= number < _LONGEST_MS else None
