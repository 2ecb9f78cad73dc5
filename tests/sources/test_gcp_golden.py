"""Google's own sample and the generated export, against figures computed without the product."""

import gzip
import json
from collections import defaultdict
from decimal import Decimal, localcontext

import duckdb
import pytest

from tests.shared_data import ROOT, shared_data
from tests.sources.gcp_files import charges, codes, connect, input_file

SIX = Decimal("0.000001")


def usd(rows: list[tuple[object, Decimal, Decimal]]) -> dict[object, Decimal]:
    """Return amounts over rates, summed by the first column, with six decimals."""
    sums: defaultdict[object, Decimal] = defaultdict(Decimal)
    with localcontext(prec=60):
        for key, amount, rate in rows:
            sums[key] += amount / rate
        return {key: total.quantize(SIX) for key, total in sums.items()}


@pytest.fixture(scope="module")
def truth() -> dict[str, object]:
    shared_data("gcp-billing-google-sample")
    figures = json.loads((ROOT / "GROUND_TRUTH.json").read_text(), parse_float=Decimal)
    return figures["gcp-billing-google-sample"]


@pytest.fixture(scope="module")
def sample():
    files = [input_file(p) for p in sorted(shared_data("gcp-billing-google-sample").glob("*.csv"))]
    connection = connect()
    reading = charges(connection, *files)
    return connection, reading


def query(connection: duckdb.DuckDBPyConnection, key: str, amount: str, where: str = "true"):
    return usd(
        connection.execute(
            f"SELECT {key}, {amount}, x_FxRate FROM charges WHERE {where}"
        ).fetchall()
    )


def test_totals_agree(sample, truth):
    connection, _ = sample
    total = truth["total"]
    assert query(connection, "1", "x_GrossCost")[1] == total["gross_usd"]
    assert query(connection, "1", "x_CreditCost")[1] == total["credits_usd"]
    assert query(connection, "1", "BilledCost")[1] == total["net_usd"].quantize(SIX)
    counts = connection.execute(
        "SELECT count(*), count(DISTINCT BillingCurrency), count(DISTINCT SubAccountId) FROM charges"
    ).fetchone()
    assert counts == (total["n"], total["currencies"], total["projects"])


def test_the_naive_sum_is_the_wrong_one_that_the_mixed_currencies_make(sample, truth):
    connection, _ = sample
    naive = connection.execute("SELECT sum(x_GrossCost) FROM charges").fetchone()
    assert naive == (truth["naive_sum_of_cost_column"]["wrong_mixed_currency"],)


@pytest.mark.parametrize(
    ("figure", "name", "key"),
    [
        ("by_cost_type", "cost_type", "x_CostType"),
        ("by_project", "project_id", "SubAccountId"),
        ("by_service", "s", "ServiceName"),
        ("by_env", "env", "Tags ->> 'env'"),
    ],
)
def test_gross_cost_agrees(sample, truth, figure, name, key):
    connection, _ = sample
    expected = {row[name]: row["usd"].quantize(SIX) for row in truth[figure]}
    assert query(connection, key, "x_GrossCost") == expected
    counts = dict(connection.execute(f"SELECT {key}, count(*) FROM charges GROUP BY 1").fetchall())
    assert all(counts[row[name]] == row["n"] for row in truth[figure] if "n" in row)


def test_net_cost_agrees_by_project(sample, truth):
    connection, _ = sample
    expected = {row["project_id"]: row["net"].quantize(SIX) for row in truth["by_project"]}
    assert query(connection, "SubAccountId", "BilledCost") == expected


def test_the_flattened_credit_ids_contradict_the_json(sample, truth):
    connection, reading = sample
    expected = truth["credits_json_vs_flat_mismatch"]
    assert codes(reading)["flattened_credits_differ"] == expected["id_mismatch"]
    with_credit = connection.execute("SELECT count(x_Credits) FROM charges").fetchone()
    assert with_credit == (expected["with_credit"],)


def test_every_record_is_one_charge(sample, truth):
    _, reading = sample
    assert reading.tally.read.total() == truth["total"]["n"]
    assert not reading.tally.skipped


@pytest.fixture(scope="module")
def nise():
    paths = sorted(shared_data("gcp-nise").glob("*.jsonl.gz"))
    records = [
        json.loads(line, parse_float=Decimal, parse_int=Decimal)
        for path in paths
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    connection = connect()
    reading = charges(connection, *map(input_file, paths))
    return records, connection, reading


@pytest.mark.parametrize(
    ("key", "of_record"),
    [
        ("ServiceName", lambda r: r["service"]["description"]),
        ("SubAccountId", lambda r: r["project"]["id"]),
        ("ChargePeriodStart::DATE::VARCHAR", lambda r: r["usage_start_time"][:10]),
        ("strftime(BillingPeriodStart, '%Y%m')", lambda r: r["invoice"]["month"]),
    ],
)
def test_a_plain_json_reader_gets_the_same_totals(nise, key, of_record):
    records, connection, _ = nise
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    ledger_step = Decimal("1e-12")
    for record in records:
        expected[of_record(record)] += record["cost"].quantize(ledger_step)
        expected[of_record(record)] += record["credits"]["amount"].quantize(ledger_step)
    found = connection.execute(f"SELECT {key}, sum(BilledCost) FROM charges GROUP BY 1").fetchall()
    assert dict(found) == dict(expected)


def test_what_the_generator_writes_differently_is_counted(nise):
    records, _, reading = nise
    assert codes(reading)["credits_not_a_list"] == len(records)
    assert codes(reading)["times_without_zone"] == len(records)
