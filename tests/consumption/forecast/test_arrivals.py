"""What earlier readings of a bill teach about its newest days, and where they teach nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from centavo.consumption.forecast.arrivals import (
    BillReading,
    learnt_shares,
    readings_of,
    sightings_of,
)
from centavo.consumption.forecast.daily_costs import daily_costs
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.money import Money
from tests.ledger.bills import write_bill

BILL = ("gcp", "a", "USD")
FIRST = date(2026, 6, 1)


def reading(newest, *, share="1", fetched=1, bill=BILL):
    days = {FIRST + timedelta(days=n): Decimal(100) for n in range(newest + 1)}
    days[max(days)] *= Decimal(share)
    return BillReading(bill, max(days) + timedelta(days=fetched), days)


def test_the_newest_day_of_each_reading_is_held_against_what_it_came_to():
    found = sightings_of([reading(10, share="0.8")], [reading(40)])
    assert [(each.age_days, each.seen, each.final) for each in found] == [
        (0, 80, 100), (1, 100, 100), (2, 100, 100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        pytest.param(reading(10, fetched=9), reading(40), id="a month read long after"),
        pytest.param(reading(10), reading(12), id="a bill that has not gone on"),
        pytest.param(reading(10), reading(40, bill=("gcp", "b", "USD")), id="another bill"),
    ],
)
def test_what_teaches_nothing(earlier, now):
    assert sightings_of([earlier], [now]) == []


def test_a_reading_that_did_not_change_counts_once():
    one = reading(10, share="0.8")
    assert len(sightings_of([one, one], [reading(40)])) == 3


def test_late_days_are_completed_and_others_are_not():
    rows = [((), FIRST + timedelta(days=n), Money(Decimal(100), "USD")) for n in range(20)]
    rows.append(((), FIRST + timedelta(days=20), Money(Decimal(80), "USD")))
    (costs,) = daily_costs(rows, FIRST + timedelta(days=19))
    (late,) = costs.completed({0: Decimal("0.8")}).late
    assert late == {FIRST + timedelta(days=19): 100, FIRST + timedelta(days=20): 100}
    assert costs.completed({}).late == costs.late


def test_snapshots_of_a_ledger_teach_its_shares(tmp_path, monkeypatch):
    # These files do not say when they were exported, and the test's clock is not theirs.
    monkeypatch.setattr("centavo.consumption.forecast.arrivals._FRESH_DAYS", 10**6)
    location = LedgerLocation(tmp_path / "ledger")
    january = [f"2026-01-{day:02}" for day in range(1, 32)]
    for newest, share in ((5, 80), (8, 84), (11, 88), (30, 100)):
        assert learnt_shares(Ledger.open(location)) == {} if newest > 5 else True
        rows = [(day, "100", "a") for day in january[:newest]]
        write_bill(location, tmp_path / "jan.csv", [*rows, (january[newest], str(share), "a")])
    (bill,) = readings_of(Ledger.open(location), read_at=date(2026, 2, 1))
    assert (bill.newest, bill.costs[date(2026, 1, 6)]) == (date(2026, 1, 31), 100)
    assert learnt_shares(Ledger.open(location)) == {0: Decimal("0.84"), 1: 1, 2: 1}
