"""Claim: LiteLLM log lines to ledger at 150,000 lines/s per core, or 0.5 times bare parsing.

Bare parsing is orjson decoding each line, and DuckDB reading the same columns from the JSON, each
doing nothing else. Ours is the whole way in: recognition, hash, reading, attribution, prices,
commit. The lines are as long as LiteLLM writes them, about 2.3 kB each.
"""

import json
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring import DATA, Measured, in_turn, machine, timed

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
LINES = DATA / f"litellm-{ROWS}.jsonl"
_START = datetime(2026, 3, 1)  # noqa: DTZ001 -- written as LiteLLM writes it, with a Z
_MODELS = (
    ("gpt-4o-2024-08-06", "gpt-4o", "openai"),
    ("gpt-4o-mini-2024-07-18", "gpt-4o-mini", "openai"),
    ("claude-sonnet-4-5-20250929", "claude", "anthropic"),
    ("gemini-2.5-flash", "flash", "vertex_ai"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "bedrock-claude", "bedrock"),
)
_DETAILS = {
    "prompt_tokens_details": {
        "audio_tokens": None,
        "cached_tokens": "@cached@",
        "text_tokens": None,
        "image_tokens": None,
    },
    "completion_tokens_details": {
        "audio_tokens": None,
        "reasoning_tokens": "@reasoning@",
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
        "text_tokens": None,
    },
}
_ROW = {
    "request_id": "chatcmpl-%(id)s",
    "call_type": "acompletion",
    "api_key": "%(key)064x",
    "spend": "@spend@",
    "total_tokens": "@total@",
    "prompt_tokens": "@prompt@",
    "completion_tokens": "@completion@",
    "startTime": "%(start)s",
    "endTime": "%(end)s",
    "completionStartTime": "%(first)s",
    "model": "%(model)s",
    "model_id": "5b1c3e0b0d8e4c52a1a6b6a54f7d6f0b2f6c7a80d9e1f2a3b4c5d6e7f8091a2b",
    "model_group": "%(group)s",
    "custom_llm_provider": "%(provider)s",
    "api_base": "https://api.example.com/v1/",
    "user": "user-%(key)d",
    "metadata": {
        "user_api_key": "%(key)064x",
        "user_api_key_alias": "app-%(key)d",
        "user_api_key_team_id": "team-%(team)d",
        "user_api_key_org_id": None,
        "user_api_key_user_id": "user-%(key)d",
        "user_api_key_team_alias": "Team %(team)d",
        "spend_logs_metadata": None,
        "requester_ip_address": "10.0.0.1",
        "applied_guardrails": [],
        "mcp_tool_call_metadata": None,
        "vector_store_request_metadata": None,
        "guardrail_information": None,
        "status": "success",
        "proxy_server_request": None,
        "batch_models": None,
        "error_information": None,
        "usage_object": {
            "total_tokens": "@total@",
            "prompt_tokens": "@prompt@",
            "completion_tokens": "@completion@",
            **_DETAILS,
        },
        "model_map_information": {"model_map_key": "%(model)s", "model_map_value": None},
        "cold_storage_object_key": None,
        "litellm_overhead_time_ms": 1.234,
        "cost_breakdown": {
            "input_cost": 0.0012,
            "output_cost": 0.0034,
            "total_cost": 0.0046,
            "tool_usage_cost": 0.0,
            "original_cost": None,
        },
        "additional_usage_values": {
            **_DETAILS,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": "@cached@",
        },
    },
    "cache_hit": "False",
    "cache_key": "Cache OFF",
    "request_tags": ["app:app-%(app)d", "User-Agent: OpenAI/Python 1.60.2"],
    "team_id": "team-%(team)d",
    "organization_id": None,
    "end_user": "customer-%(customer)d",
    "requester_ip_address": "10.0.0.1",
    "messages": {},
    "response": {},
    "session_id": "%(session)s",
    "status": "success",
    "mcp_namespaced_tool_name": None,
    "agent_id": None,
    "proxy_server_request": {},
}
_COLUMNS = {
    **dict.fromkeys(
        ("request_id", "call_type", "api_key", "startTime", "endTime", "completionStartTime"),
        "VARCHAR",
    ),
    **dict.fromkeys(
        ("model", "model_group", "custom_llm_provider", "user", "cache_hit"), "VARCHAR"
    ),
    **dict.fromkeys(("cache_key", "team_id", "end_user", "session_id", "status"), "VARCHAR"),
    **dict.fromkeys(("total_tokens", "prompt_tokens", "completion_tokens"), "BIGINT"),
    **dict.fromkeys(("metadata", "request_tags"), "JSON"),
    "spend": "DOUBLE",
}


