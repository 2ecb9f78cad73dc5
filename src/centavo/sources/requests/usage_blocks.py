"""A provider's usage block as token columns of exclusive classes.

Providers count differently: OpenAI's input includes cached tokens, Anthropic's excludes them,
Gemini's output excludes thinking, xAI's excludes reasoning. Here ``input_uncached_tokens``, the
cache reads and the cache writes never overlap, and ``output_tokens`` holds everything put out.

Sources: the providers' API references; genai-prices' extractors, against which a test compares
every flavour listed in ``docs/sources/requests.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    at_path,
    is_object,
    whole_number,
)
from centavo.sources.requests.answer_streams import INVOCATION_METRICS

__all__ = ["Usage", "UsageShape", "find_usage", "read_usage"]

UsageShape = Literal[
    "openai_chat",
    "openai_responses",
    "openai_realtime",
    "anthropic",
    "gemini",
    "bedrock",
    "cohere",
    "cohere_meta",
    "total_only",
    "titan",
    "llama",
    "vertex_predictions",
    "headers",
    "empty",
    "unknown",
]

_STATED = (int, float, dict, list)
_ADDS_REASONING = frozenset({"x-ai", "perplexity"})
# Of models on Bedrock whose answers have no block: Titan's and Llama's.
_BARE_COUNTS = (
    ("inputTextTokenCount", "results"),
    ("prompt_token_count", "generation_token_count"),
)
_MODALITIES = {
    "TEXT": "text",
    "AUDIO": "audio",
    "IMAGE": "image",
    "DOCUMENT": "image",
    "VIDEO": "video",
}
_SEARCHES = frozenset({"server_tool_use", "num_search_queries", "tool_calls_details"})
_OUTPUT_MODALITIES = frozenset({"text", "audio", "image"})


@dataclass
class Usage:
    """What one usage block says.

    Attributes:
        shape: Which provider's way of counting it follows; ``empty`` states
            no count; ``unknown`` counts in a way that is not known here, and leaves all tokens out.
        tokens: Columns of ``ledger.schema.TOKEN_COLUMNS`` that it states.
        uncounted: Tokens of further model runs that the block lists beside its totals
            (Anthropic's compaction and advisor iterations).
    """

    shape: UsageShape
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    uncounted: int = 0

    def put(self, column: str, value: int | None) -> None:
        """Note a count that is stated."""
        if value is not None:
            self.tokens[column] = value

    def add(self, column: str, value: int | None) -> None:
        """Add a count that is stated to what is already there."""
        if value is not None:
            self.tokens[column] = self.tokens.get(column, 0) + value


def find_usage(answer: JsonObject) -> object:
    """Return the block of an answer's body that states its usage, or ``None``.

    It stands under ``usage``, ``usageMetadata``, ``meta`` (Cohere embeddings) or ``x_groq.usage``;
    and Titan, Llama on Bedrock and embeddings of Vertex AI count in the body itself. Bedrock states
    the tokens of every model's stream in its last event.
    """
    for key in ("usage", "usageMetadata", "usage_metadata"):
        if (block := answer.get(key)) is not None:
            return block
    if is_object(block := as_object(answer.get("x_groq")).get("usage")):
        return block
    if "billed_units" in as_object(answer.get("meta")):
        return {"meta": answer["meta"]}
    return _bare_usage(answer)


def _bare_usage(answer: JsonObject) -> JsonObject | None:
    """Return as a block the counts that stand in the body itself."""
    if is_object(metrics := answer.get(INVOCATION_METRICS)) and "inputTokenCount" in metrics:
        return {key.replace("TokenCount", "Tokens"): count for key, count in metrics.items()}
    for first, second in _BARE_COUNTS:
        if first in answer:
            return {key: answer[key] for key in (first, second) if key in answer}
    if is_object(next(iter(as_list(answer.get("predictions"))), None)):
        return {"predictions": answer["predictions"]}
    return None


def read_usage(block: object, *, provider: str | None = None) -> Usage:
    """Return the token columns of a usage block.

    Args:
        block: The block, as ``find_usage`` returns it.
        provider: Provider id; decides what the block alone does not tell.

    Raises:
        RecordError: A count that is negative or no whole number.
    """
    if not is_object(block):
        return Usage("unknown")
    for value in block.values():
        if isinstance(value, _STATED):
            return _read(block, provider)
    return Usage("empty")


def _read(block: JsonObject, provider: str | None) -> Usage:
    meta = as_object(block.get("meta"))
    if "promptTokenCount" in block or "totalTokenCount" in block:
        usage = _gemini(block)
    elif "inputTokens" in block:
        usage = _bedrock(block)
    elif "billed_units" in block or is_object(block.get("tokens")):
        usage = _cohere(block, "cohere")
    elif meta:
        usage = _cohere(meta, "cohere_meta")
    elif "prompt_tokens" in block:
        usage = _openai_chat(block, provider)
    elif "input_tokens" in block:
        usage = _input_tokens(block)
    else:
        usage = _small(block)
    return usage


def _small(block: JsonObject) -> Usage:
    usage = Usage("unknown")
    if "inputTextTokenCount" in block:
        usage = Usage("titan")
        usage.put("input_uncached_tokens", _count(block, "inputTextTokenCount"))
        for result in as_list(block.get("results")):
            usage.add("output_tokens", _count(as_object(result), "tokenCount"))
    elif "prompt_token_count" in block and "generation_token_count" in block:
        usage = Usage("llama")
        usage.put("input_uncached_tokens", _count(block, "prompt_token_count"))
        usage.put("output_tokens", _count(block, "generation_token_count"))
    elif "predictions" in block:
        usage = _vertex_predictions(block)
    elif "total_tokens" in block:
        usage = Usage("total_only")
        usage.put("input_uncached_tokens", _count(block, "total_tokens"))
    return usage


def _vertex_predictions(block: JsonObject) -> Usage:
    usage = Usage("vertex_predictions")
    for prediction in as_list(block["predictions"]):
        statistics = at_path(prediction, "embeddings.statistics")
        usage.add("input_uncached_tokens", _count(as_object(statistics), "token_count"))
    return usage if usage.tokens else Usage("unknown")


def _input_tokens(block: JsonObject) -> Usage:
    if "input_token_details" in block:
        return _openai_realtime(block)
    if "input_tokens_details" in block or "output_tokens_details" in block:
        if "cache_read_input_tokens" not in block and "cache_creation_input_tokens" not in block:
            return _openai_responses(block)
    elif "total_tokens" in block:
        return _openai_responses(block)
    return _anthropic(block)


def _openai_chat(block: JsonObject, provider: str | None) -> Usage:
    usage = Usage("openai_chat")
    given = as_object(block.get("prompt_tokens_details"))
    made = as_object(block.get("completion_tokens_details"))
    read = _first(
        (given, "cached_tokens"),
        (block, "cached_prompt_text_tokens"),
        (block, "prompt_cache_hit_tokens"),
        (block, "cache_read_input_tokens"),
        (block, "cached_tokens"),
    )
    write = _first((given, "cache_write_tokens"), (block, "cache_creation_input_tokens"))
    _split_input(usage, _count(block, "prompt_tokens"), read, write)
    reasoning = _first((made, "reasoning_tokens"), (block, "reasoning_tokens"))
    usage.put("output_tokens", _count(block, "completion_tokens"))
    usage.put("reasoning_tokens", reasoning)
    if reasoning and _reasoning_is_apart(block, reasoning, provider):
        usage.add("output_tokens", reasoning)
    if provider == "perplexity":
        usage.add("output_tokens", _count(block, "citation_tokens"))
    for kind in ("audio", "image", "video") if given else ():
        usage.put(f"input_{kind}_tokens", _count(given, f"{kind}_tokens"))
    for kind in ("audio", "image") if made else ():
        usage.put(f"output_{kind}_tokens", _count(made, f"{kind}_tokens"))
    usage.put("web_searches", _searches(block))
    return usage


def _reasoning_is_apart(block: JsonObject, reasoning: int, provider: str | None) -> bool:
    """Return whether reasoning comes on top of the completion: the block's own total tells.

    Without a total, it does at xAI and Perplexity and nowhere else.
    """
    given, made = _count(block, "prompt_tokens"), _count(block, "completion_tokens")
    total = _count(block, "total_tokens")
    if (
        given is None
        or made is None
        or total is None
        or total
        not in (
            given + made,
            given + made + reasoning,
        )
    ):
        return provider in _ADDS_REASONING
    return total == given + made + reasoning


def _openai_responses(block: JsonObject) -> Usage:
    usage = Usage("openai_responses")
    given = as_object(block.get("input_tokens_details"))
    made = as_object(block.get("output_tokens_details"))
    read = _first((given, "cached_tokens"), (given, "cache_read_input_tokens"))
    _split_input(usage, _count(block, "input_tokens"), read, _count(given, "cache_write_tokens"))
    usage.put("output_tokens", _count(block, "output_tokens"))
    usage.put("reasoning_tokens", _count(made, "reasoning_tokens"))
    for kind in ("text", "audio", "image"):
        usage.put(f"input_{kind}_tokens", _count(given, f"{kind}_tokens"))
        usage.put(f"output_{kind}_tokens", _count(made, f"{kind}_tokens"))
    usage.put("web_searches", _searches(block))
    return usage


def _openai_realtime(block: JsonObject) -> Usage:
    usage = Usage("openai_realtime")
    given = as_object(block.get("input_token_details"))
    made = as_object(block.get("output_token_details"))
    cached = as_object(given.get("cached_tokens_details"))
    _split_input(usage, _count(block, "input_tokens"), _count(given, "cached_tokens"), None)
    usage.put("output_tokens", _count(block, "output_tokens"))
    usage.put("reasoning_tokens", _count(made, "reasoning_tokens"))
    for kind in ("text", "audio", "image"):
        usage.put(f"input_{kind}_tokens", _count(given, f"{kind}_tokens"))
        usage.put(f"cache_read_{kind}_tokens", _count(cached, f"{kind}_tokens"))
        usage.put(f"output_{kind}_tokens", _count(made, f"{kind}_tokens"))
    return usage


def _anthropic(block: JsonObject) -> Usage:
    usage = Usage("anthropic")
    by_retention = as_object(block.get("cache_creation"))
    usage.put("input_uncached_tokens", _count(block, "input_tokens"))
    usage.put("cache_read_tokens", _count(block, "cache_read_input_tokens"))
    _split_writes(
        usage,
        _count(block, "cache_creation_input_tokens"),
        _count(by_retention, "ephemeral_5m_input_tokens"),
        _count(by_retention, "ephemeral_1h_input_tokens"),
    )
    usage.put("output_tokens", _count(block, "output_tokens"))
    made = as_object(block.get("output_tokens_details"))
    usage.put("reasoning_tokens", _count(made, "thinking_tokens"))
    usage.put("web_searches", _searches(block))
    usage.uncounted = sum(
        _all_tokens(as_object(run))
        for run in as_list(block.get("iterations"))
        if as_object(run).get("type") not in (None, "message")
    )
    return usage


def _all_tokens(run: JsonObject) -> int:
    keys = (
        "input_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "output_tokens",
    )
    return sum(_count(run, key) or 0 for key in keys)


def _gemini(block: JsonObject) -> Usage:
    usage = Usage("gemini")
    tools = _count(block, "toolUsePromptTokenCount")
    given = _count(block, "promptTokenCount")
    _split_input(usage, given, _count(block, "cachedContentTokenCount"), None)
    if given is None and "totalTokenCount" in block and "candidatesTokenCount" not in block:
        usage.put("input_uncached_tokens", _count(block, "totalTokenCount"))
    usage.add("input_uncached_tokens", tools)
    usage.put("input_tool_tokens", tools)
    thoughts = _count(block, "thoughtsTokenCount")
    for key in ("candidatesTokenCount", "responseTokenCount"):
        usage.add("output_tokens", _count(block, key))
    usage.add("output_tokens", thoughts)
    usage.put("reasoning_tokens", thoughts)
    _by_modality(usage, block.get("promptTokensDetails"), "input")
    _by_modality(usage, block.get("promptTokenDetails"), "input")
    _by_modality(usage, block.get("toolUsePromptTokensDetails"), "input")
    _by_modality(usage, block.get("cacheTokensDetails"), "cache_read")
    _by_modality(usage, block.get("candidatesTokensDetails"), "output")
    _by_modality(usage, block.get("responseTokensDetails"), "output")
    return usage


def _by_modality(usage: Usage, details: object, direction: str) -> None:
    for detail in as_list(details):
        part = as_object(detail)
        modality = _MODALITIES.get(str(part.get("modality")).upper())
        if modality is None or (direction == "output" and modality not in _OUTPUT_MODALITIES):
            continue
        usage.add(f"{direction}_{modality}_tokens", _count(part, "tokenCount"))


def _bedrock(block: JsonObject) -> Usage:
    usage = Usage("bedrock")
    usage.put("input_uncached_tokens", _count(block, "inputTokens"))
    read = _first((block, "cacheReadInputTokens"), (block, "cacheReadInputTokenCount"))
    usage.put("cache_read_tokens", read)
    by_retention = {
        str(as_object(part).get("ttl")): _count(as_object(part), "inputTokens")
        for part in as_list(block.get("cacheDetails"))
    }
    write = _first((block, "cacheWriteInputTokens"), (block, "cacheWriteInputTokenCount"))
    _split_writes(usage, write, by_retention.get("5m"), by_retention.get("1h"))
    usage.put("output_tokens", _count(block, "outputTokens"))
    return usage


def _cohere(block: JsonObject, shape: UsageShape) -> Usage:
    usage = Usage(shape)
    billed = as_object(block.get("billed_units")) or as_object(block.get("tokens"))
    usage.put("input_uncached_tokens", _count(billed, "input_tokens"))
    usage.put("output_tokens", _count(billed, "output_tokens"))
    usage.put("input_image_tokens", _count(billed, "image_tokens"))
    usage.add("input_uncached_tokens", _count(billed, "image_tokens"))
    return usage


def _split_input(usage: Usage, given: int | None, read: int | None, write: int | None) -> None:
    """Take cached tokens out of an input that includes them.

    Where they are more than the input, the input cannot include them and stands as it is.
    """
    usage.put("cache_read_tokens", read)
    usage.put("cache_write_tokens", write)
    if given is None:
        return
    cached = (read or 0) + (write or 0)
    usage.put("input_uncached_tokens", given - cached if cached <= given else given)


def _split_writes(usage: Usage, total: int | None, five: int | None, hour: int | None) -> None:
    usage.put("cache_write_5m_tokens", five)
    usage.put("cache_write_1h_tokens", hour)
    if total is not None:
        # The details may state more than the total; what remains is never less than nothing.
        usage.put("cache_write_tokens", max(0, total - (five or 0) - (hour or 0)))


def _searches(block: JsonObject) -> int | None:
    if _SEARCHES.isdisjoint(block):
        return None
    by_tool = as_object(block.get("server_tool_use"))
    found = as_object(as_object(block.get("tool_calls_details")).get("search_web"))
    return _first(
        (by_tool, "web_search_requests"),
        (block, "num_search_queries"),
        (found, "invocation"),
    )


def _first(*places: tuple[Mapping[str, object], str]) -> int | None:
    for block, key in places:
        if (count := _count(block, key)) is not None:
            return count
    return None


def _count(block: JsonObject, key: str) -> int | None:
    value = block.get(key)
    return None if value is None else whole_number(value, key)
