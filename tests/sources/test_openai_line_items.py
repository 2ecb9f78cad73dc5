"""The words of OpenAI's line items, as reports spell them."""

import pytest

from centavo.sources.vendor_reports.model_names import model_family, split_model
from centavo.sources.vendor_reports.openai_line_items import LineItem, read_line_item

CASES = {
    "gpt-4o, input": ("gpt-4o", "Input", "Uncached", "standard", "standard", None),
    "gpt-4o-2024-08-06, cached input": (
        "gpt-4o-2024-08-06",
        "Input",
        "Read",
        "standard",
        "standard",
        None,
    ),
    "o3-mini, output": ("o3-mini", "Output", "Uncached", "standard", "standard", None),
    "gpt-5.6-sol, cache writes": ("gpt-5.6-sol", "Input", "Write", "standard", "standard", None),
    "priority | gpt-5.6-sol, output, long context": (
        "gpt-5.6-sol",
        "Output",
        "Uncached",
        "priority",
        "long",
        None,
    ),
    "batch | gpt-4o-mini, input": ("gpt-4o-mini", "Input", "Uncached", "batch", "standard", None),
    "gpt-4o-mini, input, batch": ("gpt-4o-mini", "Input", "Uncached", "batch", "standard", None),
    "o4-mini, flex output": ("o4-mini", "Output", "Uncached", "flex", "standard", None),
    "gpt-image-1 image, output": (
        "gpt-image-1",
        "Output",
        "Uncached",
        "standard",
        "standard",
        "image",
    ),
    "gpt-image-1 text, cached input": (
        "gpt-image-1",
        "Input",
        "Read",
        "standard",
        "standard",
        "text",
    ),
    "gpt-audio-mini-2025-12-15 audio, input": (
        "gpt-audio-mini-2025-12-15",
        "Input",
        "Uncached",
        "standard",
        "standard",
        "audio",
    ),
    "ft:gpt-4o-2024-08-06:acme::AbC1, input": (
        "ft:gpt-4o-2024-08-06:acme::AbC1",
        "Input",
        "Uncached",
        "standard",
        "standard",
        None,
    ),
    "gpt-new-v2, input_tokens": (
        "gpt-new-v2",
        "Input",
        "Uncached",
        "standard",
        "standard",
        None,
    ),
    "text-embedding-3-small, input": (
        "text-embedding-3-small",
        "Input",
        "Uncached",
        "standard",
        "standard",
        None,
    ),
}


@pytest.mark.parametrize("item", CASES)
def test_a_line_item_is_understood(item):
    found = read_line_item(item)
    assert (
        found.model,
        found.direction,
        found.cache_action,
        found.tier,
        found.context,
        found.modality,
    ) == CASES[item]
    assert found.is_understood


@pytest.mark.parametrize(
    "item",
    [
        "web search tool calls",
        "assistants api | file search",
        "Vector storage",
        "Code interpreter sessions",
        "Promotional credit",
    ],
)
def test_a_tool_is_no_model(item):
    assert read_line_item(item) == LineItem()


def test_a_model_without_token_words_has_no_direction():
    assert read_line_item("whisper-1, audio") == LineItem(model="whisper-1", modality="audio")
    assert read_line_item("gpt-4o") == LineItem(model="gpt-4o")


@pytest.mark.parametrize("item", ["gpt-4o, turbo input", "GPT-4o Completions", "Quantum widget"])
def test_words_that_are_not_known_conclude_nothing(item):
    found = read_line_item(item)
    assert not found.is_understood
    assert (found.cache_action, found.tier, found.context) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gpt-4-0613", ("gpt-4", "0613")),
        ("gpt-4-1106-preview", ("gpt-4-1106-preview", None)),
        ("o1-2024-12-17", ("o1", "2024-12-17")),
        ("claude-3-5-sonnet-20241022", ("claude-3-5-sonnet", "20241022")),
        ("claude-opus-4-6", ("claude-opus-4-6", None)),
        ("text-embedding-ada-002", ("text-embedding-ada-002", None)),
    ],
)
def test_a_version_is_a_date_at_the_end(name, parts):
    assert split_model(name) == parts


def test_families_that_are_not_known_are_none():
    assert model_family("llama-4") is None
