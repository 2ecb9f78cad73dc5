"""Recorded pages of vendor reports into rows: every value exact, every shape that files may have."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.shared_data import shared_data
from tests.sources.vendor_pages import RECORDINGS, pages, read, recorded, source

OPENAI = RECORDINGS / "openai_admin"
ANTHROPIC = RECORDINGS / "anthropic_admin"


def write(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def utc(*parts):
    """Return a time as the ledger holds it: UTC, naive."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def by(rows, column):
    return {row[column]: row for row in rows}


def test_openai_costs_become_charges_of_their_day_model_and_token_class():
    rows, tally = read("openai-costs", OPENAI / "costs-1.json", OPENAI / "costs-2.json")
    assert sum(row["BilledCost"] for row in rows) == Decimal("-0.4225")
    item = by(rows, "ChargeDescription")["gpt-4o-2024-08-06, cached input"]
    assert {
        "BilledCost": Decimal("0.0125"),
        "EffectiveCost": Decimal("0.0125"),
        "ListCost": None,
        "BillingAccountId": "org-synthetic",
        "BillingCurrency": "USD",
        "BillingPeriodStart": utc(2026, 5, 1),
        "BillingPeriodEnd": utc(2026, 6, 1),
        "ChargePeriodStart": utc(2026, 5, 1),
        "ChargePeriodEnd": utc(2026, 5, 2),
        "ChargeCategory": "Usage",
        "ConsumedQuantity": Decimal(10_000),
        "ConsumedUnit": "Tokens",
        "ServiceProviderName": "OpenAI",
        "SkuMeter": "cached input tokens",
        "SubAccountId": "proj_search",
        "SubAccountType": "Project",
        "Tags": '{"openai/api_key_id": "key_a"}',
        "x_CostBasis": "vendor_reported",
        "x_Source": "openai-costs",
        "x_ModelDeveloper": "OpenAI",
        "x_ModelFamily": "GPT",
        "x_ModelId": "gpt-4o",
        "x_ModelVersion": "2024-08-06",
        "x_TokenDirection": "Input",
        "x_TokenCacheAction": "Read",
        "x_ProcessingTier": "standard",
        "x_ContextTier": "standard",
    }.items() <= item.items()
    assert tally.skipped == {}
    assert [warning.code for warning in tally.warnings] == ["decimals_rounded"]


def test_a_cost_that_is_no_tokens_keeps_its_quantity_as_a_detail():
    rows, _ = read("openai-costs", OPENAI / "costs-1.json")
    search = by(rows, "ChargeDescription")["web search tool calls"]
    assert search["BilledCost"] == Decimal("0.04")
    assert (search["ConsumedQuantity"], search["x_ModelId"]) == (None, None)
    assert search["SkuPriceDetails"] == '{"x_Quantity": "4"}'


def test_a_negative_amount_named_a_credit_is_a_credit():
    rows, _ = read("openai-costs", OPENAI / "costs-2.json")
    credit = by(rows, "ChargeDescription")["Promotional credit"]
    assert (credit["BilledCost"], credit["ChargeCategory"]) == (Decimal("-3.25"), "Credit")


def test_amounts_are_read_by_their_text_and_never_as_floats(tmp_path):
    page = pages("openai_admin/costs-2.json")[0]
    text = json.dumps(page).replace("-3.25", "123456789012.123456789012")
    (tmp_path / "costs.json").write_text(text)
    rows, _ = read("openai-costs", tmp_path / "costs.json")
    assert max(row["BilledCost"] for row in rows) == Decimal("123456789012.123456789012")


