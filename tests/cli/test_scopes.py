"""Where request logs carry a scope, said once in the settings."""

import json

import pytest

RECORD = {
    "started_at": "2026-03-05T12:00:00Z",
    "provider": "openai",
    "requested_model": "gpt-4o",
    "input_uncached_tokens": 1000,
    "output_tokens": 10,
    "ctx": {"app": "search", "squad": "core"},
}
SETTINGS = '[scopes]\napplication = "ctx.app"\nteam = "ctx.squad"\n'


@pytest.mark.parametrize(
    ("options", "application"), [((), "search"), (("--map", "application=ctx.squad"), "core")]
)
def test_scopes_of_the_settings_hold_for_every_ingest(centavo, tmp_path, options, application):
    (tmp_path / "centavo.toml").write_text(SETTINGS)
    (tmp_path / "log.jsonl").write_text(json.dumps(RECORD))
    done = centavo("ingest", "log.jsonl", *options)
    assert done.exit_code == 0, done.err
    (row,) = centavo("costs", "--by", "application,team", "--json").json["rows"]
    assert row["key"] == {"application": application, "team": "core"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[scopes]\ncolour = "ctx.app"\n', "'colour' in the mapping is not a scope column"),
        ("[scopes]\nteam = 3\n", "scopes.team must be text, not 3"),
    ],
)
def test_scopes_that_cannot_be_used_are_named(centavo, tmp_path, settings, said):
    (tmp_path / "centavo.toml").write_text(settings)
    (tmp_path / "log.jsonl").write_text(json.dumps(RECORD))
    done = centavo("ingest", "log.jsonl")
    assert done.exit_code == 2
    assert said in done.err
