"""Codex CLI's rollout logs: one usage event for each call, from totals that the log repeats."""

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

import duckdb
import msgspec

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.codex.rollout import Call, Rollout, Skipped, Tokens
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import decode_json, opened
from centavo.sources.record_values import (
    RecordError,
    as_object,
    first_text,
    is_object,
    located,
    text,
)
from centavo.sources.requests.model_endpoints import provider_name, provider_of_model
from centavo.sources.requests.scope import ScopeReader, labels_json
from centavo.sources.requests.tally import OddRecords
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.typed_json_lines import RawLine, line_chunks
from centavo.sources.work_folders import project_of

__all__ = ["CodexSource"]

_MALFORMED = "malformed record"
_CUT_OFF = "last line without an end: the session was still being written"
_DUPLICATE = "call that another log of this reading tells too"
_META = re.compile(r'"type"\s*:\s*"session_meta"')
_ROLLOUT = re.compile(r'"type"\s*:\s*"(turn_context|response_item|event_msg|compacted)"')
_PAYLOAD = re.compile(r'"payload"\s*:\s*\{')
_TOLD = frozenset({"session_meta", "turn_context"})
_TIERS = {"default": "standard", "auto": "standard"}


class _Line(msgspec.Struct, gc=False):
    type: str | None = None
    payload: msgspec.Raw = msgspec.Raw()


class _Payload(msgspec.Struct, gc=False):
    type: str | None = None


_LINE = msgspec.json.Decoder(_Line)
_PAYLOAD_TYPE = msgspec.json.Decoder(_Payload)


class CodexSource:
    """Reads the rollout logs that Codex CLI keeps under ``~/.codex/sessions``."""

    name = "codex"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a rollout log of Codex, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith("{") or _PAYLOAD.search(head) is None:
            return None
        if _META.search(head):
            return Recognition(0.95, "it begins with Codex's session_meta")
        if _ROLLOUT.search(head):
            return Recognition(0.9, "its records are rollout items of Codex")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each call.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        rows = _Rollouts(tally, options).rows(files)
        name = f"codex_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


class _Rollouts:
    """Reads the logs of one reading."""

    def __init__(self, tally: Tally, options: ReadOptions) -> None:
        self._tally = tally
        self._skip_bad = options.skip_bad
        self._scope = ScopeReader(options.mapping)
        self._seen = SeenKeys()
        self._no_zone = OddRecords("times_without_zone", "state a time without zone, read as UTC")

    def rows(self, files: Sequence[InputFile]) -> Iterator[Row]:
        """Yield the rows of all logs, the oldest first, then leave the warnings in the tally."""
        # A log's name begins with its time: a parent comes before the sessions forked from it.
        for file in sorted(files, key=lambda file: file.path.name):
            rollout = Rollout(fallback=file.path.name)
            with opened(file.path, file.name) as stream:
                for chunk in line_chunks(stream):
                    for line in chunk.lines():
                        if (row := self._row(file, rollout, line)) is not None:
                            yield row
            if not self._tally.read[file.batch_id]:
                raise InputError(f"{file.name} holds no record", hint="Is it the right file?")
        if self._no_zone.count:
            self._tally.warnings.append(self._no_zone.warning())

    def _row(self, file: InputFile, rollout: Rollout, line: RawLine) -> Row | None:
        self._tally.read[file.batch_id] += 1
        reason = _uncounted(line)
        if reason is None:
            try:
                call = _take(rollout, line, file)
            except (RecordError, BadValueError) as error:
                if not self._skip_bad:
                    _refuse(error, line, file)
                call = Skipped(_MALFORMED)
            if isinstance(call, Call):
                if self._seen.add(call.key):
                    return self._of(call, rollout, file)
                call = Skipped(_DUPLICATE)
            reason = call.reason
        self._tally.skipped[file.batch_id, reason] += 1
        return None

    def _of(self, call: Call, rollout: Rollout, file: InputFile) -> Row:
        if not call.has_zone:
            self._no_zone.note(file.name)
        meta = rollout.meta
        scope = self._scope.columns({**meta, "turn": rollout.turn}, headers={})
        tier = call.tier
        return {
            "application": "codex",
            "project": project_of(text(rollout.turn.get("cwd")) or text(meta.get("cwd"))),
            "attribution_method": "label",
            "attribution_confidence": 1.0,
            **{name: value for name, value in scope.items() if name != "labels"},
            "event_id": f"codex:{call.key}",
            "source": CodexSource.name,
            "batch_id": file.batch_id,
            "meter": "agent",
            "started_at": call.started_at,
            "started_at_basis": "stated",
            "provider": provider_name(text(meta.get("model_provider")))
            or provider_of_model(call.model),
            "operation": "responses",
            "requested_model": call.model,
            **_token_columns(call.tokens),
            "processing_tier": _TIERS.get(tier, tier) if tier else None,
            "is_error": False,
            "labels": labels_json(_labels(call, rollout)),
        }


def _uncounted(line: RawLine) -> str | None:
    """Return why a line is no call, when its types alone say so; ``None`` sends it on."""
    if line.data is None:
        return None
    try:
        record = _LINE.decode(line.data)
        if record.type is None or record.type in _TOLD:
            return None
        if record.type != "event_msg":
            return f"not a model call: {record.type[:40]}"
        event = _PAYLOAD_TYPE.decode(record.payload).type
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _CUT_OFF if line.is_cut_off else None
    return None if event in (None, "token_count") else f"not a model call: event {event[:40]}"


def _take(rollout: Rollout, line: RawLine, file: InputFile) -> Call | Skipped:
    record = decode_json(line.unnumbered(), name=file.name)
    if not is_object(record):
        raise RecordError("the record", "is not a JSON object", record)
    return rollout.take(record)


def _refuse(error: RecordError | BadValueError, line: RawLine, file: InputFile) -> NoReturn:
    numbered = line.numbered(file.path, file.name)
    if isinstance(error, RecordError):
        raise located(error, file=file.name, line=numbered.line) from None
    decode_json(numbered, name=file.name)
    raise error


def _token_columns(tokens: Tokens) -> dict[str, int | None]:
    uncached = None
    if tokens.given is not None:
        # What is cached is part of the input; a log that says otherwise cannot make it negative.
        uncached = max(0, tokens.given - (tokens.cached or 0) - (tokens.written or 0))
    return {
        "input_uncached_tokens": uncached,
        "cache_read_tokens": tokens.cached,
        "cache_write_tokens": tokens.written,
        "output_tokens": tokens.made,
        "reasoning_tokens": tokens.reasoning,
    }


def _labels(call: Call, rollout: Rollout) -> dict[str, str]:
    meta = rollout.meta
    told = {
        "session_id": first_text(meta, "id", "session_id"),
        "forked_from": text(meta.get("forked_from_id")),
        "git_branch": text(as_object(meta.get("git")).get("branch")),
        "version": text(meta.get("cli_version")),
        "originator": text(meta.get("originator")),
        "effort": call.effort,
    }
    return {name: value for name, value in told.items() if value}
