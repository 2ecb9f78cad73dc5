"""The source of n8n's executions, as its public API answers them: pages, lists or one by one."""

from collections.abc import Iterator, Sequence

import duckdb

from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import USAGE_EVENTS, TableName
from centavo.sources.event_batches import event_reading
from centavo.sources.json_records import top_level_keys
from centavo.sources.n8n.model_calls import ESTIMATED, model_calls
from centavo.sources.n8n.nodes import workflow_nodes
from centavo.sources.record_rows import Outcome, record_rows
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_object,
    at_path,
    instant,
    is_list,
    is_object,
    text,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["N8nSource"]

_PAGE_KEYS = frozenset({"data", "nextCursor"})
_EXECUTION_KEYS = frozenset({"id", "mode", "startedAt", "workflowId"})
_NO_DATA = "execution without its data"
_NO_CALL = "execution without a model call"
_EMPTY = "page without executions"
_DUPLICATE = "duplicate of the same request"
# Runs that a person starts from the editor, or that n8n starts to evaluate a workflow.
_TEST_MODES = frozenset({"manual", "evaluation"})
_COLUMNS = frozenset(column.name for column in USAGE_EVENTS)


class N8nSource:
    """Reads executions of n8n workflows into usage events."""

    name = "n8n"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds executions, and why."""
        head = probe.head.removeprefix("\ufeff").lstrip()
        if not head.startswith(("{", "[")):
            return None
        keys = top_level_keys(head)
        if keys >= _EXECUTION_KEYS:
            return Recognition(0.9, "its records are executions of n8n workflows")
        marked = all(f'"{key}"' in head for key in _EXECUTION_KEYS)
        if "data" in keys and keys <= _PAGE_KEYS and marked:
            return Recognition(0.9, "it is a page of n8n's executions")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each model call of the executions."""
        tally = Tally()
        reader = _Reader(ScopeReader(options.mapping))

        def rows() -> Iterator[dict[str, object]]:
            drawn = record_rows(files, tally, outcomes=reader.outcomes, skip_bad=options.skip_bad)
            for row in drawn:
                yield dict(row)
            tally.warnings += reader.warnings()

        return event_reading(connection, name=f"n8n_{files[0].batch_id}", rows=rows(), tally=tally)


class _Reader:
    """The state of one reading."""

    def __init__(self, scope: ScopeReader) -> None:
        self._scope = scope
        self._seen = SeenKeys()
        self._without_data = 0
        self._estimated = 0

    def outcomes(self, file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        """Yield what each execution of a page, or the one execution, holds.

        Raises:
            RecordError: An execution is no object, or a value in it cannot be read.
        """
        page = record.get("data")
        executions = page if is_list(page) else [record]
        if not executions:
            yield _EMPTY
        for execution in executions:
            if not is_object(execution):
                raise RecordError("an execution", "is not a JSON object", execution)
            yield from self._calls(execution, file)

    def _calls(self, execution: JsonObject, file: InputFile) -> Iterator[Outcome]:
        run_data = at_path(execution, "data.resultData.runData")
        if not is_object(run_data):
            self._without_data += 1
            yield _NO_DATA
            return
        shared: dict[str, object] | None = None
        for call in model_calls(execution, run_data):
            shared = shared or self._shared(execution, run_data)
            if not self._seen.add(str(call["event_id"])):
                yield _DUPLICATE
                continue
            self._estimated += call.get("tokens_basis") == ESTIMATED
            yield self._row(execution, shared, call=call) | {"batch_id": file.batch_id}
        if shared is None:
            yield _NO_CALL

    def _shared(self, execution: JsonObject, run_data: JsonObject) -> dict[str, object]:
        """Return the columns that all calls of an execution share."""
        workflow = as_object(execution.get("workflowData"))
        found = instant(execution.get("startedAt"), "startedAt")
        if found is None:
            raise RecordError("startedAt", "is missing", execution.get("startedAt"))
        return {
            "source": N8nSource.name,
            "meter": "application",
            "started_at": found[0],
            "started_at_basis": "execution",
            "application": text(workflow.get("name")) or text(execution.get("workflowId")),
            "endpoint": _endpoint(workflow, run_data),
            "environment": "test" if text(execution.get("mode")) in _TEST_MODES else None,
            "attribution_method": "label",
            "attribution_confidence": 1.0,
        }

    def _row(
        self, execution: JsonObject, shared: JsonObject, *, call: JsonObject
    ) -> dict[str, object]:
        labels = {
            "execution": text(execution.get("id")),
            "workflow_id": text(execution.get("workflowId")),
            "mode": text(execution.get("mode")),
            "status": text(execution.get("status")),
            "retry_of": text(execution.get("retryOf")),
            "node_type": call.get("node_type"),
            "calls": call.get("calls"),
            # What a workflow notes about its own execution (the node Execution Data).
            **as_object(execution.get("customData")),
        }
        columns = {name: value for name, value in call.items() if name in _COLUMNS}
        scope = self._scope.columns(execution, headers={}, others=labels)
        return {**shared, **columns, **scope}

    def warnings(self) -> list[QualityWarning]:
        """Return what was odd, once the rows are drawn."""
        found: list[QualityWarning] = []
        if self._without_data:
            message = (
                f"{self._without_data:,} executions came without their data, so nobody sees what they"
                " called: ask for includeData=true, and let n8n save execution data"
            )
            found.append(QualityWarning("execution_data_missing", message, self._without_data))
        if self._estimated:
            message = f"{self._estimated:,} calls carry n8n's estimate of their tokens, not a count"
            found.append(QualityWarning("tokens_estimated", message, self._estimated))
        return found


def _endpoint(workflow: JsonObject, run_data: JsonObject) -> str | None:
    """Return the path of the webhook that started the execution."""
    for node in workflow_nodes(workflow):
        if node.name in run_data and node.short_type == "webhook":
            path = text(node.parameters.get("path"))
            return f"/{path.lstrip('/')}" if path else None
    return None
