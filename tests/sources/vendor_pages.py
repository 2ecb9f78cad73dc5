"""Recorded pages of OpenAI's and Anthropic's organization APIs, and a server made of them.

The recordings are written by hand in the wire shapes of the vendors' API references
(platform.openai.com/docs/api-reference/usage, platform.claude.com/docs/en/api/admin); no
organization's data is in them.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import httpx2

from centavo.ledger.reading import InputFile
from centavo.sources.http_pages import Pacing, RetryPolicy, Server, http_pages
from centavo.sources.source import ReadOptions
from centavo.sources.vendor_reports.reports import vendor_report_sources

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings"
KEY = "sk-admin-synthetic-0123456789abcdefghij"
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def recorded(name):
    return (RECORDINGS / name).read_bytes()


def pages(*names):
    return [json.loads(recorded(name)) for name in names]


def source(name):
    return next(s for s in vendor_report_sources() if s.name == name)


def read(name, *paths, skip_bad=False):
    """Return (rows as dicts, tally) of the files."""
    files = [
        InputFile(path, path.name, "0" * 64, f"{number:016x}", path.stat().st_size)
        for number, path in enumerate(paths)
    ]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        reading = source(name).read(connection, files, ReadOptions(NOW, skip_bad))
        try:
            result = connection.execute(reading.select)
            names = [column[0] for column in result.description]
            rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        except duckdb.Error as error:
            raise reading.explain(error) from error
    return rows, reading.tally


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def pacing(self, chance=0.5):
        return Pacing(clock=lambda: self.now, sleep=self.sleep, random=lambda: chance)


def connected(handler, *, clock=None, policy=None, key=KEY):
    """Return a context with HttpPages whose server is the function ``handler``."""
    server = Server(
        "OpenAI",
        "https://api.example.com",
        "OPENAI_ADMIN_KEY",
        key,
        {"authorization": f"Bearer {key}"},
    )
    return http_pages(
        server,
        pacing=(clock or Clock()).pacing(),
        policy=policy or RetryPolicy(),
        transport=httpx2.MockTransport(handler),
    )


@dataclass
class RecordedServer:
    """Answers each report with its recorded pages; what has none is an empty page or 404.

    Attributes:
        folder: Of the recordings.
        changes: Bodies by recording's name, in place of the recorded ones.
        broken: Path endings that answer 500.
        asked: Requests, in order.
    """

    folder: str
    changes: dict[str, bytes] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[httpx2.Request] = field(default_factory=list)
    organization: str = "org-synthetic"

    def __call__(self, request):
        self.asked.append(request)
        name = request.url.path.rpartition("/")[2]
        cursor = request.url.params.get("page")
        number = 2 if cursor else 1
        if f"{name}-{number}" in self.broken:
            return httpx2.Response(500, json={"error": {"message": "internal"}})
        headers = {
            "openai-organization": self.organization,
            "anthropic-organization-id": self.organization,
        }
        file = f"{name}-{number}.json"
        if file in self.changes:
            return httpx2.Response(200, content=self.changes[file], headers=headers)
        path = RECORDINGS / self.folder / file
        if not path.exists() and not (path := path.with_name("empty.json")).exists():
            return httpx2.Response(404, json={"error": {"message": "not found"}})
        return httpx2.Response(200, content=path.read_bytes(), headers=headers)

    def paths(self):
        return [request.url.path.rpartition("/")[2] for request in self.asked]
