"""What the tables of prompts say of a text that stands in several places."""

import json

import duckdb

from centavo.period import Period
from centavo.prompts.anatomy.calls import prompt_tables, sql_of
from tests.prompts.rules.small_ledgers import ledger_of

KNOWN = "Context: parcels are refunded within ten days. " * 5


def test_a_text_is_judged_in_each_kind_in_which_it_stands(tmp_path):
    body = {"instructions": KNOWN, "input": KNOWN}
    line = {"at": "2026-07-01T09:00:00", "input": 90, "body": body}
    (tmp_path / "lines.jsonl").write_text(json.dumps(line) + "\n")
    ledger = ledger_of(tmp_path / "lines.jsonl", tmp_path)
    prompt_tables(ledger, Period())
    shown = ledger.rows("SELECT body_kind, kind FROM prompt_parts ORDER BY position")
    assert shown == [("system", "system"), ("message", "context")]
    judged = ledger.rows(
        "SELECT kind, hint FROM prompt_texts WHERE kind IN ('message', 'system') ORDER BY kind"
    )
    assert judged == [("message", "context"), ("system", "")]


def test_what_requests_begin_with_has_the_sizes_of_the_first_whoever_reads_first():
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE prompt_calls AS SELECT 7 AS scope_no, true AS has_body FROM range(9)"
        )
        engine.execute("""
            CREATE TABLE prompt_parts AS
            SELECT 9 - number AS call_no, 7 AS scope_no, 'system' AS body_kind, 'same' AS content_hash,
                1 AS position, 100.0 + number AS tokens
            FROM range(9) AS numbers(number)
        """)
        rows = engine.execute(sql_of("scope_beginnings")).fetchall()
    assert rows == [(7, ["same"], [108.0])]
