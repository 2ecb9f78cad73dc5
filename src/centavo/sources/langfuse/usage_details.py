"""Langfuse's usage types as token columns of exclusive classes.

``usageDetails`` holds any names. Three habits are known: Langfuse's own SDKs take details out of
``input`` and ``output`` and write them beside (``input_cached_tokens``, ``output_reasoning``);
Anthropic's names exclude each other by nature (``cache_read_input_tokens``); and OpenInference's
and OpenTelemetry's details are parts of the whole (``prompt_details.cache_read``). Where a total is
stated, it decides between beside and inside.

Source: Langfuse's ``packages/shared/src/server/ingestion/types.ts``; OpenInference's semantic
conventions.
"""

from collections.abc import Mapping

from centavo.sources.record_values import (
    JsonObject,
    as_object,
    text,
    whole_number,
)

__all__ = ["cost_of", "details_of", "read_details"]

_READS = frozenset(
    (
        "cache_read_input_tokens", "input_cached_tokens", "input_cache_read", "cached_tokens",
        "input_cache_read_tokens", "input_cached", "cache_read", "cache_read_tokens",
        "cached_input_tokens", "input_cached_content", "cached_content_token_count",
        "input_cached_content_token_count", "cache_read.input_tokens", "cachedinputtokens",
        "prompt_cache_hit_tokens", "input_cache_hit_tokens",
    )
)  # fmt: skip
_WRITES = frozenset(
    (
        "cache_creation_input_tokens", "cache_write_input_tokens", "input_cache_creation",
        "input_cache_creation_tokens", "input_cache_write", "input_cache_write_tokens",
        "cache_creation", "cache_write_tokens", "cache_creation.input_tokens",
        "cache_write_input_token_count",
    )
)  # fmt: skip
_WRITES_5M = frozenset(("input_cache_creation_5m", "ephemeral_5m_input_tokens"))
_WRITES_1H = frozenset(("input_cache_creation_1h", "ephemeral_1h_input_tokens"))
_REASONING = frozenset(
    (
        "output_reasoning", "output_reasoning_tokens", "reasoning", "reasoning_tokens",
        "thoughts_token_count", "output_thoughts_token_count", "reasoning.output_tokens",
    )
)  # fmt: skip
_INPUTS = ("input", "input_tokens", "prompt_tokens", "promptTokens", "inputTokens", "prompt")
_OUTPUTS = (
    "output", "output_tokens", "completion_tokens", "completionTokens", "outputTokens", "completion",
)  # fmt: skip
_TOTALS = ("total", "total_tokens", "totalTokens")
# Details that say nothing about what is billed, or are told again by another.
_IGNORED = ("accepted_prediction", "rejected_prediction", "citation")
_INSIDE = ("prompt_details.", "completion_details.", "prompt_tokens_details.")
_MODALITIES = ("audio", "image", "video", "text")

Counts = dict[str, int]


def details_of(observation: JsonObject) -> Counts:
    """Return the counts that an observation states, by Langfuse's usage type; none in other units.

    Raises:
        RecordError: A count that is negative or no whole number.
    """
    for key in ("usageDetails", "usage_details"):
        if found := _counts(as_object(observation.get(key)), key):
            return found
    old = as_object(observation.get("usage"))
    unit = (text(old.get("unit")) or "TOKENS").upper()
    if unit == "TOKENS" and (found := _counts(old, "usage")):
        return found
    flat = ("promptTokens", "completionTokens", "totalTokens")
    found = _counts({key: observation.get(key) for key in flat}, "usage")
    return found if any(found.values()) else {}


def read_details(details: Mapping[str, int]) -> Counts:
    """Return the token columns of the counts.

    >>> read_details({"input": 30, "input_cached_tokens": 70, "output": 5, "total": 105})
    {'input_uncached_tokens': 30, 'cache_read_tokens': 70, 'output_tokens': 5}
    >>> read_details({"input": 100, "prompt_details.cache_read": 70, "output": 5, "total": 105})
    {'input_uncached_tokens': 30, 'cache_read_tokens': 70, 'output_tokens': 5}
    """
    given, made = _first(details, _INPUTS), _first(details, _OUTPUTS)
    parts = _Parts(details, given=given, made=made, total=_first(details, _TOTALS))
    columns: Counts = {}
    if given is None and made is None and not parts.has_any:
        if (total := _first(details, _TOTALS)) is not None:
            columns["input_uncached_tokens"] = total
        return columns
    aside = parts.input_inside
    if given is not None or parts.input_beside_uncached:
        rest = (given or 0) - aside
        columns["input_uncached_tokens"] = (rest if rest >= 0 else given or 0) + (
            parts.input_beside_uncached
        )
    for name, count in parts.columns.items():
        if name.startswith("cache_"):
            columns[name] = count
    if made is not None or parts.output_beside:
        columns["output_tokens"] = (made or 0) + parts.output_beside
    for name, count in parts.columns.items():
        if not name.startswith("cache_"):
            columns[name] = count
    return columns


