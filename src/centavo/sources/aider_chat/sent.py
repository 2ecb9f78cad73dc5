"""One message that aider sent to a model, as a transcript or a table of its usage lines tells it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from centavo.sources.aider_models import provider_and_model
from centavo.sources.event_batches import Row
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import labels_json

__all__ = ["SentMessage", "SentMessages"]


@dataclass(frozen=True)
class SentMessage:
    """What a usage line says, and the chat that it stands in.

    Attributes:
        chat_started_at: Naive, in the zone of whoever chatted; ``None`` when it is not told.
        model: As aider names it.
        sent: Input tokens, caches included.
        received: Output tokens.
        cost: In USD; ``None`` when aider does not know the price.
        cache_hit: Of the input: read from a cache.
        cache_write: Of the input: written to a cache.
        is_rounded: The counts are written as ``8.1k``.
        task: Name of the task of a benchmark, or ``None``.
        attempt: Which of the task's chats it stands in, from 1; ``None`` when chats are no tries.
    """

    chat_started_at: datetime | None
    model: str | None
    sent: int
    received: int
    cost: Decimal | None
    cache_hit: int | None = None
    cache_write: int | None = None
    is_rounded: bool = False
    task: str | None = None
    attempt: int | None = None


class SentMessages:
    """Turns the messages of one reading into rows.

    A message has no id. The same chat, model, counts and cost are the same message, told by the
    transcript, a copy of it or a table; when a chat says so twice, the second time is another.
    """

    def __init__(self) -> None:
        self._copies: dict[str, int] = {}

    def rows_of_file(self) -> "_FileMessages":
        """Return what numbers equal messages within one file."""
        return _FileMessages(self._copies)


class _FileMessages:
    def __init__(self, copies: dict[str, int]) -> None:
        self._copies = copies
        self._here: Counter[str] = Counter()

    def row(self, message: SentMessage, *, batch_id: str, changed_at: datetime) -> Row | None:
        """Return the message's row; ``None`` when another file of the reading told it."""
        stable = [
            message.chat_started_at.isoformat() if message.chat_started_at else None,
            message.model,
            message.sent,
            message.received,
            None if message.cost is None else format(message.cost.normalize(), "f"),
        ]
        key = content_hash(stable, digits=32)
        self._here[key] += 1
        if self._here[key] <= self._copies.get(key, 0):
            return None
        self._copies[key] = self._here[key]
        provider, model = provider_and_model(message.model)
        cached = (message.cache_hit or 0) + (message.cache_write or 0)
        labels = {"task": message.task, "main_model": message.model}
        return {
            "event_id": f"aider-chat:{key}:{self._here[key]}",
            "source": "aider-chat",
            "batch_id": batch_id,
            "meter": "agent",
            "tokens_basis": "rounded" if message.is_rounded else None,
            "application": "aider",
            "attribution_method": "label",
            "attribution_confidence": 1.0,
            "started_at": message.chat_started_at or changed_at,
            "started_at_basis": "session" if message.chat_started_at else "file",
            "provider": provider,
            "operation": "chat",
            "requested_model": model,
            "input_uncached_tokens": max(0, message.sent - cached),
            "cache_read_tokens": message.cache_hit,
            "cache_write_tokens": message.cache_write,
            "output_tokens": message.received,
            "attempt": message.attempt,
            "reported_cost": message.cost,
            "is_error": False,
            "labels": labels_json({name: value for name, value in labels.items() if value}),
        }
