"""The calls of a reading: one for each answer, however many lines and files tell of it.

Claude Code writes a line for each part of an answer while it streams; the lines repeat the
answer's id and its usage, whose output grows. A resumed or forked session copies earlier lines into
its own file. What counts is the line with the largest output, once.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from centavo.ledger.reading import Tally
from centavo.sources.claude_code.records import (
    CacheWrites,
    Message,
    OutputDetails,
    Record,
    Run,
    ScopedRecord,
    ServerTools,
    Usage,
)
from centavo.sources.requests.bodies import content_hash

__all__ = ["Calls", "Context", "Drawn"]

_SYNTHETIC = "<synthetic>"
_SAME_MESSAGE = "part of an answer that another line tells whole"
_COPIED = "answer that another file of this reading tells too"
_FILE_BITS = 24
_WHICH_FILE = (1 << _FILE_BITS) - 1


# What is kept of a line: plain tuples, as the fields of a record would fill a core's cache. Code of
# its context, time, answer's id; tokens: input, cache read, cache written, by retention, output,
# its parts; tools, duration, cost, model runs, scope.
_Line = tuple[
    int, datetime | None, str | None,
    int | None, int | None, int | None, CacheWrites | None, int | None, OutputDetails | None,
    ServerTools | None, int | None, Decimal | None, list[Run] | None, dict[str, str] | None,
]  # fmt: skip
_TIME, _OUTPUT = 1, 7
_OWN_MARKS = frozenset(("msg_bdrk_", "msg_vrtx_"))


# The fields of ``Context``; a plain tuple is made in a third of the time.
_Stated = tuple[
    str | None, str | None, str | None, str | None, str | None, str | None,
    str | None, bool | None, str | None, str | None, str | None, str | None,
]  # fmt: skip


class Context(NamedTuple):
    """What many calls of a session have in common, as their lines state it."""

    model: str | None
    id_mark: str | None
    stop_reason: str | None
    service_tier: str | None
    speed: str | None
    inference_geo: str | None
    cwd: str | None
    is_sidechain: bool | None
    session_id: str | None
    git_branch: str | None
    version: str | None
    agent_id: str | None


class Drawn(NamedTuple):
    """Some calls of one file.

    Attributes:
        keys: What identifies each: its ids, or what stands for them.
        lines: The line with the largest output of each, with the time of its first.
        contexts: What the codes of the lines stand for.
    """

    keys: Sequence[str]
    lines: Sequence[_Line]
    contexts: Sequence[Context]


class Calls:
    """Merges the records of one reading into calls.

    Across files it remembers 64 bits of each key and the output: a later copy with more output is
    handed on too, and takes the earlier one's place.

    Args:
        batches: Batch id of each file, in the order in which they are read.
        tally: Counts what is no call, and what repeats one.
    """

    def __init__(self, batches: Sequence[str], tally: Tally) -> None:
        self._batches = batches
        self._tally = tally
        self._given: dict[int, int] = {}
        self._pending: dict[str, _Line] = {}
        self._contexts: dict[_Stated, int] = {}
        self._file = 0

    def begin(self, file: int) -> None:
        """Say which file, by its index, the next records are of."""
        self._file = file

    def add(self, records: Sequence[Record]) -> None:
        """Take records of the current file; those that are no calls are counted."""
        pending = self._pending
        contexts = self._contexts
        repeated = synthetic = taken = 0
        for record in records:
            if record.type != "assistant":
                continue
            message = record.message
            if message is None or (usage := message.usage) is None:
                continue
            taken += 1
            if message.model == _SYNTHETIC:
                synthetic += 1
                continue
            name, request = message.id, record.requestId
            key = f"{name}:{request}" if name and request else _key(record, message)
            time = record.timestamp
            earlier = pending.get(key)
            if earlier is not None:
                repeated += 1
                if (usage.output_tokens or 0) < (earlier[_OUTPUT] or 0):
                    continue
                time = earlier[_TIME]
            context = _context(record, message, usage)
            code = contexts.setdefault(context, len(contexts))
            pending[key] = _line(record, message, usage, code=code, time=time)
        self._count(records, taken=taken, repeated=repeated, synthetic=synthetic)

    def drawn(self) -> Drawn:
        """Return the calls of the current file that were not drawn yet."""
        given = self._given
        file = self._file
        keys: list[str] = []
        lines: list[_Line] = []
        for key, line in self._pending.items():
            mark = hash(key)
            output = line[_OUTPUT] or 0
            before = given.get(mark)
            if before is not None:
                earlier = before & _WHICH_FILE if output > before >> _FILE_BITS else file
                reason = _SAME_MESSAGE if before & _WHICH_FILE == file else _COPIED
                self._tally.skipped[self._batches[earlier], reason] += 1
                if output <= before >> _FILE_BITS:
                    continue
            given[mark] = output << _FILE_BITS | file
            keys.append(key)
            lines.append(line)
        contexts = [Context(*stated) for stated in self._contexts]
        self._pending, self._contexts = {}, {}
        return Drawn(keys, lines, contexts)

    @property
    def waiting(self) -> int:
        """How many calls wait to be drawn."""
        return len(self._pending)

    def _count(
        self, records: Sequence[Record], *, taken: int, repeated: int, synthetic: int
    ) -> None:
        batch = self._batches[self._file]
        self._tally.read[batch] += len(records)
        counts = {
            _SAME_MESSAGE: repeated,
            "not a model call: written by the client itself": synthetic,
        }
        if taken < len(records):
            kinds = Counter([record.type for record in records])
            counts["assistant record without usage"] = kinds.pop("assistant", 0) - taken
            for kind, count in kinds.items():
                told = kind[:40] if kind else "record without a type"
                counts[f"not a model call: {told}"] = count
        for reason, count in counts.items():
            if count:
                self._tally.skipped[batch, reason] += count


def _context(record: Record, message: Message, usage: Usage) -> _Stated:
    name = message.id or ""
    mark = name[:9]
    return (
        message.model, mark if mark in _OWN_MARKS else None, message.stop_reason,
        usage.service_tier, usage.speed, usage.inference_geo, record.cwd, record.isSidechain,
        record.sessionId, record.gitBranch, record.version, record.agentId,
    )  # fmt: skip


def _line(
    record: Record, message: Message, usage: Usage, *, code: int, time: datetime | None
) -> _Line:
    return (
        code, time, message.id, usage.input_tokens, usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens, usage.cache_creation, usage.output_tokens,
        usage.output_tokens_details, usage.server_tool_use, record.durationMs, record.costUSD,
        usage.iterations, record.scope if isinstance(record, ScopedRecord) else None,
    )  # fmt: skip


def _key(record: Record, message: Message) -> str:
    request = record.requestId
    if message.id:
        return message.id
    return request or record.uuid or content_hash(msgspec.to_builtins(record, str_keys=True))
