"""Request logs that come again under one path: longer, corrected, rotated."""

import json

import pytest


@pytest.fixture
def log(centavo, tmp_path):
    """Write a log of (time, tokens) and read it; answers with what was said."""

    def read(*requests):
        records = [
            {
                "started_at": f"2026-03-05T{time}Z",
                "provider": "openai",
                "requested_model": "gpt-4o",
                "input_uncached_tokens": tokens,
                "output_tokens": 1,
            }
            for time, tokens in requests
        ]
        (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, records)))
        return centavo("ingest", "log.jsonl").err

    return read


def count(centavo):
    return sum(row["requests"] for row in centavo("units", "--json").json["rows"])


HOUR = [("10:00:00", 1), ("10:30:00", 2), ("10:59:59", 3), ("11:00:03", 4)]


def test_a_rotated_log_keeps_what_overlaps(centavo, log):
    """Requests are logged when they end: the next file may begin before the last one ended."""
    log(*HOUR)
    assert "Removed" not in log(("11:00:01", 5), ("11:30:00", 6))
    assert count(centavo) == 6


def test_a_longer_log_adds_its_end(centavo, log):
    log(*HOUR)
    assert "Removed" not in log(*HOUR, ("11:10:00", 5))
    assert count(centavo) == 5


def test_a_corrected_log_replaces_what_changed_and_says_what_went(centavo, log):
    log(*HOUR)
    said = log(HOUR[0], ("10:30:00", 20), HOUR[3])
    assert "Removed 2 rows that an earlier version of a file had and this one has not." in said
    assert count(centavo) == 3
