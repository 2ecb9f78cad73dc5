"""Claims: the dashboard over 10 M charges; its drill-down, memory, reports, and readers beside a writer.

The main page ≤ 1.0 s cold and ≤ 0.3 s warm, any drill-down ≤ 0.5 s, the server ≤ 300 MB, the report as PDF
≤ 5 s, the workbook ≤ 3 s, and 50 readers at once while an ingest commits, without an error. Cold is the first
page of a server that has just started; the time of starting is shown beside it. The bound is bare DuckDB
grouping the same Parquet by application and by day.
"""

import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generated import ROWS, focus_csv
from measuring import DATA, machine

LEDGER = DATA / f"ledger-dashboard-{ROWS}"
READERS = 50


def main() -> None:
    """Serve the ledger, ask for pages, and print each claim."""
    print(machine(), f"load {os.getloadavg()[0]:.1f}", flush=True)
    if not LEDGER.exists():
        centavo("ingest", str(focus_csv()))
    print(f"bare DuckDB, the same groups: {bare():.2f} s")
    with serving() as (address, process, started_s):
        cold, page = asked(f"{address}/where")
        warm, _ = asked(f"{address}/where")
        print(f"server ready after {started_s:.2f} s")
        claim("main page, cold", cold, 1.0)
        claim("main page, warm", warm, 0.3)
        links = re.findall(r'<th scope="row">.*?href="([^"]+)"', page)
        other = re.findall(r'class="choices">\s*<a href="([^"]+)"', page)
        for name, link in (("drill-down", links[0]), ("another dimension", other[0])):
            taken, _ = asked(f"{address}/where{link.replace('&amp;', '&')}")
            claim(name, taken, 0.5)
        claim("server memory", peak_mb(process.pid), 300, unit="MB")
    claim(
        "report as PDF", timed_command("report", "executive", "--out", str(DATA / "report.pdf")), 5
    )
    beside_a_writer()


def claim(name: str, value: float, limit: float, *, unit: str = "s") -> None:
    """Print a measured value against its limit."""
    verdict = "holds" if value <= limit else "DOES NOT HOLD"
    print(f"  {name:20} {value:8.2f} {unit:3} (limit {limit}): {verdict}", flush=True)


def bare() -> float:
    """Return the seconds of DuckDB grouping the ledger's files as the page does."""
    import duckdb

    files = [str(path) for path in (LEDGER / "warehouse").rglob("charges/**/*.parquet")]
    start = time.perf_counter()
    for keys in ("x_Application", "x_Application, ChargePeriodStart::DATE"):
        duckdb.sql(
            f"SELECT {keys}, sum(BilledCost) FROM read_parquet({files}) GROUP BY ALL"
        ).fetchall()
    return time.perf_counter() - start


def beside_a_writer() -> None:
    """Ask with 50 readers while a bill is read into the ledger, and count what fails."""
    bill = DATA / "one-more.csv"
    with serving() as (address, _, _):
        asked(f"{address}/where")
        failed: list[str] = []
        done: list[float] = []

        def read() -> None:
            while not finished.is_set():
                try:
                    done.append(asked(f"{address}/where")[0])
                except OSError as error:
                    failed.append(str(error))

        finished = threading.Event()
        readers = [threading.Thread(target=read) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        header = (focus_csv_header(),)
        bill.write_text("\n".join([*header, focus_row()]) + "\n")
        centavo("ingest", str(bill))
        finished.set()
        for reader in readers:
            reader.join()
    print(
        f"{READERS} readers beside an ingest: {len(done):,} pages, {len(failed)} failed", flush=True
    )


def focus_csv_header() -> str:
    """Return the header of the generated file."""
    import gzip

    with gzip.open(focus_csv(), "rt") as stream:
        return stream.readline().strip()


def focus_row() -> str:
    """Return one row of the generated file, of another account."""
    import gzip

    with gzip.open(focus_csv(), "rt") as stream:
        stream.readline()
        return stream.readline().strip()


def centavo(*arguments: str) -> None:
    """Run a command on the ledger."""
    command = [sys.executable, "-m", "centavo", "--ledger", str(LEDGER), *arguments]
    subprocess.run(command, check=True, capture_output=True)


def timed_command(*arguments: str) -> float:
    """Return the seconds of a whole command."""
    start = time.perf_counter()
    centavo(*arguments)
    return time.perf_counter() - start


@contextmanager
def serving() -> Iterator[tuple[str, subprocess.Popen[str], float]]:
    """Start a server in a process of its own."""
    start = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "centavo",
        "--ledger",
        str(LEDGER),
        "serve",
        "--listen",
        "127.0.0.1:0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    address = re.search(r"http://[\d.:]+", process.stderr.readline())
    assert address is not None
    try:
        yield address[0], process, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def asked(address: str) -> tuple[float, str]:
    """Return the seconds of a page and its text."""
    start = time.perf_counter()
    with urllib.request.urlopen(address, timeout=120) as answer:
        text = answer.read().decode()
    return time.perf_counter() - start, text


def peak_mb(pid: int) -> float:
    """Return the most memory that a process has held."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main()
