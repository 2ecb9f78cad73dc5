"""Claims: `centavo --help` within 150 ms of CPU; `centavo costs` on the sample within 1.5 s."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from measuring import DATA

RUNS = 7


def cpu_s(command: list[str], folder: Path) -> float:
    """Return the CPU seconds, user and system, of one run of a command."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure both commands as whole processes."""
    sample = DATA / "sample"
    centavo = [str(Path(sys.executable).with_name("centavo"))]
    DATA.mkdir(exist_ok=True)
    if not sample.exists():
        subprocess.run([*centavo, "demo", "--out", str(sample)], check=True, capture_output=True)
    claims = (
        ("centavo --help", [*centavo, "--help"], 0.150),
        ("bare interpreter", [sys.executable, "-c", "pass"], None),
        ("centavo costs --by application,model on the sample", [*centavo, "costs", "--by", "application,model"], 1.5),
    )  # fmt: skip
    for name, command, limit in claims:
        taken = statistics.median(cpu_s(command, sample) for _ in range(RUNS))
        verdict = (
            ""
            if limit is None
            else f" (limit {limit}): {'holds' if taken <= limit else 'DOES NOT HOLD'}"
        )
        print(f"{name}\n  {taken:.3f} s CPU, median of {RUNS}{verdict}", flush=True)


if __name__ == "__main__":
    main()
