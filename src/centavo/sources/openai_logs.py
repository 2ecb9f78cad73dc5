"""Logs of calls as OpenAI's dashboard shows them: time, input, output, session; tokens often not.

One JSON record is one request. The input is the whole history, as one text or as messages. Where
the record states no tokens they are counted from the texts, and the row says so.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

import duckdb

from centavo.ledger.bodies import BodyShelf
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import answer_parts, text_parts
from centavo.sources.event_batches import event_reading
from centavo.sources.json_records import top_level_keys
from centavo.sources.prompt_text import as_text, split_prompt
from centavo.sources.record_rows import Outcome, record_rows
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    first_text,
    instant,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.model_endpoints import provider_of_model
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.usage_blocks import read_usage
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition
from centavo.tokens import TokenCounter

__all__ = ["OpenAiLogsSource"]

_TIMES = ("timestamp", "created_at", "created", "start_time", "time")
_ENDS = ("end_time", "completed_at")
_SESSIONS = ("session_id", "conversation_id", "session")
_CALL_ID = re.compile(r"(chatcmpl|resp|msg|gen)[-_]")
_DUPLICATE = "duplicate of the same request"


class OpenAiLogsSource:
    """Reads logs in the shape of OpenAI's dashboard into usage events."""

    name = "openai-logs"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the records have a time, an input, an output and a session, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        timed = bool(keys & set(_TIMES))
        if timed and {"input", "output"} <= keys and keys & set(_SESSIONS):
            return Recognition(0.85, "its records have a time, input, output and session_id")
        # A long first input reaches beyond what was looked at, and hides what follows it.
        if timed and "input" in keys and not keys - {"input", "id", "model", *_TIMES, *_SESSIONS}:
            return Recognition(0.6, "its records begin with a time and an input")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each request.

        Raises:
            ConfigError: Tokens must be counted and splintr-rs is not installed.
        """
        tally = Tally()
        log = _Log(ScopeReader(options.mapping), options.bodies)

        def rows() -> Iterator[dict[str, object]]:
            drawn = record_rows(files, tally, outcomes=log.outcomes, skip_bad=options.skip_bad)
            for row in drawn:
                yield dict(row)
            tally.warnings += log.warnings()

        return event_reading(
            connection, name=f"openai-logs_{files[0].batch_id}", rows=rows(), tally=tally
        )


class _Log:
    """The state of one reading: what was seen, and what is odd."""

    def __init__(self, scope: ScopeReader, bodies: BodyShelf | None) -> None:
        self._scope = scope
        self._bodies = bodies
        self._seen = SeenKeys()
        self._answers: dict[tuple[str, str], str] = {}
        self._empty = 0
        self._cut_off = 0

    def outcomes(self, file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        """Yield the request's row, or why there is none.

        Raises:
            RecordError: The time is missing, or a count is no whole number.
        """
        identity = first_text(record, "id", "response_id", "request_id")
        event_id = f"openai-logs:{identity or content_hash(record, digits=32)}"
        if not self._seen.add(event_id):
            yield _DUPLICATE
            return
        model = first_text(record, "model")
        session = first_text(record, *_SESSIONS)
        row: dict[str, object] = {
            "event_id": event_id,
            "source": OpenAiLogsSource.name,
            "batch_id": file.batch_id,
            "call_id": identity if identity and _CALL_ID.match(identity) else None,
            "meter": "application" if session is None else "agent",
            **_times(record),
            "provider": provider_of_model(model),
            "operation": "chat",
            "requested_model": model,
            "is_error": record.get("error") is not None,
        }
        labels = self._put_texts(row, record, session=session)
        others = labels | ({} if session is None else {"session": session})
        row |= self._scope.columns(record, headers={}, others=others)
        if self._bodies is not None:
            row["body_hash"] = self._bodies.keep(text_parts(record.get("input")))
            row["answer_hash"] = self._bodies.keep(answer_parts(record.get("output")))
        yield row

    def _put_texts(
        self, row: dict[str, object], record: JsonObject, *, session: str | None
    ) -> dict[str, object]:
        """Put hashes and tokens, and return what the texts say beside them."""
        prompt, answer = as_text(record.get("input")), as_text(record.get("output"))
        labels: dict[str, object] = {}
        if prompt:
            parts = split_prompt(prompt)
            row["messages_hash"] = content_hash(prompt)
            row["system_hash"] = content_hash(parts.system) if parts.system else None
            row["tools_hash"] = content_hash(parts.tools) if parts.tools else None
            row["request_bytes"] = len(prompt.encode())
            if self._is_cut_off(str(row["messages_hash"]), answer, session=session):
                self._cut_off += 1
                labels["input_cut_off"] = "suspected"
        else:
            self._empty += 1
            labels["input_cut_off"] = "empty"
        row["response_bytes"] = None if answer is None else len(answer.encode())
        row.update(_tokens(record, prompt=prompt, answer=answer))
        return labels

    def _is_cut_off(self, prompt_hash: str, answer: str | None, *, session: str | None) -> bool:
        """Return whether this session sent the same input before and got another answer."""
        key = (session or "", prompt_hash)
        answer_hash = content_hash(answer)
        return self._answers.setdefault(key, answer_hash) != answer_hash

    def warnings(self) -> list[QualityWarning]:
        """Return what was odd, once the rows are drawn."""
        found: list[QualityWarning] = []
        if self._empty:
            message = (
                f"{self._empty:,} requests have an empty input: their input tokens are unknown"
            )
            found.append(QualityWarning("input_not_logged", message, self._empty))
        if self._cut_off:
            message = (
                f"{self._cut_off:,} requests repeat an earlier input of their session and got another"
                " answer: the logger cut their inputs off, and counted input tokens are too low"
            )
            found.append(QualityWarning("input_cut_off", message, self._cut_off))
        return found


def _times(record: JsonObject) -> dict[str, object]:
    started = _first_instant(record, _TIMES)
    if started is None:
        raise RecordError(_TIMES[0], "is missing", record.get(_TIMES[0]))
    ended = _first_instant(record, _ENDS)
    columns: dict[str, object] = {"started_at": started, "started_at_basis": "stated"}
    if ended is not None and ended >= started:
        columns["duration_ms"] = round((ended - started).total_seconds() * 1000)
    return columns


def _first_instant(record: JsonObject, keys: Sequence[str]) -> datetime | None:
    for key in keys:
        if (found := instant(record.get(key), key)) is not None:
            return found[0]
    return None


def _tokens(record: JsonObject, *, prompt: str | None, answer: str | None) -> dict[str, object]:
    if isinstance(record.get("usage"), dict):
        return dict(read_usage(record["usage"]).tokens)
    stated = {
        "input_uncached_tokens": whole_number(record.get("input_tokens"), "input_tokens"),
        "output_tokens": whole_number(record.get("output_tokens"), "output_tokens"),
    }
    if any(value is not None for value in stated.values()):
        return dict(stated)
    counter = _counter(first_text(record, "model"))
    return {
        # An input that was not logged has tokens all the same: nobody knows how many.
        "input_uncached_tokens": counter.count(prompt) if prompt else None,
        "output_tokens": None if answer is None else counter.count(answer),
        "tokens_basis": counter.basis,
    }


@lru_cache(maxsize=16)
def _counter(model: str | None) -> TokenCounter:
    return TokenCounter(model)
