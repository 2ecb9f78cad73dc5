"""OTLP JSON files: one usage event for each span that is a call of a model."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import kept_bodies
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import JsonText, decode_json, json_texts, opened, top_level_keys
from centavo.sources.otel.attribute_roles import roles_of
from centavo.sources.otel.call_scope import CallScope
from centavo.sources.otel.calls import has_tokens, kind_of_span
from centavo.sources.otel.columns import event_row
from centavo.sources.otel.spans import Span, other_signal, raw_spans, read_span
from centavo.sources.otel.spoken import answer_of, request_of
from centavo.sources.otel.trace_tree import TraceTree
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    is_object,
    located,
    text,
    whole_number,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.tally import OddRecords
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty

__all__ = ["OtelSource"]

_MALFORMED = "malformed span"
_DUPLICATE = "duplicate of the same span"
_REPEATED = "not counted twice: a call around or within another one"
_JSON_LINES = (".jsonl", ".ndjson")
_SPANS = frozenset({"resourceSpans", "resource_spans"})
_OTHERS = frozenset({"resourceLogs", "resourceMetrics", "resource_logs", "resource_metrics"})
_SCOPES = frozenset({"scopeSpans", "scope_spans", "instrumentationLibrarySpans"})
_SKEW = timedelta(hours=1)


class OtelSource:
    """Reads OTLP JSON, as SDKs, the collector and ``centavo receive`` write it, into usage events."""

    name = "otel"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds OTLP requests, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        if keys & _SPANS:
            return Recognition(0.95, "its records are OTLP requests: resourceSpans")
        if keys & _OTHERS:
            return Recognition(0.6, "its records are OTLP requests")
        if keys & _SCOPES or ("batches" in keys and '"traceId"' in head):
            return Recognition(0.9, "its records are OTLP spans by resource")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each call of a model.

        The rows are staged here, because a span may turn out to sum up others when the last file
        has been read.

        Raises:
            CentavoError: A file cannot be read.
        """
        refuse_empty(files)
        tally = Tally()
        log = _TraceLog(tally, options)
        name = f"otel_{files[0].batch_id}"
        reading = event_reading(connection, name=name, rows=log.rows(files), tally=tally)
        try:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE otel_rows AS {reading.select}")
        except duckdb.Error as error:
            raise reading.explain(error) from error
        settled = log.tree.settle(connection)
        for batch, count in settled.repeated.items():
            tally.skipped[batch, _REPEATED] += count
        tally.warnings.extend(log.warnings(settled.unseen_sums))
        return Reading("usage_events", "SELECT * FROM otel_rows", tally, reading.explain)


class _TraceLog:
    """The state of one reading."""

    def __init__(self, tally: Tally, options: ReadOptions) -> None:
        self.tree = TraceTree()
        self._tally = tally
        self._skip_bad = options.skip_bad
        self._bodies = options.bodies
        self._latest = options.now.astimezone(UTC).replace(tzinfo=None) + _SKEW
        self._scope = CallScope(ScopeReader(options.mapping))
        self._seen = SeenKeys()
        self._records = Counter[str]()
        self._no_time = OddRecords(
            "time_not_stated", "state no time and carry the time of their file instead"
        )
        self._skewed = OddRecords(
            "clock_skew", "end before they start, or start in the future; their clock is wrong"
        )
        self._doubtful = OddRecords(
            "cached_tokens_doubtful",
            "do not say whether their input includes cached tokens; it was read as if it does",
        )

    def rows(self, files: Sequence[InputFile]) -> Iterator[Row]:
        """Yield the rows of all files.

        Raises:
            BadValueError: A span that cannot be read, unless such are skipped.
            InputError: A file is damaged or holds no record.
        """
        for file in files:
            one_per_line = any(suffix in _JSON_LINES for suffix in PurePath(file.name).suffixes)
            with opened(file.path, file.name) as stream:
                for data in json_texts(stream, one_per_line=one_per_line):
                    self._records[file.batch_id] += 1
                    yield from self._record(data, file)
            if not self._records[file.batch_id]:
                raise InputError(f"{file.name} holds no record", hint="Is it the right file?")

    def warnings(self, unseen_sums: int) -> list[QualityWarning]:
        """Return what is doubtful about the rows."""
        odd = [odd.warning() for odd in (self._no_time, self._skewed, self._doubtful) if odd.count]
        if unseen_sums:
            odd.append(
                QualityWarning(
                    "agent_sums_without_calls",
                    f"{unseen_sums} spans of agents or workflows state tokens, but the calls that "
                    "they sum up are not in these traces; those tokens are not counted",
                    unseen_sums,
                )
            )
        return odd

    def _record(self, data: JsonText, file: InputFile) -> Iterator[Row]:
        try:
            record = _object(decode_json(data, name=file.name, exact=True))
            if (signal := other_signal(record)) is not None:
                self._skip(file, f"not a span: {signal}")
                return
            spans = list(raw_spans(record))
        except (RecordError, BadValueError) as error:
            self._bad(error, file, data.line)
            return
        for raw in spans:
            try:
                row = self._span(read_span(raw), file, data.line)
            except RecordError as error:
                self._bad(error, file, data.line)
                continue
            if row is not None:
                self._tally.read[file.batch_id] += 1
                yield row

    def _bad(self, error: RecordError | BadValueError, file: InputFile, line: int) -> None:
        if not self._skip_bad:
            raise located(error, file=file.name, line=line) from None
        self._skip(file, _MALFORMED)

    def _skip(self, file: InputFile, reason: str) -> None:
        self._tally.read[file.batch_id] += 1
        self._tally.skipped[file.batch_id, reason] += 1

    def _span(self, span: Span, file: InputFile, line: int) -> Row | None:
        roles = roles_of(span.attributes)
        kind = kind_of_span(span, roles)
        self.tree.add(span, is_tool=kind.other == "tool")
        if (route := text(roles.values.get("route"))) is not None:
            self.tree.add_route(span, route)
        if kind.operation is None:
            resent = whole_number(roles.values.get("resent"), "http.request.resend_count")
            if resent:
                self.tree.add_resent(span, resent)
            if has_tokens(roles):
                self.tree.add_sum(span)
            self._skip(file, f"not a model call: {kind.other} span")
            return None
        row, usage = event_row(span, kind, roles=roles, scope=self._scope)
        key = str(row["event_id"])
        if not self._seen.add(key):
            self._skip(file, _DUPLICATE)
            return None
        self.tree.add_call(span, key)
        if usage.is_doubtful:
            self._doubtful.note(f"{file.name}, line {line}")
        if self._bodies is not None:
            row |= kept_bodies(
                self._bodies,
                request=request_of(span.attributes),
                answer=answer_of(span.attributes),
            )
        return {**row, **self._start(span, file, line), "source": "otel", "batch_id": file.batch_id}

    def _start(self, span: Span, file: InputFile, line: int) -> Row:
        start = span.start or span.end
        where = f"{file.name}, line {line}"
        if start is None:
            self._no_time.note(where)
            changed = datetime.fromtimestamp(file.path.stat().st_mtime, tz=UTC)
            return {"started_at": changed.replace(tzinfo=None), "started_at_basis": "file"}
        if (span.end and span.end < start) or start > self._latest:
            self._skewed.note(where)
        return {"started_at": start, "started_at_basis": "stated" if span.start else "end"}


def _object(value: object) -> JsonObject:
    if not is_object(value):
        raise RecordError("the record", "is not a JSON object", value)
    return value
