"""``centavo receive`` as a process: it starts, is sent to, is killed, is stopped."""

import contextlib
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.lock import writer_lock
from tests.sources.otel_spans import chat, request
from tests.sources.test_otel_receiver import protobuf

DEADLINE_S = 120


class Running:
    """A receiver in a process of its own."""

    def __init__(self, folder, *options):
        self.log = folder / "receiver.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "centavo", "receive", "--listen", "127.0.0.1:0", *options],
                cwd=folder,
                stderr=log,
                stdout=log,
            )
        self.port = int(self.said(r"http://127\.0\.0\.1:(\d+)/")[1])

    def said(self, pattern):
        """Wait until the receiver has said something."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            if found := re.search(pattern, self.log.read_text()):
                return found
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def post(self, body, *, chunked=False, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        stated = {"content-type": "application/json"}
        stated |= {key.replace("_", "-"): value for key, value in headers.items()}
        with contextlib.closing(connection):
            sent = iter([body[:100], body[100:]]) if chunked else body
            connection.request("POST", "/v1/traces", sent, stated, encode_chunked=chunked)
            return connection.getresponse().status

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE_S)
        return code, self.log.read_text()


@pytest.fixture
def run(tmp_path):
    started = []

    def receiver(*options):
        started.append(Running(tmp_path, *options))
        return started[-1]

    yield receiver
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()


def event_ids(folder):
    ledger = Ledger.open(LedgerLocation(folder / ".centavo"))
    return [row[0] for row in ledger.rows("SELECT event_id FROM usage_events")]


def body(*numbers):
    return json.dumps(request(*map(chat, numbers))).encode()


def test_spans_arrive_and_a_repeated_one_is_one_row(run, tmp_path, centavo):
    first = run("--keep")
    packed = gzip.compress(protobuf(request(chat(1))))
    headers = {"content_type": "application/x-protobuf", "content_encoding": "gzip"}
    assert first.post(packed, **headers) == 200
    assert first.post(body(2), chunked=True) == 200
    assert first.post(b"{") == 400
    code, said = first.stop()
    assert code == 0, said
    assert "Received 2 spans in 2 requests; wrote 2 rows." in said
    # The sender did not hear the answer, and sends it again.
    second = run("--keep")
    assert second.post(body(2, 3)) == 200
    code, said = second.stop(signal.SIGINT)
    assert code == 0, said
    assert len(event_ids(tmp_path)) == len(set(event_ids(tmp_path))) == 3
    kept = tmp_path / ".centavo" / "received" / "ingested"
    assert len(list(kept.iterdir())) == 2
    assert centavo("ingest", kept).exit_code == 0
    assert len(event_ids(tmp_path)) == 3


def test_kill_9_under_load_loses_no_acknowledged_span(run, tmp_path):
    receiver = run()
    acknowledged = []

    def send(sender):
        number = sender * 1_000_000
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                number += 10
                if receiver.post(body(*range(number, number + 10))) == 200:
                    acknowledged.extend(range(number, number + 10))

    senders = [threading.Thread(target=send, args=(n,)) for n in range(1, 5)]
    for sender in senders:
        sender.start()
    while len(acknowledged) < 400:
        time.sleep(0.05)
    os.kill(receiver.process.pid, signal.SIGKILL)
    for sender in senders:
        sender.join()
    # What a crash in the middle of a write leaves, which nobody was told of.
    (open_segment,) = (tmp_path / ".centavo" / "received").glob(".*.jsonl")
    with open_segment.open("ab") as file:
        file.write(body(7)[:-20])
    code, said = run().stop()
    assert code == 0, said
    assert "A receiver died here: 1 open segments" in said
    found = [int(key.rpartition(":")[2], 16) for key in event_ids(tmp_path)]
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert 7 not in found
    assert not list((tmp_path / ".centavo" / "received").glob("*.jsonl"))


def test_a_busy_ledger_is_tried_again_and_nothing_is_lost(run, tmp_path):
    with writer_lock(tmp_path / ".centavo", wait_s=1):
        receiver = run("--every", "1")
        assert receiver.post(body(1)) == 200
        receiver.said("segments wait: .*is writing to the ledger")
    receiver.said("Wrote 1 rows")
    assert receiver.post(body(2)) == 200
    code, said = receiver.stop()
    assert code == 0, said
    assert len(event_ids(tmp_path)) == 2


def test_segments_can_be_ingested_by_hand(run, tmp_path, centavo):
    receiver = run("--segments", "spool")
    receiver.post(body(1, 2))
    os.kill(receiver.process.pid, signal.SIGKILL)
    receiver.process.wait()
    (hidden,) = (tmp_path / "spool").glob(".*.jsonl")
    hidden.rename(hidden.with_name(hidden.name[1:]))
    done = centavo("ingest", "spool", "--json")
    assert done.json["sources"][0]["source"] == "otel"
    assert len(event_ids(tmp_path)) == 2
    # Its receiver finds the segment ingested already, and takes it away.
    code, _ = run("--segments", "spool").stop()
    assert code == 0
    assert not list((tmp_path / "spool").glob("*.jsonl"))
    assert len(event_ids(tmp_path)) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--listen", "0.0.0.0:0"], "reached from other machines"),
        (["--listen", "[::]:0"], "reached from other machines"),
        (["--listen", "somewhere:4318"], "reached from other machines"),
        (["--listen", "4318"], "not HOST:PORT"),
        (["--listen", "127.0.0.1:99999"], "not HOST:PORT"),
        (["--token-env", "NO_SUCH_TOKEN"], "NO_SUCH_TOKEN is not set"),
        (["--map", "nonsense=x"], "not a scope column"),
        (["--map", "nonsense"], "not SCOPE=PATH"),
    ],
)
def test_what_cannot_be_started_is_refused(centavo, options, said):
    done = centavo("receive", *options)
    assert done.exit_code == 2
    assert said in done.err


def test_a_port_that_is_taken_is_named(centavo):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = centavo("receive", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.exit_code == 2
    assert "cannot listen" in done.err


def test_a_token_from_the_environment_is_asked_for(run, monkeypatch):
    monkeypatch.setenv("SPAN_TOKEN", "right")
    receiver = run("--token-env", "SPAN_TOKEN")
    assert receiver.post(body(1)) == 401
    assert receiver.post(body(1), authorization="Bearer right") == 200
    assert receiver.stop()[0] == 0
