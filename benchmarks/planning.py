"""Planning: a thousand components drawn ten thousand times, and `centavo plan show` on LlamaFlow.

    python benchmarks/planning.py

Every component has a quantity (PERT) and a price (log-normal) of its own; with twelve months quantities
grow. The bound is numpy alone doing the same draws and the same product and sum, on arrays that are kept
nowhere: no plan, no formulas, no terms, no line totals.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from measuring import in_turn, machine, timed

from centavo.planning.plan import Plan
from centavo.planning.plan_file import read_plan
from centavo.planning.resolved import resolve

COMPONENTS, DRAWS, DRIVERS = 1_000, 10_000, 200
LLAMAFLOW = Path(__file__).resolve().parent.parent / "examples" / "llamaflow" / "plan.yaml"
FOLDER = Path(__file__).parent / ".data"
# Side -> CPU seconds and megabytes that it may take.
LIMITS = {"month": (0.5, None), "year": (1.5, 600.0), "tornado": (0.5, None)}
SHOW_CPU_S = 0.6


def plan_of(count: int, months: int) -> Plan:
    """Return a generated plan of as many components, each with a range of its own."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"plan_{count}_{months}.yaml"
    lines = ["start: 2026-12", f"months: {months}", "drivers:"]
    lines += [
        f"  d{i}: {{value: {100 + i} h, range: [{50 + i // 2}, {200 + 3 * i}], growth: 1 %}}"
        for i in range(count)
    ]
    lines.append("prices:")
    lines += [
        f"  p{i}: {{price: {1 + i % 7}.{i % 10} USD/h, range: [{0.5 + i % 7}, {2 + i % 7}],"
        " as_of: 2026-11-01, source: generated}"
        for i in range(count)
    ]
    lines.append("components:")
    lines += [f"  c{i}: {{quantity: d{i}, price: p{i}}}" for i in range(count)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_plan(path)


def ours(months: int) -> None:
    """Draw the generated plan, and the bands of its totals."""
    from centavo.planning.simulation import simulate

    resolved = resolve(plan_of(COMPONENTS, months))

    def work() -> None:
        drawn = simulate(resolved, count=DRAWS)
        assert drawn.first.p5 < drawn.first.p95 < drawn.horizon.p95 or months == 1

    timed(work)


def bound(months: int) -> None:
    """Draw as many beta and log-normal numbers, multiply and add."""
    random = np.random.Generator(np.random.SFC64(1))
    growth = 1.01 ** np.arange(months)[:, None]

    def work() -> None:
        total = np.zeros((months, DRAWS))
        for _ in range(COMPONENTS):
            quantity = random.beta(2.0, 4.0, DRAWS)
            price = np.exp(random.standard_normal(DRAWS))
            total += growth * (quantity * price)
        np.quantile(total, (0.05, 0.5, 0.95), axis=1)

    timed(work)


def tornado_rows() -> None:
    """Move each of 200 drivers and 200 prices, one at a time."""
    from centavo.planning.what_if import tornado

    resolved = resolve(plan_of(DRIVERS, 12))
    timed(lambda: tornado(resolved))


def show_cpu_s() -> float:
    """Return the CPU seconds of the whole command, the least of five runs."""
    taken: list[float] = []
    for _ in range(5):
        code = (
            "import resource, subprocess, sys\n"
            f"subprocess.run([sys.executable, '-m', 'centavo', 'plan', 'show', {str(LLAMAFLOW)!r}],"
            " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)\n"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
            "print(used.ru_utime + used.ru_stime)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
        )
        taken.append(float(done.stdout))
    return min(taken)


SIDES = {
    "month": lambda: ours(1),
    "month-bound": lambda: bound(1),
    "year": lambda: ours(12),
    "year-bound": lambda: bound(12),
    "tornado": tornado_rows,
}


def main() -> None:
    """Run every side in turn and print what was reached."""
    started = time.perf_counter()
    measured = in_turn(__file__, list(SIDES), runs=3)
    for side, (cpu_s, most_mb) in LIMITS.items():
        taken = measured[side]
        holds = taken.cpu_s <= cpu_s and (most_mb is None or taken.peak_mb <= most_mb)
        against = measured.get(f"{side}-bound")
        beside = f"; numpy alone {against.cpu_s:.2f} s" if against else ""
        limit = f"{cpu_s} s" + (f" and {most_mb:.0f} MB" if most_mb else "")
        print(
            f"{side}: {taken.cpu_s:.2f} s CPU, {taken.peak_mb:.0f} MB, limit {limit}{beside}:"
            f" {'holds' if holds else 'DOES NOT HOLD'}"
        )
    show = show_cpu_s()
    verdict = "holds" if show <= SHOW_CPU_S else "DOES NOT HOLD"
    print(f"centavo plan show: {show:.2f} s CPU, limit {SHOW_CPU_S} s: {verdict}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SIDES[sys.argv[1]]()
    else:
        print(machine())
        main()
