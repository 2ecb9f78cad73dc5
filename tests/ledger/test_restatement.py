from datetime import UTC, datetime, timedelta

import pytest

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from tests.ledger.bills import total, write_bill

JAN = [("2026-01-01", "1", "a"), ("2026-01-15", "2", "b"), ("2026-01-31", "4", "a")]


@pytest.fixture
def location(tmp_path):
    return LedgerLocation(tmp_path / "ledger")


def test_same_file_twice_changes_nothing(location, tmp_path):
    write_bill(location, tmp_path / "jan.csv", JAN)
    write_bill(location, tmp_path / "jan.csv", JAN)
    assert total(location) == "7.00"


def test_corrected_file_replaces_exactly_its_slice(location, tmp_path):
    write_bill(location, tmp_path / "jan.csv", JAN)
    write_bill(location, tmp_path / "feb.csv", [("2026-02-01", "100", "a")])
    write_bill(location, tmp_path / "other.csv", JAN, account="B")
    report = write_bill(
        location,
        tmp_path / "jan-corrected.csv",
        [("2026-01-01", "10", "a"), ("2026-01-31", "4", "a")],
    )
    assert report.replaced == {str(tmp_path / "jan.csv"): 3}
    assert total(location) == "121.00"


def test_next_half_of_a_month_is_added(location, tmp_path):
    write_bill(
        location, tmp_path / "first.csv", [("2026-01-01", "1", "a"), ("2026-01-15", "2", "a")]
    )
    report = write_bill(location, tmp_path / "second.csv", [("2026-01-16", "4", "a")])
    assert report.replaced == {}
    assert total(location) == "7.00"


def test_rolling_file_under_one_name_keeps_earlier_months(location, tmp_path):
    write_bill(location, tmp_path / "latest.csv", JAN)
    write_bill(location, tmp_path / "latest.csv", [("2026-02-01", "100", "a")])
    assert total(location) == "107.00"


MORE = [("2026-01-01", "8", "c"), ("2026-01-15", "16", "c"), ("2026-01-31", "32", "c")]


def test_part_of_a_bill_is_added_only_when_asked(location, tmp_path):
    write_bill(location, tmp_path / "part1.csv", JAN)
    write_bill(location, tmp_path / "part2.csv", MORE, add_only=True)
    assert total(location) == "63.00"


def test_corrected_part_leaves_the_other_part(location, tmp_path):
    write_bill(location, tmp_path / "part1.csv", JAN)
    write_bill(location, tmp_path / "part2.csv", MORE, add_only=True)
    write_bill(
        location, tmp_path / "part2.csv", [("2026-01-01", "50", "c"), ("2026-01-31", "1", "c")]
    )
    assert total(location) == "58.00"


def test_older_snapshot_still_answers(location, tmp_path):
    write_bill(location, tmp_path / "jan.csv", JAN)
    snapshot = Ledger.open(location).plans["charges"].snapshots[-1]
    at = datetime.fromtimestamp(snapshot.committed_at_ms / 1000, UTC) + timedelta(milliseconds=1)
    write_bill(location, tmp_path / "feb.csv", [("2026-02-01", "100", "a")])
    assert total(location) == "107.00"
    assert total(location, as_of=at) == "7.00"


def test_diary_names_replaced_batches(location, tmp_path):
    write_bill(location, tmp_path / "jan.csv", JAN)
    write_bill(
        location, tmp_path / "jan2.csv", [("2026-01-01", "1", "a"), ("2026-01-31", "1", "a")]
    )
    rows = Ledger.open(location).rows("SELECT name, rows_replaced FROM batches ORDER BY name")
    assert rows[0] == ("jan.csv", "{}")
    assert rows[1][1].endswith(": 3}")
