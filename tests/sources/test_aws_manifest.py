"""A folder as AWS delivers it: report files and their manifests."""

import json

import pytest

from tests.sources.aws_files import line, write_csv, write_parquet

LEGACY = {
    "assemblyId": "a-1",
    "account": "111122223333",
    "columns": [{"category": "identity", "name": "LineItemId"}],
    "charset": "UTF-8",
    "compression": "GZIP",
    "contentType": "text/csv",
    "reportId": "r",
    "reportName": "cur",
    "billingPeriod": {"start": "20260301T000000.000Z", "end": "20260401T000000.000Z"},
    "bucket": "b",
    "reportKeys": ["prefix/cur/20260301-20260401/a-1/cur-00001.csv.gz"],
}


def deliver(folder, keys=None):
    folder.mkdir(parents=True)
    write_csv(folder / "cur-00001.csv.gz", [line()])
    manifest = LEGACY | ({"reportKeys": keys} if keys else {})
    (folder / "cur-Manifest.json").write_text(json.dumps(manifest, indent=2))


def test_a_manifest_is_skipped_with_a_reason(centavo, tmp_path):
    deliver(tmp_path / "bill" / "a-1")
    done = centavo("ingest", tmp_path / "bill", "--json")
    assert done.exit_code == 0, done.err
    (source,) = done.json["sources"]
    assert source["source"] == "aws"
    assert source["rows_written"] == 1
    assert source["warnings"] == []
    ((reason, count),) = source["rows_skipped"].items()
    assert "manifest" in reason
    assert count == 1
    assert done.json["not_read"] == []
    assert "unchanged" in centavo("ingest", tmp_path / "bill").err


def test_a_manifest_alone_is_no_error(centavo, tmp_path):
    (tmp_path / "cur-Manifest.json").write_text(json.dumps(LEGACY | {"reportKeys": []}))
    done = centavo("ingest", tmp_path / "cur-Manifest.json", "--json")
    assert done.exit_code == 0, done.err
    assert done.json["sources"][0]["rows_written"] == 0


def test_a_part_that_is_missing_is_named(centavo, tmp_path):
    keys = ["p/a-1/cur-00001.csv.gz", "p/a-1/cur-00002.csv.gz"]
    deliver(tmp_path / "bill" / "a-1", keys)
    done = centavo("ingest", tmp_path / "bill", "--json")
    (warning,) = done.json["sources"][0]["warnings"]
    assert warning["code"] == "report_incomplete"
    assert "cur-00002.csv.gz" in warning["message"]


def test_the_manifest_of_data_exports(centavo, tmp_path):
    """Data and metadata stand in two trees, and DuckDB must not take folder names for columns."""
    data = tmp_path / "bill" / "data" / "BILLING_PERIOD=2026-03"
    data.mkdir(parents=True)
    write_parquet(data / "export-00001.snappy.parquet", [line()])
    metadata = tmp_path / "bill" / "metadata" / "BILLING_PERIOD=2026-03"
    metadata.mkdir(parents=True)
    key = "s3://bucket/prefix/bill/data/BILLING_PERIOD=2026-03/export-00001.snappy.parquet"
    (metadata / "export-Manifest.json").write_text(
        json.dumps({"executionId": "x", "dataFiles": [key]})
    )
    done = centavo("ingest", tmp_path / "bill", "--json")
    assert done.exit_code == 0, done.err
    (source,) = done.json["sources"]
    assert (source["rows_written"], source["warnings"]) == (1, [])


def test_a_broken_manifest_is_an_error(centavo, tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(LEGACY)[:-20])
    done = centavo("ingest", tmp_path / "m.json", "--source", "aws")
    assert done.exit_code == 2
    assert "m.json is not a whole JSON file" in done.err


@pytest.mark.parametrize("name", ["later.csv", "other/cur.csv"])
def test_a_later_delivery_takes_the_place_of_the_month(centavo, tmp_path, name):
    write_csv(tmp_path / "first.csv", [line(), line(UsageStartDate="2026-03-20T00:00:00Z")])
    centavo("ingest", tmp_path / "first.csv")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    write_csv(path, [line(UnblendedCost="9")])
    done = centavo("ingest", path, "--json").json["sources"][0]
    assert sum(done["rows_replaced"].values()) == 2
    assert centavo("costs", "--json").json["total"]["amount"] == "9"


def test_parts_of_one_command_stand_together(centavo, tmp_path):
    for part in (1, 2):
        write_csv(tmp_path / f"part-{part}.csv", [line(UnblendedCost=str(part))])
    centavo("ingest", tmp_path)
    assert centavo("costs", "--json").json["total"]["amount"] == "3"
