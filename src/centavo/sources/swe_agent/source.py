"""SWE-agent's trajectories: one usage aggregate for each run, from its ``model_stats``."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import duckdb
import msgspec

from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.agent_runs import day_of_file, run_reading
from centavo.sources.aider_models import provider_and_model
from centavo.sources.json_records import top_level_keys
from centavo.sources.record_rows import Outcome, record_rows
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_list,
    as_object,
    at_path,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import ScopeReader, labels_json
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["SweAgentSource"]

_STATS = ("api_calls", "tokens_sent", "tokens_received", "instance_cost")
_KEYS = frozenset({"trajectory", "history", "info", "environment", "replay_config", "attempts"})
# The folder of a run of version 0: model__data__config__t-0.00__p-0.95__c-3.00__install-1.
_FOLDER = re.compile(r"^(?P<model>.+?)__.+__t-[\d.]+__p-[\d.]+__c-[\d.]+__install-")
_NO_MODELS = frozenset({"human", "human_thought", "replay", "instant_empty_submit"})
_NO_CALLS = "not a model call: run without API calls, by a human or replayed"
_NO_STATS = "run without model_stats"


class SweAgentSource:
    """Reads ``.traj`` files into usage aggregates: they tell what a run took, not what a call did."""

    name = "swe-agent"
    table: TableName = "usage_aggregates"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a trajectory of SWE-agent, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith("{"):
            return None
        keys = top_level_keys(head)
        if ".traj" in probe.suffixes and keys & _KEYS and "messages" not in keys:
            return Recognition(0.93, "it is named .traj and has a trajectory's keys")
        if len(keys & _KEYS) > 1 and keys & {"trajectory", "attempts"}:
            return Recognition(0.8, f"its keys are {', '.join(sorted(keys & _KEYS))}")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each run that called a model."""
        tally = Tally()
        ScopeReader(options.mapping)
        rows = record_rows(files, tally, outcomes=_outcomes, skip_bad=options.skip_bad)
        name = f"swe-agent_{files[0].batch_id}"
        return run_reading(connection, name=name, rows=rows, tally=tally)


def _outcomes(file: InputFile, record: JsonObject) -> Iterator[Outcome]:
    info = as_object(record.get("info"))
    stats = info.get("model_stats")
    if not is_object(stats):
        stats = _summed(record)
    if stats is None:
        yield _NO_STATS
        return
    calls, sent, received = (whole_number(stats.get(key), key) for key in _STATS[:3])
    cost = amount(stats.get("instance_cost"), "instance_cost")
    if not (calls or sent or received or cost):
        yield _NO_CALLS
        return
    model = _model(record, file)
    provider, name = (None, None) if model in _NO_MODELS else provider_and_model(model)
    start, end = day_of_file(file)
    run = PurePath(file.name)
    labels = {
        "run": run.name.partition(".traj")[0],
        "model": model,
        "exit_status": text(info.get("exit_status")),
    }
    yield {
        "aggregate_id": f"swe-agent:{content_hash(record, digits=32)}",
        "source": SweAgentSource.name,
        "batch_id": file.batch_id,
        "basis": "metered",
        "interval_start": start,
        "interval_end": end,
        "provider": provider,
        "operation": "chat",
        "model": name,
        "application": "swe-agent",
        "attribution_method": "label",
        "attribution_confidence": 1.0,
        "request_count": calls,
        "input_uncached_tokens": sent,
        "output_tokens": received,
        "reported_cost": cost,
        "reported_cost_currency": None if cost is None else "USD",
        "labels": labels_json({key: value for key, value in labels.items() if value}),
    }


def _summed(record: JsonObject) -> dict[str, object] | None:
    """Return the sums of a run that tried several times and only its tries tell of."""
    tries = [at_path(part, "info.model_stats") for part in as_list(record.get("attempts"))]
    told = [stats for stats in tries if is_object(stats)]
    if not told:
        return None
    sums: dict[str, object] = {}
    for key in _STATS[:3]:
        counts = [whole_number(stats.get(key), key) for stats in told]
        sums[key] = None if None in counts else sum(count or 0 for count in counts)
    costs = [amount(stats.get("instance_cost"), "instance_cost") for stats in told]
    sums["instance_cost"] = None if None in costs else sum(cost for cost in costs if cost)
    return sums


def _model(record: JsonObject, file: InputFile) -> str | None:
    """Return the model of the run's configuration, or else of its folder's name."""
    config = record.get("replay_config")
    if isinstance(config, str):
        try:
            config = msgspec.json.decode(config)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecordError("replay_config", "is not JSON", config[:60]) from None
    named = text(at_path(config, "agent.model.name")) or text(at_path(config, "model.name"))
    if named:
        return named
    folders = (_FOLDER.match(part) for part in reversed(file.path.absolute().parts[:-1]))
    return next((found["model"] for found in folders if found), None)
