"""LiteLLM's price map: prices to the digit, names of both worlds, errors with their line."""

from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.pricing.second_opinion import SecondOpinion, installed_map
from tests.pricing.house_prices import write_map


def read(tmp_path, **entries):
    return SecondOpinion.read(write_map(tmp_path / "map.json", **entries))


def test_prices_are_exact_and_per_million(tmp_path):
    opinion = read(tmp_path, m={"input_cost_per_token": "1.1e-07", "output_cost_per_token": "0"})
    prices = opinion.entries[0].prices["standard"]
    assert prices["input_mtok"].base == Decimal("0.11")
    assert prices["output_mtok"].base == 0


def test_endings_are_tiers_and_lengths(tmp_path):
    opinion = read(
        tmp_path,
        m={
            "input_cost_per_token": "1e-06",
            "input_cost_per_token_above_200k_tokens": "2e-06",
            "input_cost_per_token_batches": "5e-07",
            "output_cost_per_token": "4e-06",
            "cache_creation_input_token_cost_above_1hr": "3e-06",
            "supports_vision": "true",
            "search_context_cost_per_query": '{"search_context_size_low": 0.01}',
        },
    )
    entry = opinion.entries[0]
    assert entry.prices["standard"]["input_mtok"].above == ((200_000, Decimal(2)),)
    assert entry.prices["standard"]["cache_write_1h_mtok"].base == 3
    batch = entry.of_tier("batch")
    assert (batch["input_mtok"].base, batch["output_mtok"].base) == (Decimal("0.5"), 4)
    assert entry.of_tier("flex") is None


@pytest.mark.parametrize(
    ("key", "theirs", "ours", "name", "logged_as"),
    [
        ("gpt-4o", "openai", "openai", "gpt-4o", None),
        ("azure/gpt-4o", "azure", "azure", "gpt-4o", None),
        ("gemini/gemini-2.5-pro", "gemini", "google", "gemini-2.5-pro", "google"),
        ("vertex_ai/claude-opus-4-6", "vertex_ai-anthropic_models", "google", "claude-opus-4-6", None),
        ("us.anthropic.claude-x-v1:0", "bedrock_converse", "aws", "us.anthropic.claude-x-v1:0", None),
        ("openrouter/openai/gpt-4o", "openrouter", "openrouter", "openai/gpt-4o", None),
        ("xai/grok-4", "xai", "x-ai", "Grok-4", None),
    ],
)  # fmt: skip
def test_a_model_is_found_by_the_names_of_the_price_list(
    tmp_path, key, theirs, ours, name, logged_as
):
    fields = {"litellm_provider": f'"{theirs}"', "input_cost_per_token": "1e-06"}
    found = read(tmp_path, **{key: fields}).find(ours, (None, name), logged_as=logged_as)
    assert found.key == key


def test_a_tier_may_stand_with_another_name_and_with_longer_input_alone(tmp_path):
    opinion = read(
        tmp_path,
        **{
            "m-2026-01-01": {"input_cost_per_token": "1e-06"},
            "m": {
                "input_cost_per_token": "1e-06",
                "input_cost_per_token_above_272k_tokens_priority": "5e-06",
            },
        },
    )
    found = opinion.find("openai", ("m-2026-01-01", "m"), tier="priority")
    assert found.key == "m"
    price = found.of_tier("priority")["input_mtok"]
    assert (price.base, price.above) == (1, ((272_000, Decimal(5)),))
    assert opinion.find("openai", ("m-2026-01-01", "m")).key == "m-2026-01-01"


def test_google_sells_one_model_in_two_places(tmp_path):
    price = {"input_cost_per_token": "1e-06"}
    opinion = read(
        tmp_path,
        **{
            "gemini-x": {"litellm_provider": '"vertex_ai-language-models"', **price},
            "gemini/gemini-x": {"litellm_provider": '"gemini"', **price},
        },
    )
    assert opinion.find("google", ("gemini-x",), logged_as="google").key == "gemini/gemini-x"
    assert opinion.find("google", ("gemini-x",), logged_as="gcp.vertex_ai").key == "gemini-x"


def test_a_price_that_is_no_number_names_line_key_and_value(tmp_path):
    with pytest.raises(BadValueError) as caught:
        read(
            tmp_path,
            good={"input_cost_per_token": "1e-06"},
            bad={"output_cost_per_token": "1", "input_cost_per_token": '"free"'},
        )
    assert (caught.value.line, caught.value.column) == (11, "bad: input_cost_per_token")
    assert "'free'" in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "no JSON object"),
        ("{", "line 1: not JSON"),
        ("{}", "has no price per token"),
        ('{"sample_spec": {"litellm_provider": "one of", "input_cost_per_token": 0}}', "no price"),
    ],
)
def test_another_file_is_refused(tmp_path, text, message):
    path = tmp_path / "map.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        SecondOpinion.read(path)


def test_the_package_is_found_without_importing_it(tmp_path, monkeypatch):
    package = tmp_path / "litellm"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "model_prices_and_context_window_backup.json").write_text("{}")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_map() == package / "model_prices_and_context_window_backup.json"
