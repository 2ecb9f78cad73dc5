"""``centavo fetch openai`` and ``centavo fetch anthropic`` through the whole way in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from centavo.cli.fetch_vendors import FetchWindow, fetch_reports
from centavo.errors import ConfigError, InputError, ProviderError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.settings import Settings
from centavo.sources.http_pages import RetryPolicy
from centavo.sources.vendor_reports.live_requests import ANTHROPIC, OPENAI, claude_code_reports
from tests.sources.vendor_pages import KEY, NOW, RecordedServer, connected, recorded

ONCE = RetryPolicy(attempts=1)
MAY = FetchWindow(date(2026, 5, 1), date(2026, 5, 5))


@pytest.fixture
def settings(tmp_path):
    return Settings(LedgerLocation(tmp_path / "ledger"))


def fetch(server, settings, *, vendor=OPENAI, window=MAY, now=NOW):
    with connected(server, policy=ONCE) as http:
        return fetch_reports(vendor, http, settings, window=window, now=now)


def one(settings, query):
    return Ledger.open(settings.location).rows(query)[0]


def costs(settings):
    return one(
        settings, "SELECT count(*), sum(BilledCost), any_value(BillingAccountId) FROM charges"
    )


def test_openai_reports_arrive_in_the_ledger(settings):
    server = RecordedServer("openai_admin")
    fetch(server, settings)
    assert costs(settings) == (8, Decimal("-0.4225"), "org-synthetic")
    assert one(
        settings,
        "SELECT count(*), sum(output_tokens), sum(web_searches), any_value(account_id) "
        "FROM usage_aggregates WHERE basis = 'vendor_reported'",
    ) == (6, Decimal(31_400), Decimal(4), "org-synthetic")
    assert set(server.paths()) == {
        "costs",
        "completions",
        "embeddings",
        "moderations",
        "images",
        "audio_speeches",
        "audio_transcriptions",
        "vector_stores",
        "code_interpreter_sessions",
        "file_search_calls",
        "web_search_calls",
    }
    first = server.asked[0]
    assert (first.url.params["start_time"], first.url.params["end_time"]) == (
        "1777593600",
        "1777939200",
    )
    assert first.url.params.get_list("group_by[]") == ["project_id", "line_item", "api_key_id"]
    assert not list((settings.location.folder / "fetch").rglob("page-*"))


def test_anthropic_reports_arrive_in_the_ledger(settings):
    server = RecordedServer("anthropic_admin")

    def both(since, until):
        return (*ANTHROPIC.reports(since, until), *claude_code_reports(since, until)[:1])

    fetch(server, settings, vendor=replace(ANTHROPIC, reports=both))
    assert costs(settings)[:2] == (7, Decimal("6.9028912"))
    assert one(settings, "SELECT count(*), sum(cache_write_1h_tokens) FROM usage_aggregates") == (
        5,
        Decimal(3000),
    )
    assert server.asked[0].url.params["starting_at"] == "2026-05-01T00:00:00Z"
    assert server.asked[-1].url.params["starting_at"] == "2026-05-01"


def test_the_same_again_changes_nothing(settings):
    fetch(RecordedServer("openai_admin"), settings)
    before = costs(settings), one(settings, "SELECT count(*) FROM usage_aggregates")
    fetch(RecordedServer("openai_admin"), settings)
    assert (costs(settings), one(settings, "SELECT count(*) FROM usage_aggregates")) == before


def test_restated_days_replace_themselves(settings):
    fetch(RecordedServer("openai_admin"), settings)
    later = recorded("openai_admin/costs-1.json").replace(b"1.75", b"2.75")
    fetch(RecordedServer("openai_admin", {"costs-1.json": later}), settings)
    assert costs(settings)[:2] == (8, Decimal("0.5775"))


def test_restated_days_replace_what_recorded_pages_had_brought(settings):
    """A bill's days are replaced whatever file had brought them."""
    fetch(RecordedServer("openai_admin"), settings)
    one_day = json.loads(recorded("openai_admin/costs-2.json"))
    one_day["data"] = one_day["data"][1:]
    one_day["data"][0]["results"].pop()
    server = RecordedServer("openai_admin", {"costs-1.json": json.dumps(one_day).encode()})
    fetch(server, settings, window=FetchWindow(date(2026, 5, 4), date(2026, 5, 5)))
    assert costs(settings)[:2] == (7, Decimal("-0.5225"))


def test_usage_rows_that_are_gone_are_gone(settings):
    fetch(RecordedServer("openai_admin"), settings)
    page = json.loads(recorded("openai_admin/completions-1.json"))
    page["data"][1]["results"].pop()
    server = RecordedServer("openai_admin", {"completions-1.json": json.dumps(page).encode()})
    fetch(server, settings)
    assert one(settings, "SELECT count(*), sum(output_tokens) FROM usage_aggregates") == (
        5,
        Decimal(30_900),
    )


