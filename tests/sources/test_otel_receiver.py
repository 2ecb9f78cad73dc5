"""The receiver: what it answers, what it keeps, and that it answers 200 only after the disk did."""

import asyncio
import base64
import contextlib
import errno
import gzip
import json
import os
import threading
from datetime import UTC, datetime

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from centavo.errors import LedgerBusyError, LedgerError
from centavo.sources.otel_receiver import GroupCommit, ReceiverApp, ReceiverLimits, SegmentFolder
from centavo.sources.otel_receiver.group_commit import OverloadedError
from centavo.sources.otel_receiver.segments import cut_torn_tail
from tests.sources.otel_spans import chat, request, span
from tests.sources.test_otel import Read

NOW = datetime(2026, 3, 5, tzinfo=UTC)
PROTOBUF = "application/x-protobuf"
JSON = "application/json"


def protobuf(made):
    """Return an OTLP JSON request as the bytes an SDK would send."""
    text = json.dumps(made)
    for spans in made["resourceSpans"]:
        for group in spans["scopeSpans"]:
            for one in group["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if one.get(key):
                        coded = base64.b64encode(bytes.fromhex(one[key])).decode()
                        text = text.replace(f'"{one[key]}"', f'"{coded}"')
    message = trace_service_pb2.ExportTraceServiceRequest()
    return ParseDict(json.loads(text), message).SerializeToString()


class Receiver:
    """An application with its segments, called without a network."""

    def __init__(self, folder, *, token=None, limits=None):
        self.folder = SegmentFolder(folder)
        self.rolled = []
        self.commit = GroupCommit(
            self.folder, roll_bytes=1 << 20, clock=lambda: NOW, on_roll=self.rolled.append
        )
        self.app = ReceiverApp(self.commit, token=token, limits=limits or ReceiverLimits())

    def post(self, body, form=JSON, *, path="/v1/traces", method="POST", parts=1, **headers):
        """Return status, headers and body; ``parts`` sends the body in so many chunks."""
        stated = {"content-type": form, **headers}
        if parts == 1:
            stated["content-length"] = str(len(body))
        size = -(-len(body) // parts) or 1
        chunks = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        sent = []

        async def receive():
            chunk = chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in stated.items()],
        }
        asyncio.run(self.app(scope, receive, send))
        start, end = sent
        return start["status"], dict(start["headers"]), end["body"]

    def read(self):
        self.commit.roll().result()
        return Read(self.folder.rolled())


@pytest.fixture
def make(tmp_path):
    with contextlib.ExitStack() as stack:

        def receiver(name="segments", **options):
            made = Receiver(tmp_path / name, **options)
            stack.callback(made.folder.close)
            stack.callback(made.commit.stop)
            return made

        yield receiver


def test_json_and_protobuf_become_the_same_rows(make):
    attributes = {
        "gen_ai.request.temperature": 0.25,
        "gen_ai.request.stream": True,
        "gen_ai.input.messages": "what I said",
        "metadata": '{"team": "growth"}',
    }
    made = request(
        span(9, {"http.route": "/ask", "http.request.header.cookie": ["what I said"]}, kind=2),
        chat(1, attributes=attributes, parent=9),
        chat(2, failed=True),
        span(3, {"db.system": "postgresql", "db.statement": "what I said", "x": "y"}),
        {
            **chat(4, failed=True),
            "events": [
                {
                    "name": "exception",
                    "attributes": [
                        {"key": "exception.type", "value": {"stringValue": "RateLimit"}},
                        {"key": "exception.message", "value": {"stringValue": "what I said"}},
                    ],
                }
            ],
        },
    )
    one, other = make("json"), make("protobuf")
    assert one.post(json.dumps(made).encode())[::2] == (200, b"{}")
    assert other.post(protobuf(made), PROTOBUF)[::2] == (200, b"")
    first, second = one.read(), other.read()
    for row in (*first.list, *second.list):
        row.pop("batch_id")
    assert first.by_id == second.by_id
    assert first.skipped == second.skipped
    assert sorted(first.numbers) == [1, 2, 4]
    assert (first[1]["endpoint"], first[1]["team"]) == ("/ask", "growth")
    assert first[4]["error_class"] == "RateLimit"
    for receiver in (one, other):
        assert b"what I said" not in receiver.folder.rolled()[0].read_bytes()


