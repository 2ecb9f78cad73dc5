"""The SKU grammar: spellings that real catalogues and bills carry, and what is never guessed.

The spellings come from public code and price lists; docs/sources/gcp.md names them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.sources.gcp.sku import SkuMeaning, parse_sku, tokens_per_unit

GARDEN = "Cloud Vertex AI Model Garden Model as a Service "
# Description: model, direction, cache action, tier, context, modality.
MODELS = {
    "Gemini 3.8 Flash Global Text Input Priority - Predictions":
        "gemini-3.8-flash Input Uncached priority standard text",
    "Gemini 3 Flash Text Input Flex - Predictions":
        "gemini-3-flash Input Uncached flex standard text",
    "Gemini 2.5 Flash Text Input - Batch Predictions":
        "gemini-2.5-flash Input Uncached batch standard text",
    " Gemini 2.5 Flash GA Input Text Caching (Long)":
        "gemini-2.5-flash Input Read standard long text",
    "Gemini 2.5 Flash Ga  Audio Input (Long) - Predictions":
        "gemini-2.5-flash Input Uncached standard long audio",
    "Gemini 2.5 Flash Lite Text Output - Predictions":
        "gemini-2.5-flash-lite Output - standard standard text",
    "Gemini 3.0 Pro Text Input (Long) - Predictions":
        "gemini-3-pro Input Uncached standard long text",
    "Gemini 3.0 / 3.1 Pro Image Output - Predictions":
        "gemini-3/3.1-pro Output - standard standard image",
    "Gemini 3.1 Flash Image Image Output - Batch Predictions":
        "gemini-3.1-flash-image Output - batch standard image",
    "Gemini 3.1 Flash Image Text Input - Predictions":
        "gemini-3.1-flash-image Input Uncached standard standard text",
    "Gemini 3.1 Flash Image Global Video Input":
        "gemini-3.1-flash-image Input Uncached standard standard video",
    "Gemini 3 Flash Image Input Caching Priority":
        "gemini-3-flash Input Read priority standard image",
    "Gemini 2.5 Flash Live Text Input - Predictions":
        "gemini-2.5-flash-live Input Uncached standard standard text",
    "Generate content output token count gemini 2.5 flash lite short output text non-thinking":
        "gemini-2.5-flash-lite Output - standard standard text",
    "Generate content output token count gemini 2.5 flash short input text":
        "gemini-2.5-flash Output - standard standard -",
    "Generate content cached input token count gemini 2.5 flash input audio":
        "gemini-2.5-flash Input Read standard standard audio",
    "Generate_content text cached input token count for gemini 3 pro short":
        "gemini-3-pro Input Read standard standard text",
    "Generate_content image output token count for Gemini 3 Pro Image":
        "gemini-3-pro-image Output - standard standard image",
    "GenerateContent audio input token count for Gemini 2.0 Flash":
        "gemini-2.0-flash Input Uncached standard standard audio",
    "Generate content input token count gemini 3.1 flash lite preview text":
        "gemini-3.1-flash-lite-preview Input Uncached standard standard text",
    "Generate content input token count gemini 3.8 flash text flex":
        "gemini-3.8-flash Input Uncached flex standard text",
    "Claude Sonnet 4.5 Input Tokens":
        "claude-sonnet-4-5 Input Uncached standard standard -",
    "Claude Sonnet 4.5 Cache Read Tokens (us-east5)":
        "claude-sonnet-4-5 Input Read standard standard -",
    "Claude Opus 4.1 Batch Output":
        "claude-opus-4-1 Output - batch standard -",
    "Claude 3.5 Sonnet v2 Output Tokens":
        "claude-3-5-sonnet-v2 Output - standard standard -",
    GARDEN + "Llama 4 Maverick Batch Input Token":
        "llama-4-maverick Input Uncached batch standard -",
    GARDEN + "Llama3.1 405B Input":
        "llama-3.1-405b Input Uncached standard standard -",
    GARDEN + "DeepSeek-V3.1 Cached Text Input Token":
        "deepseek-v3.1 Input Read standard standard text",
    GARDEN + "OpenAI gpt-oss-120b Output Token":
        "gpt-oss-120b Output - standard standard -",
    GARDEN + "Qwen3 Next 80B A3B Thinking Input Token":
        "qwen-3-next-80b-a3b-thinking Input Uncached standard standard -",
    "Mistral Small 3.1 (25.03) Input tokens":
        "mistral-small-3.1-25.03 Input Uncached standard standard -",
}  # fmt: skip


@pytest.mark.parametrize("description", MODELS)
def test_a_model_sku_is_read_to_its_last_word(description):
    found = parse_sku(description)
    values = (
        found.model,
        found.direction,
        found.cache_action,
        found.tier,
        found.context,
        found.modality,
    )
    assert " ".join(value or "-" for value in values) == MODELS[description]
    assert found.is_understood
    assert tokens_per_unit(found, "requests") == 1


@pytest.mark.parametrize(
    ("description", "is_reasoning"),
    [
        ("Gemini 2.5 Flash GA Thinking Text Output - Predictions", True),
        ("Generate content output token count gemini 2.5 flash text non-thinking", False),
        ("Gemini 2.5 Flash Text Output (Thinking On) - Predictions", None),  # both kinds
        ("Gemini 3 Flash Text Output - Predictions", None),
    ],
)
def test_thinking(description, is_reasoning):
    assert parse_sku(description).is_reasoning is is_reasoning


@pytest.mark.parametrize(
    ("description", "geo"),
    [
        ("Gemini 3.8 Flash Global Text Output - Predictions", "global"),
        ("Gemini 3.8 Flash Regional Text Output - Predictions", "regional"),
        ("Gemini 3.8 Flash Text Output - Predictions", None),
    ],
)
def test_the_place_of_inference(description, geo):
    assert parse_sku(description).geo == geo


@pytest.mark.parametrize(
    "description",
    [
        "Gemini 3.8 Flash Text Input Caching Storage",
        "Generate content cached content storage token hours gemini 3.8 flash",
    ],
)
def test_cache_storage_is_hours_and_no_tokens(description):
    found = parse_sku(description)
    assert (found.model, found.direction) == ("gemini-3.8-flash", "Input")
    assert (found.cache_action, found.cache_retention) == ("Other", "storage")
    assert tokens_per_unit(found, "count") is None


@pytest.mark.parametrize(
    ("description", "retention"),
    [("Claude Sonnet 4.5 5m Cache Write", "5m"), ("Claude Sonnet 4.5 1h Cache Write Tokens", "1h")],
)
def test_cache_writes_have_a_retention(description, retention):
    found = parse_sku(description)
    assert (found.cache_action, found.cache_retention) == ("Write", retention)
    assert found.model == "claude-sonnet-4-5"


def test_a_partner_model_is_named_by_its_service():
    found = parse_sku("Batch Input Tokens", "Claude Haiku 4.5")
    assert (found.model, found.tier, found.direction) == ("claude-haiku-4-5", "batch", "Input")


@pytest.mark.parametrize(
    "description",
    [
        "Gemini 1.5 Flash Text Input - Predictions (long)",  # characters
        "Gemini 1.0 Pro Image Input - Predictions",  # images
        "Imagen 4 fast Generation (output)",
        "Veo 3 Fast Generation 720p with Audio",
        "Lyria 3 Audio Ouptut - Predictions",  # codespell:ignore ouptut
        "Translation LLM Input Characters",
    ],
)
def test_what_is_not_billed_by_tokens_counts_none(description):
    assert tokens_per_unit(parse_sku(description), "count") is None


@pytest.mark.parametrize(
    "description",
    [
        "Vertex AI: Provisioned Throughput 1 Year",
        "Grounding with Google Search on Gemini 3",
        "Generate content search query gemini 3 free",
        "Agent Platform Memory",
        "Custom training N1 Predefined Instance Core running in Americas",
        "Embeddings for Text - Memory Bank",
    ],
)
def test_what_is_no_model_is_known(description):
    found = parse_sku(description)
    assert found.is_understood
    assert not found.counts_tokens


def test_provisioned_throughput_is_a_tier():
    assert parse_sku("Vertex AI: Provisioned Throughput 1 month").tier == "provisioned"


def test_an_embedding_counts_tokens_where_it_says_so():
    found = parse_sku("EmbedContent input token count for gemini-embedding-001")
    assert (found.model, found.direction, found.cache_action) == (
        "gemini-embedding-001",
        "Input",
        None,
    )
    assert tokens_per_unit(found, "count") == 1


def test_an_unknown_word_ends_every_conclusion_from_silence():
    found = parse_sku("Gemini 4 Flash Text Input Off-Peak - Predictions")
    assert found.unknown_words == ("off", "peak")
    assert not found.is_understood
    assert (found.model, found.direction) == ("gemini-4-flash", "Input")
    assert (found.tier, found.context, found.cache_action) == (None, None, None)


@pytest.mark.parametrize(
    ("unit", "tokens"),
    [
        ("count", 1),
        ("requests", 1),
        ("Tokens", 1),
        ("1k tokens", 1_000),
        ("k{token}", 1_000),
        ("1,000 tokens", 1_000),
        ("1M tokens", 1_000_000),
        ("1000000 Tokens", 1_000_000),
        ("characters", None),
        ("k{char}", None),
        ("h", None),
        ("", None),
    ],
)
def test_units(unit, tokens):
    assert tokens_per_unit(parse_sku("Gemini 3 Flash Text Input - Predictions"), unit) == tokens


@given(st.text(max_size=80))
def test_any_text_has_a_meaning(text):
    found = parse_sku(text)
    assert isinstance(found, SkuMeaning)
    assert found.family is not None or found.model is None


words = st.lists(
    st.sampled_from(
        ["Gemini", "2.5", "Pro", "Text", "Input", "Output", "Thinking", "Caching", "/", "Image"]
    )
)


@given(words)
def test_a_model_is_never_named_without_its_brand(parts):
    found = parse_sku(" ".join(parts))
    assert found.model is None or "Gemini" in parts