def build() -> None:
    """Write the lines, at the first call; the same bytes on every machine."""
    if LINES.exists():
        return
    DATA.mkdir(exist_ok=True)
    template = json.dumps(_ROW)
    for name in ("spend", "total", "prompt", "completion", "cached", "reasoning"):
        template = template.replace(f'"@{name}@"', f"%({name})s")
    draft = LINES.with_suffix(".draft")
    with draft.open("w") as stream:
        for number in range(ROWS):
            stream.write(template % _values(number))
            stream.write("\n")
    draft.rename(LINES)


def _values(number: int) -> dict[str, object]:
    mixed = number * 0x9E3779B97F4A7C15 % 2**64
    model, group, provider = _MODELS[mixed % 5]
    prompt, completion = 200 + (mixed >> 8) % 7_800, 10 + (mixed >> 24) % 890
    cached = prompt // 2 if (mixed >> 40) % 5 < 2 else 0
    start = _START + timedelta(milliseconds=2_400 * number)
    key = (mixed >> 16) % 60
    return {
        "id": f"{mixed:016x}{number:08x}",
        "key": key,
        "app": key % 20,
        "team": key % 12,
        "customer": (mixed >> 32) % 5_000,
        "session": f"{mixed:016x}-{number:x}",
        "model": model,
        "group": group,
        "provider": provider,
        "prompt": prompt,
        "completion": completion,
        "total": prompt + completion,
        "cached": cached,
        "reasoning": 0,
        "spend": f"{(prompt * 25 + completion * 100) / 1e7:.7f}",
        "start": _text(start),
        "first": _text(start + timedelta(milliseconds=200)),
        "end": _text(start + timedelta(milliseconds=300 + (mixed >> 48) % 9_000)),
    }


def _text(at: datetime) -> str:
    return f"{at.isoformat(timespec='milliseconds')}Z"


def ours() -> None:
    """Ingest into a fresh ledger, everything included."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.settings import Settings

    folder = DATA / "ledger-litellm"
    shutil.rmtree(folder, ignore_errors=True)
    recognised, _ = recognise_all(find_files([str(LINES)]))
    settings = Settings(LedgerLocation(folder))
    done = list(ingest(settings, recognised, IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC))))
    assert done[0].report is not None
    assert done[0].report.rows_written == ROWS


def source() -> None:
    """Only read with care, which is the way of rows that are not written as LiteLLM writes them."""
    import duckdb

    from centavo.ledger.reading import InputFile
    from centavo.sources.litellm import LiteLlmSource
    from centavo.sources.source import ReadOptions

    connection = duckdb.connect(config={"preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    file = InputFile(LINES, LINES.name, "0" * 64, "0" * 16, LINES.stat().st_size)
    options = ReadOptions(now=datetime(2026, 11, 1, tzinfo=UTC))
    reading = LiteLlmSource().read(connection, [file], options)
    connection.execute(f"COPY ({reading.select}) TO '{DATA / 'litellm.parquet'}'")


def orjson() -> None:
    """Decode each line and let it go."""
    import orjson as library

    with LINES.open("rb") as stream:
        for line in stream:
            library.loads(line)


def duckdb() -> None:
    """Read the columns that ours reads, and nothing else."""
    import duckdb as library

    names = ", ".join(f"{name}: '{kind}'" for name, kind in _COLUMNS.items())
    library.connect().execute(
        f"CREATE TEMP TABLE lines AS FROM read_json('{LINES}', format = 'newline_delimited', "
        f"columns = {{{names}}})"
    )


def main() -> None:
    """Measure all sides in turn and print lines a second and ratios."""
    build()
    taken = in_turn(str(Path(__file__)), ["ours", "source", "orjson", "duckdb"], runs=3)
    print(f"LiteLLM log lines to ledger, {ROWS:,} lines ({machine()})")
    for side, measured in taken.items():
        print(f"  {side:8} {_told(measured)}")
    best = min(taken["orjson"].wall_s, taken["duckdb"].wall_s)
    per_core = ROWS / taken["ours"].cpu_s
    ratio = best / taken["ours"].wall_s
    holds = ratio >= 0.5 or per_core >= 150_000
    cpu_ratio = min(taken["orjson"].cpu_s, taken["duckdb"].cpu_s) / taken["ours"].cpu_s
    print(f"  {cpu_ratio:.2f} x the faster parser by CPU")
    print(
        f"  {per_core:,.0f} lines/s per core (limit 150,000), {ratio:.2f} x the faster parser "
        f"(limit 0.5; either): {'holds' if holds else 'DOES NOT HOLD'}",
        flush=True,
    )


def _told(measured: Measured) -> str:
    return (
        f"{measured.wall_s:7.2f} s  {measured.cpu_s:7.2f} s CPU  {measured.peak_mb:6.0f} MB  "
        f"{ROWS / measured.wall_s:9,.0f} lines/s"
    )


if __name__ == "__main__":
    sides = {"ours": ours, "source": source, "orjson": orjson, "duckdb": duckdb}
    if len(sys.argv) > 1:
        timed(sides[sys.argv[1]])
    else:
        main()