def test_openai_input_tokens_lose_the_cached_ones():
    rows, tally = read("openai-usage", OPENAI / "completions-1.json")
    first = rows[0]
    assert {
        "provider": "openai",
        "operation": "completions",
        "model": "gpt-4o-2024-08-06",
        "account_id": None,
        "project": "proj_search",
        "api_key_id": "key_a",
        "basis": "vendor_reported",
        "interval_start": utc(2026, 5, 1),
        "interval_end": utc(2026, 5, 2),
        "request_count": 12,
        "input_uncached_tokens": Decimal(50_000),
        "cache_read_tokens": Decimal(10_000),
        "cache_write_tokens": Decimal(0),
        "output_tokens": Decimal(30_000),
        "input_text_tokens": Decimal(60_000),
        "cache_read_text_tokens": Decimal(10_000),
        "processing_tier": "standard",
    }.items() <= first.items()
    assert rows[1]["processing_tier"] == "batch"
    assert tally.warnings == []


def test_openai_audio_is_part_of_the_input_cached_audio_included():
    rows, _ = read("openai-usage", OPENAI / "completions-1.json")
    audio = by(rows, "model")["gpt-audio-2025-08-28"]
    assert (audio["input_uncached_tokens"], audio["cache_read_tokens"]) == (700, 300)
    assert (audio["input_audio_tokens"], audio["cache_read_audio_tokens"]) == (700, 200)
    assert audio["output_audio_tokens"] == 400


def test_quantities_that_are_no_tokens_stay_as_labels():
    rows, _ = read("openai-usage", OPENAI / "images-1.json")
    assert json.loads(rows[0]["labels"]) == {
        "size": "1024x1024",
        "source": "image.generation",
        "images": 5,
    }
    assert (rows[0]["request_count"], rows[0]["output_tokens"]) == (2, None)


def test_web_searches_are_counted_and_their_model_requests_not_twice():
    rows, _ = read("openai-usage", OPENAI / "web_search_calls-1.json")
    assert (rows[0]["web_searches"], rows[0]["request_count"]) == (4, None)


def test_anthropic_amounts_are_cents():
    rows, tally = read(
        "anthropic-costs", ANTHROPIC / "cost_report-1.json", ANTHROPIC / "cost_report-2.json"
    )
    assert [row["BilledCost"] for row in rows] == [
        Decimal("1.2378912"),
        Decimal("0.4"),
        Decimal("0.805"),
        Decimal("0.16"),
        Decimal("6.5"),
        Decimal("0.3"),
        Decimal("-2.5"),
    ]
    assert {
        "x_ModelId": "claude-sonnet-4-5",
        "x_ModelVersion": "20250929",
        "x_TokenDirection": "Input",
        "x_TokenCacheAction": "Write",
        "x_CacheRetention": "1h",
        "x_ProcessingTier": "batch",
        "x_ContextTier": "long",
        "x_InferenceGeo": "regional",
        "RegionId": "us",
        "SubAccountId": None,
        "x_CostType": "tokens",
    }.items() <= rows[3].items()
    assert (rows[0]["SubAccountId"], rows[0]["SubAccountType"]) == ("wrkspc_01A", "Workspace")
    assert (rows[5]["x_CostType"], rows[5]["x_ModelId"]) == ("web_search", None)
    assert rows[6]["ChargeCategory"] == "Credit"
    assert tally.warnings == []


def test_anthropic_cache_classes_stay_apart():
    rows, tally = read(
        "anthropic-usage", ANTHROPIC / "messages-1.json", ANTHROPIC / "messages-2.json"
    )
    assert {
        "input_uncached_tokens": Decimal(1500),
        "cache_read_tokens": Decimal(200),
        "cache_write_5m_tokens": Decimal(500),
        "cache_write_1h_tokens": Decimal(1000),
        "cache_write_tokens": None,
        "output_tokens": Decimal(500),
        "web_searches": Decimal(10),
        "request_count": None,
        "project": "wrkspc_01A",
        "processing_tier": "standard",
        "context_tier": "standard",
        "inference_geo": "global",
    }.items() <= rows[0].items()
    assert (rows[1]["processing_tier"], rows[1]["context_tier"]) == ("priority", "long")
    assert tally.warnings == []