def test_the_next_fetch_goes_on_and_looks_back(settings):
    fetch(RecordedServer("openai_admin"), settings)
    server = RecordedServer("openai_admin")
    fetch(server, settings, window=FetchWindow(rescan_days=3))
    start, end = (int(server.asked[0].url.params[key]) for key in ("start_time", "end_time"))
    assert datetime.fromtimestamp(start, UTC) == datetime(2026, 5, 2, tzinfo=UTC)
    assert datetime.fromtimestamp(end, UTC) == datetime(2026, 5, 6, tzinfo=UTC)


def test_the_first_fetch_reads_ninety_days(settings):
    server = RecordedServer("openai_admin")
    fetch(server, settings, window=FetchWindow())
    start = int(server.asked[0].url.params["start_time"])
    assert datetime.fromtimestamp(start, UTC) == datetime(2026, 2, 4, tzinfo=UTC)


def test_a_window_that_leaves_days_out_does_not_move_the_watermark(settings):
    fetch(RecordedServer("openai_admin"), settings)
    later = FetchWindow(date(2026, 6, 1), date(2026, 6, 2))
    fetch(RecordedServer("openai_admin"), settings, window=later)
    state = json.loads((settings.location.folder / "fetch/openai/state.json").read_text())
    assert state == {
        "schema": "centavo.fetch/1",
        "until": "2026-05-05",
        "organization": "org-synthetic",
    }


def test_an_interrupted_fetch_writes_nothing_and_goes_on(settings):
    server = RecordedServer("openai_admin", broken={"completions-1"})
    with pytest.raises(ProviderError):
        fetch(server, settings)
    assert not settings.location.catalog_file.exists()
    server.broken.clear()
    server.asked.clear()
    fetch(server, settings)
    assert "costs" not in server.paths()
    assert costs(settings)[:2] == (8, Decimal("-0.4225"))


def test_a_failed_ingest_is_not_remembered_and_asks_no_page_again(settings, monkeypatch):
    def broken(*_args, **_options):
        raise InputError("interrupted")

    with monkeypatch.context() as patched:
        patched.setattr("centavo.cli.fetch_vendors.ingest", broken)
        with pytest.raises(InputError):
            fetch(RecordedServer("openai_admin"), settings)
    server = RecordedServer("openai_admin")
    fetch(server, settings)
    assert server.asked == []
    assert costs(settings)[:2] == (8, Decimal("-0.4225"))


def test_a_key_of_another_organization_must_say_from_when(settings):
    fetch(RecordedServer("openai_admin"), settings)
    other = RecordedServer("anthropic_admin", organization="org-other")
    fetch(other, settings, vendor=ANTHROPIC)
    other = RecordedServer("anthropic_admin", organization="org-third")
    with pytest.raises(ConfigError, match=r"org-third, and the last fetch was of org-other"):
        fetch(other, settings, vendor=ANTHROPIC, window=FetchWindow())
    fetch(other, settings, vendor=ANTHROPIC)
    assert one(settings, "SELECT count(DISTINCT BillingAccountId) FROM charges") == (3,)


def test_an_empty_window_is_refused(settings):
    with pytest.raises(ConfigError, match="no day from"):
        fetch(
            RecordedServer("openai_admin"),
            settings,
            window=FetchWindow(date(2026, 5, 5), date(2026, 5, 5)),
        )


@pytest.mark.parametrize("vendor", ["openai", "anthropic"])
def test_a_missing_key_says_which_variable(centavo, monkeypatch, vendor):
    monkeypatch.delenv(f"{vendor.upper()}_ADMIN_KEY", raising=False)
    done = centavo("fetch", vendor)
    assert done.exit_code == 2
    assert f"{vendor.upper()}_ADMIN_KEY is not set" in done.err


def test_no_server_is_a_provider_error_that_shows_no_key(centavo, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_ADMIN_KEY", KEY)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    done = centavo("fetch", "anthropic", "--url", "http://127.0.0.1:9")
    assert done.exit_code == 3
    assert "ConnectError" in done.err
    assert KEY not in done.err + done.out


def test_doctor_says_whether_keys_are_set_and_not_what_they_are(centavo, monkeypatch):
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    monkeypatch.delenv("ANTHROPIC_ADMIN_KEY", raising=False)
    done = centavo("doctor", "--json")
    states = {check["part"]: check["state"] for check in done.json["checks"]}
    assert (states["OPENAI_ADMIN_KEY"], states["ANTHROPIC_ADMIN_KEY"]) == ("ok", "absent")
    assert KEY not in done.out
