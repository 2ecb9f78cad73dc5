"""Readers beside a writer, older snapshots, and a catalog of the user's own."""

import subprocess
import sys
from decimal import Decimal

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from tests.cli.test_ingest import bill, row


def test_readers_see_only_whole_commits_while_a_writer_commits(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "first.csv", row("1")))
    paths = [str(bill(tmp_path / f"b{n}.csv", *[row("1", account=f"B{n}")] * 10)) for n in range(4)]
    script = (
        "import sys\nfrom centavo.cli import main\n"
        "for path in sys.argv[1:]:\n    sys.argv = ['centavo', 'ingest', path]\n    main()\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, *paths],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen: list[Decimal] = []
    while writer.poll() is None:
        ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
        seen.append(Decimal(str(ledger.rows("SELECT sum(BilledCost) FROM charges")[0][0])))
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert {int(total) % 10 for total in seen} == {1}
    assert centavo("costs", "--json").json["total"]["amount"] == "41"


def test_an_older_moment_answers_from_its_own_snapshot(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "first.csv", row("1")))
    table = next(t for t in centavo("ledger", "--json").json["tables"] if t["table"] == "charges")
    moment = table["snapshots"][-1]["committed_at"]
    centavo("ingest", bill(tmp_path / "second.csv", row("2", account="B")))
    assert centavo("costs", "--json").json["total"]["amount"] == "3"
    assert centavo("costs", "--as-of", moment, "--json").json["total"]["amount"] == "1"


def test_the_users_own_catalog_and_warehouse_are_used(centavo, tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "centavo.toml").write_text(
        "[ledger.catalog]\n"
        'type = "sql"\n'
        f'uri = "sqlite:///{tmp_path}/lake/own.db"\n'
        f'warehouse = "{(tmp_path / "lake").as_uri()}"\n'
    )
    assert centavo("ingest", bill(tmp_path / "first.csv", row("1"))).exit_code == 0
    assert centavo("costs", "--json").json["total"]["amount"] == "1"
    assert centavo("ingest", bill(tmp_path / "first.csv", row("2"))).exit_code == 0
    assert centavo("costs", "--json").json["total"]["amount"] == "2"
    assert list((tmp_path / "lake").rglob("*.parquet"))
    assert not list((tmp_path / ".centavo").rglob("*.parquet"))
