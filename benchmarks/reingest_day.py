"""Claim: reading one changed day of a year again takes at most 2 s, however the year came in.

Two ledgers of the same 365 daily files: a young one that read the folder in one command, and one
that was fed day by day, a commit each, and then read one day a hundred times more. Wall time of the
whole command counts; its CPU stands beside it, because a machine with other work on it shows there.
"""

import gzip
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from generated import ROWS, focus_days
from measuring import DATA

RUNS = 5
AGAIN = 100
LIMIT_S = 2
# Compiled modules are kept, as a user's are.
ENVIRONMENT = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Make both ledgers, change one day, and time the command that reads its file again."""
    folder = focus_days()
    print(f"one changed day of a year of {ROWS:,} rows read again, whole command")
    young, old = DATA / f"ledger-days-{ROWS}", DATA / f"ledger-daily-{ROWS}"
    try:
        subprocess.run([*_centavo(young), str(folder)], check=True, capture_output=True)
        _time("a young ledger, one commit", young, folder)
        subprocess.run([sys.executable, __file__, str(old)], check=True)
        _time(f"a year of daily commits and {AGAIN} more", old, folder)
    finally:
        for ledger in (young, old):
            shutil.rmtree(ledger, ignore_errors=True)


def _centavo(ledger: Path) -> list[str]:
    return [sys.executable, "-m", "centavo", "--ledger", str(ledger), "ingest"]


def _time(which: str, ledger: Path, folder: Path) -> None:
    wall: list[float] = []
    cpu: list[float] = []
    with _changed_days(folder, range(RUNS)) as days:
        for path in days:
            start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [*_centavo(ledger), str(path)],
                check=True,
                capture_output=True,
                text=True,
                env=ENVIRONMENT,
            )
            wall.append(time.perf_counter() - start)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu.append(sum(after[:2]) - sum(before[:2]))
            assert "Wrote" in done.stderr
    median = statistics.median(wall)
    verdict = "holds" if median <= LIMIT_S else "DOES NOT HOLD"
    print(f"  {which}: {median:.2f} s, {statistics.median(cpu):.2f} s CPU,", end=" ")
    print(f"medians of {RUNS} (limit {LIMIT_S} s): {verdict}", flush=True)


@contextmanager
def _changed_days(folder: Path, versions: Iterable[int]) -> Iterator[Iterator[Path]]:
    """Yield the file of one day, again and again, its first cost another each time."""
    path = folder / "day-180.csv.gz"
    original = path.read_bytes()
    header, first, rest = gzip.decompress(original).decode().split("\n", 2)

    def written() -> Iterator[Path]:
        for version in versions:
            changed = f"{version}.25,{first.split(',', 1)[1]}"
            path.write_bytes(gzip.compress("\n".join([header, changed, rest]).encode()))
            yield path

    try:
        yield written()
    finally:
        path.write_bytes(original)


def feed_daily(ledger: Path) -> None:
    """Read each file of the year in a commit of its own, in this process, and one day again and again."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.settings import Settings

    settings = Settings.load(Path.cwd(), ledger=ledger)
    folder = focus_days()

    def read(path: Path) -> None:
        files, _ = recognise_all(find_files([str(path)]))
        options = IngestOptions(now=datetime.now(UTC))  # noqa: TID251 -- as the command does
        assert all(done.report for done in ingest(settings, files, options))

    for path in sorted(folder.glob("*.csv.gz")):
        read(path)
    with _changed_days(folder, range(1_000, 1_000 + AGAIN)) as days:
        for path in days:
            read(path)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        feed_daily(Path(sys.argv[1]))
    else:
        main()
