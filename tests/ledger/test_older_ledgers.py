"""A ledger that an earlier version made stays readable, and gains what is new at its next write."""

import sqlite3

import pytest
from pyiceberg.catalog import load_catalog

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import NAMESPACE, LedgerLocation
from tests.ledger.bills import total, write_bill

JAN = [("2026-01-01", "1", "a"), ("2026-01-15", "2", "b")]


@pytest.fixture
def location(tmp_path):
    place = LedgerLocation(tmp_path / "ledger")
    write_bill(place, tmp_path / "jan.csv", JAN)
    return place


def test_a_table_that_was_not_known_then_is_empty(location):
    with sqlite3.connect(location.catalog_file) as catalog:
        catalog.execute("DELETE FROM iceberg_tables WHERE table_name = 'usage_aggregates'")
    ledger = Ledger.open(location)
    assert ledger.rows("SELECT count(*) FROM usage_aggregates") == [(0,)]
    assert total(location) == "3.00"


def test_a_column_that_was_not_known_then_comes_with_the_next_write(location, tmp_path):
    catalog = load_catalog(NAMESPACE, **location.catalog_properties())
    with catalog.load_table(f"{NAMESPACE}.charges").update_schema() as update:
        update.delete_column("x_ClusterId")
    assert total(location) == "3.00"
    write_bill(location, tmp_path / "feb.csv", [("2026-02-01", "4", "a")])
    names = catalog.load_table(f"{NAMESPACE}.charges").schema().column_names
    assert "x_ClusterId" in names
    assert total(location) == "7.00"
    assert Ledger.open(location).rows("SELECT count(x_ClusterId) FROM charges") == [(0,)]
