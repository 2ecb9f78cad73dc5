"""The rollup answers as the facts do, to the digit, and steps aside where it cannot."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from centavo.consumption import cost_rollup
from centavo.consumption.cost_cells import BASES, CostQuestion, cost_cells
from centavo.consumption.cost_rollup import (
    ROLLED,
    rollup_file,
    rollup_sql,
    use_rollup,
    write_rollup,
)
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.overlap import merge_meters
from centavo.period import Period
from tests.shared_data import shared_data

OCTOBER = Period(datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 10, 1, tzinfo=UTC))
QUESTIONS = [
    CostQuestion(by=by, grain=grain, period=period, where=where, currency=currency)
    for by, grain, period, where, currency in itertools.product(
        [(), ("application",), ("provider", "service")],
        [None, "day", "month"],
        [Period(), OCTOBER],
        [{}, {"environment": "production"}, {"team": ""}],
        [None, "USD"],
    )
]


@pytest.fixture(scope="module")
def location(tmp_path_factory) -> LedgerLocation:
    """A ledger of Google's sample bill and of recorded requests, with its rollup."""
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("rolled")
    files = [shared_data("gcp-billing-google-sample"), shared_data("aider-analytics")]
    command = [sys.executable, "-m", "centavo", "ingest", *map(str, files)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    found = LedgerLocation(folder / ".centavo")
    assert write_rollup(found) is not None
    return found


def cells(ledger, question, basis):
    return sorted(cost_cells(ledger, question, basis), key=repr)


@pytest.fixture(scope="module")
def from_facts(location):
    """What the facts answer to each question and basis."""
    facts = Ledger.open(location)
    merge_meters(facts)
    asked = itertools.product(QUESTIONS, BASES)
    return [(question, basis, cells(facts, question, basis)) for question, basis in asked]


@pytest.mark.parametrize("is_written", [True, False], ids=["file", "memory"])
def test_every_answer_is_the_same_from_the_rollup(location, from_facts, monkeypatch, is_written):
    rolled = Ledger.open(location)
    merge_meters(rolled)
    if not is_written:
        monkeypatch.setattr(cost_rollup, "rollup_file", lambda _: Path("not there"))
    assert use_rollup(rolled)
    for question, basis, expected in from_facts:
        assert rollup_sql(rolled, question, basis=basis, metric="billed")
        assert cells(rolled, question, basis) == expected, question
    assert sum(bool(expected) for *_, expected in from_facts) > 20


@pytest.mark.parametrize(
    "question",
    [
        CostQuestion(by=("sku",)),
        CostQuestion(by=("tag:env",)),
        CostQuestion(where={"region": "x"}),
        CostQuestion(period=Period(datetime(2024, 9, 1, 7, tzinfo=UTC))),
    ],
    ids=["sku", "tag", "region", "hour"],
)
def test_what_the_rollup_does_not_hold_is_asked_of_the_facts(location, question):
    ledger = Ledger.open(location)
    assert use_rollup(ledger)
    assert rollup_sql(ledger, question, basis="billed", metric="billed") is None


def test_list_cost_is_asked_of_the_facts(location):
    ledger = Ledger.open(location)
    assert use_rollup(ledger)
    assert rollup_sql(ledger, CostQuestion(), basis="billed", metric="list") is None


def test_another_state_of_the_ledger_has_no_rollup_yet(location, tmp_path):
    import shutil
    import subprocess
    import sys

    copy = tmp_path / "copy"
    shutil.copytree(location.folder.parent, copy)
    bill = tmp_path / "bill.csv"
    bill.write_text(
        "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,"
        "ChargePeriodEnd,ServiceName\n5,a,USD,2024-09-01T00:00:00Z,Usage,2024-09-01T00:00:00Z,"
        "2024-09-02T00:00:00Z,S\n"
    )
    # The copy's own catalog still names the files of the first place; only its rollup is looked at.
    here = LedgerLocation(copy / ".centavo")
    before = rollup_file(Ledger.open(location))
    command = [sys.executable, "-m", "centavo", "--ledger", str(here.folder), "ingest", str(bill)]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    changed = Ledger.open(here)
    assert rollup_file(changed).name != before.name
    assert not rollup_file(changed).exists()


def test_a_large_ledger_is_not_summed_before_its_rollup_is_written(location, monkeypatch):
    monkeypatch.setattr(cost_rollup, "LARGE_ROWS", 1)
    monkeypatch.setattr(cost_rollup, "rollup_file", lambda _: Path("not there"))
    ledger = Ledger.open(location)
    assert not use_rollup(ledger)
    assert rollup_sql(ledger, CostQuestion(), basis="billed", metric="billed") is None


def test_every_rolled_dimension_is_one():
    from centavo.consumption.dimensions import DIMENSIONS

    assert set(ROLLED) <= DIMENSIONS.keys()
