"""The live reader against recorded answers: partitions, change tokens, columns, exactness."""

import gzip
import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from types import ModuleType, SimpleNamespace

import pytest

from centavo.errors import ConfigError, InputError, ProviderError
from centavo.sources.gcp.bigquery import BigQueryExport, ChangeToken, RefreshState, refresh
from centavo.sources.gcp.bigquery_google import GoogleClient, as_json
from tests.sources.gcp_files import charges, connect, input_file
from tests.sources.recorded_bigquery import RecordedBigQuery

EXPORT = BigQueryExport("acme-billing.export.gcp_billing_export_resource_v1_01AAAA_BBBBBB_CCCCCC")
NOW = datetime(2026, 4, 6, 12, tzinfo=UTC)


def run(client, spool, state=None):
    return refresh(client, EXPORT, spool=spool, state=state or RefreshState(), now=NOW)


def test_a_first_refresh_fetches_every_partition_into_its_own_file(tmp_path):
    done = run(RecordedBigQuery(), tmp_path)
    assert [path.name[-19:] for path in done.files] == [
        "2026-04-03.jsonl.gz",
        "2026-04-04.jsonl.gz",
    ]
    assert (done.partitions_seen, done.rows) == (2, 4)
    assert sorted(tmp_path.iterdir()) == sorted(done.files)


def test_the_files_are_read_like_any_export_and_dated_by_their_partition(tmp_path):
    done = run(RecordedBigQuery(), tmp_path)
    connection = connect()
    reading = charges(connection, *map(input_file, done.files))
    rows = connection.execute(
        "SELECT x_RestatementDate, sum(x_GrossCost), sum(x_CreditCost), min(ChargePeriodStart)::VARCHAR, "
        "sum(x_TokenCount), max(x_SourceExportTime)::VARCHAR, any_value(Tags) FROM charges GROUP BY 1 ORDER BY 1"
    ).fetchall()
    tags = '{"team":"search","env":"production","992039481/class":"internal"}'
    assert rows == [
        (
            date(2026, 4, 3),
            Decimal("3.000001000000"),
            Decimal("-0.1000001"),
            "2026-04-02 18:00:00",
            Decimal(3_000_000),
            "2026-04-03 05:12:07.25",
            tags,
        ),
        (
            date(2026, 4, 4),
            Decimal(10),
            Decimal(0),
            "2026-04-03 18:00:00",
            Decimal(1_000_000),
            "2026-04-04 05:00:00",
            tags,
        ),
    ]
    assert {warning.code for warning in reading.tally.warnings} == {"decimals_rounded"}


def test_nothing_is_fetched_when_no_token_changed(tmp_path):
    first = run(RecordedBigQuery(), tmp_path)
    client = RecordedBigQuery()
    second = run(client, tmp_path, first.state)
    assert (second.files, second.rows) == ((), 0)
    assert len(client.asked) == 1


def test_only_a_restated_partition_is_fetched_again(tmp_path):
    first = run(RecordedBigQuery(), tmp_path)
    client = RecordedBigQuery("partitions-later.json")
    second = run(client, tmp_path, first.state)
    assert [parameters for _, parameters, _ in client.asked[1:]] == [{"day": date(2026, 4, 4)}]
    assert len(second.files) == 1
    assert second.state.partitions[date(2026, 4, 4)].max_export_time == "2026-04-06T05:00:00Z"


def test_the_last_ten_days_before_the_newest_partition_are_looked_at_again(tmp_path):
    state = RefreshState({date(2026, 4, 4): ChangeToken("2026-04-04T05:00:00Z", 1)})
    client = RecordedBigQuery()
    run(client, tmp_path, state)
    assert client.asked[0][1] == {"since": date(2026, 3, 25)}


def test_columns_are_listed_and_new_ones_are_named(tmp_path):
    client = RecordedBigQuery()
    done = run(client, tmp_path)
    assert done.unknown_columns == ("carbon_footprint",)
    fetches = [sql for sql, parameters, _ in client.asked if "day" in parameters]
    assert all("*" not in sql and "carbon" not in sql for sql in fetches)
    assert all("credits" in sql and "_PARTITIONTIME = TIMESTAMP(@day)" in sql for sql in fetches)


def test_every_query_has_a_limit_of_bytes_billed(tmp_path):
    client = RecordedBigQuery()
    run(client, tmp_path)
    assert {limit for _, _, limit in client.asked} == {EXPORT.max_bytes_billed}


def test_a_table_without_a_mandatory_column_is_an_error(tmp_path, monkeypatch):
    client = RecordedBigQuery()
    monkeypatch.setattr(client, "columns", lambda _: ["billing_account_id", "cost"])
    with pytest.raises(InputError, match="has no column currency"):
        run(client, tmp_path)


