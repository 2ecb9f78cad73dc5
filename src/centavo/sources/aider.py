"""Aider's analytics log: one usage event for each message that aider sent to a model."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.aider_models import provider_and_model
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import JsonText, decode_json, json_texts, opened, top_level_keys
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_object,
    instant,
    is_object,
    located,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import ScopeReader, labels_json
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty

__all__ = ["AiderAnalyticsSource"]

_KEYS = frozenset({"event", "properties", "user_id", "time"})
_SENT = "message_send"
_LABELS = ("main_model", "weak_model", "editor_model", "edit_format")
_MALFORMED = "malformed record"
_JSON_LINES = (".jsonl", ".ndjson")


class AiderAnalyticsSource:
    """Reads the log that ``aider --analytics-log FILE`` writes into usage events."""

    name = "aider"
    table: TableName = "usage_events"
    version = 2

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is an analytics log of aider, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if head.startswith("{") and top_level_keys(head) == _KEYS:
            return Recognition(0.9, "its records are aider's events with properties and user_id")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each ``message_send`` event.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        rows = _rows(files, tally, scope=ScopeReader(options.mapping), skip_bad=options.skip_bad)
        name = f"aider_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


def _rows(
    files: Sequence[InputFile], tally: Tally, *, scope: ScopeReader, skip_bad: bool
) -> Iterator[Row]:
    seen = SeenKeys()
    for file in files:
        log = _LogFile(file, tally, scope=scope, seen=seen)
        with opened(file.path, file.name) as stream:
            one_per_line = any(suffix in _JSON_LINES for suffix in PurePath(file.name).suffixes)
            for data in json_texts(stream, one_per_line=one_per_line):
                tally.read[file.batch_id] += 1
                try:
                    row = log.row(data)
                except (RecordError, BadValueError) as error:
                    if not skip_bad:
                        raise log.located(error, data.line) from None
                    log.skip(_MALFORMED)
                    continue
                if row is not None:
                    yield row
        if not tally.read[file.batch_id]:
            raise InputError(f"{file.name} holds no record", hint="Is it the right file?")


class _LogFile:
    """Reads the events of one file."""

    def __init__(
        self, file: InputFile, tally: Tally, *, scope: ScopeReader, seen: SeenKeys
    ) -> None:
        self._file = file
        self._tally = tally
        self._scope = scope
        self._seen = seen

    def row(self, data: JsonText) -> Row | None:
        """Return the event's row, or ``None`` when it is counted as skipped.

        Raises:
            BadValueError: Not JSON.
            RecordError: A value that cannot be read.
        """
        record = decode_json(data, name=self._file.name, exact=True)
        if not is_object(record):
            raise RecordError("the record", "is not a JSON object", record)
        event = text(record.get("event")) or "without a name"
        if event != _SENT:
            self.skip(f"not a model call: event {event}")
            return None
        return self._sent(record)

    def skip(self, reason: str) -> None:
        """Count one record that became no row."""
        self._tally.skipped[self._file.batch_id, reason] += 1

    def located(self, error: RecordError | BadValueError, line: int) -> BadValueError:
        """Return the error with file and line."""
        return located(error, file=self._file.name, line=line)

    def _sent(self, record: JsonObject) -> Row | None:
        event_id = f"aider:{content_hash(record, digits=32)}"
        if not self._seen.add(event_id):
            self.skip("duplicate of the same request")
            return None
        told = as_object(record.get("properties"))
        started = instant(record.get("time"), "time")
        if started is None:
            raise RecordError("time", "is missing", record.get("time"))
        provider, model = provider_and_model(text(told.get("main_model")))
        scope = self._scope.columns(record, headers={})
        # The user's id is no customer of theirs, and stays a label.
        scope.pop("customer_id", None)
        return {
            "application": "aider",
            "attribution_method": "label",
            "attribution_confidence": 1.0,
            **scope,
            "event_id": event_id,
            "source": AiderAnalyticsSource.name,
            "batch_id": self._file.batch_id,
            "meter": "agent",
            "started_at": started[0],
            "started_at_basis": "stated",
            "provider": provider,
            "operation": "chat",
            "requested_model": model,
            "input_uncached_tokens": whole_number(told.get("prompt_tokens"), "prompt_tokens"),
            "output_tokens": whole_number(told.get("completion_tokens"), "completion_tokens"),
            "reported_cost": amount(told.get("cost"), "cost"),
            "is_error": False,
            "labels": labels_json(_labels(record, told)),
        }


def _labels(record: JsonObject, told: JsonObject) -> dict[str, str]:
    labels = {key: stated for key in _LABELS if (stated := text(told.get(key))) is not None}
    if (user := text(record.get("user_id"))) is not None:
        # A hash: the ledger needs to tell users apart, not to know them.
        labels["user_hash"] = content_hash(user)
    return labels
