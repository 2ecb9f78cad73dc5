"""What a line of a Cost and Usage Report becomes: categories, costs, commitments, tags, tokens."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.aws_files import (
    charges,
    codes,
    connect,
    line,
    modern,
    one,
    rows,
    snake,
    total,
    write_csv,
    write_parquet,
)

PLAN = "arn:aws:savingsplans::111122223333:savingsplan/abc"
RESERVATION = "arn:aws:ec2:us-east-1:111122223333:reserved-instances/def"
EC2 = {
    "ProductCode": "AmazonEC2",
    "ProductName": "Amazon Elastic Compute Cloud",
    "UsageType": "BoxUsage:m5.large",
    "Operation": "RunInstances",
    "UsageAmount": "1",
    "unit": "Hrs",
}


def at(text):
    """Return a time as DuckDB answers with one: naive, UTC."""
    return datetime.fromisoformat(text)


def plan(**changes):
    return line(**{**EC2, "SavingsPlanARN": PLAN, **changes})


def reserved(**changes):
    return line(**{**EC2, "ReservationARN": RESERVATION, **changes})


@pytest.mark.parametrize(
    ("kind", "category", "frequency"),
    [
        ("Usage", "Usage", "Usage-Based"),
        ("DiscountedUsage", "Usage", "Usage-Based"),
        ("SavingsPlanCoveredUsage", "Usage", "Usage-Based"),
        ("SavingsPlanNegation", "Usage", "Usage-Based"),
        ("EdpDiscount", "Usage", "Usage-Based"),
        ("PrivateRateDiscount", "Usage", "Usage-Based"),
        ("BundledDiscount", "Usage", "Usage-Based"),
        ("Fee", "Purchase", "One-Time"),
        ("SavingsPlanUpfrontFee", "Purchase", "One-Time"),
        ("RIFee", "Purchase", "Recurring"),
        ("SavingsPlanRecurringFee", "Purchase", "Recurring"),
        ("Tax", "Tax", "One-Time"),
        ("Credit", "Credit", "One-Time"),
        ("Refund", "Adjustment", "One-Time"),
    ],
)
def test_line_types(tmp_path, kind, category, frequency):
    found = one(
        tmp_path, "ChargeCategory", "ChargeFrequency", "x_CostType", "BilledCost", LineItemType=kind
    )
    assert found == (category, frequency, kind, Decimal("0.015"))


def test_a_line_type_that_is_not_known_is_kept_and_counted(tmp_path):
    connection = connect()
    reading = charges(connection, write_csv(tmp_path / "r.csv", [line(LineItemType="Gift")] * 3))
    assert total(connection, "BilledCost") == Decimal("0.045")
    assert codes(reading) == {"unknown_cost_type": 3}
    assert "Gift" in reading.tally.warnings[0].message


def test_a_savings_plan_is_spread_over_what_it_covers(tmp_path):
    lines = [
        plan(LineItemType="SavingsPlanCoveredUsage", UnblendedCost="10", SavingsPlanEffectiveCost="7"),
        plan(LineItemType="SavingsPlanNegation", UnblendedCost="-10"),
        plan(
            LineItemType="SavingsPlanRecurringFee",
            UnblendedCost="4",
            TotalCommitmentToDate="8",
            UsedCommitment="7",
        ),
        plan(LineItemType="SavingsPlanUpfrontFee", UnblendedCost="96"),
    ]  # fmt: skip
    found = rows(
        tmp_path,
        lines,
        *("EffectiveCost", "CommitmentDiscountStatus", "CommitmentDiscountQuantity"),
        *("CommitmentDiscountId", "CommitmentDiscountCategory", "CommitmentDiscountUnit"),
    )
    assert found == [
        (Decimal(7), "Used", Decimal(7), PLAN, "Spend", "USD"),
        (Decimal(0), None, None, None, None, None),
        (Decimal(1), "Unused", Decimal(1), PLAN, "Spend", "USD"),
        (Decimal(0), None, None, PLAN, "Spend", None),
    ]


def test_a_reservation_is_spread_over_what_it_covers(tmp_path):
    lines = [
        reserved(
            LineItemType="DiscountedUsage",
            UnblendedCost="0",
            EffectiveCost="6",
            publicOnDemandCost="9",
        ),
        reserved(
            LineItemType="RIFee",
            UnblendedCost="5",
            UnusedRecurringFee="1.5",
            UnusedAmortizedUpfrontFeeForBillingPeriod="0.5",
            UnusedQuantity="24",
        ),
        reserved(LineItemType="Fee", UnblendedCost="36"),
        line(**EC2, LineItemType="Fee", UnblendedCost="2"),
    ]
    found = rows(
        tmp_path,
        lines,
        *("EffectiveCost", "ContractedCost", "CommitmentDiscountStatus"),
        *("CommitmentDiscountQuantity", "CommitmentDiscountType", "PricingCategory"),
    )
    assert found == [
        (Decimal(6), Decimal(9), "Used", Decimal(1), "Reserved Instance", "Committed"),
        (Decimal(2), Decimal(5), "Unused", Decimal(24), "Reserved Instance", None),
        (Decimal(0), Decimal(36), None, None, "Reserved Instance", None),
        (Decimal(2), Decimal(2), None, None, None, None),
    ]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=20))
@settings(max_examples=20)
def test_effective_cost_of_a_plan_is_its_commitment_to_the_cent(tmp_path_factory, hours):
    """However each hour's commitment is used, used and unused add up to it; negations to nothing."""
    lines = []
    for used, unused in hours:
        committed = used + unused
        lines += [
            plan(
                LineItemType="SavingsPlanCoveredUsage",
                UnblendedCost=str(Decimal(used) * 2),
                SavingsPlanEffectiveCost=str(used),
            ),
            plan(LineItemType="SavingsPlanNegation", UnblendedCost=str(Decimal(used) * -2)),
            plan(
                LineItemType="SavingsPlanRecurringFee",
                UnblendedCost=str(committed),
                TotalCommitmentToDate=str(committed),
                UsedCommitment=str(used),
            ),
        ]
    connection = connect()
    charges(connection, write_csv(tmp_path_factory.mktemp("plan") / "r.csv", lines))
    whole = sum(used + unused for used, unused in hours)
    assert total(connection, "EffectiveCost") == whole
    assert total(connection, "BilledCost") == whole


