"""Bedrock's usage types: every spelling, token type, tier and unit."""

import pytest

from centavo.sources.aws.bedrock import BedrockLine, named_sku, parse_line
from centavo.sources.aws.bedrock_model import read_model

SONNET = "Claude Sonnet 4.5 (Amazon Bedrock Edition)"


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet"),
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("Claude3.5Sonnet", "claude-3-5-sonnet"),
        ("Claude3-5Haiku", "claude-3-5-haiku"),
        ("Claude 3.5 Sonnet v2 (Amazon Bedrock Edition)", "claude-3-5-sonnet"),
        ("Claude4.5Sonnet", "claude-sonnet-4-5"),
        ("Claude Opus 4.6 (Amazon Bedrock Edition)", "claude-opus-4-6"),
        ("claude-sonnet-4", "claude-sonnet-4"),
        ("ClaudeInstant", "claude-instant"),
        ("Claude2.0", "claude-2"),
        ("NovaLite", "nova-lite"),
        ("Nova2.0Lite", "nova-2-lite"),
        ("amazon.nova-2-lite-v1:0", "nova-2-lite"),
        ("TitanEmbeddingV2-Text", "titan-embed-text-v2"),
        ("TitanTextG1-Express", "titan-text-express"),
        ("Llama3-1-70B", "llama3-1-70b"),
        ("Llama 3.1 70B", "llama3-1-70b"),
        ("meta.llama3-1-70b-instruct-v1:0", "llama3-1-70b"),
        ("Llama4-Maverick-17B", "llama4-maverick-17b"),
        ("Mistral7B", "mistral-7b"),
        ("mistral.mistral-7b-instruct-v0:2", "mistral-7b"),
        ("PixtralLarge2502", "pixtral-large-2502"),
        ("deepseek.v3.2", "deepseek-v3.2"),
        ("DeepSeek v3.2", "deepseek-v3.2"),
        ("GPT-OSS-120B", "gpt-oss-120b"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("Gemma-3-4B-IT", "gemma-3-4b-it"),
        ("Qwen3-VL-235B-A22B", "qwen3-vl-235b-a22b"),
        ("xai.grok-4.6", "grok-4.6"),
        ("Cohere Command R+", "command-r-plus"),
        ("Cohere Generate Model - Command-Light", "command-light"),
        ("writer.palmyra-x5-v1:0", "palmyra-x5"),
        ("Jamba 1.5 Large", "jamba-1-5-large"),
        ("Jurassic-2 Ultra", "j2-ultra"),
    ],
)
def test_all_spellings_of_a_model_are_one_id(name, model):
    found = read_model(name)
    assert found is not None
    assert found.model == model
    assert found.family


def test_no_model_is_read_into_other_names():
    assert read_model("Amazon Bedrock") is None
    assert read_model("Amazon Simple Storage Service") is None
    assert read_model("example.com") is None


@pytest.mark.parametrize(
    ("usage_type", "direction", "action"),
    [
        ("USE1-Claude4.6Sonnet-input-tokens", "Input", "Uncached"),
        ("USE1-Claude4.6Sonnet-output-tokens", "Output", None),
        ("USE1-Claude4.6Sonnet-cache-read-input-token-count", "Input", "Read"),
        ("USE1-Claude4.6Sonnet-cache-write-input-token-count", "Input", "Write"),
        ("USW2-anthropic.claude-opus-4-8-mantle-input-tokens-standard", "Input", "Uncached"),
        ("USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-standard", "Input", "Write"),
        ("USE1-MP:USE1_InputTokenCount-Units", "Input", "Uncached"),
        ("USE1-MP:USE1_OutputTokenCount_Global-Units", "Output", None),
        ("USE1-MP:USE1_CacheReadInputTokenCount-Units", "Input", "Read"),
        ("USE1-MP:USE1_CacheWriteInputTokenCount_Geo-Units", "Input", "Write"),
        ("USE1-MP:USE1_cache_read_tokens_global_standard-Units", "Input", "Read"),
        ("USE1_input_tokens_standard-Units", "Input", "Uncached"),
        ("cached_input_tokens_batch", "Input", "Read"),
        ("EU-TitanEmbeddingV2-Text-input-tokens", "Input", None),
    ],
)
def test_the_token_types(usage_type, direction, action):
    meaning = parse_line(BedrockLine(usage_type, product=SONNET))
    assert (meaning.direction, meaning.cache_action) == (direction, action)
    assert meaning.is_understood
    assert meaning.counts_tokens


