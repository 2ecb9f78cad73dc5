"""Calls of a time that cannot be are warned of, whatever meter tells them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_calls_of_the_future_and_of_1970_are_warned_of(
    centavo: Callable[..., Any], tmp_path: Path
) -> None:
    times: list[object] = ["2099-01-01T00:00:00Z", "1970-01-21T00:00:00Z", "2026-03-05T12:00:00Z"]
    calls = [
        {"started_at": at, "requested_model": "gpt-4o", "input_uncached_tokens": 1} for at in times
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, calls)))
    done = centavo("ingest", tmp_path / "log.jsonl", "--json")
    (warning,) = done.json["sources"][0]["warnings"]
    assert (warning["code"], warning["rows"]) == ("clock_skew", 2)
    assert "the first at 1970-01-21" in warning["message"]