def test_a_failure_in_the_middle_leaves_no_half_file(tmp_path, monkeypatch):
    client = RecordedBigQuery()
    pages = client._pages

    def broken(names):
        yield from list(pages(names))[:1]
        if len(names) > 1:
            raise ProviderError("BigQuery failed")

    monkeypatch.setattr(client, "_pages", broken)
    with pytest.raises(ProviderError):
        run(client, tmp_path)
    assert list(tmp_path.glob("*.jsonl.gz")) == []


def test_the_same_partition_is_the_same_bytes(tmp_path):
    first = run(RecordedBigQuery(), tmp_path / "a")
    second = run(RecordedBigQuery(), tmp_path / "b")
    assert [p.read_bytes() for p in first.files] == [p.read_bytes() for p in second.files]


def test_numbers_keep_the_text_of_the_wire(tmp_path):
    done = run(RecordedBigQuery(), tmp_path)
    costs = [
        json.loads(line)["cost"]
        for line in gzip.decompress(done.files[0].read_bytes()).splitlines()
    ]
    assert costs == ["2.7", "1.0E-6", "0.30000000000000004"]


def test_a_state_is_read_back_as_it_was_written(tmp_path):
    state = run(RecordedBigQuery(), tmp_path).state
    assert RefreshState.from_json(state.as_json()) == state


@pytest.mark.parametrize("text", ["", "[]", '{"partitions": {"x": ["a", 1]}}', '{"partitions": 5}'])
def test_a_damaged_state_says_what_to_do(text):
    with pytest.raises(InputError, match="cannot be read") as caught:
        RefreshState.from_json(text)
    assert "Delete" in caught.value.hint


@pytest.mark.parametrize("table", ["export", "a.b", "p.d.t`; DROP TABLE x", "p.d.t x"])
def test_a_name_that_is_no_table_is_refused(table):
    with pytest.raises(ConfigError, match="not the name of a BigQuery table"):
        BigQueryExport(table)


def test_values_of_the_library_become_json():
    row = {
        "cost": 1e-06,
        "price": Decimal("2.70E-6"),
        "time": datetime(2026, 4, 2, 18, tzinfo=UTC),
        "day": date(2026, 4, 2),
        "credits": [{"amount": -0.1, "id": None}],
        "inherited": True,
    }
    assert as_json(row) == {
        "cost": "1e-06",
        "price": "0.00000270",
        "time": "2026-04-02T18:00:00Z",
        "day": "2026-04-02",
        "credits": [{"amount": "-0.1", "id": None}],
        "inherited": True,
    }


class GoogleError(Exception):
    """Stands for google.api_core.exceptions.GoogleAPIError."""


@pytest.fixture
def library(monkeypatch):
    """Put a stand-in for the parts of Google's library that are used into its place."""
    modules = {
        "google.cloud.bigquery": {
            "ScalarQueryParameter": lambda *parts: parts,
            "QueryJobConfig": lambda **options: options,
        },
        "google.api_core.exceptions": {"GoogleAPIError": GoogleError},
        "google.auth.exceptions": {"GoogleAuthError": type("GoogleAuthError", (Exception,), {})},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    for parent in ("google", "google.cloud", "google.api_core", "google.auth"):
        monkeypatch.setitem(sys.modules, parent, ModuleType(parent))
    return sys.modules["google.cloud.bigquery"]


def test_the_google_client_asks_with_parameters_and_limit(library):
    asked = []

    class Client:
        def __init__(self, project):
            assert project == "acme"

        def get_table(self, table):
            assert table == "p.d.t"
            return SimpleNamespace(schema=[SimpleNamespace(name="cost")])

        def query(self, sql, *, job_config):
            asked.append((sql, job_config))
            return self

        def result(self, *, page_size):
            assert page_size > 0
            return SimpleNamespace(pages=[[{"cost": 0.1}], [{"cost": 0.2}]])

    library.Client = Client
    client = GoogleClient("acme")
    assert client.columns("p.d.t") == ["cost"]
    pages = client.query("SELECT 1", parameters={"day": date(2026, 4, 2)}, max_bytes_billed=7)
    assert list(pages) == [[{"cost": "0.1"}], [{"cost": "0.2"}]]
    parameters = [("day", "DATE", date(2026, 4, 2))]
    assert asked == [
        ("SELECT 1", {"query_parameters": parameters, "maximum_bytes_billed": 7}),
    ]


def test_a_failure_of_the_library_is_a_provider_error(library):
    class Client:
        def __init__(self, project):
            pass

        def get_table(self, table):
            raise GoogleError(f"403 no access to {table}")

    library.Client = Client
    with pytest.raises(ProviderError, match="403 no access"):
        GoogleClient().columns("p.d.t")


def test_missing_credentials_say_what_to_do(library):
    def client(project):
        raise sys.modules["google.auth.exceptions"].GoogleAuthError(f"none for {project}")

    library.Client = client
    with pytest.raises(ConfigError, match="credentials were not found"):
        GoogleClient()


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.cloud.bigquery", None)
    with pytest.raises(ConfigError, match="needs google-cloud-bigquery") as caught:
        GoogleClient()
    assert "centavo[gcp]" in caught.value.hint