def test_the_contract_that_a_charge_is_applied_to(tmp_path):
    found = rows(
        tmp_path,
        [
            plan(
                LineItemType="SavingsPlanCoveredUsage",
                SavingsPlanEffectiveCost="0.0000001",
                OfferingType="ComputeSavingsPlans",
                PaymentOption="No Upfront",
                PurchaseTerm="1yr",
            ),
            line(),
        ],
        "ContractApplied",
    )
    assert json.loads(found[0][0], parse_float=Decimal) == {
        "Elements": [
            {
                "ContractId": PLAN,
                "ContractCommitmentId": PLAN,
                "ContractCommitmentAppliedCost": Decimal("0.0000001"),
                "x_ContractCommitmentType": "Savings Plan",
                "x_ContractCommitmentOffer": "ComputeSavingsPlans",
                "x_ContractCommitmentPaymentModel": "No Upfront",
                "x_ContractCommitmentDuration": "1yr",
            }
        ]
    }
    assert found[1] == (None,)


def test_provisioned_throughput_with_a_term_is_a_commitment(tmp_path):
    arn = "arn:aws:bedrock:us-east-1:1:provisioned-model/xyz"
    columns = (
        *("x_ModelId", "x_ProcessingTier", "x_TokenCount", "CommitmentDiscountId"),
        *("CommitmentDiscountType", "CommitmentDiscountStatus", "PricingCategory"),
    )
    usage = "USE1-NovaPro-ProvisionedThroughput-{}-ModelUnits"
    found = rows(
        tmp_path,
        [
            line(UsageType=usage.format("OneMonthCommit"), ResourceId=arn, unit="hour"),
            line(UsageType=usage.format("NoCommit"), ResourceId=arn, unit="hour"),
        ],
        *columns,
    )
    assert found == [
        ("nova-pro", "provisioned", None, arn, "Provisioned Throughput", "Used", "Committed"),
        ("nova-pro", "provisioned", None, None, None, None, "Standard"),
    ]


