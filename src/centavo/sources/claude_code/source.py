"""Claude Code's session logs: one usage event for each answer of a model."""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NoReturn

import duckdb
import msgspec

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.claude_code.calls import Calls, Drawn
from centavo.sources.claude_code.columns import CallColumns
from centavo.sources.claude_code.records import Record, ScopedRecord, careful_record, is_sound
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.json_records import opened
from centavo.sources.record_values import RecordError, located, text
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.tally import OddRecords
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.typed_json_lines import RawLine, line_chunks, typed_records

__all__ = ["ClaudeCodeSource"]

_DRAW_AT = 20_000
_MALFORMED = "malformed record"
_CUT_OFF = "last line without an end: the session was still being written"
_SESSION = re.compile(r'"sessionId"\s*:\s*"')
_OWN_KEY = re.compile(
    r'"(parentUuid|isSidechain|leafUuid|gitBranch|userType|isSnapshotUpdate|permissionMode)"\s*:'
)
_ANSWER = re.compile(r'"type"\s*:\s*"assistant"')
_USAGE = re.compile(r'"(cache_creation_input_tokens|output_tokens)"\s*:')


class ClaudeCodeSource:
    """Reads the session logs that Claude Code keeps under ``~/.claude/projects``."""

    name = "claude-code"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a session log of Claude Code, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith("{"):
            return None
        if _OWN_KEY.search(head) and (_SESSION.search(head) or _ANSWER.search(head)):
            return Recognition(0.95, "its records have sessionId and Claude Code's own keys")
        if _ANSWER.search(head) and _USAGE.search(head) and _SESSION.search(head):
            return Recognition(0.85, "its records are assistant messages of a session with usage")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each answer, the line with the largest output of those of its id.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        columns = CallColumns(tuple(options.mapping))
        batches = _SessionLogs(files, tally, columns, options).batches()
        name = f"claude-code_{files[0].batch_id}"
        explain = register_columns(connection, name, types=columns.types, batches=batches)
        # A session that was resumed tells its history again, maybe cut short.
        best = "output_tokens DESC NULLS LAST"
        return Reading(self.table, _select(name, columns), tally, explain, best_first=best)


# Cache writes whose retention the record does not state. The parts may state more than the total;
# what remains is never less than nothing.
_WRITES = """CASE WHEN cache_write_total IS NOT NULL THEN greatest(
        0, cache_write_total::HUGEINT - coalesce(cache_write_5m_tokens, 0) - coalesce(cache_write_1h_tokens, 0)
      )::BIGINT END"""


def _select(relation: str, columns: CallColumns) -> str:
    own = ("application", "call_key", "cache_write_total")
    shown = ", ".join(f'"{name}"' for name in columns.types if name not in own)
    application = "coalesce(application, 'claude-code')" if "application" in columns.types else None
    return f"""
    SELECT {shown}, 'claude-code:' || call_key AS event_id, {_WRITES} AS cache_write_tokens,
      {application or "'claude-code'"} AS application, 'claude-code' AS source,
      'agent' AS meter, 'stated' AS started_at_basis, 'messages' AS operation, false AS is_error,
      'label' AS attribution_method, 1.0::DOUBLE AS attribution_confidence
    FROM "{relation}"
    """


class _SessionLogs:
    """Reads the files of one reading."""

    def __init__(
        self,
        files: Sequence[InputFile],
        tally: Tally,
        columns: CallColumns,
        options: ReadOptions,
    ) -> None:
        self._files = files
        self._tally = tally
        self._columns = columns
        self._skip_bad = options.skip_bad
        self._scope = ScopeReader(options.mapping)
        self._mapped = tuple(options.mapping)
        self._no_zone = OddRecords("times_without_zone", "state a time without zone, read as UTC")
        self._uncounted = OddRecords(
            "further_model_runs",
            "list compaction or advisor runs that are charged but not in their usage totals",
        )

    def batches(self) -> Iterator[Columns]:
        """Yield the calls of all files as columns, then leave the warnings in the tally."""
        decoder = msgspec.json.Decoder(Record)
        calls = Calls([file.batch_id for file in self._files], self._tally)
        sound = is_sound if not self._mapped else _nothing_is_sound
        for number, file in enumerate(self._files):
            calls.begin(number)
            with opened(file.path, file.name) as stream:
                careful = partial(self._careful, file)
                for chunk in line_chunks(stream):
                    calls.add(typed_records(chunk, decoder, is_sound=sound, careful=careful))
                    if calls.waiting >= _DRAW_AT:
                        yield from self._drawn(calls, file)
            yield from self._drawn(calls, file)
            if not self._tally.read[file.batch_id]:
                raise InputError(f"{file.name} holds no record", hint="Is it the right file?")
        odd = [o.warning() for o in (self._no_zone, self._uncounted) if o.count]
        self._tally.warnings += [*odd, *self._columns.redacted.warnings()]

    def _drawn(self, calls: Calls, file: InputFile) -> Iterator[Columns]:
        drawn = calls.drawn()
        if drawn.keys:
            self._note_oddities(drawn, file)
            yield self._columns.of(drawn, batch_id=file.batch_id)

    def _note_oddities(self, drawn: Drawn, file: InputFile) -> None:
        for key, (_, time, *_, runs, _) in zip(drawn.keys, drawn.lines, strict=True):
            if time and time.tzinfo is None:
                self._no_zone.note(f"{file.name}, {key}")
            if runs and any(run.type not in (None, "message") for run in runs):
                self._uncounted.note(f"{file.name}, {key}")

    def _careful(self, file: InputFile, line: RawLine) -> Record | None:
        if line.is_cut_off:
            self._skip(file, _CUT_OFF)
            return None
        try:
            record, value = careful_record(line.unnumbered(), name=file.name)
        except (RecordError, BadValueError) as error:
            if not self._skip_bad:
                self._refuse(file, line, error)
            self._skip(file, _MALFORMED)
            return None
        if not self._mapped:
            return record
        found = self._scope.columns(value, headers={})
        scope = {name: stated for name in self._mapped if (stated := text(found.get(name)))}
        return ScopedRecord(
            **{name: getattr(record, name) for name in record.__struct_fields__}, scope=scope
        )

    def _refuse(
        self, file: InputFile, line: RawLine, error: RecordError | BadValueError
    ) -> NoReturn:
        numbered = line.numbered(file.path, file.name)
        if isinstance(error, RecordError):
            raise located(error, file=file.name, line=numbered.line) from None
        careful_record(numbered, name=file.name)
        raise error

    def _skip(self, file: InputFile, reason: str) -> None:
        self._tally.read[file.batch_id] += 1
        self._tally.skipped[file.batch_id, reason] += 1


def _nothing_is_sound(records: Sequence[Record]) -> bool:  # noqa: ARG001 -- stands in for is_sound
    """Send every line through the careful way, which keeps what a mapping may look at."""
    return False
