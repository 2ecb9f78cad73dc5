"""Tables that the ledger writes are Iceberg tables: pyiceberg, which did not write them, is the judge."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pyiceberg.catalog import load_catalog

import centavo
from centavo.errors import LedgerBusyError, LedgerError
from centavo.ledger import writer
from centavo.ledger.iceberg import manifests, own_catalog
from centavo.ledger.iceberg.iceberg_ledger import IcebergLedger
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import NAMESPACE, LedgerLocation
from centavo.ledger.new_files import new_files
from centavo.ledger.plan import plan_table
from centavo.ledger.planned import Change, TablePlan, local_path
from centavo.ledger.schema import TABLES
from tests.ledger.bills import total, write_bill

JAN = [("2026-01-01", "1", "a"), ("2026-01-15", "2", "b")]


@pytest.fixture
def location(tmp_path):
    # Readers take an address as it stands: spaces and accents of a Brazilian desktop too.
    return LedgerLocation(tmp_path / "Área de trabalho" / "ledger")


def judged(location, name="charges"):
    return load_catalog(NAMESPACE, **location.catalog_properties()).load_table(
        f"{NAMESPACE}.{name}"
    )


def metadata_files(location):
    folder = location.folder / "warehouse" / NAMESPACE / "charges" / "metadata"
    return sorted(path.name for path in folder.iterdir())


class Commits:
    """Commits of one row each to ``charges``, as fast as a test needs hundreds of them."""

    def __init__(self, location):
        self.iceberg, self.plan = IcebergLedger(location), TablePlan("", (), ())
        self.folder = location.folder / "files"
        self.engine, self.number = duckdb.connect(), 0

    def __call__(self, *, removed=()):
        self.number += 1
        target = self.folder / str(self.number)
        target.mkdir(parents=True)
        day = f"DATE '2026-01-01' + {self.number}"
        self.engine.execute(
            f"COPY (SELECT {self.number}::DECIMAL(38,12) AS BilledCost, {day} AS x_RestatementDate, "
            f"({day})::TIMESTAMPTZ AS ChargePeriodStart, 'b' AS x_IngestionBatchId) "
            f"TO '{target}/f.parquet'"
        )
        added = new_files(self.engine, target, TABLES["charges"])
        change = Change(f"commit-{self.number}", added, removed, {})
        self.plan = self.iceberg.commit("charges", change, before=self.plan)


def test_pyiceberg_reads_every_snapshot_of_a_table_with_many_commits(location):
    commit = Commits(location)
    for _ in range(40):
        commit()
    commit(removed=[commit.plan.files[3].path, commit.plan.files[38].path])
    table = judged(location)
    costs = table.scan(selected_fields=("BilledCost",)).to_arrow()["BilledCost"].to_pylist()
    assert sorted(costs) == [n for n in range(1, 42) if n not in {4, 39}]
    snapshots = table.metadata.snapshots
    assert len(snapshots) == 41
    assert table.scan(snapshot_id=snapshots[34].snapshot_id).count() == 35
    late = table.scan(row_filter="x_RestatementDate >= '2026-02-08'").plan_files()
    assert [task.file.record_count for task in late] == [1, 1, 1]
    assert snapshots[-1].summary["total-records"] == "39"
    # What it costs to open does not grow with the commits.
    assert len(table.current_snapshot().manifests(table.io)) < 15
    assert len([name for name in metadata_files(location) if name.endswith(".json")]) == 21
    # The plan that a commit foretells is the one that is read from the manifests.
    found = IcebergLedger(location).plan("charges")
    assert sorted(found.files, key=lambda f: f.path) == sorted(
        commit.plan.files, key=lambda f: f.path
    )
    assert (found.metadata_location, found.snapshots) == (
        commit.plan.metadata_location,
        commit.plan.snapshots,
    )


def test_a_diary_of_many_readings_stays_in_few_files(location, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "_MOST_DIARY_FILES", 3)
    moments = []
    for day in range(1, 7):
        write_bill(location, tmp_path / f"{day}.csv", [(f"2026-01-0{day}", str(day), "a")])
        newest = plan_table(location, "batches").snapshots[-1]
        moments.append(datetime.fromtimestamp(newest.committed_at_ms / 1000, UTC))
    plan = plan_table(location, "batches")
    assert [file.rows for file in plan.files] == [5, 1]
    assert plan_table(location, "batches", as_of=moments[2]).files != plan.files
    again = write_bill(location, tmp_path / "2.csv", [("2026-01-02", "9", "a")])
    assert again.replaced == {str(tmp_path / "2.csv"): 1}
    names = Ledger.open(location).rows("SELECT name FROM batches ORDER BY ingested_at, name")
    assert [name for (name,) in names] == [
        "1.csv",
        "2.csv",
        "2.csv",
        "3.csv",
        "4.csv",
        "5.csv",
        "6.csv",
    ]
    assert total(location) == "28.00"


def test_what_pyiceberg_commits_is_read_and_kept(location, tmp_path):
    write_bill(location, tmp_path / "jan.csv", JAN)
    table = judged(location)
    table.append(table.scan().to_arrow().slice(0, 1))
    moment = datetime.fromtimestamp(judged(location).current_snapshot().timestamp_ms / 1000, UTC)
    first = total(location)
    write_bill(location, tmp_path / "feb.csv", [("2026-02-01", "8", "a")])
    assert float(total(location)) == float(first) + 8
    assert total(location, as_of=moment) == first
    assert judged(location).scan().count() == 4


def test_a_change_planned_before_another_commit_is_refused(location):
    commit, other = Commits(location), Commits(location)
    commit()
    other.number, other.plan = 1, commit.plan
    other()
    commit.number = 2
    with pytest.raises(LedgerBusyError, match="another process changed charges"):
        commit()
    assert judged(location).scan().count() == 2


def test_the_pointer_moves_only_from_where_it_was_found(location, monkeypatch):
    commit = Commits(location)
    commit()
    monkeypatch.setattr(own_catalog, "read_pointer", lambda *_: commit.plan.metadata_location)
    before = commit.plan
    commit()
    commit.plan = before
    with pytest.raises(LedgerBusyError):
        commit()


def test_a_commit_that_fails_leaves_no_file_behind(location, tmp_path, monkeypatch):
    write_bill(location, tmp_path / "jan.csv", JAN)
    before = metadata_files(location)
    move = own_catalog.move_pointer

    def failing(place, table, **addresses):
        if table == "charges":
            raise OSError(28, "No space left on device")
        return move(place, table, **addresses)

    monkeypatch.setattr(own_catalog, "move_pointer", failing)
    with pytest.raises(LedgerError, match="is full"):
        write_bill(location, tmp_path / "feb.csv", [("2026-02-01", "8", "a")])
    assert metadata_files(location) == before
    assert total(location) == "3.00"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format-version": 3}, "cannot be read: Invalid enum value 3"),
        ({"unheard-of": 1}, "cannot be read: Object contains unknown field"),
        (
            {"partition-specs": [{"spec-id": 0, "fields": [{"name": "day"}]}]},
            "is partitioned, which centavo does not write",
        ),
    ],
)
def test_a_table_of_another_shape_is_refused(location, change, says):
    commit = Commits(location)
    commit()
    file = local_path(commit.plan.metadata_location)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(LedgerError, match=says):
        plan_table(location, "charges")


def test_rows_that_another_program_deleted_beside_their_files_are_refused(location):
    commit = Commits(location)
    commit()
    listed = judged(location).current_snapshot().manifest_list
    deletes = [
        manifests.msgspec.structs.replace(manifest, content=1)
        for manifest in manifests.read_list(listed)
    ]
    manifests.write_list(local_path(listed), deletes, header={})
    with pytest.raises(LedgerError, match="another program deleted rows"):
        plan_table(location, "charges")


def test_only_a_catalog_of_the_users_needs_pyiceberg():
    folder = Path(centavo.__file__).parent
    importing = {
        f.name
        for f in folder.rglob("*.py")
        if "import pyiceberg" in (text := f.read_text()) or "from pyiceberg" in text
    }
    assert importing == {"users_catalog.py"}