def test_bodies_in_chunks_and_in_gzip(make):
    receiver = make()
    body = protobuf(request(*(chat(n) for n in range(1, 50))))
    assert receiver.post(body, PROTOBUF, parts=7)[0] == 200
    packed = gzip.compress(json.dumps(request(chat(50))).encode())
    assert (
        receiver.post(packed, JSON + "; charset=utf-8", parts=3, content_encoding="gzip")[0] == 200
    )
    assert receiver.read().numbers == list(range(1, 51))


def test_an_export_of_nothing_is_fine(make):
    receiver = make()
    assert receiver.post(b"", PROTOBUF)[::2] == (200, b"")
    assert receiver.post(b"{}")[::2] == (200, b"{}")
    assert receiver.post(b'{"resourceSpans": []}')[0] == 200
    receiver.commit.roll().result()
    assert receiver.folder.rolled() == []


@pytest.mark.parametrize(
    ("body", "form", "headers", "status", "code"),
    [
        (b"\xff\xff\xff", PROTOBUF, {}, 400, 3),
        (b"{", JSON, {}, 400, 3),
        (b"[]", JSON, {}, 400, 3),
        (b'"text"', JSON, {}, 400, 3),
        (b'{"resourceLogs": []}', JSON, {}, 400, 3),
        (b'{"resourceSpans": 5}', JSON, {}, 400, 3),
        (b"[" * 100_000, JSON, {}, 400, 3),
        (b"\x00\xfe", JSON, {}, 400, 3),
        (b"not gzip", JSON, {"content_encoding": "gzip"}, 400, 3),
        (gzip.compress(b"{}" * 999, mtime=0)[:-9], JSON, {"content_encoding": "gzip"}, 400, 3),
        (b"{}", JSON, {"content_encoding": "br"}, 415, 3),
        (b"{}", "text/plain", {}, 415, 3),
        (b"{}" + b" " * 5000, JSON, {}, 413, 8),
        (gzip.compress(b" " * 10_000_000, mtime=0), JSON, {"content_encoding": "gzip"}, 413, 8),
    ],
)
def test_bad_bodies_are_refused_with_a_status_message(make, body, form, headers, status, code):
    receiver = make(limits=ReceiverLimits(body_bytes=4096 if status == 413 else 1 << 20))
    for parts in (1, 3):
        answered, stated, answer = receiver.post(body, form, parts=parts, **headers)
        assert answered == status
        if form == PROTOBUF:
            assert stated[b"content-type"] == PROTOBUF.encode()
            assert answer[:2] == bytes([8, code])
            assert answer[4:].decode()
        else:
            said = json.loads(answer)
            assert said["code"] == code
            assert said["message"]
    assert receiver.app.counts.refused == 2


def test_methods_and_paths(make):
    receiver = make()
    assert receiver.post(b"{}", method="GET")[0] == 405
    assert receiver.post(b"{}", path="/v1/other")[0] == 404
    assert receiver.post(b"", path="/health", method="GET")[0] == 200


def test_spans_that_cannot_be_read_are_rejected_and_the_others_kept(make):
    receiver = make()
    broken = chat(2, startTimeUnixNano="yesterday")
    status, _, answer = receiver.post(json.dumps(request(chat(1), broken, "x")).encode())
    partial = json.loads(answer)["partialSuccess"]
    assert (status, partial["rejectedSpans"]) == (200, "2")
    assert "yesterday" in partial["errorMessage"]
    message = trace_service_pb2.ExportTraceServiceRequest()
    message.resource_spans.add().scope_spans.add().spans.add(trace_id=b"short", name="x")
    status, _, answer = receiver.post(message.SerializeToString(), PROTOBUF)
    said = trace_service_pb2.ExportTraceServiceResponse.FromString(answer)
    assert said.partial_success.rejected_spans == 1
    assert "16 bytes" in said.partial_success.error_message
    assert receiver.read().numbers == [1]


