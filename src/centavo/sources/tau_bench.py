"""Trajectories of tau-bench: each turn of the agent is one request that carries all turns before it.

A trajectory states neither tokens nor times. Tokens are counted over the JSON of each message and
of the tool schemas, and every row says so; the framing that a provider adds is not counted.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from centavo.errors import InputError
from centavo.ledger.bodies import BodyShelf
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.body_parts import kept_bodies
from centavo.sources.event_batches import event_reading
from centavo.sources.json_records import JsonText, decode_json, opened, top_level_keys
from centavo.sources.record_rows import Outcome, record_rows
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_list,
    as_object,
    first_text,
    is_list,
    is_object,
    text,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.model_endpoints import provider_of_model
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Beside, Probe, ReadOptions, Recognition
from centavo.tokens import TokenCounter

__all__ = ["TauBenchSource", "model_of_name"]

_TRAJECTORY = ("traj", "trajectory")
_TOOLS_NAME = "tools.json"
_MOST_TOOL_BYTES = 8 * 1024 * 1024
_NO_CALL = "trajectory without a turn of the agent"
_ONLY_TOOLS = "tool schemas without trajectories beside them"
_DUPLICATE = "duplicate of the same request"
# tau-bench names its results: gpt-4o-airline.json, or
# tool-calling-gpt-4o-0.0_range_0--1_user-gpt-4o-llm_0601123000.json.
_RUN_NAME = re.compile(r"\A(?:tool-calling|react|act|few-shot)-(.+?)-\d\.\d+_range_")
_SHARED_NAME = re.compile(r"\A(.+)-(?:airline|retail|telecom)(?:[-_.]|\Z)")


class TauBenchSource:
    """Reads the result files of tau-bench into usage events."""

    name = "tau-bench"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds trajectories, or the tool schemas beside them, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        if {"task_id", "reward"} <= keys and keys & {*_TRAJECTORY, "info"}:
            return Recognition(0.9, "its records are trajectories with task_id and reward")
        if probe.path.name.removesuffix(".gz") == _TOOLS_NAME and {"type", "function"} <= keys:
            return Recognition(0.7, "it holds tool schemas")
        return None

    def beside(self, path: Path) -> Beside:
        """Return the tool schemas that the requests carried, where they stand beside the file."""
        if path.name.startswith(_TOOLS_NAME):
            return Beside()
        places = (path.parent / _TOOLS_NAME, path.parent.parent / _TOOLS_NAME)
        found = next((place for place in places if place.is_file()), None)
        return Beside(files=(found,) if found else ())

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each turn of the agent.

        Raises:
            ConfigError: splintr-rs is not installed.
            InputError: The tool schemas beside a file cannot be read.
        """
        tally = Tally()
        runs = {file.batch_id: _Run(file, self.beside(file.path).files) for file in files}
        reader = _Reader(runs, ScopeReader(options.mapping), options.bodies)

        def rows() -> Iterator[dict[str, object]]:
            drawn = record_rows(files, tally, outcomes=reader.outcomes, skip_bad=options.skip_bad)
            for row in drawn:
                yield dict(row)
            tally.warnings += reader.warnings()

        return event_reading(
            connection, name=f"tau-bench_{files[0].batch_id}", rows=rows(), tally=tally
        )


def model_of_name(name: str) -> str | None:
    """Return the model that a result file's name states, as tau-bench names its files.

    >>> model_of_name("gpt-4o-airline.json.gz")
    'gpt-4o'
    >>> model_of_name("tool-calling-gpt-4o-0.0_range_0--1_user-gpt-4o-llm_0601.json")
    'gpt-4o'
    >>> model_of_name("results.json") is None
    True
    """
    found = _RUN_NAME.match(name) or _SHARED_NAME.match(name)
    return found[1] if found else None


class _Run:
    """What all trajectories of one file share: model, tool schemas, time."""

    def __init__(self, file: InputFile, tool_files: Sequence[Path]) -> None:
        self.model = model_of_name(file.path.name)
        self.counter = TokenCounter(self.model)
        self.tools = _read_tools(tool_files[0]) if tool_files else None
        changed = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
        self.started_at = changed.replace(tzinfo=None)
        self.is_tools = file.path.name.startswith(_TOOLS_NAME)

    def tokens(self, value: object) -> int:
        """Return the tokens of a message or of tool schemas, as JSON."""
        return self.counter.count(json.dumps(value))


def _read_tools(path: Path) -> list[object]:
    with opened(path, path.name) as stream:
        data = b"".join(iter(stream.read, b""))
    if len(data) > _MOST_TOOL_BYTES:
        raise InputError(f"{path} is too long for tool schemas", hint="Is it the right file?")
    tools = decode_json(JsonText(1, data), name=str(path))
    if not is_list(tools):
        raise InputError(f"{path} is not a list of tool schemas", hint="Is it the right file?")
    return tools


