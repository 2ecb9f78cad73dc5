"""The grammar of Azure's meters of models. Every name is one of the Azure Retail Prices API."""

import pytest

from centavo.sources.azure.meter import parse_meter, tokens_per_unit
from centavo.sources.azure.services import named_meter

OPENAI = "Azure OpenAI"

METERS = [
    # meter, product, model, version, direction, cache, tier, geo
    ("gpt 4o 0806 Inp glbl Tokens", OPENAI, "gpt-4o", "2024-08-06", "Input", "Uncached", "standard", "global"),
    ("gpt 4o 0806 cached Inp glbl Tokens", OPENAI, "gpt-4o", "2024-08-06", "Input", "Read", "standard", "global"),
    ("gpt-4o-mini-0718-Outp-regnl Tokens", OPENAI, "gpt-4o-mini", "2024-07-18", "Output", None, "standard", "regional"),
    ("gpt 4o 0513 Batch Inp Data Zone Tokens", OPENAI, "gpt-4o", "2024-05-13", "Input", "Uncached", "batch", "datazone"),
    ("gpt 4.1 nano Batch Outp glbl Tokens", OPENAI, "gpt-4.1-nano", "4.1", "Output", None, "batch", "global"),
    ("gpt-35-turbo16K-0125 Inp-glbl Tokens", OPENAI, "gpt-3.5-turbo", "2024-01-25", "Input", "Uncached", "standard", "global"),
    ("gpt-35-turbo16K-Outp-glbl Tokens", OPENAI, "gpt-3.5-turbo-16k", "3.5", "Output", None, "standard", "global"),
    ("gpt-4-32K-Inp-glbl Tokens", OPENAI, "gpt-4-32k", "4", "Input", "Uncached", "standard", "global"),
    ("gpt-4-turbo128K Outp-glbl Tokens", OPENAI, "gpt-4-turbo", "4", "Output", None, "standard", "global"),
    ("o3 mini 0131 Batch Outp Data Zone Tokens", "Azure OpenAI Reasoning", "o3-mini", "2025-01-31", "Output", None, "batch", "datazone"),
    ("o1 1217 cached Inp glbl Tokens", OPENAI, "o1", "2024-12-17", "Input", "Read", "standard", "global"),
    ("o3-deep research 0626-inp-cchd-glbl 1M Tokens", "Azure OpenAI Reasoning", "o3-deep-research", "2025-06-26", "Input", "Read", "standard", "global"),
    ("5.4 pp opt Gl 1M Tokens", "Azure OpenAI GPT5", "gpt-5.4", "5.4", "Output", None, "priority", "global"),
    ("5.5 ShortCo cd inp Dz 1M Tokens", "Azure OpenAI GPT5", "gpt-5.5", "5.5", "Input", "Read", "standard", "datazone"),
    ("GPT 5 Mini cchd Inpt Glbl 1M Tokens", "Azure OpenAI GPT5", "gpt-5-mini", "5", "Input", "Read", "standard", "global"),
    ("gpt-5-codex-ccchd-inp-glbl Tokens", "Azure OpenAI GPT5", "gpt-5-codex", "5", "Input", "Read", "standard", "global"),
    ("5.6 sol ShortCo Cd Inp Std Gl 1M Tokens", "Azure OpenAI GPT5", "gpt-5.6-sol", "5.6", "Input", "Read", "standard", "global"),
    ("V4 Pro Outp glbl Tokens", "Azure Deepseek Models", "deepseek-v4-pro", "4", "Output", None, "standard", "global"),
    ("V4 Pro cached DZ Tokens", "Azure Deepseek Models", "deepseek-v4-pro", "4", "Input", "Read", "standard", "datazone"),
    ("Grok 4.1 Inp DZone Tokens", "Azure Grok Models", "grok-4.1", "4.1", "Input", "Uncached", "standard", "datazone"),
    ("Phi-3.5-Mini-128K-Instruct-Output Tokens", "Azure Phi Models", "phi-3.5-mini-128k-instruct", "3.5", "Output", None, "standard", None),
    ("FW GLM 5.2 Inp DZ Tokens", "Azure Fireworks Models", "glm-5.2", "5.2", "Input", "Uncached", "standard", "datazone"),
    ("Codestral Inp glbl Tokens", "Azure Mistral Models", "codestral", None, "Input", "Uncached", "standard", "global"),
    ("gpt-oss-120B Outp DZone Tokens", "Azure OpenAI OSS Models", "gpt-oss-120b", None, "Output", None, "standard", "datazone"),
    ("Az-Text-Embedding-3-Large Tokens", OPENAI, "text-embedding-3-large", "3", "Input", None, "standard", None),
    ("Az-Embeddings-Ada Tokens", OPENAI, "text-embedding-ada-002", "002", "Input", None, "standard", None),
    ("gpt-4o-0806-cached-FT-inp-glbl Tokens", OPENAI, "ft:gpt-4o", "2024-08-06", "Input", "Read", "standard", "global"),
    ("gpt-4o-rt-txt-1217 cchd Inp DZn Tokens", OPENAI, "gpt-4o-realtime-preview", "2024-12-17", "Input", "Read", "standard", "datazone"),
]  # fmt: skip


