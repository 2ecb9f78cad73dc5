"""A CSV of the usage lines of transcripts, one row a message."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from centavo.errors import BadValueError
from centavo.sources.aider_chat.sent import SentMessage
from centavo.sources.csv_records import csv_records
from centavo.sources.record_values import RecordError, amount, instant, whole_number

__all__ = ["is_usage_table", "table_messages"]

_REQUIRED = frozenset({"chat_started_at", "model", "prompt_tokens", "completion_tokens"})


def is_usage_table(columns: tuple[str, ...]) -> bool:
    """Return whether a CSV's header is that of usage lines."""
    return set(columns) >= _REQUIRED


def table_messages(
    path: Path, *, name: str
) -> Iterator[tuple[int, SentMessage | RecordError | BadValueError]]:
    """Yield each message with its line, or what is wrong with it.

    A task's chats are its tries: the first chat of the table that names the task is attempt 1.
    """
    chats: dict[str, dict[str, int]] = {}
    for line, record in csv_records(path, name=name):
        if isinstance(record, BadValueError):
            yield line, record
            continue
        try:
            yield line, _message(record, chats)
        except RecordError as error:
            yield line, error


def _message(record: Mapping[str, str], chats: dict[str, dict[str, int]]) -> SentMessage:
    started = instant(record["chat_started_at"], "chat_started_at")
    sent = whole_number(record["prompt_tokens"], "prompt_tokens")
    received = whole_number(record["completion_tokens"], "completion_tokens")
    if sent is None or received is None:
        column = "prompt_tokens" if sent is None else "completion_tokens"
        raise RecordError(column, "is missing", record[column])
    task = record.get("instance_id") or record.get("task") or None
    attempt = None
    if task:
        tries = chats.setdefault(task, {})
        attempt = tries.setdefault(record["chat_started_at"], len(tries) + 1)
    return SentMessage(
        chat_started_at=started[0] if started else None,
        model=record["model"] or None,
        sent=sent,
        received=received,
        cost=amount(record.get("cost_usd") or record.get("cost"), "cost_usd"),
        task=task,
        attempt=attempt,
    )
