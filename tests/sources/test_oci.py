"""Oracle cost reports: what becomes which column, and what cannot be read."""

import csv
import json
import random
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import BadValueError, InputError
from centavo.sources.oci.product import named_product
from tests.sources.azure_files import codes, connect, input_file, write
from tests.sources.oci_files import ROW, charges, one, row


def test_a_models_tokens(tmp_path: Path):
    assert one(
        tmp_path,
        "BilledCost",
        "x_ModelDeveloper",
        "x_ModelId",
        "x_TokenDirection",
        "x_TokenCacheAction",
        "x_TokenCount",
        "ServiceCategory",
        "ServiceSubcategory",
    ) == (
        Decimal("3.125"),
        "xAI",
        "grok-4.3",
        "Input",
        "Uncached",
        Decimal(2500000),
        "AI and Machine Learning",
        "Generative AI",
    )


def test_the_other_columns(tmp_path: Path):
    assert one(
        tmp_path,
        "BillingAccountId",
        "SubAccountId",
        "x_Project",
        "ChargePeriodStart::VARCHAR",
        "ChargePeriodEnd::VARCHAR",
        "BillingPeriodStart::VARCHAR",
        "RegionId",
        "ResourceType",
        "SkuId",
        "Tags",
        "ContractedUnitPrice",
        "EffectiveCost",
    ) == (
        "20209880",
        "ocid1.tenancy.oc1..t",
        "ai-prod",
        "2026-03-05 10:00:00",
        "2026-03-05 11:00:00",
        "2026-03-01 00:00:00",
        "us-chicago-1",
        "generativeaimodel",
        "B111111",
        '{"env":"prod"}',
        Decimal("1.25"),
        Decimal("3.125"),
    )
    (details,) = one(tmp_path, "SkuPriceDetails")
    assert json.loads(str(details))["x_ReferenceNumber"] == "V2.1"


PRODUCTS = [
    # description, unit, model, direction, cache, context, tokens
    ("OCI Generative AI - xAI - Grok 4.3 - Output Tokens", "1,000,000 Tokens", "grok-4.3", "Output", None, None, 1_000_000),
    ("OCI  Generative AI - xAI - Grok 4 Code Cached Input Tokens", "1,000,000 Tokens", "grok-4-code", "Input", "Read", None, 1_000_000),
    ("OCI Generative AI - Google -Gemini 2.5 Pro - Input Tokens - Greater than 200K", "1,000,000 Tokens", "gemini-2.5-pro", "Input", "Uncached", "long", 1_000_000),
    ("OCI Generative AI - OpenAI - gpt-oss-120b - Output Tokens", "1,000,000 Tokens", "gpt-oss-120b", "Output", None, None, 1_000_000),
    ("Oracle Cloud Infrastructure Generative AI - Large Cohere", "10,000 Transactions", None, None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize("case", PRODUCTS, ids=lambda case: case[0])
def test_generative_ai_products(case):
    description, unit, model, direction, cache, context, tokens = case
    found = named_product("GENERATIVE_AI", description, unit)
    meaning = found.meaning
    assert (meaning.model, meaning.direction, meaning.cache_action) == (model, direction, cache)
    assert (meaning.context, found.tokens_per_unit, found.dark) == (context, tokens, None)
    assert meaning.developer is not None


def test_a_dedicated_cluster_is_provisioned():
    found = named_product(
        "GENERATIVE_AI", "OCI Generative AI - Large Cohere - Dedicated", "AI Unit Hour"
    )
    assert (found.meaning.tier, found.tokens_per_unit, found.dark) == ("provisioned", None, None)


def test_an_unknown_product_is_dark():
    found = named_product("GENERATIVE_AI", "OCI Generative AI - Zork", "1 Each")
    assert found.dark == "GENERATIVE_AI: OCI Generative AI - Zork"


def test_a_correction(tmp_path: Path):
    found = one(tmp_path, "ChargeClass", "BilledCost", isCorrection="true", myCost="-1.5")
    assert found == ("Correction", Decimal("-1.5"))


def test_lines_without_cost_are_counted_and_overage_is_told(tmp_path: Path):
    rows = [row(), row(myCost=""), row(myCostOverage="0.5")]
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", rows))
    assert connection.execute("SELECT count(*), sum(BilledCost) FROM charges").fetchone() == (
        2,
        Decimal("6.25"),
    )
    assert [reason for _, reason in reading.tally.skipped] == ["no cost in cost/myCost"]
    assert codes(reading) == {"overage_not_added": 1}


def test_totals_of_many_reports_against_a_plain_reader(tmp_path: Path):
    rng = random.Random(7)
    services = ("COMPUTE", "BLOCK_STORAGE", "GENERATIVE_AI")
    paths = []
    for number in range(3):
        rows = [
            row(
                service=rng.choice(services),
                myCost=str(Decimal(rng.randrange(10**12)) / 10**12),
                intervalUsageStart=f"2026-03-{rng.randrange(1, 29):02}T{rng.randrange(24):02}:00Z",
            )
            for _ in range(200)
        ]
        paths.append(tmp_path / f"reports_cost-csv_{number}.csv.gz")
        write(paths[-1], rows)
    expected: dict[tuple[str, str], Decimal] = {}
    import gzip

    for path in paths:
        with gzip.open(path, "rt", newline="") as stream:
            for line in csv.DictReader(stream):
                key = line["product/service"], line["lineItem/intervalUsageStart"][:10]
                expected[key] = expected.get(key, Decimal(0)) + Decimal(line["cost/myCost"])
    connection = connect()
    charges(connection, *(input_file(path) for path in paths))
    found = connection.execute(
        "SELECT ServiceName, CAST(ChargePeriodStart AS DATE)::VARCHAR, sum(BilledCost)"
        " FROM charges GROUP BY ALL"
    ).fetchall()
    assert {(service, day): total for service, day, total in found} == expected


def test_a_bad_value_is_named_and_may_be_skipped(tmp_path: Path):
    file = write(tmp_path / "a.csv", [row(), row(myCost="1,5"), row(intervalUsageStart="noon")])
    with pytest.raises(BadValueError, match=r"line 3: cost/myCost is not a decimal number"):
        charges(connect(), file)
    connection = connect()
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)
    assert (reading.tally.read.total(), reading.tally.skipped.total()) == (3, 2)


def test_a_missing_column_is_named(tmp_path: Path):
    short = {name: value for name, value in ROW.items() if name != "cost/currencyCode"}
    with pytest.raises(InputError, match="has no column cost/currencyCode"):
        charges(connect(), write(tmp_path / "a.csv", [short]))


def test_a_usage_report_is_told_apart(tmp_path: Path):
    usage = {name: value for name, value in ROW.items() if not name.startswith("cost/")}
    usage["usage/consumedQuantity"] = "1"
    with pytest.raises(InputError, match="is a usage report"):
        charges(connect(), write(tmp_path / "a.csv", [usage]))
