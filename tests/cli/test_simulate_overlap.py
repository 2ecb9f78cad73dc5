"""A call that two meters saw is simulated once, and the coverage line says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sources.spend_logs import ROW


def test_a_call_of_two_meters_is_counted_and_said(
    centavo: Callable[..., Any], tmp_path: Path
) -> None:
    seen = {
        "call_id": ROW["request_id"],
        "started_at": ROW["startTime"],
        "provider": "openai",
        "requested_model": "gpt-4o",
        "input_uncached_tokens": 1000,
        "output_tokens": 100,
    }
    (tmp_path / "gateway.jsonl").write_text(json.dumps(ROW))
    (tmp_path / "application.jsonl").write_text(json.dumps(seen))
    done = centavo("ingest", tmp_path / "gateway.jsonl", tmp_path / "application.jsonl")
    assert done.exit_code == 0, done.err
    said = centavo("simulate", "--levers", "retries")
    assert "on 1 recorded request" in said.err
    assert "1 call was seen by two meters and counts once" in said.err