class _Reader:
    """The state of one reading."""

    def __init__(self, runs: dict[str, _Run], scope: ScopeReader, bodies: BodyShelf | None) -> None:
        self._runs = runs
        self._scope = scope
        self._bodies = bodies
        self._seen = SeenKeys()
        self._rows = 0
        self._without_tools = 0

    def outcomes(self, file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        """Yield a row for each turn of the agent, or why there is none.

        Raises:
            RecordError: The trajectory is no list of messages, or its reward no number.
        """
        run = self._runs[file.batch_id]
        if run.is_tools:
            yield _ONLY_TOOLS
            return
        trajectory = _Trajectory(record, run)
        columns = self._shared_columns(record, trajectory, file=file)
        found = False
        for turn in trajectory.turns(self._bodies):
            found = True
            if self._seen.add(str(turn["event_id"])):
                self._rows += 1
                self._without_tools += trajectory.tools is None
                labels = {**trajectory.labels, **as_object(turn.pop("labels"))}
                scope = self._scope.columns(record, headers={}, others=labels)
                yield {**columns, **scope, **turn}
            else:
                yield _DUPLICATE
        if not found:
            yield _NO_CALL

    def _shared_columns(
        self, record: JsonObject, trajectory: "_Trajectory", *, file: InputFile
    ) -> dict[str, object]:
        run = self._runs[file.batch_id]
        model = first_text(record, "model", "agent_model") or run.model
        return {
            "source": TauBenchSource.name,
            "batch_id": file.batch_id,
            "meter": "agent",
            "tokens_basis": run.counter.basis,
            "started_at": run.started_at,
            "started_at_basis": "file",
            "provider": provider_of_model(model),
            "operation": "chat",
            "requested_model": model,
            "tools_hash": None if trajectory.tools is None else content_hash(trajectory.tools),
            "tool_count": None if trajectory.tools is None else len(trajectory.tools),
            "is_error": False,
        }

    def warnings(self) -> list[QualityWarning]:
        """Return what was odd, once the rows are drawn."""
        found: list[QualityWarning] = []
        if self._rows:
            message = (
                f"{self._rows:,} requests state no time and carry the time of their file instead"
            )
            found.append(QualityWarning("time_not_stated", message, self._rows))
        if self._without_tools:
            message = (
                f"{self._without_tools:,} requests are counted without the tool schemas they carried:"
                f" put them beside the file as {_TOOLS_NAME}"
            )
            found.append(QualityWarning("tool_schemas_not_logged", message, self._without_tools))
        return found


class _Trajectory:
    """One task tried once: its messages, its tools, and whether it was solved."""

    def __init__(self, record: JsonObject, run: _Run) -> None:
        key = next((key for key in _TRAJECTORY if key in record), _TRAJECTORY[0])
        messages = record.get(key)
        if not is_list(messages):
            raise RecordError(key, "is not a list of messages", messages)
        self._messages = [_message(value) for value in messages]
        self._run = run
        own = record.get("tools")
        self.tools = as_list(own) if own is not None else run.tools
        task, trial = text(record.get("task_id")), text(record.get("trial")) or "0"
        self._session = f"{task}/{trial}"
        reward = _reward(record.get("reward"))
        self.labels: dict[str, object] = {
            "session": self._session,
            "task": task,
            "trial": trial,
            "reward": None if reward is None else format(reward.normalize(), "f"),
            # tau-bench counts a task as solved when its whole reward was earned.
            "resolved": None if reward is None else reward >= 1,
        }

    def turns(self, bodies: BodyShelf | None) -> Iterator[dict[str, object]]:
        """Yield the columns of each request, in order."""
        tools_tokens = 0 if self.tools is None else self._run.tokens(self.tools)
        sent = tools_tokens
        number = 0
        for at, message in enumerate(self._messages):
            tokens = self._run.tokens(message)
            if message.get("role") == "assistant":
                number += 1
                yield self._turn(at, number) | {
                    "input_uncached_tokens": sent,
                    "output_tokens": tokens,
                    **kept_bodies(bodies, request=self._request(at), answer=message),
                }
            sent += tokens

    def _request(self, at: int) -> JsonObject:
        tools = {} if self.tools is None else {"tools": self.tools}
        return {**tools, "messages": self._messages[:at]}

    def _turn(self, at: int, number: int) -> dict[str, object]:
        before, answer = self._messages[:at], self._messages[at]
        system = [m.get("content") for m in before if m.get("role") in ("system", "developer")]
        calls = len(as_list(answer.get("tool_calls")))
        identity = [self._session, content_hash(before), answer, content_hash(self.tools)]
        return {
            "event_id": f"tau-bench:{content_hash(identity, digits=32)}",
            "messages_hash": content_hash(before),
            "system_hash": content_hash(system) if system else None,
            "finish_reason": "tool_calls" if calls else "stop",
            "labels": {"turn": number, "tool_calls": calls},
        }


def _message(value: object) -> JsonObject:
    """Return a message without the keys that hold nothing: they are not sent."""
    if not is_object(value):
        raise RecordError("a message", "is not a JSON object", value)
    return {key: inner for key, inner in value.items() if inner is not None}


def _reward(value: object) -> Decimal | None:
    return amount(value, "reward")
