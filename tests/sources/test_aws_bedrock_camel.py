"""Names of models that carry capitals of their own, within a usage type."""

import pytest

from centavo.sources.aws.bedrock import BedrockLine, parse_line


@pytest.mark.parametrize(
    ("usage_type", "model"),
    [
        ("USE1-DeepSeek-R1-input-tokens", "deepseek-r1"),
        ("USE1-DeepSeek-V3.1-output-tokens", "deepseek-v3.1"),
        ("USE1-MiniMax-M2-input-tokens", "minimax-m2"),
    ],
)
def test_a_makers_capitals_do_not_part_its_name(usage_type: str, model: str) -> None:
    found = parse_line(BedrockLine(usage_type, unit="1K tokens"))
    assert (found.model, found.is_understood) == (model, True)


def test_words_before_a_model_are_no_part_of_it() -> None:
    found = parse_line(BedrockLine("USE1-ModelUnits-Claude3Sonnet-ProvisionedThroughput"))
    assert (found.model, found.tier) == ("claude-3-sonnet", "provisioned")


def test_a_context_before_the_measure_is_no_part_of_the_model() -> None:
    found = parse_line(BedrockLine("USE1-Claude4.5Sonnet-LCtx-cache-read-input-token-count-batch"))
    assert (found.model, found.context, found.tier) == ("claude-sonnet-4-5", "long", "batch")
