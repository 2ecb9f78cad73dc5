"""Generated session logs in the shape of Claude Code's: deterministic, about 1.8 kB a line.

A turn is a prompt, then rounds of an answer, progress and a tool's result: of 100 lines about 40
are parts of answers, 34 progress, 23 results. An answer is written in one to three lines that
repeat its id while its output grows; one session in ten is resumed, and copies lines of another.
Sizes are log-normal, as texts read from disk are. Two sessions of which the size is public have 2.6
and 2.9 kB a line, and more progress: github.com/anthropics/claude-code/issues/24457 and 23373.
"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring import DATA

LINES = int(os.environ.get("BENCH_LINES", "1000000"))
LINES_PER_SESSION = 2_000
_MODELS = ("claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001")
_WORDS = (
    "def return import self value index column the of request tokens session \\n\\t if else for in "
    'not None True path open read write error line file test assert "key": 42, {"a": [1, 2]} /src/'
)
_START = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass
class Truth:
    """What the files hold, counted while they were written."""

    lines: int = 0
    calls: int = 0
    output_tokens: int = 0


@dataclass
class _Session:
    number: int
    random: random.Random
    pool: str
    at: datetime
    truth: Truth
    lines: list[str] = field(default_factory=list)

    def text(self, size: float) -> str:
        """Return about ``size`` characters of text."""
        length = max(20, min(60_000, int(size)))
        start = self.random.randrange(len(self.pool) - length)
        return self.pool[start : start + length]

    def put(self, kind: str, **more: object) -> None:
        """Write one line with the keys that every line of a session has."""
        self.at += timedelta(milliseconds=self.random.randrange(50, 4000))
        record = {
            "parentUuid": f"{self.random.getrandbits(128):032x}",
            "isSidechain": self.number % 7 == 0,
            "userType": "external",
            "cwd": f"/home/dev/projects/service-{self.number % 40}",
            "sessionId": f"{self.number:08x}-0000-4000-8000-000000000000",
            "version": f"2.0.{self.number % 60}",
            "gitBranch": f"feature/{self.number % 90}",
            "type": kind,
            **more,
            "uuid": f"{self.random.getrandbits(128):032x}",
            "timestamp": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        self.lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")))

    def answer(self) -> None:
        """Write an answer in one to three lines whose output grows."""
        draw = self.random
        parts = draw.choice((1, 1, 2, 2, 3))
        output = int(draw.lognormvariate(5.3, 1.0)) + 1
        writes, reads = int(draw.lognormvariate(6.5, 1.2)), draw.randrange(10_000, 160_000)
        message_id, request_id = (
            f"msg_01{draw.getrandbits(110):022x}",
            f"req_011{draw.getrandbits(100):021x}",
        )
        for part in range(parts):
            is_last = part == parts - 1
            content: dict[str, object] = (
                {"type": "text", "text": self.text(draw.lognormvariate(5.5, 0.9))}
                if part == 0
                else {"type": "tool_use", "id": f"toolu_{draw.getrandbits(90):x}", "name": "Read",
                      "input": {"file_path": self.text(60), "old": self.text(draw.lognormvariate(5.5, 1.2))}}
            )  # fmt: skip
            usage = {
                "input_tokens": draw.randrange(2, 12),
                "cache_creation_input_tokens": writes,
                "cache_read_input_tokens": reads,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": writes,
                    "ephemeral_1h_input_tokens": 0,
                },
                "output_tokens": output if is_last else min(output, 1 + part),
                "service_tier": "standard",
            }
            message = {
                "model": _MODELS[self.number % 3], "id": message_id, "type": "message", "role": "assistant",
                "content": [content], "stop_reason": "tool_use" if is_last else None,
                "stop_sequence": None, "usage": usage,
            }  # fmt: skip
            self.put("assistant", message=message, requestId=request_id)
        self.truth.calls += 1
        self.truth.output_tokens += output

    def tool_result(self) -> None:
        """Write what a tool gave back, which the log holds twice."""
        text = self.text(self.random.lognormvariate(6.6, 1.2))
        block = {"tool_use_id": "toolu_0", "type": "tool_result", "content": text}
        self.put(
            "user", message={"role": "user", "content": [block]}, toolUseResult={"stdout": text}
        )

    def turn(self) -> None:
        """Write a prompt and the rounds that follow."""
        self.put("user", message={"role": "user", "content": self.text(200)})
        snapshot = {"messageId": "m", "trackedFileBackups": {}, "timestamp": self.at.isoformat()}
        self.lines.append(
            json.dumps(
                {"type": "file-history-snapshot", "snapshot": snapshot, "isSnapshotUpdate": False}
            )
        )
        for _ in range(self.random.randrange(2, 25)):
            self.answer()
            for _ in range(self.random.choice((0, 0, 1, 1, 2, 5))):
                text = self.text(self.random.lognormvariate(6.2, 1.0))
                self.put("progress", data={"type": "bash_progress", "output": text}, toolUseID="t")
            self.tool_result()
        self.put("system", subtype="turn_duration", durationMs=self.random.randrange(1000, 90_000))


def sessions() -> tuple[list[Path], Truth]:
    """Return the files and what they hold, generated at the first call."""
    folder = DATA / f"claude-sessions-{LINES}"
    if not folder.exists():
        draft = folder.with_suffix(".draft")
        draft.mkdir(parents=True, exist_ok=True)
        truth = Truth()
        for number, lines in enumerate(_written(truth)):
            (draft / f"{number:06}.jsonl").write_text("".join(line + "\n" for line in lines))
        (draft / "truth.json").write_text(json.dumps(vars(truth)))
        draft.rename(folder)
    truth = Truth(**json.loads((folder / "truth.json").read_text()))
    return sorted(folder.glob("*.jsonl")), truth


def _written(truth: Truth) -> Iterator[list[str]]:
    draw = random.Random(20260105)
    pool = " ".join(draw.choices(_WORDS.split(), k=200_000))
    number = 0
    before: list[str] = []
    while truth.lines < LINES:
        session = _Session(number, draw, pool, _START + timedelta(minutes=7 * number), truth)
        if number % 10 == 9:
            session.lines += before
        target = min(LINES_PER_SESSION + len(session.lines), LINES - truth.lines)
        while len(session.lines) < target:
            session.turn()
        before = session.lines[:800]
        truth.lines += len(session.lines)
        number += 1
        yield session.lines
