"""LiteLLM's spend logs out of a real PostgreSQL, through the whole way in."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from centavo.cli.fetch_litellm import fetch_spend_logs
from centavo.errors import ConfigError, InputError, ProviderError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.settings import Settings
from tests.postgres_server import postgres_server
from tests.sources.spend_logs import ROW, row

psycopg = pytest.importorskip("psycopg")
from centavo.sources.litellm.postgres import DSN_NAME, PostgresTable  # noqa: E402 -- needs psycopg

NOW = datetime(2026, 4, 5, tzinfo=UTC)
DAY = timedelta(hours=24)
# LiteLLM's schema.prisma, as far as its spend logs go.
TABLE = """
DROP TABLE IF EXISTS "LiteLLM_SpendLogs";
CREATE TABLE "LiteLLM_SpendLogs" (
  request_id text PRIMARY KEY, call_type text NOT NULL, api_key text NOT NULL DEFAULT '',
  spend double precision NOT NULL DEFAULT 0, total_tokens integer NOT NULL DEFAULT 0,
  prompt_tokens integer NOT NULL DEFAULT 0, completion_tokens integer NOT NULL DEFAULT 0,
  "startTime" timestamp(3) NOT NULL, "endTime" timestamp(3) NOT NULL,
  "completionStartTime" timestamp(3), model text NOT NULL DEFAULT '', model_id text,
  model_group text, custom_llm_provider text, api_base text, "user" text,
  metadata jsonb DEFAULT '{}', cache_hit text, cache_key text, request_tags jsonb DEFAULT '[]',
  team_id text, organization_id text, end_user text, requester_ip_address text,
  messages jsonb DEFAULT '{}', response jsonb DEFAULT '{}', session_id text, status text,
  proxy_server_request jsonb DEFAULT '{}'
)
"""


@pytest.fixture(scope="module")
def dsn():
    with postgres_server() as found:
        yield found


@pytest.fixture
def database(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLE)
        yield connection


@pytest.fixture
def settings(tmp_path):
    return Settings(LedgerLocation(tmp_path / "ledger"))


def insert(database, *rows):
    names = ", ".join(f'"{name}"' for name in ROW)
    marks = ", ".join(["%s"] * len(ROW))
    for each in rows:
        values = [json.dumps(v) if isinstance(v, dict | list) else v for v in each.values()]
        database.execute(f'INSERT INTO "LiteLLM_SpendLogs" ({names}) VALUES ({marks})', values)


def fetch(dsn, settings, *, since=None, rescan=DAY, now=NOW, rows_per_file=1000):
    table = PostgresTable("LiteLLM_SpendLogs", {DSN_NAME: dsn})
    try:
        return fetch_spend_logs(
            table, settings, since=since, rescan=rescan, now=now, rows_per_file=rows_per_file
        )
    finally:
        table.close()


def kept(settings):
    return Ledger.open(settings.location).rows(
        "SELECT event_id, input_uncached_tokens, cache_read_tokens, reported_cost::VARCHAR"
        " FROM usage_events ORDER BY event_id"
    )


def test_the_rows_arrive_as_they_would_from_a_file(dsn, database, settings, tmp_path):
    from tests.sources.event_files import read_files, write_lines
    from tests.sources.test_litellm import LiteLlmSource

    rows = [row(number) for number in range(1, 8)]
    insert(database, *rows)
    assert fetch(dsn, settings) == 7
    of_file = read_files([write_lines(tmp_path / "a.jsonl", *rows)], source=LiteLlmSource()).rows
    stored = Ledger.open(settings.location).rows(
        "SELECT event_id, started_at, labels, customer_id, cost FROM usage_events"
    )
    by_id = {each["event_id"]: each for each in of_file}
    assert len(stored) == 7
    for event_id, started_at, labels, customer_id, cost in stored:
        expected = by_id[event_id]
        assert started_at.replace(tzinfo=None) == expected["started_at"]
        assert (labels, customer_id) == (expected["labels"], expected["customer_id"])
        assert cost > 0


def test_a_second_fetch_brings_what_is_new_and_what_came_late(dsn, database, settings):
    insert(database, row(1), row(30))
    fetch(dsn, settings)
    before = kept(settings)
    # Nothing new: the rows of the rescan are there already.
    fetch(dsn, settings, now=NOW + timedelta(minutes=1))
    assert kept(settings) == before
    insert(database, row(10), row(40))
    fetch(dsn, settings, now=NOW + timedelta(minutes=2))
    assert len(kept(settings)) == 4


def test_what_is_older_than_the_rescan_is_left_until_it_is_asked_for(dsn, database, settings):
    insert(database, row(30))
    fetch(dsn, settings)
    insert(database, row(1))
    later = NOW + timedelta(minutes=1)
    fetch(dsn, settings, rescan=timedelta(minutes=5), now=later)
    assert len(kept(settings)) == 1
    fetch(
        dsn,
        settings,
        since=datetime.fromisoformat("2026-03-01T00:00:00"),
        now=later + timedelta(minutes=1),
    )
    assert len(kept(settings)) == 2


def test_a_fetch_in_small_files_reads_each_row_once(dsn, database, settings):
    same_start = {"startTime": ROW["startTime"]}
    insert(database, *(row(number, **same_start) for number in range(1, 12)))
    assert fetch(dsn, settings, rows_per_file=4) == 11
    assert len(kept(settings)) == 11


def test_an_interrupted_fetch_goes_on_where_it_stopped(dsn, database, settings, monkeypatch):
    insert(database, *(row(number) for number in range(1, 10)))
    from centavo.cli import fetch_litellm

    real = fetch_litellm.ingest
    calls = []

    def broken(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise ProviderError("interrupted")
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(fetch_litellm, "ingest", broken)
        with pytest.raises(ProviderError):
            fetch(dsn, settings, rows_per_file=4)
    assert len(kept(settings)) == 4
    resumed = fetch(
        dsn, settings, rescan=timedelta(0), rows_per_file=4, now=NOW + timedelta(minutes=1)
    )
    # The last row of the file that arrived stands at the watermark, and is looked at again.
    assert resumed == 6
    assert len(kept(settings)) == 9


def test_prompts_and_addresses_stay_in_the_database(dsn, database, settings, monkeypatch):
    from centavo.cli import fetch_litellm

    insert(database, row(1, messages={"secret": "prompt-text"}, requester_ip_address="10.9.8.7"))
    seen = []
    real = fetch_litellm.ingest

    def looked_at(settings, files, *arguments, **options):
        seen.extend(file.path.read_text() for file in files)
        return real(settings, files, *arguments, **options)

    monkeypatch.setattr(fetch_litellm, "ingest", looked_at)
    fetch(dsn, settings)
    assert "prompt-text" not in seen[0]
    assert "10.9.8.7" not in seen[0]
    spool = settings.location.folder / "fetch"
    assert [path.name for path in spool.rglob("*") if path.is_file()] == ["state.json"]


def test_a_table_with_a_zone_and_without_newer_columns_is_read(dsn, database, settings):
    insert(database, row(5))
    database.execute(
        'ALTER TABLE "LiteLLM_SpendLogs" ALTER "startTime" TYPE timestamptz, DROP COLUMN session_id'
    )
    assert fetch(dsn, settings) == 1
    started = Ledger.open(settings.location).rows("SELECT started_at FROM usage_events")[0][0]
    assert started.replace(tzinfo=None) == datetime.fromisoformat("2026-03-05T12:05:00")


def test_another_table_is_refused(dsn, database, settings):
    database.execute('ALTER TABLE "LiteLLM_SpendLogs" DROP COLUMN spend')
    with pytest.raises(InputError, match="no column spend"):
        fetch(dsn, settings)


def test_an_address_that_is_not_set_or_wrong_is_an_error_without_the_password(tmp_path):
    with pytest.raises(ConfigError, match=DSN_NAME):
        PostgresTable("LiteLLM_SpendLogs", {})
    wrong = f"postgresql://someone:hunter22secret@%2F{tmp_path.name}/none"
    with pytest.raises(ProviderError) as caught:
        PostgresTable("LiteLLM_SpendLogs", {DSN_NAME: wrong})
    assert "hunter22secret" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_the_command_reads_the_address_from_the_environment(dsn, database, centavo, monkeypatch):
    insert(database, row(1), row(2))
    monkeypatch.setenv(DSN_NAME, dsn)
    done = centavo("fetch", "litellm")
    assert done.exit_code == 0, done.err
    assert "2 rows of LiteLLM_SpendLogs read" in done.err