@pytest.mark.parametrize("case", METERS, ids=lambda case: case[0])
def test_a_meter_of_a_model(case):
    meter, product, model, version, direction, cache, tier, geo = case
    found = parse_meter(meter, product)
    assert (found.model, found.version, found.direction) == (model, version, direction)
    assert (found.cache_action, found.tier, found.geo) == (cache, tier, geo)
    assert found.is_understood
    assert found.counts_tokens


@pytest.mark.parametrize(
    ("meter", "modality", "model"),
    [
        ("gpt4omini-aud1217 Outp glbl Tokens", "audio", "gpt-4o-mini-audio-preview"),
        ("gpt4omini-aud1217-txt Inp glbl Tokens", "text", "gpt-4o-mini-audio-preview"),
        ("gpt rt aud mn cd in gl 1215 1M Tokens", "audio", "gpt-realtime-mini"),
        ("gpt-image-1-inp-cached-txt-glbl Tokens", "text", "gpt-image-1"),
        ("gpt-image-1-output-img-glbl Tokens", "image", "gpt-image-1"),
        ("gpt img 1 mini inp cchd txt glbl Tokens", "text", "gpt-image-1-mini"),
        ("gpt-4o-mini-tts-aud-out-glbl Tokens", "audio", "gpt-4o-mini-tts"),
        ("gpt-4o-transcribe-txt-inp-glbl Tokens", "text", "gpt-4o-transcribe"),
    ],
)
def test_sound_and_pictures(meter: str, modality: str, model: str):
    found = parse_meter(meter, OPENAI)
    assert (found.modality, found.model) == (modality, model)


@pytest.mark.parametrize(
    ("meter", "unit", "tokens"),
    [
        ("V3 Inp glbl Tokens", "1K", 1_000),
        ("V3 Inp glbl Tokens", "1M", 1_000_000),
        ("V3 Inp glbl Tokens", "1,000", 1_000),
        ("V3 Inp glbl Tokens", "1", 1),
        ("V3 inp Gl 1M Tokens", "", 1_000_000),
        ("V3 Inp glbl Tokens", "", None),
        ("V3 Inp glbl Tokens", "Units", None),
    ],
)
def test_tokens_per_unit(meter: str, unit: str, tokens: int | None):
    meaning = parse_meter(meter, "Azure Deepseek Models")
    assert tokens_per_unit(meaning, meter, unit) == tokens


@pytest.mark.parametrize(
    "meter",
    [
        "Image-DALL-E-2-glbl Images",
        "Code-Interpreter-global Session",
        "Assistants-File Search-glbl GB",
        "gpt-4o-0806-FT-Hstng-glbl Unit",
        "gpt 4.1 mini dev ft training glbl Tokens",
        "S1 Neural Text To Speech Characters",
        "Sora 2 pro glbl Second",
    ],
)
def test_what_is_no_token_is_known_and_counts_none(meter: str):
    found = named_meter("Foundry Models", OPENAI, meter, "1", "")
    assert found.tokens_per_unit is None
    assert found.meaning.direction is None
    assert found.dark is None


@pytest.mark.parametrize(
    ("meter", "product", "geo"),
    [
        ("Provisioned Managed Global Unit", OPENAI, "global"),
        ("Provisioned Managed Data Zone Unit", OPENAI, "datazone"),
        ("Provisioned Managed Regional Unit", OPENAI, "regional"),
        ("", "Azure AI Foundry Provisioned Throughput Reservation", None),
    ],
)
def test_provisioned_throughput(meter: str, product: str, geo: str | None):
    found = named_meter("Foundry Models", product, meter, "1 Hour", "")
    assert (found.meaning.tier, found.meaning.geo) == ("provisioned", geo)
    assert found.service_subcategory == "Generative AI"
    assert found.tokens_per_unit is None


def test_a_publishers_meter_takes_the_model_from_the_product():
    found = named_meter(
        "SaaS", "Anthropic Claude Sonnet 4.5", "paygo-inference-output-tokens", "1K", ""
    )
    assert found.meaning.model == "claude-sonnet-4-5"
    assert (found.meaning.developer, found.meaning.direction) == ("Anthropic", "Output")


def test_an_unknown_meter_is_dark_and_nothing_is_concluded():
    found = named_meter("Foundry Models", "Azure Frobnicator Models", "Zork 9 Inp Tokens", "1K", "")
    assert found.dark == "Foundry Models: Zork 9 Inp Tokens"
    assert found.meaning.model is None
    assert found.tokens_per_unit is None


def test_a_machine_is_no_model():
    found = named_meter(
        "Virtual Machines", "Ev3/ESv3 Series", "E4 v3/E4s v3", "10 Hours", "Compute"
    )
    assert found.meaning.model is None
    assert (found.service_category, found.dark) == ("Compute", None)
