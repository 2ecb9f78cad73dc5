"""Claim: session logs to ledger at 150,000 lines a second and core, or half as fast as bare parsing."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from generated_sessions import sessions
from measuring import DATA, Measured, in_turn, machine, timed

_LINES_PER_CORE_S = 150_000
_SHARE_OF_BARE = 0.5


def ours() -> None:
    """Ingest into a fresh ledger, everything included: hash, merging, attribution, prices, commit."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.settings import Settings

    paths, truth = sessions()
    folder = DATA / "ledger-sessions"
    shutil.rmtree(folder, ignore_errors=True)
    recognised, _ = recognise_all(find_files([str(path) for path in paths]))
    settings = Settings(LedgerLocation(folder))
    done = list(ingest(settings, recognised, IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC))))
    report = done[0].report
    assert report is not None
    assert report.rows_read == truth.lines
    assert report.rows_written == truth.calls, (report.rows_written, truth.calls)


def source() -> None:
    """Only our reading of the files, into nothing: what the source itself takes."""
    from centavo.cli.source_list import all_sources
    from centavo.ledger.engine import open_engine
    from centavo.ledger.reading import InputFile
    from centavo.sources.source import ReadOptions

    paths, truth = sessions()
    files = [InputFile(p, p.name, "", f"{i:016x}", p.stat().st_size) for i, p in enumerate(paths)]
    engine = open_engine()
    reader = next(source for source in all_sources() if source.name == "claude-code")
    reading = reader.read(engine, files, ReadOptions(now=datetime(2026, 11, 1, tzinfo=UTC)))
    row = engine.execute(f"SELECT count(*), sum(output_tokens) FROM ({reading.select})").fetchone()
    assert row == (truth.calls, truth.output_tokens), row


def bare_orjson() -> None:
    """Decode every line with orjson and nothing else."""
    import orjson

    paths, truth = sessions()
    seen = 0
    for path in paths:
        with path.open("rb") as stream:
            for line in stream:
                orjson.loads(line)
                seen += 1
    assert seen == truth.lines


def bare_duckdb() -> None:
    """Let DuckDB read ten of the fields from every line, and nothing else."""
    import duckdb

    paths, truth = sessions()
    usage = "STRUCT(input_tokens BIGINT, output_tokens BIGINT, cache_read_input_tokens BIGINT, cache_creation_input_tokens BIGINT)"
    columns = (
        f"{{type: 'VARCHAR', timestamp: 'VARCHAR', requestId: 'VARCHAR', sessionId: 'VARCHAR', cwd: 'VARCHAR', "
        f"message: 'STRUCT(id VARCHAR, model VARCHAR, usage {usage})'}}"
    )
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    row = connection.execute(
        f"SELECT count(*), count(timestamp), sum(message.usage.output_tokens), max(message.id), max(cwd) "
        f"FROM read_ndjson({[str(path) for path in paths]}, columns = {columns})"
    ).fetchone()
    assert row is not None
    assert row[0] == truth.lines


def duckdb_of_all_fields() -> None:
    """Let DuckDB read and sum every field that ours reads; shown beside the ratio, which is stricter."""
    import duckdb

    paths, truth = sessions()
    counts = (
        "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
        "cache_creation.ephemeral_5m_input_tokens", "cache_creation.ephemeral_1h_input_tokens",
        "output_tokens_details.thinking_tokens", "server_tool_use.web_search_requests",
    )  # fmt: skip
    texts = ("type", "timestamp", "requestId", "uuid", "sessionId", "agentId")
    names = ("cwd", "gitBranch", "version", "message.model", "message.usage.service_tier")
    usage = (
        "STRUCT(input_tokens BIGINT, output_tokens BIGINT, cache_read_input_tokens BIGINT, "
        "cache_creation_input_tokens BIGINT, cache_creation STRUCT(ephemeral_5m_input_tokens BIGINT, "
        "ephemeral_1h_input_tokens BIGINT), output_tokens_details STRUCT(thinking_tokens BIGINT), "
        "server_tool_use STRUCT(web_search_requests BIGINT), service_tier VARCHAR, "
        "inference_geo VARCHAR, speed VARCHAR, iterations STRUCT(type VARCHAR)[])"
    )
    columns = {
        **dict.fromkeys((*texts, "cwd", "gitBranch", "version"), "VARCHAR"),
        "isSidechain": "BOOLEAN",
        "costUSD": "DOUBLE",
        "durationMs": "BIGINT",
        "message": f"STRUCT(id VARCHAR, model VARCHAR, usage {usage}, stop_reason VARCHAR)",
    }
    told = [
        *(f"sum(message.usage.{name})" for name in counts),
        *(f"max({name})" for name in names),
        *(f"count({name})" for name in (*texts, "message.id", "message.stop_reason")),
        *(f"count(message.usage.{name})" for name in ("inference_geo", "speed", "iterations")),
        *("count(isSidechain)", "sum(costUSD)", "sum(durationMs)"),
    ]
    typed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    row = connection.execute(
        f"SELECT count(*), {', '.join(told)} "
        f"FROM read_ndjson({[str(path) for path in paths]}, columns = {{{typed}}})"
    ).fetchone()
    assert row is not None
    assert row[0] == truth.lines


_SIDES = {
    "ours": ours,
    "source": source,
    "orjson": bare_orjson,
    "duckdb": bare_duckdb,
    "duckdb_all": duckdb_of_all_fields,
}


def main() -> None:
    """Measure the sides in turn and print lines a second and the ratios."""
    paths, truth = sessions()
    size_gb = sum(path.stat().st_size for path in paths) / 1e9
    taken = in_turn(str(Path(__file__)), list(_SIDES), runs=3)
    print(
        f"Claude Code session logs to ledger: {truth.lines:,} lines, {size_gb:.2f} GB ({machine()})"
    )
    for side, names in (
        ("ours", "centavo"),
        ("source", "  its source"),
        ("orjson", "bare orjson"),
        ("duckdb", "bare DuckDB"),
        ("duckdb_all", "  all fields"),
    ):
        _show(names, taken[side], truth.lines)
    per_core_s = truth.lines / taken["ours"].cpu_s
    share = min(taken["orjson"].cpu_s, taken["duckdb"].cpu_s) / taken["ours"].cpu_s
    is_fast = per_core_s >= _LINES_PER_CORE_S or share >= _SHARE_OF_BARE
    print(
        f"  {per_core_s:,.0f} lines per core and second (limit {_LINES_PER_CORE_S:,}), "
        f"{share:.2f} of bare parsing (limit {_SHARE_OF_BARE}): {'holds' if is_fast else 'DOES NOT HOLD'}",
        flush=True,
    )


def _show(name: str, side: Measured, lines: int) -> None:
    print(
        f"  {name:12} {side.wall_s:7.2f} s  {side.cpu_s:7.2f} s CPU  {side.peak_mb:7.0f} MB"
        f"  {lines / side.cpu_s:12,.0f} lines/s and core"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        timed(_SIDES[sys.argv[1]])
    else:
        main()
