"""Request logs to ledger, lines per second and core, beside decoding the same lines with orjson."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from generated_requests import write_requests
from measuring import DATA, Measured, in_turn, machine, timed

ROWS = int(os.environ.get("BENCH_ROWS", "200000"))
LINES = DATA / f"requests-{ROWS}.jsonl"
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def ours(*, keep_bodies: bool = False) -> None:
    """Ingest into a fresh ledger, everything included: hash, reading, attribution, prices, commit."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.settings import Settings

    folder = DATA / "ledger-requests"
    shutil.rmtree(folder, ignore_errors=True)
    recognised, _ = recognise_all(find_files([str(LINES)]))
    settings = Settings(LedgerLocation(folder))
    options = IngestOptions(now=_NOW, keep_bodies=keep_bodies)
    done = list(ingest(settings, recognised, options))
    report = done[0].report
    assert report is not None
    assert report.rows_written == ROWS
    shutil.rmtree(folder)


def kept() -> None:
    """Ingest and keep prompts and answers too."""
    ours(keep_bodies=True)


def source() -> None:
    """Only our reading of the file, into nothing: what the source itself takes."""
    from centavo.ledger.engine import open_engine
    from centavo.ledger.reading import InputFile
    from centavo.sources.requests import RequestLogSource
    from centavo.sources.source import ReadOptions

    engine = open_engine()
    file = InputFile(LINES, LINES.name, "", "0" * 16, LINES.stat().st_size)
    reading = RequestLogSource().read(engine, [file], ReadOptions(now=_NOW))
    row = engine.execute(f"SELECT count(output_tokens) FROM ({reading.select})").fetchone()
    assert row == (ROWS,)


def orjson() -> None:
    """Decode each line and let it go."""
    import orjson as library

    with LINES.open("rb") as stream:
        for line in stream:
            library.loads(line)


_SIDES = {"ours": ours, "source": source, "kept": kept, "orjson": orjson}


def main() -> None:
    """Measure all sides in turn and print lines a second and ratios."""
    write_requests(LINES, ROWS)
    taken = in_turn(str(Path(__file__)), list(_SIDES), runs=3)
    size_gb = LINES.stat().st_size / 1e9
    print(f"Request log lines to ledger, {ROWS:,} lines, {size_gb:.2f} GB ({machine()})")
    for side, name in (
        ("ours", "centavo"),
        ("source", "  its source"),
        ("kept", "  --keep-bodies"),
        ("orjson", "bare orjson"),
    ):
        _show(name, taken[side])
    share = taken["orjson"].cpu_s / taken["ours"].cpu_s
    per_core_s = ROWS / taken["ours"].cpu_s
    print(
        f"  {per_core_s:,.0f} lines per core and second, {share:.2f} of bare orjson by CPU",
        flush=True,
    )


def _show(name: str, measured: Measured) -> None:
    print(
        f"  {name:15} {measured.wall_s:7.2f} s  {measured.cpu_s:7.2f} s CPU  "
        f"{measured.peak_mb:6.0f} MB  {ROWS / measured.cpu_s:9,.0f} lines/s and core"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        timed(_SIDES[sys.argv[1]])
    else:
        main()
