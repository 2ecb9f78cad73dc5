"""Langfuse's traces: one usage event for each call, however many observations tell of it."""

from collections.abc import Iterator, Sequence

import duckdb

from centavo.errors import BadValueError
from centavo.ledger.bodies import BodyShelf
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import answer_parts, text_parts
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import decode_json, json_texts, opened, top_level_keys
from centavo.sources.langfuse.events import event_of, stated_call_id, states_usage
from centavo.sources.langfuse.nesting import CALLS, Nesting
from centavo.sources.langfuse.observations import Observation, json_inside, observations_of
from centavo.sources.record_rows import MALFORMED, Outcome, record_rows
from centavo.sources.record_values import JsonObject, RecordError, is_object
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty

__all__ = ["LangfuseSource"]

_OWN = ('"parentObservationId"', '"usageDetails"', '"parent_observation_id"', '"usage_details"')


class LangfuseSource:
    """Reads trace exports and pages of the public API into usage events."""

    name = "langfuse"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds observations of Langfuse, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        if "observations" in keys and ("trace" in keys or "timestamp" in keys):
            return Recognition(0.9, "it is a trace with its observations")
        found = [mark for mark in _OWN if mark in head]
        wraps = "data" in keys or "observations" in keys
        if found and (wraps or ("type" in keys and {"traceId", "trace_id"} & keys)):
            return Recognition(0.9, f"its records are observations with {', '.join(found)}")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each call.

        The files are read twice: which generation wraps which is known only at the end.

        Raises:
            InputError: A file is empty or damaged.
        """
        refuse_empty(files)
        tally = Tally()
        calls = _Calls(ScopeReader(options.mapping), _nesting(files), options)
        rows = record_rows(files, tally, outcomes=calls.outcomes, skip_bad=options.skip_bad)
        name = f"langfuse_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


def _nesting(files: Sequence[InputFile]) -> Nesting:
    """Return what is inside of what; records that cannot be read are left to the second pass."""
    nesting = Nesting()
    for file in files:
        with opened(file.path, file.name) as stream:
            for text in json_texts(stream, one_per_line=file.name.endswith((".jsonl", ".ndjson"))):
                try:
                    record = decode_json(text, name=file.name)
                except BadValueError:
                    continue
                for observation in observations_of(record) if is_object(record) else ():
                    _see(nesting, observation)
    nesting.settle()
    return nesting


def _see(nesting: Nesting, observation: Observation) -> None:
    if observation.kind not in CALLS:
        nesting.see(observation)
        return
    try:
        has_usage = states_usage(observation)
    except RecordError:
        has_usage = False
    nesting.see(observation, has_usage=has_usage, call_id=stated_call_id(observation))


class _Calls:
    """Makes rows of observations that are calls, once for each call."""

    def __init__(self, scope: ScopeReader, nesting: Nesting, options: ReadOptions) -> None:
        self._scope = scope
        self._skip_bad = options.skip_bad
        self._bodies = options.bodies
        self._nesting = nesting
        self._seen = SeenKeys()
        self._seen_calls = SeenKeys()

    def outcomes(self, file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        """Yield a row, or the reason why it became none, for each observation of a record.

        Raises:
            RecordError: A value that cannot be read.
        """
        found = False
        for observation in observations_of(record):
            found = True
            yield self._outcome(file, observation)
        if not found:
            yield "not a model call: a record without observations"

    def _outcome(self, file: InputFile, observation: Observation) -> Outcome:
        kind = observation.kind
        if kind not in CALLS:
            return f"not a model call: {kind.lower() or 'observation without a type'}"
        try:
            row = event_of(observation, self._scope)
        except RecordError:
            # One bad observation does not cost its trace.
            if self._skip_bad:
                return MALFORMED
            raise
        refusal = self._refusal(observation, row)
        if refusal is not None:
            return refusal
        call_id = row["call_id"] or self._nesting.call_id_around(observation)
        if call_id is not None and not self._seen_calls.add(str(call_id)):
            return "another observation of the same answer"
        if self._bodies is not None:
            row |= _kept(self._bodies, observation)
        return {**row, "call_id": call_id, "batch_id": file.batch_id}

    def _refusal(self, observation: Observation, row: Row) -> str | None:
        if self._nesting.is_wrapper(observation):
            return "wraps another generation that tells the same call"
        if self._nesting.is_told_outside(observation):
            return "told by the generation around it"
        if _is_empty(observation, row):
            return "a generation without model run: no usage, input or output"
        if not self._seen.add(str(row["event_id"])):
            return "duplicate of the same observation"
        return None


def _kept(bodies: BodyShelf, observation: Observation) -> dict[str, object]:
    asked = json_inside(observation.value("input", "input"))
    told = json_inside(observation.value("output", "output"))
    return {
        "body_hash": bodies.keep(text_parts(asked)),
        "answer_hash": bodies.keep(answer_parts(told)),
    }


def _is_empty(observation: Observation, row: Row) -> bool:
    told = ("input_uncached_tokens", "cache_read_tokens", "output_tokens", "reported_cost")
    return (
        not row["is_error"]
        and all(row.get(name) is None for name in told)
        and not observation.record.get("input")
        and not observation.record.get("output")
    )
