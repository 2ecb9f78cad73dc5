"""Claim: the receiver acknowledges spans only when they are on the disk, and kill -9 loses none of them.

``python receiver.py`` measures acknowledged spans a second, with an fsync before each answer, for
senders in processes of their own; then it kills a receiver under load, starts another one in its
place, stops that, and compares what was acknowledged with what the ledger has.

The bound beside it is the same protobuf bodies appended to a file and synced as often, without HTTP,
decoding or redaction. Senders and receiver share the machine's cores.
"""

import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from measuring import machine

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
KILLS = int(os.environ.get("BENCH_KILLS", "5"))
SENDERS = 8
SPANS = 64
_MARK = b"\x5a" * 16


@dataclass
class Sent:
    """What one sender did: trace ids by number of spans acknowledged, and the waits."""

    acknowledged: list[str] = field(default_factory=list[str])
    waits_s: list[float] = field(default_factory=list[float])
    refused: int = 0


def body() -> bytes:
    """Return a request of ``SPANS`` calls with about 20 attributes each, with a marked trace id."""
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

    request = trace_service_pb2.ExportTraceServiceRequest()
    bundle = request.resource_spans.add()
    for key, value in {
        "service.name": "search",
        "deployment.environment.name": "production",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
    }.items():
        bundle.resource.attributes.add(key=key).value.string_value = value
    group = bundle.scope_spans.add()
    group.scope.name = "opentelemetry.instrumentation.openai_v2"
    now_ns = 1_772_700_000 * 10**9
    for number in range(SPANS):
        span = group.spans.add(
            trace_id=_MARK,
            span_id=(number + 1).to_bytes(8),
            name="chat gpt-4o",
            kind=3,
            start_time_unix_nano=now_ns + number * 10**6,
            end_time_unix_nano=now_ns + number * 10**6 + 8 * 10**8,
        )
        texts = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.response.id": f"chatcmpl-{number:029d}",
            "server.address": "api.openai.com",
            "gen_ai.input.messages": "a prompt of the usual kind, " * 40,
            "gen_ai.output.messages": "an answer of the usual kind, " * 20,
            "tenant": f"customer-{number % 7}",
            "feature": "answers",
        }
        numbers = {
            "gen_ai.usage.input_tokens": 1200 + number,
            "gen_ai.usage.output_tokens": 300 + number,
            "gen_ai.usage.cache_read.input_tokens": 1000,
            "gen_ai.request.max_tokens": 1024,
            "server.port": 443,
        }
        for key, text in texts.items():
            span.attributes.add(key=key).value.string_value = text
        for key, count in numbers.items():
            span.attributes.add(key=key).value.int_value = count
        span.attributes.add(key="gen_ai.request.temperature").value.double_value = 0.2
    return request.SerializeToString()