def test_credits_stand_beside_gross_cost(tmp_path):
    (row,) = rows(
        tmp_path,
        [line(LineItemType="Credit", UnblendedCost="-2.50", LineItemDescription='A "promo"')],
        *("BilledCost", "EffectiveCost", "x_GrossCost", "x_CreditCost", "x_Credits"),
    )
    assert row[:4] == (Decimal("-2.5"), Decimal("-2.5"), Decimal(0), Decimal("-2.5"))
    assert json.loads(row[4]) == [{"name": 'A "promo"', "amount": -2.5}]


def test_discounts_and_negations_count_no_quantity(tmp_path):
    lines = [line(LineItemType=kind) for kind in ("EdpDiscount", "SavingsPlanNegation", "Tax")]
    found = rows(tmp_path, lines, "ConsumedQuantity", "PricingQuantity", "x_TokenCount")
    assert found == [(None, None, None)] * 3


def test_the_four_token_types(tmp_path):
    meters = ("input-tokens", "output-tokens", "cache-read-input-token-count",
              "cache-write-input-token-count")  # fmt: skip
    lines = [line(UsageType=f"USE1-Claude4.5Sonnet-{meter}", UsageAmount="1.5") for meter in meters]
    found = rows(
        tmp_path, lines, "x_ModelId", "x_TokenDirection", "x_TokenCacheAction", "x_TokenCount"
    )
    assert found == [
        ("claude-sonnet-4-5", "Input", "Uncached", Decimal(1500)),
        ("claude-sonnet-4-5", "Output", None, Decimal(1500)),
        ("claude-sonnet-4-5", "Input", "Read", Decimal(1500)),
        ("claude-sonnet-4-5", "Input", "Write", Decimal(1500)),
    ]


def test_a_model_sold_through_marketplace(tmp_path):
    found = one(
        tmp_path,
        *("ServiceName", "ServiceCategory", "ServiceSubcategory", "x_ModelDeveloper", "x_ModelId"),
        *("x_TokenCount", "x_InferenceGeo"),
        ProductCode="4a524th30q694o538qndh9ucht",
        ProductName="Claude Opus 4.6 (Amazon Bedrock Edition)",
        servicecode="",
        BillingEntity="AWS Marketplace",
        UsageType="USE1-MP:USE1_OutputTokenCount_Global-Units",
        UsageAmount="0.02645",
        UnblendedRate="25.0",
        unit="Units",
        LineItemDescription="AWS Marketplace software usage|us-east-1|Million Output Tokens",
    )
    assert found == (
        *("Claude Opus 4.6 (Amazon Bedrock Edition)", "AI and Machine Learning", "Generative AI"),
        *("Anthropic", "claude-opus-4-6", Decimal(26450), "global"),
    )


def test_a_usage_type_that_is_not_understood_is_counted(tmp_path):
    connection = connect()
    lines = [line(UsageType="USE1-Mystery-input-tokens")] * 5 + [line()]
    reading = charges(connection, write_csv(tmp_path / "r.csv", lines))
    assert codes(reading) == {"sku_not_understood": 5}


def test_a_tax_on_bedrock_is_no_unknown_meter(tmp_path):
    connection = connect()
    reading = charges(
        connection, write_csv(tmp_path / "r.csv", [line(LineItemType="Tax", UsageType="")])
    )
    assert codes(reading) == {}


def test_tags_and_cost_categories_have_unique_keys(tmp_path):
    (legacy,) = rows(tmp_path, [line(createdBy="Root", Product="Chat")], "Tags")
    assert json.loads(legacy[0]) == {
        "aws:createdBy": "Root",
        "Team": "search",
        "costCategory/Product": "Chat",
    }
    (new,) = rows(tmp_path, [modern(line(createdBy="Root", Product="Chat"))], "Tags")
    assert json.loads(new[0]) == {
        "aws:created_by": "Root",
        "team": "search",
        "costCategory/Product": "Chat",
    }
    (none,) = rows(tmp_path, [line(Team="")], "Tags")
    assert none == (None,)


