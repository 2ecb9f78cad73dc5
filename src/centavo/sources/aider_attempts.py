"""Aider's benchmark results: what each try at a task cost, and whether it was the one chosen.

The harness of aider's SWE-bench runs writes a JSON object for each task with all tries in
``all_results``. The tries' costs are what aider summed up itself; tries that broke off are not there.
"""

import ast
from collections.abc import Iterator, Sequence

import duckdb

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
    is_list,
    is_object,
    text,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import ScopeReader, labels_json
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["AiderAttemptsSource"]

_KEYS = frozenset({"instance_id", "model_patch", "model_name_or_path"})
_OUTCOMES = ("edit_outcome", "lint_outcome", "test_outcome")


class AiderAttemptsSource:
    """Reads the results of aider's benchmark harness into usage aggregates, one for each try."""

    name = "aider-attempts"
    table: TableName = "usage_aggregates"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a task's result, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if head.startswith("{"):
            keys = top_level_keys(head)
            if keys >= _KEYS and keys & {"all_results", "tries", "try"}:
                return Recognition(0.9, "it is a task's result with its tries")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each try at each task."""
        ScopeReader(options.mapping)
        tally = Tally()
        rows = record_rows(files, tally, outcomes=_outcomes, skip_bad=options.skip_bad)
        name = f"aider-attempts_{files[0].batch_id}"
        return run_reading(connection, name=name, rows=rows, tally=tally)


def _outcomes(file: InputFile, record: JsonObject) -> Iterator[Outcome]:
    task = text(record.get("instance_id"))
    if task is None:
        raise RecordError("instance_id", "is missing", record.get("instance_id"))
    tries = _tries(record)
    if not tries:
        yield "result without a try"
    chosen = next((at for at, one in enumerate(tries) if _is_chosen(one, record)), None)
    for at, one in enumerate(tries):
        labels: dict[str, object] = {
            "task": task,
            "attempt": at + 1,
            "attempts": len(tries),
            "chosen": at == chosen,
            "main_model": text(one.get("model")),
            **{key: one.get(key) for key in _OUTCOMES},
            "resolved": record.get("resolved") if at == chosen else None,
        }
        yield _row(one, labels, file=file, key=content_hash([task, at, one], digits=32))


def _tries(record: JsonObject) -> list[JsonObject]:
    """Return the tries, which some versions write as the text of a Python list."""
    told = record.get("all_results")
    if isinstance(told, str):
        try:
            told = ast.literal_eval(told)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise RecordError("all_results", "is not a list", told[:60]) from None
    if told is None:
        return [record] if record.get("cost") is not None else []
    if not is_list(told) or not all(is_object(one) for one in told):
        raise RecordError("all_results", "is not a list of objects", str(told)[:60])
    return [one for one in told if is_object(one)]


def _is_chosen(one: JsonObject, record: JsonObject) -> bool:
    # Not by its cost: where there were several tries, the result states the cost of all.
    return all(one.get(key) == record.get(key) for key in ("model_patch", "model", "try"))


def _row(
    one: JsonObject, labels: dict[str, object], *, file: InputFile, key: str
) -> dict[str, object]:
    provider, model = provider_and_model(text(one.get("model")))
    cost = amount(one.get("cost"), "cost")
    start, end = day_of_file(file)
    return {
        "aggregate_id": f"aider-attempts:{key}",
        "source": AiderAttemptsSource.name,
        "batch_id": file.batch_id,
        "basis": "metered",
        "interval_start": start,
        "interval_end": end,
        "provider": provider,
        "operation": "chat",
        "model": model,
        "application": "aider",
        "attribution_method": "label",
        "attribution_confidence": 1.0,
        "reported_cost": cost,
        "reported_cost_currency": None if cost is None else "USD",
        "labels": labels_json({name: told for name, told in labels.items() if told is not None}),
    }
