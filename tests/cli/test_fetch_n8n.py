"""``centavo fetch n8n`` through the whole way in, against a server made of recorded shapes."""

import json
from datetime import UTC, datetime

import httpx2
import pytest

from centavo.cli.fetch_n8n import fetch_executions
from centavo.errors import ConfigError, ProviderError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.settings import Settings
from centavo.sources.http_pages import RetryPolicy, Server, http_pages
from centavo.sources.n8n.live import request_headers
from tests.sources.trace_files import execution, model_run
from tests.sources.vendor_pages import Clock

KEY = "n8n-api-synthetic-0123456789"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Instance:
    """Executions 1 to N, one a day from 1 November 2026, answered newest first."""

    def __init__(self, count, page_size=2):
        self.count, self.page_size = count, page_size
        self.asked = []
        self.broken = None
        self.cursor_of = lambda number: f"before-{number}"

    def __call__(self, request):
        self.asked.append(request)
        assert request.headers["x-n8n-api-key"] == KEY
        cursor = request.url.params.get("cursor")
        newest = int(cursor.rpartition("-")[2]) - 1 if cursor else self.count
        if self.broken == newest:
            return httpx2.Response(500, json={"message": "internal"})
        numbers = [n for n in range(newest, newest - self.page_size, -1) if n > 0]
        last = numbers[-1] if numbers else 0
        page = {
            "data": [self.execution(number) for number in numbers],
            "nextCursor": self.cursor_of(last) if last > 1 else None,
        }
        return httpx2.Response(200, json=page)

    def execution(self, number):
        runs = {"Chat Model": [model_run(number)]}
        return execution(number, runs, startedAt=f"2026-11-{number:02}T04:00:00.000Z")


@pytest.fixture
def settings(tmp_path):
    return Settings(LedgerLocation(tmp_path / "ledger"))


def fetch(instance, settings, *, since=None, now=NOW):
    server = Server("n8n", "https://n8n.example.org", "N8N_API_KEY", KEY, request_headers(KEY))
    pages = http_pages(
        server,
        pacing=Clock().pacing(),
        policy=RetryPolicy(attempts=1),
        transport=httpx2.MockTransport(instance),
    )
    home = settings.location.folder / "fetch" / "n8n" / "n8n.example.org"
    with pages as http:
        return fetch_executions(http, settings, home=home, since=since, now=now)


def calls(settings):
    ledger = Ledger.open(settings.location)
    return ledger.rows("SELECT count(*), sum(output_tokens)::INT FROM usage_events")[0]


def test_all_pages_arrive_once(settings):
    instance = Instance(5)
    found = fetch(instance, settings)
    assert (found.executions, found.pages) == (5, 3)
    assert calls(settings) == (5, 60)
    first = instance.asked[0].url
    assert first.path == "/api/v1/executions"
    assert first.params["includeData"] == "true"
    assert not list((settings.location.folder / "fetch").rglob("*.jsonl"))


def test_the_next_fetch_goes_on_a_day_before_and_counts_nothing_twice(settings):
    fetch(Instance(5), settings, now=datetime(2026, 11, 5, 12, tzinfo=UTC))
    later = Instance(9)
    found = fetch(later, settings)
    # From 4 November, 12:00: executions 5 to 9. Page 5, 4 is looked at, page 3, 2 proves the end.
    assert found.executions == 5
    assert calls(settings) == (9, 108)


def test_since_ends_the_pages(settings):
    instance = Instance(20)
    found = fetch(instance, settings, since=datetime(2026, 11, 15, tzinfo=UTC))
    assert (found.executions, found.pages) == (6, 4)


def test_an_interrupted_fetch_goes_on_where_it_stopped(settings):
    instance = Instance(6)
    instance.broken = 2
    with pytest.raises(ProviderError, match="500"):
        fetch(instance, settings)
    assert not settings.location.catalog_file.exists()
    instance.broken, instance.asked = None, []
    found = fetch(instance, settings)
    assert (found.executions, found.pages, found.resumed) == (6, 1, 2)
    assert calls(settings) == (6, 72)


def test_a_cursor_that_repeats_ends_in_an_error(settings):
    instance = Instance(6)
    instance.cursor_of = lambda _: "before-5"
    with pytest.raises(ProviderError, match="repeats the cursor"):
        fetch(instance, settings)


@pytest.mark.parametrize("body", [{"data": "x"}, {"message": "hello"}, []])
def test_a_page_of_another_shape_is_an_error(settings, body):
    with pytest.raises(ProviderError, match="another shape"):
        fetch(lambda _: httpx2.Response(200, json=body), settings)


def test_a_page_cut_in_half_is_asked_for_again_and_given_up(settings):
    with pytest.raises(ProviderError, match="no whole page"):
        fetch(lambda _: httpx2.Response(200, content=b'{"data": ['), settings)


def test_a_revoked_key_is_named_and_not_shown(settings):
    with pytest.raises(ProviderError, match="N8N_API_KEY") as caught:
        fetch(lambda _: httpx2.Response(401, json={"message": "unauthorized"}), settings)
    assert KEY not in str(caught.value)


def test_an_instance_without_executions(settings):
    found = fetch(Instance(0), settings)
    assert (found.file, found.executions) == (None, 0)


def test_the_time_of_the_last_fetch_must_be_readable(settings):
    fetch(Instance(1), settings)
    (state,) = (settings.location.folder / "fetch").rglob("state.json")
    state.write_text(json.dumps({"fetched_at": 7}))
    with pytest.raises(ConfigError, match=r"state\.json"):
        fetch(Instance(1), settings)


@pytest.mark.parametrize("missing", ["N8N_API_KEY", "N8N_URL"])
def test_key_and_address_come_from_the_environment(centavo, monkeypatch, missing):
    monkeypatch.setenv("N8N_API_KEY", KEY)
    monkeypatch.setenv("N8N_URL", "https://n8n.example.org")
    monkeypatch.delenv(missing)
    done = centavo("fetch", "n8n")
    assert done.exit_code == 2
    assert f"{missing} is not set" in done.err


def test_a_key_is_not_sent_over_plain_http(centavo, monkeypatch):
    monkeypatch.setenv("N8N_API_KEY", KEY)
    done = centavo("fetch", "n8n", "--url", "http://n8n.example.org")
    assert done.exit_code == 2
    assert "https" in done.err
    assert KEY not in done.err