class _Parts:
    """The counts beside input, output and total, by the column each fills.

    Attributes:
        columns: Ledger column to count.
        input_inside: Cached tokens that are part of ``input``.
        input_beside_uncached: Input that no cache served and that stands beside ``input``.
        output_beside: Output that stands beside ``output``.
    """

    def __init__(
        self, details: Mapping[str, int], *, given: int | None, made: int | None, total: int | None
    ) -> None:
        self.columns: Counts = {}
        self.input_inside = 0
        self.input_beside_uncached = 0
        self.output_beside = 0
        named = {*_INPUTS, *_OUTPUTS, *_TOTALS}
        parts = {key: count for key, count in details.items() if key not in named}
        beside = sum(count for key, count in parts.items() if not key.startswith(_INSIDE))
        whole = (given or 0) + (made or 0)
        # A total that the main counts make up alone leaves no room beside them.
        is_inside = total is not None and total == whole and beside > 0
        for key, count in parts.items():
            self._put(key, count, is_inside=is_inside or key.startswith(_INSIDE))

    @property
    def has_any(self) -> bool:
        """Whether any detail was understood."""
        return bool(self.columns)

    def _put(self, key: str, count: int, *, is_inside: bool) -> None:
        name = _plain(key)
        column = _cache_column(name)
        if column is not None:
            self.columns[column] = max(count, self.columns.get(column, 0))
            self.input_inside += count if is_inside else 0
        elif name in _REASONING:
            self.columns["reasoning_tokens"] = count
            self.output_beside += 0 if is_inside else count
        elif any(word in name for word in _IGNORED):
            self.output_beside += 0 if is_inside or not name.startswith("output") else count
        else:
            self._put_modality(key, name, count, is_inside=is_inside)

    def _put_modality(self, key: str, name: str, count: int, *, is_inside: bool) -> None:
        kind = next((kind for kind in _MODALITIES if kind in name.split("_")), None)
        is_output = key.startswith(("output", "completion"))
        if kind is None or not (is_output or key.startswith(("input", "prompt"))):
            return
        if is_inside:
            pass
        elif is_output:
            self.output_beside += count
        else:
            self.input_beside_uncached += count
        if not (is_output and kind == "video"):
            self.columns[f"{'output' if is_output else 'input'}_{kind}_tokens"] = count


def _plain(key: str) -> str:
    for prefix in _INSIDE:
        key = key.removeprefix(prefix)
    return key.lower()


def _cache_column(name: str) -> str | None:
    for names, column in (
        (_READS, "cache_read_tokens"),
        (_WRITES, "cache_write_tokens"),
        (_WRITES_5M, "cache_write_5m_tokens"),
        (_WRITES_1H, "cache_write_1h_tokens"),
    ):
        if name in names:
            return column
    return None


def _counts(block: JsonObject, where: str) -> Counts:
    counts: Counts = {}
    for key, value in block.items():
        if isinstance(value, dict | list | bool) or key == "unit" or key.endswith("Cost"):
            continue
        if (count := whole_number(value, f"{where}.{key}")) is not None:
            counts[key] = count
    return counts


def _first(details: Mapping[str, int], keys: tuple[str, ...]) -> int | None:
    return next((details[key] for key in keys if key in details), None)


def cost_of(observation: JsonObject) -> object:
    """Return what Langfuse says that the observation cost, in USD; a sum where no total stands."""
    for key in ("costDetails", "cost_details"):
        costs = as_object(observation.get(key))
        if costs:
            return costs.get("total")
    for key in ("calculatedTotalCost", "totalCost", "total_cost"):
        if observation.get(key):
            return observation[key]
    return None
