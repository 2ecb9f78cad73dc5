"""Request logs: one usage event for each request to a model that a log or a recording holds."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TypeVar

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import kept_bodies
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import (
    JsonText,
    decode_json,
    json_texts,
    opened,
    top_level_keys,
)
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_list,
    as_object,
    is_object,
    located,
)
from centavo.sources.requests.bodies import body_bytes
from centavo.sources.requests.events import NotAModelCall, ReadEvent, read_exchange
from centavo.sources.requests.exchanges import (
    Exchange,
    exchange_of,
    is_flat_event,
    looks_like_exchange,
    request_object,
)
from centavo.sources.requests.flat_events import read_flat_event
from centavo.sources.requests.model_endpoints import read_endpoint
from centavo.sources.requests.recordings import (
    cassette_items,
    is_llama_stack,
    llama_stack_exchange,
    recorded_exchange,
    session_model,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.tally import OddRecords, RequestTally
from centavo.sources.requests.written_size import PlainDecoder
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty

__all__ = ["RequestLogSource"]

_T = TypeVar("_T")

_YAML = (".yaml", ".yml")
_JSON_LINES = (".jsonl", ".ndjson")
_DUPLICATE = "duplicate of the same request"
_TWIN = "equal to an earlier record that has neither an id nor a time"
_MALFORMED = "malformed record"
_MOST_HELD = 10_000
# Keys that mark somebody else's JSON lines.
_FOREIGN = (
    frozenset({"billing_account_id"}),
    frozenset({"event", "properties", "user_id", "time"}),
    frozenset({"BilledCost"}),
    frozenset({"usage_start_time"}),
)


class RequestLogSource:
    """Reads request logs, VCR cassettes and llama-stack recordings into usage events."""

    name = "requests"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds requests to models, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if probe.suffixes[-1:] and probe.suffixes[-1] in _YAML:
            if "interactions:" in head and ("request" in head or "kind:" in head):
                return Recognition(0.9, "it is a cassette: YAML with recorded interactions")
            return None
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        if any(foreign <= keys for foreign in _FOREIGN):
            return None
        if {"interactions", "version"} <= keys:
            return Recognition(0.9, "it is a cassette: JSON with recorded interactions")
        phrase = looks_like_exchange(keys)
        return Recognition(0.8, phrase) if phrase else None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each model call of the files.

        Raises:
            InputError: A file is empty.
            ConfigError: The mapping names no scope column.
        """
        refuse_empty(files)
        tally = RequestTally()
        reader = _LogReader(tally, ScopeReader(options.mapping), options)
        return event_reading(
            connection,
            name=f"requests_{files[0].batch_id}",
            rows=reader.rows(files),
            tally=tally,
        )


class _LogReader:
    """The state of one reading: what was seen, what waits, what is odd."""

    def __init__(self, tally: RequestTally, scope: ScopeReader, options: ReadOptions) -> None:
        self.tally = tally
        self.scope = scope
        self.skip_bad = options.skip_bad
        self.bodies = options.bodies
        self.plain = PlainDecoder()
        self.seen = SeenKeys()
        self.held: dict[str, tuple[Exchange, ReadEvent, int]] = {}
        self.no_time = OddRecords(
            "time_not_stated", "state no time and carry the time of their file instead"
        )
        self.no_zone = OddRecords("times_without_zone", "state a time without zone, read as UTC")
        self.unknown_usage = OddRecords(
            "usage_not_understood",
            "have a usage block of an unknown shape; their tokens are unknown",
        )
        self.uncounted = OddRecords(
            "further_model_runs",
            "list compaction or advisor runs that are charged but not in their usage totals",
        )

    def rows(self, files: Sequence[InputFile]) -> Iterator[Row]:
        """Yield the rows of all files, then leave the warnings in the tally."""
        for file in files:
            yield from _FileReader(self, file).rows()
        for odd in (self.no_time, self.no_zone, self.unknown_usage, self.uncounted):
            if odd.count:
                self.tally.warnings.append(odd.warning())


