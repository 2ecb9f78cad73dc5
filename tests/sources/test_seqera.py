"""Seqera Platform run dumps: every task's cost, exactly, and what the platform says beside it."""

import gzip
import json
from decimal import Decimal

import pytest

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from tests.shared_data import shared_data
from tests.sources.conformance import CHECKS, Case

WORKFLOW = {
    "id": "3abc",
    "runName": "sad_turing",
    "sessionId": "8c4e",
    "workDir": "s3://bucket/work",
    "projectName": "nf-core/sarek",
    "start": "2026-03-05T10:00:00Z",
    "fusion": {"enabled": True},
}


def task(number, cost, **more):
    return {
        "taskId": number,
        "process": f"NFCORE:P{number}",
        "name": f"NFCORE:P{number} (a)",
        "nativeId": f"job-{number}",
        "status": "COMPLETED",
        "attempt": 1,
        "priceModel": "spot",
        "cost": cost,
        "cpus": 4,
        "machineType": "m6id.4xlarge",
        "cloudZone": "eu-west-1b",
        "executor": "awsbatch",
        "start": "2026-03-05T10:00:00Z",
        "complete": "2026-03-05T10:30:00Z",
        **more,
    }


def write(path, rows, *, shuffled=False):
    tasks = [dict(reversed(row.items()) if shuffled else row.items()) for row in rows]
    run = {"workflow": WORKFLOW, "tasks": [{"task": it} for it in tasks]}
    path.write_text(json.dumps(dict(reversed(run.items()) if shuffled else run.items())))


CASE = Case(
    source="seqera",
    suffix=".json",
    write=write,
    rows=[task(1, 8.526e-06), task(2, 0.25), task(3, 1.125, attempt=2, status="FAILED")],
    measure="SELECT sum(BilledCost) FROM charges WHERE x_Source = 'seqera'",
    expected=lambda rows: sum((Decimal(repr(row["cost"])) for row in rows), Decimal(0)),
    correct=lambda row: row | {"cost": 0.5},
    malformed={
        "tasks[3].cost": task(4, "dear"),
        "tasks[3].start": task(4, 1.0, start="soon"),
        "is before the start": task(4, 1.0, complete="2026-03-05T09:00:00Z"),
    },
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_source(check, centavo, tmp_path):
    check(CASE, centavo, tmp_path)


def rows(folder, sql):
    return Ledger.open(LedgerLocation(folder / ".centavo")).rows(sql)


def test_what_the_platform_says_of_a_task(centavo, tmp_path):
    write(tmp_path / "run.json", [task(1, 0.5), task(2, None), task(3, 0.25, status="CACHED")])
    done = centavo("ingest", tmp_path / "run.json", "--json").json["sources"][0]
    assert done["rows_skipped"] == {"task without a cost": 1}
    assert [it["code"] for it in done["warnings"]] == ["cached_tasks"]
    found = rows(
        tmp_path,
        "SELECT x_Application, x_Feature, PricingCategory, RegionId, ConsumedQuantity, ConsumedUnit,"
        " x_CostBasis, ServiceProviderName, SkuId FROM charges WHERE BilledCost = 0.5",
    )
    assert found == [
        (
            "nf-core/sarek", "P1", "Dynamic", "eu-west-1", Decimal(2), "vCPU-Hours", "estimated",
            "AWS", "m6id.4xlarge",
        )
    ]  # fmt: skip


def test_two_runs_of_one_day_stand_beside_each_other(centavo, tmp_path):
    write(tmp_path / "a.json", [task(1, 0.5)])
    text = (tmp_path / "a.json").read_text().replace('"3abc"', '"4def"')
    (tmp_path / "b.json").write_text(text)
    centavo("ingest", tmp_path / "a.json")
    centavo("ingest", tmp_path / "b.json")
    assert rows(tmp_path, "SELECT count(*), sum(BilledCost) FROM charges") == [(2, Decimal(1))]


@pytest.mark.parametrize("text", ["{}", '{"workflow": {}, "tasks": []}'])
def test_what_is_no_dump_is_refused(centavo, tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    assert centavo("ingest", tmp_path / "run.json").exit_code == 2


@pytest.mark.parametrize("run", ["15dvxY1LnZYrYe", "1xpti5PH3K2VUW", "3dLeF2W4ju5og4"])
def test_a_published_run_costs_what_the_platform_says(centavo, tmp_path, run):
    path = shared_data("nextflow-seqera-runs") / f"{run}.json.gz"
    dump = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)
    centavo("ingest", path)
    total, count = rows(tmp_path, "SELECT sum(BilledCost), count(*) FROM charges")[0]
    assert total == sum(it["task"]["cost"] for it in dump["tasks"])
    assert total == dump["progress"]["workflowProgress"]["cost"]
    assert count == len(dump["tasks"])
    failed = 'SELECT count(*) FROM charges WHERE Tags LIKE \'%"status": "FAILED"%\''
    assert rows(tmp_path, failed)[0][0] == dump["workflow"]["stats"]["failedCount"]
