"""Tokens and cost that a span states, as token columns of exclusive classes.

The conventions agree that input includes what was read from and written to a cache, and that output
includes reasoning; not every instrumentation does. The total tells, where it is stated; a cached
count that is larger than the input cannot be part of it; otherwise the convention holds.

Source: OpenTelemetry GenAI registry, ``gen_ai.usage.*``.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from centavo.sources.otel.attribute_roles import Roles
from centavo.sources.record_values import amount, whole_number

__all__ = ["SpanUsage", "read_usage"]

# Parts that change nothing in the sums; role and column have one name.
_PARTS = (
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "web_searches",
)


@dataclass
class SpanUsage:
    """What a span says about tokens and cost.

    Attributes:
        tokens: Columns of ``ledger.schema.TOKEN_COLUMNS`` that it states.
        reported_cost: Cost that the instrumentation computed, USD.
        is_doubtful: Whether nothing tells if the input includes the cached tokens, at a provider
            that counts them apart; they are then read as included.
    """

    tokens: dict[str, int] = field(default_factory=dict[str, int])
    reported_cost: Decimal | None = None
    is_doubtful: bool = False


def read_usage(roles: Roles, *, provider: str | None) -> SpanUsage:
    """Return the tokens and the cost that the span states.

    Raises:
        RecordError: A count that is negative or no whole number, a cost that is no amount.
    """
    usage = SpanUsage()
    given, made, total = (_count(roles, role) for role in ("input", "output", "total"))
    if given is None and total is not None and total >= (made or 0):
        given = total - (made or 0)
    sums = _Sums(given, made, total)
    _put_input(usage, roles, sums)
    usage.is_doubtful = usage.is_doubtful and _counts_apart(roles, provider)
    _put_output(usage.tokens, roles, sums)
    for part in _PARTS:
        if (count := _count(roles, part)) is not None:
            usage.tokens[part] = count
    if (written := usage.tokens.get("cache_write_tokens")) is not None:
        known = sum(usage.tokens.get(f"cache_write_{kept}_tokens", 0) for kept in ("5m", "1h"))
        usage.tokens["cache_write_tokens"] = max(0, written - known)
    if "cost" in roles.values:
        usage.reported_cost = amount(roles.values["cost"], roles.names["cost"])
    return usage


@dataclass(frozen=True, slots=True)
class _Sums:
    given: int | None
    made: int | None
    total: int | None


def _put_input(usage: SpanUsage, roles: Roles, sums: _Sums) -> None:
    read, write = _count(roles, "cache_read"), _count(roles, "cache_write")
    cached = (read or 0) + (write or 0)
    if sums.given is not None:
        with_cached = sums.given + cached + (sums.made or 0)
        apart = cached > sums.given or (cached > 0 and sums.total == with_cached)
        usage.tokens["input_uncached_tokens"] = sums.given if apart else sums.given - cached
        usage.is_doubtful = cached > 0 and not apart
    for column, count in (("cache_read_tokens", read), ("cache_write_tokens", write)):
        if count is not None:
            usage.tokens[column] = count


def _put_output(tokens: dict[str, int], roles: Roles, sums: _Sums) -> None:
    reasoning = _count(roles, "reasoning")
    if reasoning is not None:
        tokens["reasoning_tokens"] = reasoning
    if sums.made is not None:
        added = reasoning or 0
        with_added = (sums.given or 0) + sums.made + added
        apart = added > sums.made or (added > 0 and sums.total == with_added)
        tokens["output_tokens"] = sums.made + added if apart else sums.made


def _counts_apart(roles: Roles, provider: str | None) -> bool:
    """Return whether the provider counts cached tokens apart, and the names do not settle it."""
    # The dotted names came with the rule that input includes them.
    by_the_rule = any(
        roles.names.get(role, "").endswith(".input_tokens")
        for role in ("cache_read", "cache_write")
    )
    return provider in ("anthropic", "aws") and not by_the_rule


def _count(roles: Roles, role: str) -> int | None:
    value = roles.values.get(role)
    return None if value is None else whole_number(value, roles.names[role])
