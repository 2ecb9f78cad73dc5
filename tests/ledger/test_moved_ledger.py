"""A ledger's folder can be moved, restored elsewhere or copied: it is what stands in it."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from pyiceberg.catalog import load_catalog

from centavo.ledger.location import NAMESPACE, LedgerLocation
from centavo.ledger.plan import plan_table
from tests.ledger.bills import total, write_bill

JAN = [("2026-01-01", "1", "a"), ("2026-01-15", "2", "b")]
FEB = [("2026-02-03", "4", "c")]


@pytest.fixture
def old(tmp_path):
    location = LedgerLocation(tmp_path / "old" / "ledger")
    write_bill(location, tmp_path / "jan.csv", JAN)
    return location


def moved(location, target):
    target.parent.mkdir(exist_ok=True)
    return LedgerLocation(shutil.move(location.folder, target))


def contents(location):
    return {path: path.read_bytes() for path in location.folder.rglob("*") if path.is_file()}


def test_what_is_moved_answers_and_is_written_where_it_stands(old, tmp_path):
    new = moved(old, tmp_path / "new" / "here")
    assert total(new) == "3.00"
    write_bill(new, tmp_path / "feb.csv", FEB)
    write_bill(new, tmp_path / "jan.csv", [("2026-01-01", "1", "a"), ("2026-01-15", "7", "b")])
    assert total(new) == "12.00"
    third = moved(new, tmp_path / "third")
    assert total(third) == "12.00"
    snapshots = plan_table(third, "charges").snapshots
    moment = datetime.fromtimestamp(snapshots[0].committed_at_ms / 1000, UTC)
    assert total(third, as_of=moment) == "3.00"
    assert not old.folder.exists()
    assert not new.folder.exists()


def test_other_programs_find_it_after_the_next_commit(old, tmp_path):
    new = moved(old, tmp_path / "new")
    write_bill(new, tmp_path / "feb.csv", FEB)
    table = load_catalog(NAMESPACE, **new.catalog_properties()).load_table(f"{NAMESPACE}.charges")
    assert table.scan().count() == 3


def test_a_copy_leaves_the_original_as_it_is(old, tmp_path):
    copy = LedgerLocation(shutil.copytree(old.folder, tmp_path / "copy"))
    # A writer of the original was killed before the copy was made.
    charges = "warehouse/centavo/charges/data/unfinished"
    for place in (old, copy):
        (place.folder / charges).mkdir()
        (place.folder / charges / "part.parquet").write_bytes(b"cut")
        (place.folder / "pending" / "unfinished.json").write_text(
            json.dumps(["charges", str(old.folder / charges)])
        )
    untouched = contents(old)
    for number in range(25):  # more commits than metadata files are kept
        write_bill(
            copy, tmp_path / f"{number}.csv", [("2026-03-01", "1", f"r{number}")], add_only=True
        )
    assert contents(old) == untouched
    assert (total(old), total(copy)) == ("3.00", "28.00")
    assert not list(copy.folder.rglob("unfinished*"))
