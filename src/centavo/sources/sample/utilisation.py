"""Hourly samples of every running machine, in the ledger's own column names."""

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from centavo.sources.sample.company import application, google_project
from centavo.sources.sample.machines import MACHINES, Machine, busy_share, is_running
from centavo.sources.sample.plan import Plan

__all__ = ["COLUMNS", "write_utilisation"]

COLUMNS = (
    "resource_id",
    "kind",
    "metric",
    "interval_start",
    "interval_end",
    "unit",
    "capacity",
    "requested",
    "used_p50",
    "used_p95",
    "used_max",
    "power_w",
    "state",
    "sample_count",
    "unit_price",
    "unit_price_currency",
    "project",
    "application",
    "environment",
    "team",
)
_LOST_SHARE = 0.004
_SAMPLES_PER_HOUR = 60


class _Sampler:
    """Draws the samples of one machine."""

    def __init__(self, machine: Machine, plan: Plan, seed: int) -> None:
        self.machine = machine
        self.plan = plan
        self.rng = random.Random(f"{seed}/{machine.name}")
        owner = application(machine.application)
        price = f"{machine.usd_per_hour:f}"
        project = google_project(str(owner.google), machine.environment)
        self.tail = f"{price},USD,{project},{owner.name},{machine.environment},{owner.team}"
        is_gpu = machine.kind == "gpu"
        self.load = ("utilisation", "percent", 100) if is_gpu else ("cpu", "vcpu", machine.cores)

    def lines(self, hour: datetime) -> Iterator[str]:
        """Return the lines of the hour; none when the machine is off or its telemetry was lost."""
        machine, rng = self.machine, self.rng
        if not is_running(machine, hour) or rng.random() < _LOST_SHARE:
            return
        low, high = busy_share(machine, hour, self.plan)
        p50 = low + (high - low) * rng.random() ** 1.2
        p95 = p50 + (high - p50) * (0.35 + 0.5 * rng.random())
        most = p95 + (high - p95) * rng.random()
        rest, full = machine.watts
        power = f"{rest + (full - rest) * p50:.0f}" if full else ""
        yield self._line(hour, self.load, (p50, p95, most), power)
        if machine.kind == "vm":
            held = 0.14 + 0.25 * p50
            memory = ("memory", "GiB", machine.memory_gib)
            yield self._line(hour, memory, (held, held + 0.02, held + 0.03), "")

    def _line(
        self,
        hour: datetime,
        load: tuple[str, str, int],
        used: tuple[float, float, float],
        power: str,
    ) -> str:
        metric, unit, capacity = load
        p50, p95, most = used
        end = hour + timedelta(hours=1)
        count = _SAMPLES_PER_HOUR - (self.rng.random() < 0.05) * self.rng.randrange(1, 30)
        return (
            f"{self.machine.name},{self.machine.kind},{metric},{hour.isoformat()[:19]}Z,"
            f"{end.isoformat()[:19]}Z,{unit},{capacity},{capacity},{p50 * capacity:.2f},"
            f"{p95 * capacity:.2f},{most * capacity:.2f},{power},running,{count},{self.tail}\n"
        )


def write_utilisation(plan: Plan, seed: int, folder: Path) -> list[Path]:
    """Write ``utilisation-YYYY-MM.csv.gz`` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    by_file: defaultdict[Path, list[str]] = defaultdict(list)
    samplers = [_Sampler(machine, plan, seed) for machine in MACHINES]
    start = datetime(plan.since.year, plan.since.month, plan.since.day, tzinfo=UTC)
    for number in range(plan.whole.days * 24):
        hour = start + timedelta(hours=number)
        lines = by_file[folder / f"utilisation-{hour:%Y-%m}.csv.gz"]
        for sampler in samplers:
            lines.extend(sampler.lines(hour))
    for path, lines in by_file.items():
        text = ",".join(COLUMNS) + "\n" + "".join(lines)
        path.write_bytes(gzip.compress(text.encode(), 6, mtime=0))
    return sorted(by_file)