def test_claude_code_tells_models_of_a_day_and_no_person():
    rows, tally = read("anthropic-claude-code", ANTHROPIC / "claude_code-1.json")
    assert [row["reported_cost"] for row in rows] == [Decimal("10.25"), Decimal("0.005")]
    assert len({row["aggregate_id"] for row in rows}) == 2
    assert rows[0]["cache_write_tokens"] == 5000
    assert "example.com" not in str(rows)
    assert sum(tally.read.values()) == 2


@pytest.mark.parametrize(
    "name",
    [
        "openai_admin/costs-1",
        "openai_admin/completions-1",
        "openai_admin/embeddings-1",
        "anthropic_admin/cost_report-1",
        "anthropic_admin/messages-1",
        "anthropic_admin/claude_code-1",
    ],
)
def test_each_recording_is_recognised_as_its_own_report_only(name):
    from centavo.cli.recognising import take_probe
    from centavo.cli.source_list import all_sources

    path = RECORDINGS / f"{name}.json"
    probe = take_probe(path, path.name)
    found = {s.name: r.confidence for s in all_sources() if (r := s.recognise(probe))}
    best = max(found, key=found.get)
    vendor, _, report = name.partition("_admin/")
    kind = {"costs-1": "costs", "cost_report-1": "costs", "claude_code-1": "claude-code"}
    assert best == f"{vendor}-{kind.get(report, 'usage')}"
    assert sorted(found.values())[-2:] == [found[best]] or sorted(found.values())[-2] < found[best]


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_pages_may_stand_one_a_line_or_in_an_array_or_as_bare_buckets(tmp_path, suffix):
    both = pages("openai_admin/costs-1.json", "openai_admin/costs-2.json")
    shapes = [
        "\n".join(json.dumps(page) for page in both),
        json.dumps(both),
        json.dumps([bucket for page in both for bucket in page["data"]]),
    ]
    expected, _ = read("openai-costs", OPENAI / "costs-1.json", OPENAI / "costs-2.json")
    for number, shape in enumerate(shapes):
        path = tmp_path / f"shape{number}{suffix}"
        path.write_text(shape)
        rows, _ = read("openai-costs", path)
        assert [row["BilledCost"] for row in rows] == [row["BilledCost"] for row in expected]


def test_costroid_openai_pages_add_up():
    path = shared_data("focus") / "costroid_fixture_openai_costs.json"
    rows, tally = read("openai-costs", path)
    exact = [
        Decimal(str(result["amount"]["value"]))
        for bucket in json.loads(path.read_text(), parse_float=Decimal)
        for result in bucket["results"]
    ]
    assert [row["BilledCost"] for row in rows] == [
        value.quantize(Decimal("1e-12")) for value in exact
    ]
    assert {row["x_ModelId"] for row in rows} == {"gpt-4o", None}
    assert {w.code for w in tally.warnings} == {"decimals_rounded"}
    assert by(rows, "SubAccountId")["proj_beta"]["ConsumedQuantity"] == 1234567890123456789


def test_costroid_anthropic_pages_add_up():
    path = shared_data("focus") / "costroid_fixture_anthropic_cost.json"
    rows, _ = read("anthropic-costs", path)
    cents = [
        Decimal(result["amount"])
        for bucket in json.loads(path.read_text())
        for result in bucket["results"]
    ]
    assert [row["BilledCost"] for row in rows] == [value / 100 for value in cents]
    assert sum(row["x_TokenDirection"] == "Output" for row in rows) == 3


def test_a_version_is_a_whole_number_for_every_source():
    for name in ("openai-costs", "openai-usage", "anthropic-costs", "anthropic-usage"):
        assert source(name).version >= 1


def test_the_recordings_hold_no_key():
    found = [p for p in RECORDINGS.glob("*_admin/*.json") if b"sk-" in recorded(p)]
    assert [path.name for path in found] == ["401.json"]
