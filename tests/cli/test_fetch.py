"""The live BigQuery reader through the whole way in, from recorded answers."""

from datetime import UTC, datetime

import pytest

from centavo.cli.fetch import fetch_bigquery
from centavo.errors import ProviderError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.settings import Settings
from centavo.sources.gcp.bigquery import BigQueryExport
from tests.sources.recorded_bigquery import RecordedBigQuery

EXPORT = BigQueryExport("my-project.billing.gcp_billing_export_resource_v1_0A")
NOW = datetime(2026, 4, 5, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return Settings(LedgerLocation(tmp_path / "ledger"))


def rows(settings):
    ledger = Ledger.open(settings.location)
    return ledger.rows(
        "SELECT x_RestatementDate::VARCHAR, count(*), sum(BilledCost) FROM charges GROUP BY 1 ORDER BY 1"
    )


def test_partitions_arrive_in_the_ledger_and_nothing_is_fetched_twice(settings):
    found = fetch_bigquery(RecordedBigQuery(), EXPORT, settings, now=NOW)
    assert found.rows == sum(row[1] for row in rows(settings))
    before = rows(settings)
    again = fetch_bigquery(RecordedBigQuery(), EXPORT, settings, now=NOW)
    assert again.files == ()
    assert rows(settings) == before


def test_a_restated_partition_replaces_itself(settings):
    fetch_bigquery(RecordedBigQuery(), EXPORT, settings, now=NOW)
    before = rows(settings)
    found = fetch_bigquery(RecordedBigQuery("partitions-later.json"), EXPORT, settings, now=NOW)
    assert len(found.files) == 1
    assert [row[0] for row in rows(settings)] == [row[0] for row in before]


def test_a_failed_ingest_fetches_again(settings, monkeypatch):
    def broken(*_args, **_options):
        raise ProviderError("interrupted")

    with monkeypatch.context() as patched:
        patched.setattr("centavo.cli.fetch.ingest", broken)
        with pytest.raises(ProviderError):
            fetch_bigquery(RecordedBigQuery(), EXPORT, settings, now=NOW)
    assert fetch_bigquery(RecordedBigQuery(), EXPORT, settings, now=NOW).files != ()
