"""Simulations on recorded traces: what may not be claimed, and what must be equal."""

import tarfile

import pytest
from click.testing import CliRunner

from centavo.cli.group import cli
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from tests.savings.traffic import ledger_of, lever, request, run
from tests.shared_data import shared_data

pytest.importorskip("splintr", reason="tokens are counted by the extra centavo[tokens]")


def test_inputs_that_the_logger_cut_off_are_no_duplicates(tmp_path, monkeypatch):
    archive = shared_data("lmcache-agent-trace") / "magagent.tar.xz"
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "logs", filter="data")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["ingest", str(tmp_path / "logs")])
    assert done.exit_code == 0, done.output
    # The log names no model, so its requests have no price; they get one here.
    read = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    names = (
        "event_id",
        "started_at",
        "input_uncached_tokens",
        "output_tokens",
        "messages_hash",
        "labels",
    )
    rows = read.rows(f"SELECT {', '.join(names)} FROM usage_events")
    priced = ledger_of(
        *(request(n, **dict(zip(names, row, strict=True))) for n, row in enumerate(rows))
    )
    found = run(priced, lever("duplicates", ttl_s="86400000"))
    # 291 inputs repeat another one to the byte, and got other answers: the log kept their beginning.
    assert found.steps[0].touched == 0
    assert found.steps[0].not_simulated["their log cuts inputs off"] == 387