@pytest.mark.parametrize(
    ("usage_type", "column", "value"),
    [
        ("USE1-Nova2.0Lite-input-tokens", "tier", "standard"),
        ("USE1-MistralSmall-input-tokens-batch", "tier", "batch"),
        ("APN1-MP:APN1_MillionBatchInputTokens-Units", "tier", "batch"),
        ("USE1-Gemma-3-4B-IT-input-tokens-flex", "tier", "flex"),
        ("USE1-GPT-OSS-20B-output-tokens-priority", "tier", "priority"),
        ("USE1-Claude3-5Haiku-input-tokens-latency-optimized", "tier", "fast"),
        ("USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", "tier", "provisioned"),
        ("USE1-TitanTextG1-Lite-ProvisionedThroughput-NoCommit-ModelUnits", "tier", "provisioned"),
        ("USE1-Claude4Sonnet-input-tokens-cross-region-global", "geo", "global"),
        ("USE1-Claude4Sonnet-input-tokens", "geo", "regional"),
        ("USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", "geo", "regional"),
        ("USE1-MP:USE1_InputTokenCount_LCtx-Units", "context", "long"),
        ("USE1-MP:USE1_input_tokens_long_ctx_global_standard-Units", "context", "long"),
        ("USE1-MP:USE1_InputTokenCount-Units", "context", "standard"),
        ("USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", "cache_retention", "1h"),
        ("USE1-MP:USE1_cache_write_tokens_1h_standard-Units", "cache_retention", "1h"),
        ("cache_write_tokens_30m_flex", "cache_retention", "30m"),
        ("USE1-Nova2.0Pro-input-image-token-count", "modality", "image"),
        ("USE1-NovaSonic2.0-speech-input-tokens", "modality", "audio"),
    ],
)
def test_what_a_price_depends_on(usage_type, column, value):
    meaning = parse_line(BedrockLine(usage_type, product=SONNET))
    assert getattr(meaning, column) == value
    assert meaning.is_understood


@pytest.mark.parametrize(
    "usage_type",
    [
        "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units",
        "USE1-anthropic.claude-opus-5-5-reserved-1-month-input-tokens-per-minute",
        "USW2-MP:USW2_ProvisionedThroughput_6MonthsCommit_ModelUnits_Usage-Units",
    ],
)
def test_capacity_is_not_tokens(usage_type):
    sku = named_sku(usage_type, SONNET, "", "", "1K TPM Hour", "", "", "")
    assert sku.meaning.direction is None
    assert not sku.meaning.counts_tokens
    assert sku.tokens_per_unit is None
    assert sku.dark is None


@pytest.mark.parametrize(
    ("unit", "rate", "description", "tokens"),
    [
        ("1K tokens", "0.003", "", 1_000),
        ("1M tokens", "3", "", 1_000_000),
        ("Tokens", "0.000003", "", 1),
        ("Units", "3.0", "", 1_000_000),
        ("Units", "0.003", "", 1_000),
        ("Units", "3.0", "AWS Marketplace software usage|us-east-1|Million Input Tokens", 1_000_000),
        # AWS says thousand here, and charges for a million.
        ("Units", "0.33", "AWS Marketplace software usage|us-east-1|thousand Cache Read Input Tokens Regional", 1_000_000),
        # A price of 15 USD for a million and one of 15 cents are both possible: unknown.
        ("Units", "0.015", "AWS Marketplace software usage|us-east-1|Token usage", None),
        ("Units", "0.015", "AWS Marketplace software usage|us-east-1|Thousand Input Tokens", 1_000),
        ("Units", "", "AWS Marketplace software usage|us-east-1|Million Input Tokens", 1_000_000),
        ("Units", "", "", None),
        ("Images", "0.04", "", None),
    ],
)  # fmt: skip
def test_units(unit, rate, description, tokens):
    cache = "Cache" in description
    usage_type = f"USE1-MP:USE1_{'CacheRead' if cache else ''}InputTokenCount-Units"
    sku = named_sku(usage_type, SONNET, "", "", unit, description, rate, "")
    assert sku.tokens_per_unit == tokens
    assert (sku.dark is None) == (tokens is not None)


def test_the_resource_is_the_best_evidence_of_the_model():
    line = BedrockLine(
        "USW2-MP:USW2_InputTokenCount-Units",
        product="Claude (Amazon Bedrock Edition)",
        resource="foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    )
    assert parse_line(line).model == "claude-3-haiku"
    profile = BedrockLine(
        "USE1-Claude4Sonnet-input-tokens",
        resource="inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0",
    )
    assert parse_line(profile).model == "claude-sonnet-4"


@pytest.mark.parametrize(
    ("usage_type", "product"),
    [
        ("USE1-NovaLite-input-tokens-quantum", ""),
        ("USE1-Mystery-input-tokens", ""),
        ("USE1-SomethingNew", "Amazon Bedrock"),
    ],
)
def test_what_is_not_understood_is_said_and_not_guessed(usage_type, product):
    sku = named_sku(usage_type, product, "", "", "1K tokens", "", "", "")
    assert sku.dark is not None
    assert usage_type in sku.dark
    assert sku.meaning.tier is None
    assert sku.meaning.geo is None


@pytest.mark.parametrize(
    "usage_type",
    [
        "USE1-Guardrail-ContentPolicyUnitsConsumed",
        "USE1-cohere.rerank-english-v3-search-units",
        "USE1-NovaCanvas-T2I-1024-Standard",
        "USE1-KnowledgeBase-StructuredData-Query",
        "USE1-CustomModelStorage",
    ],
)
def test_known_meters_without_tokens(usage_type):
    sku = named_sku(usage_type, "Amazon Bedrock", "", "", "Units", "", "", "")
    assert sku.dark is None
    assert sku.tokens_per_unit is None
    assert sku.meaning.direction is None
