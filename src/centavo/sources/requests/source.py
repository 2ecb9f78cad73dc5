"""Request logs: one usage event for each request to a model that a log or a recording holds."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import PurePath

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import kept_bodies
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import (
    ByteStream,
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
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty

__all__ = ["RequestLogSource"]

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
            for line, read_entries in self._records(stream):
                yield from self._guarded(line, read_entries)
        if self.log.tally.read[self.file.batch_id] == before and not self._is_yaml:
            raise InputError(f"{self.file.name} holds no record", hint="Is it the right file?")
        for exchange, event, line in self.log.held.values():
            yield from self._emit(event, exchange, line)
        self.log.held.clear()

    def _guarded(self, line: int, read_entries: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        try:
            yield from read_entries()
        except (RecordError, BadValueError) as error:
            if not self.log.skip_bad:
                raise self._located(error, line) from None
            self.log.tally.read[self.file.batch_id] += 1
            self.log.tally.skipped[self.file.batch_id, _MALFORMED] += 1

    def _located(self, error: RecordError | BadValueError, line: int) -> BadValueError:
        return located(error, file=self.file.name, line=line)

    def _records(self, stream: ByteStream) -> Iterator[tuple[int, Callable[[], Iterator[Row]]]]:
        if self._is_yaml:
            for item in cassette_items(stream, name=self.file.name):
                yield item.line, _Later(self._interaction, item.value, item.line)
            return
        for record in json_texts(stream, one_per_line=self._one_per_line):
            yield record.line, _Later(self._json, record, record.line)

    def _json(self, data: JsonText, line: int) -> Iterator[Row]:
        record = self._object(decode_json(data, name=self.file.name))
        if "interactions" in record:
            for item in as_list(record["interactions"]):
                later = _Later(self._interaction, as_object(item), line)
                yield from self._guarded(line, later)
        elif is_llama_stack(record):
            yield from self._exchange(llama_stack_exchange(record), line)
        elif is_flat_event(record):
            if isinstance(record.get("reported_cost"), float):
                record = self._object(decode_json(data, name=self.file.name, exact=True))
            yield from self._flat(record, line)
        else:
            yield from self._exchange(exchange_of(record), line)

    def _object(self, value: object) -> JsonObject:
        if not is_object(value):
            raise RecordError("the record", "is not a JSON object", value)
        return value

    def _interaction(self, item: JsonObject, line: int) -> Iterator[Row]:
        self.session_model = session_model(item) or self.session_model
        exchange = recorded_exchange(item)
        if isinstance(exchange, str):
            self.log.tally.read[self.file.batch_id] += 1
            self.log.tally.skipped[self.file.batch_id, exchange] += 1
            return
        exchange.model = exchange.model or self.session_model
        yield from self._exchange(exchange, line, recorded=True)

    def _flat(self, record: JsonObject, line: int) -> Iterator[Row]:
        event = read_flat_event(record, self.log.scope)
        self.log.tally.read[self.file.batch_id] += 1
        yield from self._emit(event, Exchange(record), line)

    def _exchange(self, exchange: Exchange, line: int, *, recorded: bool = False) -> Iterator[Row]:
        event = read_exchange(exchange, self.log.scope)
        if recorded and isinstance(event, ReadEvent) and not event.has_own_key:
            self._number(event)
        finished = self._finished_by(exchange)
        self.log.tally.read[self.file.batch_id] += 1
        if isinstance(event, NotAModelCall):
            self._skip(exchange, event.reason, event.host)
        elif event.waits_for is not None and len(self.log.held) < _MOST_HELD:
            self.log.held[event.waits_for] = (exchange, event, line)
        else:
            yield from self._emit(event, exchange, line)
        for held, late, held_line in finished:
            yield from self._emit(late, held, held_line)

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
        whole = replace(request, answer=poll.answer)
        event = read_exchange(whole, self.log.scope)
        del self.log.held[stored]
        return [(whole, event, line)] if isinstance(event, ReadEvent) else []

    def _skip(self, exchange: Exchange, reason: str, host: str | None) -> None:
        totals = self.log.tally.skip_request(self.file.batch_id, reason, host)
        totals.request_bytes += body_bytes(exchange.request_body) or 0
        totals.with_tools += _names(exchange.request_body, '"tools"')
        totals.with_usage += _names(exchange.answer.raw, '"usage')

    def _emit(self, event: ReadEvent, exchange: Exchange, line: int) -> Iterator[Row]:
        row = event.row
        host = row.get("server_address")
        if not self.log.seen.add(str(row["event_id"])):
            reason = _DUPLICATE if event.has_own_key else _TWIN
            self._skip(exchange, reason, str(host) if host else None)
            return
        self._note(event, f"{self.file.name}, line {line}")
        self.log.tally.rows_with_usage[str(host or "")] += _names(exchange.answer.raw, '"usage')
        if "started_at" not in row:
            row["started_at"] = self.changed_at.replace(tzinfo=None)
            row["started_at_basis"] = "file"
        if self.log.bodies is not None:
            request = request_object(exchange.request_body)
            row |= kept_bodies(self.log.bodies, request=request, answer=exchange.answer.body)
        row["source"] = RequestLogSource.name
        row["batch_id"] = self.file.batch_id
        yield row

    def _note(self, event: ReadEvent, where: str) -> None:
        log = self.log
        if "started_at" not in event.row:
            log.no_time.note(where)
        if event.zoneless:
            log.no_zone.note(where)
        if event.usage is not None and event.usage.shape == "unknown":
            log.unknown_usage.note(where)
        if event.usage is not None and event.usage.uncounted:
            log.uncounted.note(where)


class _Later:
    """One record whose reading is put off, so that what it raises can be caught around it."""

    def __init__(
        self, read: Callable[..., Iterator[Row]], record: JsonObject | JsonText, line: int
    ) -> None:
        self._read = read
        self._record = record
        self._line = line

    def __call__(self) -> Iterator[Row]:
        return chain(self._read(self._record, self._line))


def _names(body: object, member: str) -> bool:
    """Return whether a body has a member of this name, at any depth."""
    if body is None:
        return False
    if isinstance(body, bytes):
        return member.encode() in body
    if isinstance(body, str):
        return member in body
    name, whole = member.strip('"'), member.endswith('"')
    if is_object(body) and name in body:
        return True
    return any(True for _ in _members(body, name, whole=whole))


def _members(value: object, name: str, *, whole: bool) -> Iterator[str]:
    if is_object(value):
        for key, inner in value.items():
            if key == name if whole else key.startswith(name):
                yield key
            yield from _members(inner, name, whole=whole)
    for item in as_list(value):
        yield from _members(item, name, whole=whole)
