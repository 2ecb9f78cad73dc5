"""How a benchmark measures: each side in a fresh process, in turn, and the ratio of medians."""

import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / ".data"


@dataclass(frozen=True)
class Measured:
    """Wall and CPU seconds and peak memory of one side, medians over its runs."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def machine() -> str:
    """Return the machine in a line: cores, memory, Python."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.machine()}, Python {platform.python_version()}"


def in_turn(script: str, sides: list[str], *, runs: int) -> dict[str, Measured]:
    """Run ``python script SIDE`` for each side in turn, ``runs`` times, and return the medians."""
    seen: dict[str, list[Measured]] = {side: [] for side in sides}
    # Compiled modules are kept, as a user's are.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        for side in sides:
            done = subprocess.run(
                [sys.executable, script, side],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                env=kept,
            )
            seen[side].append(Measured(**json.loads(done.stdout.splitlines()[-1])))
    return {
        side: Measured(
            statistics.median(m.wall_s for m in taken),
            statistics.median(m.cpu_s for m in taken),
            statistics.median(m.peak_mb for m in taken),
        )
        for side, taken in seen.items()
    }


def timed(work: Callable[[], object]) -> None:
    """Do the work in this process and print what it took as the last line."""
    # As the command line does; a bound that makes no cycles takes the same with it.
    gc.set_threshold(100_000, 50, 100)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    taken = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": _peak_mb(),
    }
    print(json.dumps(taken))


def _peak_mb() -> float:
    """Return the most memory that this process held; ``ru_maxrss`` begins with its parent's on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (s for s in status.read_text().splitlines() if s.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(claim: str, ours: Measured, bound: Measured, *, limit: float) -> None:
    """Print a claim: both sides, the ratio of wall times, and whether it holds."""
    ratio = ours.wall_s / bound.wall_s
    verdict = "holds" if ratio <= limit else "DOES NOT HOLD"
    print(f"{claim}")
    print(f"  centavo      {ours.wall_s:7.2f} s  {ours.cpu_s:7.2f} s CPU  {ours.peak_mb:7.0f} MB")
    print(
        f"  bare DuckDB  {bound.wall_s:7.2f} s  {bound.cpu_s:7.2f} s CPU  {bound.peak_mb:7.0f} MB"
    )
    print(f"  ratio {ratio:.2f} (limit {limit}): {verdict}", flush=True)
