"""The published FOCUS 1.0 sample: every figure of the ground truth, from the source's own rows."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.shared_data import shared_data
from tests.sources.focus_files import charges, connect, input_file

_ALL = """
    SELECT count(*), count(DISTINCT SubAccountId), count(DISTINCT ResourceId),
    sum(BilledCost), sum(EffectiveCost), sum(ListCost) FROM charges"""


def sample_file() -> Path:
    return next(shared_data("focus-1.0-sample").glob("*.csv"))


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    text = (shared_data("focus-1.0-sample").parent / "GROUND_TRUTH.json").read_text()
    return json.loads(text, parse_float=Decimal)["focus-1.0-sample"]


@pytest.fixture(scope="module")
def sample() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as connection:
        charges(connection, input_file(sample_file()))
        yield connection


def _same(found: object, expected: object) -> bool:
    """The ground truth is rounded to six decimals; the ledger is not."""
    if isinstance(expected, Decimal):
        return isinstance(found, Decimal) and round(found, 6) == expected
    return found == expected


def _agree(found: list[tuple[Any, ...]], expected: list[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    for row, truth in zip(found, expected, strict=True):
        assert all(_same(a, b) for a, b in zip(row, truth.values(), strict=True)), (row, truth)


def test_total(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    _agree(sample.execute(_ALL).fetchall(), [truth["total"]])


def test_by_provider(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    found = sample.execute(
        "SELECT ServiceProviderName, count(*), sum(BilledCost), sum(EffectiveCost) FROM charges"
        " GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    _agree(found, truth["by_provider"])


def test_untagged(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    row = sample.execute(
        "SELECT count(*) FILTER (Tags IS NULL), count(*),"
        " sum(BilledCost) FILTER (Tags IS NULL AND BilledCost > 0),"
        " sum(BilledCost) FILTER (BilledCost > 0) FROM charges"
    ).fetchone()
    assert row is not None
    expected = truth["untagged"]
    assert row[0] == expected["n"]
    assert round(Decimal(row[0]) / row[1], 6) == expected["row_share"]
    assert _same(row[2], expected["billed_pos"])
    assert _same(row[3], expected["all_pos"])


def test_aws_effective_cost_is_whole_dollars(
    sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]
):
    found = sample.execute(
        "SELECT count(*), count(*) FILTER (EffectiveCost = trunc(EffectiveCost)),"
        " count(*) FILTER (EffectiveCost <> BilledCost), sum(BilledCost), sum(EffectiveCost)"
        " FROM charges WHERE ServiceProviderName = 'AWS'"
    ).fetchall()
    _agree(found, [truth["aws_effective_rounded"]])


def test_commitments(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    found = sample.execute(
        "SELECT CommitmentDiscountStatus, CommitmentDiscountType, count(*), sum(BilledCost),"
        " sum(EffectiveCost), sum(ListCost) FROM charges WHERE CommitmentDiscountId IS NOT NULL"
        " GROUP BY 1, 2"
    ).fetchall()
    _agree(found, truth["commitment"])


def test_charge_categories(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    found = sample.execute(
        "SELECT ChargeCategory, count(*), sum(BilledCost) FROM charges GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    _agree(found, truth["charge_category"])


def test_top_services(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    expected = truth["top_services"]
    found = sample.execute(
        "SELECT ServiceName, ServiceProviderName, count(*), sum(BilledCost) FROM charges"
        f" GROUP BY 1, 2 ORDER BY 4 DESC LIMIT {len(expected)}"
    ).fetchall()
    _agree(found, expected)


def test_environments(sample: duckdb.DuckDBPyConnection, truth: dict[str, Any]):
    found = sample.execute(
        "SELECT coalesce(json_extract_string(Tags, '$.environment'),"
        " json_extract_string(Tags, '$.env'), '(none)'), count(*),"
        " sum(BilledCost) FROM charges GROUP BY 1 ORDER BY 3 DESC"
    ).fetchall()
    _agree(found, truth["env"])


def test_the_odd_column_of_the_sample_is_named():
    reading = charges(connect(), input_file(sample_file()))
    kept_out = [w.message for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert len(kept_out) == 1
    assert ": Id (in " in kept_out[0]
