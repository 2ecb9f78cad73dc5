"""Usage blocks of every provider, against genai-prices on real ones and by hand on odd ones."""

import gzip
import json
from collections import Counter

import pytest
from genai_prices import extract_usage
from hypothesis import given
from hypothesis import strategies as st

from centavo.sources.record_values import RecordError
from centavo.sources.requests.usage_blocks import find_usage, read_usage
from tests.shared_data import shared_data

CLASSES = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)
SAME = {
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_5m_tokens": "cache_write_5m_tokens",
    "cache_write_1h_tokens": "cache_write_1h_tokens",
    "output_tokens": "output_tokens",
    "reasoning_tokens": "output_reasoning_tokens",
    "web_searches": "web_searches",
    "input_tool_tokens": "input_tool_tokens",
    "input_text_tokens": "input_text_tokens",
    "input_audio_tokens": "input_audio_tokens",
    "input_image_tokens": "input_image_tokens",
    "input_video_tokens": "input_video_tokens",
    "cache_read_text_tokens": "cache_text_read_tokens",
    "cache_read_audio_tokens": "cache_audio_read_tokens",
    "cache_read_image_tokens": "cache_image_read_tokens",
    "cache_read_video_tokens": "cache_video_read_tokens",
    "output_text_tokens": "output_text_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "output_image_tokens": "output_image_tokens",
}
# Each flavour on the blocks that its API returns; a flavour applied to another API's block says
# something else on purpose (OpenAI's responses flavour on Anthropic's block, for one).
FLAVOURS = {
    "openai_chat": [
        ("openai", "chat"),
        ("azure", "chat"),
        ("groq", "default"),
        ("mistral", "default"),
        ("deepseek", "chat"),
        ("cerebras", "chat"),
        ("openrouter", "chat"),
        ("huggingface_together", "chat"),
        ("fireworks", "chat"),
        ("moonshotai", "chat"),
        ("zai", "chat"),
        ("perplexity", "default"),
        ("openai", "embeddings"),
    ],
    "openai_responses": [("openai", "responses"), ("azure", "responses")],
    "anthropic": [("anthropic", "default"), ("aws", "anthropic"), ("google", "anthropic")],
    "gemini": [("google", "default")],
    "bedrock": [("aws", "default")],
    "cohere": [("cohere", "default")],
    "cohere_meta": [("cohere", "embeddings")],
}
# What this ledger has no column for.
UNSUPPORTED = {"input_text_tool_tokens", "input_audio_tool_tokens", "input_image_tool_tokens"}


def as_genai_usage(tokens: dict[str, int]) -> dict[str, int]:
    found = {theirs: tokens[ours] for ours, theirs in SAME.items() if ours in tokens}
    found["input_tokens"] = sum(tokens.get(column, 0) for column in CLASSES)
    found["cache_write_tokens"] = sum(tokens.get(column, 0) for column in CLASSES[2:])
    return {key: value for key, value in found.items() if value}


def test_every_supported_flavour_agrees_with_genai_prices():
    path = shared_data("genai-prices-usages") / "usages.json.gz"
    bodies = [item["body"] for item in json.loads(gzip.decompress(path.read_bytes()))]
    compared: Counter[tuple[str, str]] = Counter()
    for body in bodies:
        plain = {
            key: value
            for key, value in body.items()
            if key not in ("file", "model", "modelVersion")
        }
        shape = read_usage(find_usage(body)).shape
        assert shape in FLAVOURS, body
        for provider, flavour in FLAVOURS[shape]:
            try:
                theirs = extract_usage(plain, provider_id=provider, api_flavor=flavour).usage
            except ValueError:
                # The flavour needs a count that this block has not: embeddings put nothing out.
                continue
            expected = {
                key: value
                for key, value in theirs.__dict__.items()
                if value and key not in UNSUPPORTED
            }
            tokens = read_usage(find_usage(body), provider=provider).tokens
            found = as_genai_usage(tokens)
            # A flavour may leave out a detail that the block states, never contradict it.
            assert {key: found.get(key) for key in expected} == expected, (provider, flavour, body)
            compared[provider, flavour] += 1
    assert len(bodies) == 1577
    assert set(compared) == {pair for pairs in FLAVOURS.values() for pair in pairs}


def test_openai_input_includes_the_cached_tokens():
    usage = read_usage(
        {
            "prompt_tokens": 100,
            "completion_tokens": 9,
            "prompt_tokens_details": {"cached_tokens": 80, "cache_write_tokens": 15},
        }
    )
    assert usage.tokens["input_uncached_tokens"] == 5
    assert usage.tokens["cache_read_tokens"] == 80
    assert usage.tokens["cache_write_tokens"] == 15


def test_anthropic_input_excludes_the_cached_tokens():
    usage = read_usage(
        {
            "input_tokens": 3,
            "cache_read_input_tokens": 9511,
            "cache_creation_input_tokens": 100,
            "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 30},
            "output_tokens": 7,
        }
    )
    assert usage.tokens == {
        "input_uncached_tokens": 3,
        "cache_read_tokens": 9511,
        "cache_write_5m_tokens": 60,
        "cache_write_1h_tokens": 30,
        "cache_write_tokens": 10,
        "output_tokens": 7,
    }


def test_gemini_thoughts_are_output_and_tool_prompts_are_input():
    usage = read_usage(
        {
            "promptTokenCount": 100,
            "cachedContentTokenCount": 40,
            "toolUsePromptTokenCount": 10,
            "candidatesTokenCount": 5,
            "thoughtsTokenCount": 20,
        }
    )
    assert usage.tokens == {
        "input_uncached_tokens": 70,
        "cache_read_tokens": 40,
        "input_tool_tokens": 10,
        "output_tokens": 25,
        "reasoning_tokens": 20,
    }


@pytest.mark.parametrize(("total", "output"), [(150, 50), (190, 90), (None, 90)])
def test_xai_reasoning_is_added_unless_the_total_says_that_it_is_included(total, output):
    block = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": total,
        "completion_tokens_details": {"reasoning_tokens": 40},
    }
    assert read_usage(block, provider="x-ai").tokens["output_tokens"] == output


def test_compaction_runs_are_noted_and_not_added():
    run = {"input_tokens": 100, "cache_creation_input_tokens": 55096, "output_tokens": 131}
    usage = read_usage(
        {"input_tokens": 229, "output_tokens": 5, "iterations": [{**run, "type": "compaction"}]}
    )
    assert usage.uncounted == 55327
    assert usage.tokens["input_uncached_tokens"] == 229


@pytest.mark.parametrize("value", [-1, 1.5, "many", True, 2**63])
def test_a_count_that_is_none_is_refused(value):
    with pytest.raises(RecordError):
        read_usage({"prompt_tokens": value, "completion_tokens": 1})


@pytest.mark.parametrize(
    "block",
    [
        {"seconds": 12.5},
        # Google's client libraries spell it so; only the first name is Llama's too.
        {"prompt_token_count": 5, "candidates_token_count": 7, "total_token_count": 12},
    ],
)
def test_an_unknown_block_is_unknown_and_not_zero(block):
    usage = read_usage(block)
    assert (usage.shape, usage.tokens) == ("unknown", {})


counts = st.integers(min_value=0, max_value=10**9)


@given(counts, counts, counts)
def test_exclusive_classes_add_up_to_the_input(uncached, read, written):
    block = {
        "input_tokens": uncached + read + written,
        "output_tokens": 1,
        "input_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }
    tokens = read_usage(block).tokens
    assert sum(tokens[column] for column in CLASSES[:3]) == block["input_tokens"]