def test_the_column_of_all_tags(tmp_path):
    record = modern(line()) | {
        "tags": {
            "resourceTags/user:team": "search",
            "resourceTags/app": "chat",
            "accountTag/team": "platform",
            "iamPrincipal/team": "a",
            "costCategory/Product": "P",
        },
        "line_item_iam_principal": "arn:aws:iam::1:role/x",
    }
    (found,) = rows(tmp_path, [record], "Tags")
    assert json.loads(found[0]) == {
        "team": "search",
        "app": "chat",
        "accountTag/team": "platform",
        "iamPrincipal/team": "a",
        "costCategory/Product": "P",
        "aws:iamPrincipal": "arn:aws:iam::1:role/x",
    }


def test_every_form_of_a_report_says_the_same(tmp_path):
    record = line(createdBy="Root", Product="Chat", SavingsPlanARN=PLAN, UnblendedCost="1.04E-8")
    athena = {snake(name): value for name, value in record.items()}
    forms = {
        "legacy": write_csv(tmp_path / "a.csv", [record]),
        "gzip": write_csv(tmp_path / "b.csv.gz", [record]),
        "athena": write_parquet(tmp_path / "c.parquet", [athena]),
        "cur2": write_csv(tmp_path / "d.csv", [modern(record)]),
        "cur2 parquet": write_parquet(tmp_path / "e.parquet", [modern(record)]),
    }
    found = {}
    for name, file in forms.items():
        connection = connect()
        charges(connection, file)
        found[name] = connection.execute(
            "SELECT * EXCLUDE (x_IngestionBatchId, Tags) FROM charges"
        ).fetchall()
    assert all(row == found["legacy"] for row in found.values()), found
    assert found["legacy"][0][1] == Decimal("0.0000000104")


def test_a_month_is_restated_as_a_whole(tmp_path):
    found = one(
        tmp_path,
        *("x_RestatementDate", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart"),
    )
    assert found == (
        date(2026, 3, 1),
        at("2026-03-01"),
        at("2026-04-01"),
        at("2026-03-05T10:00"),
    )


@pytest.mark.parametrize("text", ["2026-03-05T10:00:00Z", "2026-03-05 10:00:00",
                                  "2026-03-05T07:00:00-03:00"])  # fmt: skip
def test_times_are_utc(tmp_path, text):
    assert one(tmp_path, "ChargePeriodStart", UsageStartDate=text) == (at("2026-03-05T10:00"),)


def test_what_has_no_column_is_kept_in_the_price_details(tmp_path):
    record = modern(line(OfferingType="x")) | {
        "line_item_net_unblended_cost": "0.0100",
        "discount": {"EdpDiscount": "-0.005"},
        "product_instance_type": "m5.large",
    }
    (found,) = rows(tmp_path, [record], "SkuPriceDetails")
    details = json.loads(found[0], parse_float=str)
    assert details["InstanceType"] == "m5.large"
    assert details["x_Operation"] == "InvokeModelInference"
    assert details["x_NetUnblendedCost"] == "0.01"
    assert json.loads(details["x_Discounts"]) == {"EdpDiscount": "-0.005"}


def test_columns_of_no_known_family_are_named(tmp_path):
    connection = connect()
    record = line() | {"product/newAttribute": "x", "carbon/Footprint": "1"}
    reading = charges(connection, write_csv(tmp_path / "r.csv", [record]))
    (warning,) = reading.tally.warnings
    assert warning.code == "unknown_columns"
    assert "carbon/Footprint" in warning.message
    assert "newAttribute" not in warning.message


def test_floating_point_is_said(tmp_path):
    connection = connect()
    reading = charges(connection, write_parquet(tmp_path / "r.parquet", [modern(line())]))
    assert set(codes(reading)) == {"floating_point_costs"}