def test_logs_and_metrics_are_dropped_and_said_to_be(make):
    receiver = make()
    logs = logs_service_pb2.ExportLogsServiceRequest()
    records = logs.resource_logs.add().scope_logs.add().log_records
    records.add()
    records.add()
    status, _, answer = receiver.post(logs.SerializeToString(), PROTOBUF, path="/v1/logs")
    said = logs_service_pb2.ExportLogsServiceResponse.FromString(answer)
    assert (status, said.partial_success.rejected_log_records) == (200, 2)
    assert "OTEL_LOGS_EXPORTER" in said.partial_success.error_message
    metrics = metrics_service_pb2.ExportMetricsServiceRequest()
    metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    status, _, answer = receiver.post(metrics.SerializeToString(), PROTOBUF, path="/v1/metrics")
    said = metrics_service_pb2.ExportMetricsServiceResponse.FromString(answer)
    assert (status, said.partial_success.rejected_data_points) == (200, 1)
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{}, {}, {}]}]}]}
    status, _, answer = receiver.post(json.dumps(body).encode(), path="/v1/logs")
    assert json.loads(answer)["partialSuccess"]["rejectedLogRecords"] == "3"
    assert receiver.post(b"\xff", PROTOBUF, path="/v1/logs")[0] == 400
    assert receiver.app.counts.dropped == 6


def test_a_token_is_asked_for(make):
    receiver = make(token="right")
    for stated in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic right"}):
        status, headers, answer = receiver.post(b"{}", **stated)
        assert (status, headers[b"www-authenticate"]) == (401, b"Bearer")
        assert json.loads(answer)["code"] == 16
    assert receiver.post(b"{}", authorization="bearer right")[0] == 200
    assert receiver.post(b"", path="/health", method="GET")[0] == 200


def test_secrets_never_reach_the_disk(make):
    receiver = make()
    secret = "sk-" + "ant-api03-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6"
    made = request(
        chat(1, attributes={"note": secret, "list": [f"a {secret}"]}, name=f"chat {secret}"),
        resource={"service.name": "search", "env.key": secret},
    )
    receiver.post(protobuf(made), PROTOBUF)
    receiver.post(json.dumps(made).encode())
    receiver.commit.roll().result()
    data = receiver.folder.rolled()[0].read_bytes()
    assert secret.encode() not in data
    assert receiver.app.counts.secrets == 8


def test_nothing_is_acknowledged_before_the_disk_has_it(make, monkeypatch):
    receiver = make()
    order = []
    sync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (sync(fd), order.append("on disk")))
    done = receiver.commit.submit(b"{}\n", spans=1)
    done.add_done_callback(lambda _: order.append("acknowledged"))
    done.result()
    receiver.commit.roll().result()
    assert order == ["on disk", "acknowledged"]


def test_what_waits_goes_to_the_disk_together(make, monkeypatch):
    receiver = make()
    gate, sync = threading.Event(), os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (gate.wait(), sync(fd)))
    first = receiver.commit.submit(b"0\n", spans=1)
    rest = [receiver.commit.submit(b"%d\n" % n, spans=1) for n in range(1, 100)]
    gate.set()
    for done in (first, *rest):
        done.result()
    assert receiver.commit.counts.lines == 100
    assert receiver.commit.counts.syncs <= 3
    receiver.commit.roll().result()
    lines = receiver.folder.rolled()[0].read_bytes().split()
    assert [int(line) for line in lines] == list(range(100))


