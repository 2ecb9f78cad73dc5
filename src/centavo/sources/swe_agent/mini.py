"""mini-swe-agent's trajectories: one usage event for each answer that they keep whole."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePath

import duckdb

from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.aider_models import provider_and_model
from centavo.sources.event_batches import event_reading
from centavo.sources.json_records import top_level_keys
from centavo.sources.record_rows import Outcome, record_rows
from centavo.sources.record_values import (
    JsonObject,
    amount,
    as_list,
    as_object,
    at_path,
    instant,
    is_object,
    text,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import ScopeReader, labels_json
from centavo.sources.requests.usage_blocks import find_usage, read_usage
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["MiniSweAgentSource"]

_DUPLICATE = "answer that another trajectory of this reading tells too"
_NO_ANSWER = "not a model call: message without an answer's body"
_OPERATIONS = {"response": "responses"}


class MiniSweAgentSource:
    """Reads ``.traj.json`` files whose messages keep the provider's answer under ``extra``."""

    name = "mini-swe-agent"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a trajectory of mini-swe-agent, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith("{"):
            return None
        if '"mini-swe-agent' in head or '"mini_version"' in head:
            if {"info", "messages"} & top_level_keys(head):
                return Recognition(0.94, "it names mini-swe-agent and has info or messages")
        elif {"info", "messages"} <= top_level_keys(head) and '"model_stats"' in head:
            return Recognition(0.85, "it has info with model_stats, and messages")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each answer."""
        tally = Tally()
        ScopeReader(options.mapping)
        outcomes = _Trajectories().outcomes
        rows = record_rows(files, tally, outcomes=outcomes, skip_bad=options.skip_bad)
        name = f"mini-swe-agent_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


class _Trajectories:
    def __init__(self) -> None:
        self._seen = SeenKeys()

    def outcomes(self, file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        """Yield a row for each answer of the trajectory, and a reason for each other message."""
        model = text(at_path(record, "info.config.model.model_name"))
        stem = PurePath(file.name).name.partition(".traj")[0]
        labels = {"task": text(record.get("instance_id")) or stem, "model": model}
        told = labels_json({key: value for key, value in labels.items() if value})
        messages = as_list(record.get("messages"))
        if not messages:
            yield "trajectory without messages"
        for message in messages:
            extra = as_object(as_object(message).get("extra"))
            answer = extra.get("response")
            if not is_object(answer):
                yield _NO_ANSWER
                continue
            row = _row(answer, extra, file=file, model=model)
            if self._seen.add(str(row["event_id"])):
                yield {**row, "labels": told}
            else:
                yield _DUPLICATE


def _row(
    answer: JsonObject, extra: JsonObject, *, file: InputFile, model: str | None
) -> dict[str, object]:
    answered = text(answer.get("model"))
    provider, name = provider_and_model(model or answered)
    block = find_usage(answer)
    usage = read_usage(block, provider=provider)
    started = (
        instant(answer.get("created"), "created")
        or instant(answer.get("created_at"), "created_at")
        or instant(extra.get("timestamp"), "timestamp")
    )
    changed_at = datetime.fromtimestamp(file.path.stat().st_mtime, tz=UTC).replace(tzinfo=None)
    call_id = text(answer.get("id"))
    cost = amount(extra.get("cost"), "cost") or amount(as_object(block).get("cost"), "cost")
    return {
        "event_id": f"mini-swe-agent:{call_id or content_hash(answer, digits=32)}",
        "source": MiniSweAgentSource.name,
        "batch_id": file.batch_id,
        "call_id": call_id,
        "meter": "agent",
        "started_at": started[0] if started else changed_at,
        "started_at_basis": "stated" if started else "file",
        "provider": provider,
        "operation": _OPERATIONS.get(text(answer.get("object")) or "", "chat"),
        "requested_model": name,
        "answered_model": answered,
        "application": "mini-swe-agent",
        "attribution_method": "label",
        "attribution_confidence": 1.0,
        **usage.tokens,
        # Without a known price the agent writes 0.
        "reported_cost": cost or None,
        "is_error": False,
    }