class _FileReader:
    """Reads one file."""

    def __init__(self, log: _LogReader, file: InputFile) -> None:
        self.log = log
        self.file = file
        self.changed_at = datetime.fromtimestamp(file.path.stat().st_mtime, tz=UTC)
        suffixes = [suffix.lower() for suffix in PurePath(file.name).suffixes]
        self._is_yaml = any(suffix in _YAML for suffix in suffixes)
        self._one_per_line = any(suffix in _JSON_LINES for suffix in suffixes)
        self.session_model: str | None = None
        self.recorded = Counter[str]()

    def rows(self) -> Iterator[Row]:
        """Yield the file's rows.

        Raises:
            BadValueError: A record that cannot be read, unless such are skipped.
            InputError: The file is damaged or holds no record.
        """
        before = self.log.tally.read[self.file.batch_id]
        with opened(self.file.path, self.file.name) as stream:
            if self._is_yaml:
                for item in cassette_items(stream, name=self.file.name):
                    yield from self._guarded(self._interaction, item.value, item.line)
            else:
                for text in json_texts(stream, one_per_line=self._one_per_line):
                    yield from self._guarded(self._json, text, text.line)
        if self.log.tally.read[self.file.batch_id] == before and not self._is_yaml:
            raise InputError(f"{self.file.name} holds no record", hint="Is it the right file?")
        for exchange, event, line in self.log.held.values():
            yield from self._emit(event, exchange, line)
        self.log.held.clear()

    def _guarded(self, read: Callable[[_T, int], list[Row]], record: _T, line: int) -> list[Row]:
        """Return the rows of one record; none of a malformed one that is to be skipped."""
        try:
            return read(record, line)
        except (RecordError, BadValueError) as error:
            if not self.log.skip_bad:
                raise located(error, file=self.file.name, line=line) from None
            self.log.tally.read[self.file.batch_id] += 1
            self.log.tally.skipped[self.file.batch_id, _MALFORMED] += 1
            return []

    def _json(self, data: JsonText, line: int) -> list[Row]:
        plain = self.log.plain.decode(data.data) if data.data else None
        record = self._object(plain or decode_json(data, name=self.file.name))
        if "interactions" in record:
            items = (as_object(item) for item in as_list(record["interactions"]))
            return [row for item in items for row in self._guarded(self._interaction, item, line)]
        if is_llama_stack(record):
            exchange = llama_stack_exchange(record)
        elif is_flat_event(record):
            return self._flat(data, record, line)
        else:
            exchange = exchange_of(record)
        exchange.plain = record is plain
        return self._exchange(exchange, line)

    def _object(self, value: object) -> JsonObject:
        if not is_object(value):
            raise RecordError("the record", "is not a JSON object", value)
        return value

    def _interaction(self, item: JsonObject, line: int) -> list[Row]:
        self.session_model = session_model(item) or self.session_model
        exchange = recorded_exchange(item)
        if isinstance(exchange, str):
            self.log.tally.read[self.file.batch_id] += 1
            self.log.tally.skipped[self.file.batch_id, exchange] += 1
            return []
        exchange.model = exchange.model or self.session_model
        return self._exchange(exchange, line, recorded=True)

    def _flat(self, data: JsonText, record: JsonObject, line: int) -> list[Row]:
        if isinstance(record.get("reported_cost"), float):
            record = self._object(decode_json(data, name=self.file.name, exact=True))
        event = read_flat_event(record, self.log.scope)
        self.log.tally.read[self.file.batch_id] += 1
        return self._emit(event, Exchange(record), line)

    def _exchange(self, exchange: Exchange, line: int, *, recorded: bool = False) -> list[Row]:
        event = read_exchange(exchange, self.log.scope)
        if recorded and isinstance(event, ReadEvent) and not event.has_own_key:
            self._number(event)
        finished = self._finished_by(exchange)
        self.log.tally.read[self.file.batch_id] += 1
        rows: list[Row] = []
        if isinstance(event, NotAModelCall):
            self._skip(exchange, event.reason, event.host)
        elif event.waits_for is not None and len(self.log.held) < _MOST_HELD:
            self.log.held[event.waits_for] = (exchange, event, line)
        else:
            rows = self._emit(event, exchange, line)
        for held, late, held_line in finished:
            rows += self._emit(late, held, held_line)
        return rows

    def _number(self, event: ReadEvent) -> None:
        """Tell equal interactions of one cassette apart: a recorder keeps one for each request."""
        key = str(event.row["event_id"])
        self.recorded[key] += 1
        event.row["event_id"] = f"{key}:{self.recorded[key]}"
        event.has_own_key = True

    def _finished_by(self, poll: Exchange) -> list[tuple[Exchange, ReadEvent, int]]:
        """Return the background request that this poll brings the usage of, if it does."""
        stored = read_endpoint(poll.url).response_id if poll.method == "GET" and poll.url else None
        if stored is None or stored not in self.log.held or not poll.answer.body.get("usage"):
            return []
        request, _, line = self.log.held[stored]
        whole = replace(request, answer=poll.answer, plain=request.plain and poll.plain)
        event = read_exchange(whole, self.log.scope)
        del self.log.held[stored]
        return [(whole, event, line)] if isinstance(event, ReadEvent) else []

    def _skip(self, exchange: Exchange, reason: str, host: str | None) -> None:
        totals = self.log.tally.skip_request(self.file.batch_id, reason, host)
        totals.request_bytes += body_bytes(exchange.request_body, plain=exchange.plain) or 0
        totals.with_tools += _names(exchange.request_body, '"tools"')
        totals.with_usage += _names(exchange.answer.raw, '"usage')

    def _emit(self, event: ReadEvent, exchange: Exchange, line: int) -> list[Row]:
        row = event.row
        host = str(row.get("server_address") or "")
        if not self.log.seen.add(str(row["event_id"])):
            self._skip(exchange, _DUPLICATE if event.has_own_key else _TWIN, host)
            return []
        self._note(event, line)
        self.log.tally.rows_with_usage[host] += _names(exchange.answer.raw, '"usage')
        if "started_at" not in row:
            row["started_at"] = self.changed_at.replace(tzinfo=None)
            row["started_at_basis"] = "file"
        if self.log.bodies is not None:
            request = request_object(exchange.request_body)
            row |= kept_bodies(self.log.bodies, request=request, answer=exchange.answer.body)
        row["source"] = RequestLogSource.name
        row["batch_id"] = self.file.batch_id
        return [row]

    def _note(self, event: ReadEvent, line: int) -> None:
        log = self.log
        where = f"{self.file.name}, line {line}"
        if "started_at" not in event.row:
            log.no_time.note(where)
        if event.zoneless:
            log.no_zone.note(where)
        if event.usage is not None and event.usage.shape == "unknown":
            log.unknown_usage.note(where)
        if event.usage is not None and event.usage.uncounted:
            log.uncounted.note(where)


def _names(body: object, member: str) -> bool:
    """Return whether a body has a member of this name, at any depth."""
    if body is None:
        return False
    if isinstance(body, bytes):
        return member.encode() in body
    if isinstance(body, str):
        return member in body
    return _has_member(body, member.strip('"'), whole=member.endswith('"'))


def _has_member(value: object, name: str, *, whole: bool) -> bool:
    if is_object(value):
        if name in value or (not whole and any(key.startswith(name) for key in value)):
            return True
        return any(_has_member(inner, name, whole=whole) for inner in value.values())
    return any(_has_member(item, name, whole=whole) for item in as_list(value))
