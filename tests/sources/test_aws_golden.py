"""The published legacy report: every figure of the ground truth, through the command line."""

import csv
import json
from decimal import Decimal

import pytest

from tests.shared_data import ROOT, shared_data
from tests.sources.aws_files import charges, connect, input_file

SIX = Decimal("0.000001")


def report():
    return next(shared_data("aws-cur-anon").glob("*.csv"))


@pytest.fixture(scope="module")
def truth():
    shared_data("aws-cur-anon")
    text = (ROOT / "GROUND_TRUTH.json").read_text()
    return json.loads(text, parse_float=Decimal)["aws-cur-anon"]


@pytest.fixture
def aws(centavo):
    assert centavo("ingest", report()).exit_code == 0
    return centavo


def amounts(done, name):
    return {
        row["key"][name]: (Decimal(row["cost"]["amount"]).quantize(SIX), row["rows"])
        for row in done.json["rows"]
    }


def test_totals(aws, truth):
    total = truth["total"]
    for metric, key in (("billed", "unblended"), ("effective", "unblended"), ("list", "on_demand")):
        done = aws("costs", "--metric", metric, "--json").json
        assert Decimal(done["total"]["amount"]).quantize(SIX) == total[key], metric
    assert done["ledger_rows"] == total["n"]


def test_by_line_item_type(aws, truth):
    found = amounts(aws("costs", "--by", "cost_type", "--json"), "cost_type")
    assert found == {row["t"]: (row["u"], row["n"]) for row in truth["by_type"]}


def test_by_product(aws, truth):
    found = amounts(aws("costs", "--by", "service", "--json"), "service")
    for row in truth["by_product"]:
        assert found[row["p"]] == (row["u"], row["n"])


def test_period_and_lines_that_cost_nothing(truth):
    connection = connect()
    charges(connection, input_file(report()))
    first, last, free = connection.execute(
        "SELECT min(ChargePeriodStart), max(ChargePeriodStart), count(*) FILTER (BilledCost = 0)"
        " FROM charges"
    ).fetchone()
    stamp = "%Y-%m-%dT%H:%M:%S.000Z"
    assert (first.strftime(stamp), last.strftime(stamp)) == (
        truth["total"]["mn"],
        truth["total"]["mx"],
    )
    assert free == truth["zero_cost_rows"]["n"]


def test_every_line_agrees_with_a_plain_reader():
    connection = connect()
    reading = charges(connection, input_file(report()))
    found = connection.execute(
        "SELECT SkuMeter, BilledCost, ListCost, ConsumedQuantity, SkuPriceId, SubAccountId"
        " FROM charges WHERE ChargeCategory = 'Usage'"
    ).fetchall()
    with report().open(newline="") as stream:
        lines = [
            (
                line["lineItem/UsageType"] or None,
                Decimal(line["lineItem/UnblendedCost"]),
                Decimal(line["pricing/publicOnDemandCost"]),
                Decimal(line["lineItem/UsageAmount"]),
                line["pricing/RateCode"],
                line["lineItem/UsageAccountId"],
            )
            for line in csv.DictReader(stream)
            if line["lineItem/LineItemType"] == "Usage"
        ]
    assert sorted(map(repr_of, found)) == sorted(map(repr_of, lines))
    assert reading.tally.warnings == []


def repr_of(row):
    return [str(v.normalize()) if isinstance(v, Decimal) else str(v) for v in row]
