"""One session of Codex CLI as its rollout log tells it, record after record.

The log states usage as totals of the whole session, again and again; a call is the difference to
the totals before. A forked session begins with a copy of its parent's history, totals included.

Source: the types ``RolloutLine``, ``SessionMeta`` and ``TokenUsageInfo`` in github.com/openai/codex.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_object,
    first_text,
    instant,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash

__all__ = ["Call", "Rollout", "Skipped", "Tokens"]

# Codex writes the copied history in one go when it forks.
_COPYING = timedelta(seconds=1)
_KEYS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)


@dataclass(frozen=True)
class Tokens:
    """Counts of a session or of one call, as Codex states them; ``None`` = it does not.

    Attributes:
        given: Input, caches included.
        cached: Of it, read from a cache.
        written: Of it, written to a cache.
        made: Output, reasoning included.
        reasoning: Of it.
    """

    given: int | None = None
    cached: int | None = None
    written: int | None = None
    made: int | None = None
    reasoning: int | None = None

    @classmethod
    def read(cls, block: object) -> "Tokens | None":
        """Return the counts of a usage block, or ``None`` when it states neither in- nor output.

        Raises:
            RecordError: A count that is negative or no whole number.
        """
        if not is_object(block):
            return None
        counts = cls(*(whole_number(block.get(key), key) for key in _KEYS))
        return None if counts.given is None and counts.made is None else counts

    @property
    def parts(self) -> tuple[int, ...]:
        """Every count, 0 where none is stated."""
        every = (self.given, self.cached, self.written, self.made, self.reasoning)
        return tuple(count or 0 for count in every)

    @property
    def is_nothing(self) -> bool:
        """Whether no token was used."""
        return not any(self.parts)

    def since(self, before: "Tokens") -> "Tokens | None":
        """Return what was added since earlier totals; ``None`` when a total fell."""
        added = [now - then for now, then in zip(self.parts, before.parts, strict=True)]
        if min(added) < 0:
            return None
        stated = (self.given, self.cached, self.written, self.made, self.reasoning)
        return Tokens(
            *(None if now is None else more for now, more in zip(stated, added, strict=True))
        )


@dataclass(frozen=True)
class Skipped:
    """A record that is no call, and why."""

    reason: str


@dataclass(frozen=True)
class Call:
    """One call to a model.

    Attributes:
        key: The same call in a copy of the history has the same.
        started_at: When its usage was noted, naive UTC; the log has no earlier time of it.
        has_zone: Whether the log states the zone.
        tokens: What it used.
        model: Of the turn.
        effort: Reasoning effort asked for.
        tier: Service tier as stated.
    """

    key: str
    started_at: datetime
    has_zone: bool
    tokens: Tokens
    model: str | None
    effort: str | None
    tier: str | None


@dataclass
class Rollout:
    """What a log has told so far.

    Attributes:
        meta: The session's own first record.
        root: Id of the oldest session whose history the log holds.
        fallback: Names the session where the log does not.
    """

    fallback: str
    meta: JsonObject = field(default_factory=dict[str, object])
    root: str | None = None
    _turn: JsonObject = field(default_factory=dict[str, object])
    _total: Tokens = field(default_factory=Tokens)
    _has_counted: bool = False
    _begun: datetime | None = None
    _is_copy: bool = False
    _restarts: int = 0
    _without_total: int = 0

    @property
    def turn(self) -> JsonObject:
        """What the latest turn says of itself."""
        return self._turn

    def take(self, record: JsonObject) -> Call | Skipped:
        """Return the call that the record tells of, or why there is none.

        Raises:
            RecordError: A value that cannot be read.
        """
        payload = as_object(record.get("payload"))
        kind = text(record.get("type")) or "record without a type"
        if kind == "session_meta":
            self._take_meta(record, payload)
        elif kind == "turn_context":
            self._turn = payload
        elif kind == "event_msg" and payload.get("type") == "token_count":
            return self._count(record, payload)
        if kind == "event_msg":
            kind = f"event {text(payload.get('type')) or 'without a name'}"
        return Skipped(f"not a model call: {kind[:50]}")

    def _take_meta(self, record: JsonObject, payload: JsonObject) -> None:
        session = first_text(payload, "id", "session_id")
        if not self.meta:
            self.meta = payload
            written = instant(record.get("timestamp"), "timestamp")
            begun = instant(payload.get("timestamp"), "timestamp") or written
            self._begun = max(begun[0], (written or begun)[0]) if begun else None
        elif not self._has_counted and session != self.root:
            self._is_copy = True
        if not self._has_counted:
            parent = text(payload.get("forked_from_id"))
            self._is_copy = self._is_copy or parent is not None
            self.root = parent or session or self.root

    def _count(self, record: JsonObject, payload: JsonObject) -> Call | Skipped:
        info = as_object(payload.get("info"))
        total = Tokens.read(info.get("total_token_usage"))
        last = Tokens.read(info.get("last_token_usage"))
        if total is None and last is None:
            return Skipped("token count without usage")
        used = self._used(total, last)
        key = self._key(total, last)
        self._has_counted = True
        if total is not None:
            self._total = total
        if used is None or used.is_nothing:
            return Skipped("repeats the token count before")
        at = instant(record.get("timestamp"), "timestamp")
        if at is None:
            raise RecordError("timestamp", "is missing", record.get("timestamp"))
        if self._is_copy and self._begun is not None and at[0] <= self._begun + _COPYING:
            return Skipped("history copied from the session that this one was forked from")
        return Call(
            key=key,
            started_at=at[0],
            has_zone=at[1],
            tokens=used,
            model=first_text(info, "model", "model_name")
            or first_text(payload, "model")
            or first_text(self._turn, "model")
            or first_text(self.meta, "model"),
            effort=first_text(self._turn, "effort", "reasoning_effort"),
            tier=first_text(self._turn, "service_tier"),
        )

    def _used(self, total: Tokens | None, last: Tokens | None) -> Tokens | None:
        if total is None:
            return last
        if self._is_copy and not self._has_counted and last is not None:
            # The history came without its counts, but its totals went on.
            return last
        used = total.since(self._total)
        if used is not None:
            return used
        # The totals began anew: Codex does so when the context was full.
        self._restarts += 1
        return last if last is not None and not last.is_nothing else total

    def _key(self, total: Tokens | None, last: Tokens | None) -> str:
        told = [(total or Tokens()).parts, (last or Tokens()).parts]
        if total is None:
            self._without_total += 1
        place = self._restarts, self._without_total if total is None else 0
        return content_hash([self.root or self.fallback, told, place], digits=32)
