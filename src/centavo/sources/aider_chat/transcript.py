"""The usage lines of a chat transcript of aider, ``.aider.chat.history.md``.

Aider writes what it says itself as quotes. Up to version 0.44 a usage line states counts and cost
exactly, later it rounds counts from 1,000 up: ``8.1k``, ``34k``.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from centavo.sources.aider_chat.sent import SentMessage
from centavo.sources.record_values import RecordError, amount

__all__ = ["CHAT", "USAGE", "read_usage_line", "transcript_messages"]

CHAT = re.compile(r"^# aider chat started at (\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)", re.MULTILINE)
USAGE = re.compile(
    r"^> (?:[\d,]+ prompt tokens, [\d,]+ completion tokens|Tokens: \S+ sent)\b", re.MULTILINE
)
_MODEL = re.compile(r"^> (?:Main model|Models?): ([^\s,]+)(?:,? with .*)?\s*$")
_EXACT = re.compile(
    r"^> (?P<sent>[\d,]+) prompt tokens, (?P<received>[\d,]+) completion tokens"
    r"(?:, \\?\$(?P<cost>[\d.,]+) cost)?"
)
_COUNT = r"[\d.,]+[kKmM]?"
_ROUNDED = re.compile(
    rf"^> Tokens: (?P<sent>{_COUNT}) sent"
    rf"(?:, (?P<write>{_COUNT}) cache write)?(?:, (?P<hit>{_COUNT}) cache hit)?"
    rf"(?:, (?P<received>{_COUNT}) received)?\."
    r"(?: Cost: \\?\$(?P<cost>[\d.,]+) (?:message|request|send))?"
)
_FACTORS = {"k": 1_000, "m": 1_000_000}


def transcript_messages(
    lines: Iterator[str], *, task: str | None
) -> Iterator[tuple[int, SentMessage | RecordError]]:
    """Yield each message with the 1-based line of its usage, or what is wrong with that line.

    Args:
        lines: Of the transcript.
        task: Name of the task that it is the transcript of, if it is one's.
    """
    started: datetime | None = None
    model: str | None = None
    for number, line in enumerate(lines, start=1):
        if found := CHAT.match(line):
            started, model = _instant(found[1]), None
        elif found := _MODEL.match(line):
            model = found[1]
        elif USAGE.match(line):
            try:
                message = read_usage_line(line, started=started, model=model, task=task)
            except RecordError as error:
                yield number, error
            else:
                yield number, message


def read_usage_line(
    line: str, *, started: datetime | None, model: str | None, task: str | None
) -> SentMessage:
    """Return what a usage line says.

    Raises:
        RecordError: It begins like one, but a count or the cost cannot be read.
    """
    found = _EXACT.match(line) or _ROUNDED.match(line)
    if found is None:
        raise RecordError("usage line", "cannot be read", line.strip())
    told = found.groupdict()
    return SentMessage(
        chat_started_at=started,
        model=model,
        sent=_count(told["sent"], "sent"),
        received=_count(told["received"] or "0", "received"),
        cost=amount((told["cost"] or "").rstrip(".").replace(",", ""), "cost"),
        cache_hit=_count(told["hit"], "cache hit") if told.get("hit") else None,
        cache_write=_count(told["write"], "cache write") if told.get("write") else None,
        is_rounded=any(
            value[-1:] in "kKmM" for key, value in told.items() if value and key != "cost"
        ),
        task=task,
    )


def _count(text: str, column: str) -> int:
    digits, factor = text.replace(",", ""), 1
    if digits[-1:].lower() in _FACTORS:
        digits, factor = digits[:-1], _FACTORS[digits[-1].lower()]
    try:
        return int(Decimal(digits) * factor)
    except ArithmeticError:
        raise RecordError(column, "is not a count", text) from None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