@contextmanager
def receiver(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run ``centavo receive`` and yield it with its port."""
    log = (folder / "receiver.log").open("w+b")
    process = subprocess.Popen(
        [sys.executable, "-m", "centavo", "receive", "--listen", "127.0.0.1:0", "--every", "3600"],
        cwd=folder,
        stderr=log,
    )
    try:
        yield process, _port(process, folder / "receiver.log")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        log.close()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    while process.poll() is None:
        if found := re.search(rb"http://127\.0\.0\.1:(\d+)/", log.read_bytes()):
            return int(found[1])
        time.sleep(0.05)
    raise RuntimeError(log.read_text())


def send(port: int, seconds: float, seed: int, results: "multiprocessing.Queue[Sent]") -> None:
    """Send as fast as answers come, for a while or until the receiver is gone."""
    template, sent, chance = body(), Sent(), random.Random(seed)
    head = (
        f"POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"content-type: application/x-protobuf\r\ncontent-length: {len(template)}\r\n\r\n"
    ).encode()
    until = time.monotonic() + seconds
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.monotonic() < until:
                trace = chance.randbytes(16)
                start = time.perf_counter()
                connection.sendall(head + template.replace(_MARK, trace))
                answer = connection.recv(65536)
                if not answer:
                    break
                sent.waits_s.append(time.perf_counter() - start)
                if answer.startswith(b"HTTP/1.1 200"):
                    sent.acknowledged.append(trace.hex())
                else:
                    sent.refused += 1
    except OSError:
        pass
    results.put(sent)


def load(port: int, seconds: float, *, senders: int) -> Iterator[list[Sent]]:
    """Start senders; yield once they run, and again with what they did."""
    results: multiprocessing.Queue[Sent] = multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=send, args=(port, seconds, time.time_ns() + n, results))
        for n in range(senders)
    ]
    for process in processes:
        process.start()
    yield []
    yield [results.get() for _ in processes]
    for process in processes:
        process.join()


def throughput(folder: Path) -> None:
    """Print acknowledged spans a second, and the bound."""
    with receiver(folder) as (process, port):
        running = load(port, SECONDS, senders=SENDERS)
        next(running)
        sent = next(running)
        cpu_s = _cpu_s(process.pid)
        process.send_signal(signal.SIGKILL)
    spans = SPANS * sum(len(one.acknowledged) for one in sent)
    waits_ms = sorted(1000 * wait for one in sent for wait in one.waits_s)
    print(f"{SENDERS} senders, {SPANS} spans a request, {SECONDS:.0f} s, {machine()}")
    print(f"  acknowledged        {spans / SECONDS:10,.0f} spans a second, each after an fsync")
    print(f"  processor           {1e6 * cpu_s / spans:10.1f} µs a span in the receiver")
    print(
        f"  wait for an answer  {statistics.median(waits_ms):10.1f} ms in the middle, "
        f"{waits_ms[int(len(waits_ms) * 0.99)]:.1f} ms at the 99th percentile"
    )
    print(f"  bare append + sync  {bound(folder):10,.0f} spans a second (group of {SENDERS})")


def bound(folder: Path) -> float:
    """Return spans a second of bare appends, synced once for as many bodies as there are senders."""
    data = body() * SENDERS
    count, start = 0, time.monotonic()
    with (folder / "bare").open("ab", buffering=0) as file:
        while time.monotonic() < start + min(SECONDS, 3):
            file.write(data)
            os.fdatasync(file.fileno())
            count += 1
    return count * SENDERS * SPANS / (time.monotonic() - start)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def killed(folder: Path, seconds: float) -> tuple[int, int, int]:
    """Kill a receiver under load; return spans acknowledged, found in the ledger, and missing."""
    with receiver(folder) as (process, port):
        running = load(port, 3600, senders=SENDERS)
        next(running)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        sent = next(running)
    with receiver(folder) as (process, _):
        process.send_signal(signal.SIGTERM)
        if process.wait() != 0:
            raise RuntimeError((folder / "receiver.log").read_text())
    traces = {trace for one in sent for trace in one.acknowledged}
    return SPANS * len(traces), *_found(folder, traces)


def _found(folder: Path, traces: set[str]) -> tuple[int, int]:
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    ledger = Ledger.open(LedgerLocation(folder / ".centavo"))
    rows = ledger.rows(
        "SELECT split_part(event_id, ':', 2), count(*) FROM usage_events GROUP BY ALL"
    )
    counts = {str(trace): int(str(count)) for trace, count in rows}
    if any(count > SPANS for count in counts.values()):
        raise RuntimeError("a span stands twice in the ledger")
    missing = sum(SPANS - counts.get(trace, 0) for trace in traces)
    return sum(counts.values()), missing


def main() -> None:
    """Print both figures.

    Raises:
        SystemExit: An acknowledged span is missing.
    """
    folder = Path(tempfile.mkdtemp(prefix="centavo-receiver-"))
    try:
        throughput(folder)
        shutil.rmtree(folder / ".centavo")
        chance, lost = random.Random(7), 0
        print("kill -9 under load")
        for _ in range(KILLS):
            acknowledged, found, missing = killed(folder, chance.uniform(0.5, 3))
            lost += missing
            print(f"  acknowledged {acknowledged:9,}  in the ledger {found:9,}  missing {missing}")
            shutil.rmtree(folder / ".centavo")
        print("  holds" if not lost else "  DOES NOT HOLD")
    finally:
        shutil.rmtree(folder)
    if lost:
        sys.exit(1)


if __name__ == "__main__":
    main()
