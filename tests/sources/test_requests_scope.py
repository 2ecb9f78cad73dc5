"""Who asked, and when: scope, labels and times of logged requests."""

from datetime import datetime

import pytest

from centavo.errors import ConfigError
from tests.sources.exchange_samples import MESSAGE, PAIR, REQUEST, lines, pair


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("request__metadata", {"app_name": "search", "team": "core"}),
        ("request__headers", {"X-Application": ["search"], "X-Team": "core"}),
        ("request__headers", {"baggage": "service.name=search;p=1, team=core"}),
        ("request__body", {**REQUEST, "metadata": {"application": "search", "team": "core"}}),
    ],
    ids=["metadata", "headers", "baggage", "body metadata"],
)
def test_scope_comes_from_metadata_headers_and_baggage(tmp_path, place, value):
    without = pair(request__headers={})
    outer, _, inner = place.partition("__")
    without[outer][inner] = value
    row = lines(tmp_path, without).row
    assert (row["application"], row["team"], row["attribution_method"]) == (
        "search",
        "core",
        "label",
    )


def test_litellm_metadata_names_the_team_and_no_key(tmp_path):
    record = {**PAIR, "metadata": {"user_api_key_team_alias": "core", "user_api_key": "sk-secret"}}
    row = lines(tmp_path, record).row
    assert row["team"] == "core"
    assert "sk-secret" not in row["labels"]


def test_the_users_mapping_comes_first(tmp_path):
    record = {**PAIR, "meta": {"svc": ["mapped"]}}
    row = lines(tmp_path, record, mapping={"team": "meta.svc", "application": "meta.none"}).row
    assert row["application"] == "search"
    row = lines(
        tmp_path, {**PAIR, "meta": {"svc": "mapped"}}, mapping={"application": "meta.svc"}
    ).row
    assert row["application"] == "mapped"


def test_a_mapping_to_no_scope_column_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="'colour'"):
        lines(tmp_path, PAIR, mapping={"colour": "a"})


def test_anthropic_user_is_the_customer(tmp_path):
    url = "https://api.anthropic.com/v1/messages"
    body = {"model": "claude-x", "messages": [], "metadata": {"user_id": "u-1"}}
    row = lines(tmp_path, pair(request__url=url, request__body=body, response__body=MESSAGE)).row
    assert row["customer_id"] == "u-1"


@pytest.mark.parametrize(
    ("stated", "basis"),
    [
        (1767225600, "stated"),
        (1767225600000, "stated"),
        ("2026-01-01T01:00:00.123456789+01:00", "stated"),
    ],
)
def test_a_stated_time_wins(tmp_path, stated, basis):
    row = lines(tmp_path, {**PAIR, "timestamp": stated}).row
    assert row["started_at"].replace(microsecond=0) == datetime(2026, 1, 1)  # noqa: DTZ001
    assert row["started_at_basis"] == basis


def test_without_any_time_the_file_gives_one_and_a_warning(tmp_path):
    found = lines(tmp_path, MESSAGE)
    assert found.row["started_at_basis"] == "file"
    assert found.warned == {"time_not_stated": 1}


def test_the_date_header_is_a_time(tmp_path):
    record = pair(response__body=MESSAGE)
    assert lines(tmp_path, record).row["started_at_basis"] == "header"


def test_a_time_without_zone_is_utc_and_counted(tmp_path):
    found = lines(tmp_path, {**PAIR, "timestamp": "2026-01-01T05:00:00"})
    assert found.row["started_at"] == datetime(2026, 1, 1, 5)  # noqa: DTZ001
    assert found.warned == {"times_without_zone": 1}
