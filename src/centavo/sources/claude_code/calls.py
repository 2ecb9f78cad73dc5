"""The calls of a reading: one for each answer, however many lines and files tell of it.

Claude Code writes a line for each part of an answer while it streams; the lines repeat the
answer's id and its usage, whose output grows. A resumed or forked session copies earlier lines into
its own file. What counts is the line with the largest output, once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from centavo.ledger.reading import Tally
from centavo.sources.claude_code.records import Message, Record, Usage
from centavo.sources.requests.bodies import content_hash

__all__ = ["Call", "Calls"]

_SYNTHETIC = "<synthetic>"
_SAME_MESSAGE = "part of an answer that another line tells whole"
_COPIED = "answer that another file of this reading tells too"
_FILE_BITS = 24
_WHICH_FILE = (1 << _FILE_BITS) - 1


class Call(msgspec.Struct, gc=False):
    """One answer: its line with the largest output, and when its first line was written."""

    key: str
    record: Record
    message: Message
    usage: Usage
    started_at: datetime


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
        self._pending: dict[str, Call] = {}
        self._file = 0

    def begin(self, file: int) -> None:
        """Say which file, by its index, the next records are of."""
        self._file = file

    def add(self, records: Sequence[Record]) -> None:
        """Take records of the current file; those that are no calls are counted."""
        pending = self._pending
        repeated = synthetic = taken = 0
        for record in records:
            message = record.message
            if message is None or (usage := message.usage) is None or record.type != "assistant":
                continue
            taken += 1
            if message.model == _SYNTHETIC:
                synthetic += 1
                continue
            name, request = message.id, record.requestId
            key = f"{name}:{request}" if name and request else _key(record, message)
            call = pending.get(key)
            if call is not None:
                repeated += 1
                if (usage.output_tokens or 0) >= (call.usage.output_tokens or 0):
                    call.record, call.message, call.usage = record, message, usage
            elif record.timestamp is not None:
                pending[key] = Call(key, record, message, usage, record.timestamp)
        self._count(records, taken=taken, repeated=repeated, synthetic=synthetic)

    def drawn(self) -> Iterator[Call]:
        """Yield the calls of the current file that were not drawn yet."""
        given = self._given
        file = self._file
        for key, call in self._pending.items():
            mark = hash(key)
            output = call.usage.output_tokens or 0
            before = given.get(mark)
            if before is not None:
                earlier = before & _WHICH_FILE if output > before >> _FILE_BITS else file
                reason = _SAME_MESSAGE if before & _WHICH_FILE == file else _COPIED
                self._tally.skipped[self._batches[earlier], reason] += 1
                if output <= before >> _FILE_BITS:
                    continue
            given[mark] = output << _FILE_BITS | file
            yield call
        self._pending = {}

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


def _key(record: Record, message: Message) -> str:
    request = record.requestId
    if message.id:
        return message.id
    return request or record.uuid or content_hash(msgspec.to_builtins(record, str_keys=True))
