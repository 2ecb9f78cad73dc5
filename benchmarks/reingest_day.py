"""Claim: reading one changed day of a year again takes at most 2 s."""

import gzip
import shutil
import statistics
import subprocess
import sys
import time

from generated import ROWS, focus_days
from measuring import DATA

RUNS = 3


def main() -> None:
    """Ingest 365 daily files, change one, and time the command that reads the folder's file again."""
    ledger = DATA / f"ledger-days-{ROWS}"
    folder = focus_days()
    centavo = [sys.executable, "-m", "centavo", "--ledger", str(ledger), "ingest"]
    if not ledger.exists():
        subprocess.run([*centavo, str(folder)], check=True, capture_output=True)
    path = folder / "day-180.csv.gz"
    original = path.read_bytes()
    header, first, rest = gzip.decompress(original).decode().split("\n", 2)
    taken: list[float] = []
    try:
        for run in range(RUNS):
            changed = f"{run}.25,{first.split(',', 1)[1]}"
            path.write_bytes(gzip.compress("\n".join([header, changed, rest]).encode()))
            start = time.perf_counter()
            done = subprocess.run([*centavo, str(path)], check=True, capture_output=True, text=True)
            taken.append(time.perf_counter() - start)
            assert "Wrote" in done.stderr
    finally:
        path.write_bytes(original)
        shutil.rmtree(ledger)
    wall = statistics.median(taken)
    verdict = "holds" if wall <= 2 else "DOES NOT HOLD"
    print(f"one changed day of a year of {ROWS:,} rows read again, whole command")
    print(f"  {wall:.2f} s, median of {RUNS} (limit 2): {verdict}", flush=True)


if __name__ == "__main__":
    main()
