"""AWS's own columns in its FOCUS exports, and the models in Bedrock's usage types."""

import json
from decimal import Decimal

import pytest

from tests.sources.focus_files import charges, connect, rows, write

BEDROCK = {
    "ServiceName": "Amazon Bedrock",
    "ServiceProviderName": "AWS",
    "PricingQuantity": "2.5",
    "PricingUnit": "1K tokens",
    "ConsumedQuantity": "2.5",
    "ConsumedUnit": "1K tokens",
    "x_Operation": "InvokeModelInference",
    "x_ServiceCode": "AmazonBedrock",
    "x_Discounts": "{}",
}
V10 = {
    **BEDROCK,
    "x_UsageType": "USE1-Claude4.5Sonnet-cache-read-input-token-count",
    "x_CostCategories": '{"Product": "Chat"}',
}
V12 = {**BEDROCK, "SkuMeter": "USE1-Claude4.5Sonnet-output-tokens-cross-region-global"}


def one(tmp_path, change, *columns):
    connection = connect()
    reading = charges(connection, write(tmp_path / "bill.csv", rows(change)))
    row = connection.execute(f"SELECT {', '.join(columns)} FROM charges").fetchone()
    return reading, row


def test_the_usage_type_of_focus_1_0_names_model_and_tokens(tmp_path):
    reading, row = one(
        tmp_path,
        V10,
        *("SkuMeter", "x_ModelDeveloper", "x_ModelId", "x_TokenDirection", "x_TokenCacheAction"),
        *("x_TokenCount", "ServiceCategory"),
    )
    assert row == (
        *(V10["x_UsageType"], "Anthropic", "claude-sonnet-4-5", "Input", "Read"),
        *(Decimal(2500), "AI and Machine Learning"),
    )
    assert reading.tally.warnings == []


def test_the_meter_of_focus_1_2_names_model_and_tokens(tmp_path):
    _, row = one(tmp_path, V12, "x_ModelId", "x_TokenDirection", "x_InferenceGeo", "x_TokenCount")
    assert row == ("claude-sonnet-4-5", "Output", "global", Decimal(2500))


def test_tokens_that_the_file_counts_are_not_counted_again(tmp_path):
    _, row = one(
        tmp_path, {**V12, "ConsumedUnit": "Tokens", "ConsumedQuantity": "2500"}, "x_TokenCount"
    )
    assert row == (None,)


def test_aws_columns_go_where_focus_has_room(tmp_path):
    change = {
        **V10,
        "SkuPriceDetails": '{"InstanceType": "x"}',
        "x_Discounts": '{"EDP": -0.5}',
        "Tags": '{"team": "search"}',
    }
    reading, (details, tags) = one(tmp_path, change, "SkuPriceDetails", "Tags")
    assert json.loads(details) == {
        "InstanceType": "x",
        "x_Operation": "InvokeModelInference",
        "x_ServiceCode": "AmazonBedrock",
        "x_Discounts": '{"EDP": -0.5}',
    }
    assert json.loads(tags) == {"team": "search", "costCategory/Product": "Chat"}
    assert "unknown_columns" not in {warning.code for warning in reading.tally.warnings}


@pytest.mark.parametrize(
    ("tags", "categories", "expected"),
    [
        ("", '{"P": "C"}', {"costCategory/P": "C"}),
        ("{}", '{"P": "C"}', {"costCategory/P": "C"}),
        ('{"a": "b"}', "{}", {"a": "b"}),
        ('{"a": "b"}', "", {"a": "b"}),
        ('{"a": "b"}', "not json", {"a": "b", "costCategory": "not json"}),
        ("", "", None),
    ],
)
def test_cost_categories_join_the_tags(tmp_path, tags, categories, expected):
    _, (found,) = one(tmp_path, {**V10, "Tags": tags, "x_CostCategories": categories}, "Tags")
    assert (None if found is None else json.loads(found)) == expected


def test_a_bedrock_line_that_is_not_understood_is_counted(tmp_path):
    reading, row = one(
        tmp_path, {**V12, "SkuMeter": "USE1-NovaLite-input-tokens-quantum"}, "x_ModelId"
    )
    assert row == ("nova-lite",)
    (warning,) = reading.tally.warnings
    assert (warning.code, warning.rows) == ("sku_not_understood", 1)
    assert "quantum" in warning.message


def test_other_services_and_other_files_are_left_as_they_are(tmp_path):
    plain = {**V12, "ServiceName": "Amazon EC2", "x_Operation": "Run", "x_ServiceCode": "EC2"}
    _, row = one(tmp_path, plain, "x_ModelId", "SkuMeter")
    assert row == (None, V12["SkuMeter"])


def test_a_marketplace_line_is_one_of_bedrock_by_its_operation(tmp_path):
    change = {
        **V12,
        "ServiceName": "Claude Opus 4.6 (Amazon Bedrock Edition)",
        "x_ServiceCode": "",
        "SkuMeter": "USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units",
        "PricingUnit": "Units",
        "ContractedUnitPrice": "10",
        "ChargeDescription": "AWS Marketplace software usage|us-east-1|Million Cache Write Tokens",
    }
    _, row = one(tmp_path, change, "x_ModelId", "x_CacheRetention", "x_TokenCount")
    assert row == ("claude-opus-4-6", "1h", Decimal(2_500_000))