@pytest.mark.parametrize("call", ["write", "fdatasync"])
def test_a_full_disk_is_503_and_loses_nothing_that_was_acknowledged(make, monkeypatch, call):
    receiver = make()
    assert receiver.post(protobuf(request(chat(1))), PROTOBUF)[0] == 200

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        status, headers, answer = receiver.post(protobuf(request(chat(2))), PROTOBUF)
        assert (status, headers[b"retry-after"]) == (503, b"5")
        assert b"No space left" in answer
        assert receiver.post(b"", path="/health", method="GET")[0] == 503
    assert receiver.post(protobuf(request(chat(3))), PROTOBUF)[0] == 200
    assert receiver.post(b"", path="/health", method="GET")[0] == 200
    assert receiver.read().numbers == [1, 3]


def test_too_much_waiting_is_429(make, monkeypatch):
    receiver = make()
    monkeypatch.setattr(receiver.commit, "submit", _overloaded)
    status, headers, _ = receiver.post(protobuf(request(chat(1))), PROTOBUF)
    assert (status, headers[b"retry-after"]) == (429, b"5")
    small = make("small", limits=ReceiverLimits(reading_bytes=10))
    assert small.post(protobuf(request(chat(1))), PROTOBUF)[0] == 429


def _overloaded(*_, **__):
    raise OverloadedError


def test_submitting_to_a_stopped_receiver_is_refused(tmp_path):
    receiver = Receiver(tmp_path)
    receiver.commit.stop()
    with pytest.raises(OverloadedError):
        receiver.commit.submit(b"{}\n", spans=1)
    receiver.folder.close()


def test_a_large_segment_is_rolled_and_names_never_repeat(make):
    receiver = make()
    for _ in range(3):
        receiver.commit.submit(b'"' + b"x" * (1 << 20) + b'"\n', spans=1).result()
    receiver.commit.roll().result()
    assert len(receiver.rolled) == len(set(receiver.rolled)) == 3
    assert receiver.folder.rolled() == sorted(receiver.rolled)


def test_the_open_segment_is_hidden_and_for_its_owner_only(make):
    receiver = make()
    receiver.commit.submit(b"{}\n", spans=1).result()
    assert receiver.folder.rolled() == []
    (hidden,) = receiver.folder.folder.glob(".*.jsonl")
    assert hidden.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("tail", "cut"),
    [
        (b"", 0),
        (b'{"resourceSpans"', 16),
        (b'{"a": 1}', 8),
        (b"\x00" * 5000, 5000),
        (b"\x00" * 10 + b"\n" + b"{\n", 13),
        (b"x" * (3 << 20), 3 << 20),
    ],
)
def test_a_torn_tail_is_cut_and_whole_lines_stay(tmp_path, tail, cut):
    path = tmp_path / "segment"
    whole = b'{"a": 1}\n[2]\n' + b'"' + b"y" * (2 << 20) + b'"\n'
    path.write_bytes(whole + tail)
    assert cut_torn_tail(path) == cut
    assert path.read_bytes() == whole


def test_a_file_of_nothing_whole_becomes_empty(tmp_path):
    path = tmp_path / "segment"
    path.write_bytes(b"{")
    assert cut_torn_tail(path) == 1
    assert path.read_bytes() == b""


def test_a_new_start_takes_over_what_was_open(tmp_path):
    folder = SegmentFolder(tmp_path)
    segment = folder.new_segment(NOW)
    segment.append([b"{}\n"])
    empty = folder.new_segment(NOW)
    for one in (segment, empty):
        one.abandon()
    with (tmp_path / f".{segment.path.name}").open("ab") as file:
        file.write(b'{"torn')
    folder.close()
    again = SegmentFolder(tmp_path)
    repaired = again.repair()
    assert (repaired.segments, repaired.torn_bytes) == (2, 6)
    assert [path.read_bytes() for path in again.rolled()] == [b"{}\n"]
    again.close()


def test_one_receiver_a_folder(tmp_path):
    folder = SegmentFolder(tmp_path)
    with pytest.raises(LedgerBusyError):
        SegmentFolder(tmp_path)
    folder.close()
    SegmentFolder(tmp_path).close()
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError):
        SegmentFolder(tmp_path / "file")
