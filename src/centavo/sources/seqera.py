"""Seqera Platform run dumps (Nextflow Tower): what each task of a pipeline run cost, as estimated.

One JSON document is one run: ``workflow``, ``tasks``, ``progress``, ``metrics``. Each task that the
platform gave a cost becomes a charge. That cost is the platform's own estimate from machine prices,
not a bill, and is graded so; it is in US dollars, as the platform states its costs.

Source: Seqera Platform API, ``GET /workflow/{id}`` and ``/workflow/{id}/tasks``; Nextflow trace fields.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import CHARGES, TableName
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.json_records import decode_json, json_texts, opened, top_level_keys
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_object,
    instant,
    is_list,
    is_object,
    located,
    text,
    whole_number,
)
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["SeqeraRunSource"]

_COLUMNS = (
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName",
    "BillingAccountType", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd",
    "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "EffectiveCost", "HostProviderName",
    "PricingCategory", "RegionId", "ResourceId", "ResourceName", "ResourceType",
    "ServiceCategory", "ServiceName", "ServiceProviderName", "ServiceSubcategory", "SkuId",
    "SubAccountId", "Tags", "x_CostBasis", "x_Source", "x_IngestionBatchId", "x_RestatementDate",
)  # fmt: skip
_HOSTS = {"awsbatch": "AWS", "google-batch": "Google Cloud", "azurebatch": "Microsoft"}
_PRICING = {"spot": "Dynamic", "standard": "Standard"}
_BATCH_ROWS = 2_000
_NO_COST = "task without a cost"
_MALFORMED = "malformed task"
_MICROSECONDS_AN_HOUR = Decimal(3_600_000_000)
_TWELVE = Decimal("0.000000000001")

_Row = Mapping[str, object]


class SeqeraRunSource:
    """Reads run dumps into charges, one for each task with a cost."""

    name = "seqera"
    table: TableName = "charges"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say yes to a JSON document of a workflow whose run name and session Nextflow wrote."""
        keys = top_level_keys(probe.head)
        if keys & {"workflow", "tasks"} and all(
            f'"{key}"' in probe.head for key in ("runName", "sessionId", "workDir")
        ):
            return Recognition(0.9, "it holds a workflow with a runName and a sessionId")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one charge for each task that the platform gave a cost."""
        tally = Tally()
        name = f"{self.name}_{files[0].batch_id}"
        types = {column.name: column.type for column in CHARGES if column.name in _COLUMNS}
        explain = register_columns(
            connection,
            name,
            types=types,
            batches=_batches(_rows(files, tally, skip_bad=options.skip_bad), tuple(types)),
        )
        return Reading(self.table, f'SELECT * FROM "{name}"', tally, explain)


def _batches(rows: Iterator[_Row], columns: Sequence[str]) -> Iterator[Columns]:
    while batch := list(islice(rows, _BATCH_ROWS)):
        yield {name: [row.get(name) for row in batch] for name in columns}


@dataclass
class _Cached:
    """Tasks of earlier runs that a run took over, and the cost the platform gives them again."""

    count: int = 0
    cost: Decimal = field(default_factory=Decimal)


def _rows(files: Sequence[InputFile], tally: Tally, *, skip_bad: bool) -> Iterator[_Row]:
    cached = _Cached()
    for file in files:
        with opened(file.path, file.name) as stream:
            for data in json_texts(stream, one_per_line=False):
                try:
                    run = decode_json(data, name=file.name, exact=True)
                    yield from _of_run(file, run, tally, cached, line=data.line, skip_bad=skip_bad)
                except (RecordError, BadValueError) as error:
                    raise located(error, file=file.name, line=data.line) from None
        if not tally.read[file.batch_id]:
            raise InputError(f"{file.name} holds no task", hint="Is it the dump of a whole run?")
    if cached.count:
        tally.warnings.append(
            QualityWarning(
                "cached_tasks",
                f"{cached.count} tasks were taken over from an earlier run; the platform gives their"
                f" cost, {cached.cost.normalize():f} USD, to this run again",
                cached.count,
            )
        )


def _of_run(
    file: InputFile,
    run: object,
    tally: Tally,
    cached: _Cached,
    *,
    line: int,
    skip_bad: bool,
) -> Iterator[_Row]:
    if not is_object(run) or not is_object(run.get("workflow")) or not is_list(run.get("tasks")):
        raise RecordError("the document", "has no workflow and tasks", type(run).__name__)
    shared = _shared(file, as_object(run.get("workflow")), as_object(run.get("meta")))
    tasks = run["tasks"]
    assert is_list(tasks)
    for number, item in enumerate(tasks):
        tally.read[file.batch_id] += 1
        # The API wraps each task; other exports do not.
        task = as_object(as_object(item).get("task")) or as_object(item)
        try:
            row = _task_row(task, shared)
        except RecordError as error:
            if not skip_bad:
                named = RecordError(f"tasks[{number}].{error.column}", error.problem, error.value)
                raise located(named, file=file.name, line=line) from None
            tally.skipped[file.batch_id, _MALFORMED] += 1
            continue
        if row is None:
            tally.skipped[file.batch_id, _NO_COST] += 1
            continue
        if task.get("status") == "CACHED":
            cost = row["BilledCost"]
            cached.count += 1
            cached.cost += cost if isinstance(cost, Decimal) else 0
        yield row


def _shared(file: InputFile, workflow: JsonObject, meta: JsonObject) -> _Row:
    """Return what all tasks of a run have in common."""
    run_id = text(workflow.get("id"))
    if run_id is None:
        raise RecordError("workflow.id", "is missing", None)
    began = _first_instant(workflow, "start", "submit", "dateCreated")
    if began is None:
        raise RecordError("workflow.start", "is missing", None)
    return {
        # A run is restated as a whole: a later dump of it replaces this one, and no other run.
        "BillingAccountId": run_id,
        "BillingAccountName": text(workflow.get("runName")),
        "BillingAccountType": "Pipeline run",
        "SubAccountId": text(meta.get("workspace")),
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ServiceCategory": "Compute",
        "ServiceSubcategory": "Other (Compute)",
        "x_CostBasis": "estimated",
        "x_Source": SeqeraRunSource.name,
        "x_IngestionBatchId": file.batch_id,
        "_pipeline": text(workflow.get("projectName")),
        "_fusion": as_object(workflow.get("fusion")).get("enabled"),
        "x_RestatementDate": began.date(),
    }


def _task_row(task: JsonObject, shared: _Row) -> _Row | None:
    """Return the charge of a task; ``None`` where the platform gave it no cost.

    Raises:
        RecordError: A value cannot be read.
    """
    cost = amount(task.get("cost"), "cost")
    if cost is None:
        return None
    start = _first_instant(task, "start", "submit", "dateCreated")
    if start is None:
        raise RecordError("start", "is missing", task.get("start"))
    end = _first_instant(task, "complete", "lastUpdated") or start
    if end < start:
        raise RecordError("complete", "is before the start", task.get("complete"))
    cpus = whole_number(task.get("cpus"), "cpus")
    month = datetime(start.year, start.month, 1)  # noqa: DTZ001 -- the ledger's times are naive UTC
    zone = text(task.get("cloudZone"))
    executor = text(task.get("executor")) or "unknown executor"
    known = {name: value for name, value in shared.items() if not name.startswith("_")}
    return known | {
        "AvailabilityZone": zone,
        "RegionId": _region(zone),
        "BilledCost": cost,
        "EffectiveCost": cost,
        "BillingPeriodStart": month,
        "BillingPeriodEnd": (month + timedelta(days=32)).replace(day=1),
        "ChargeDescription": text(task.get("process")),
        "ChargePeriodStart": start,
        # A charge has a length; tasks are told to the second.
        "ChargePeriodEnd": max(end, start + timedelta(seconds=1)),
        "ConsumedQuantity": None if cpus is None else _cpu_hours(cpus, start, end),
        "ConsumedUnit": None if cpus is None else "vCPU-Hours",
        "HostProviderName": _HOSTS.get(executor),
        "ServiceProviderName": _HOSTS.get(executor),
        "ServiceName": f"Nextflow on {executor}",
        "PricingCategory": _PRICING.get(text(task.get("priceModel")) or ""),
        "ResourceId": text(task.get("nativeId")) or text(task.get("hash")),
        "ResourceName": text(task.get("name")),
        "ResourceType": "Pipeline task",
        "SkuId": text(task.get("machineType")),
        "Tags": json.dumps(_tags(task, shared)),
    }


def _first_instant(task: JsonObject, *keys: str) -> datetime | None:
    for key in keys:
        if (found := instant(task.get(key), key)) is not None:
            return found[0]
    return None


def _cpu_hours(cpus: int, start: datetime, end: datetime) -> Decimal:
    microseconds = (end - start) // timedelta(microseconds=1)
    return (cpus * Decimal(microseconds) / _MICROSECONDS_AN_HOUR).quantize(_TWELVE)


def _region(zone: str | None) -> str | None:
    """Return the region of a zone: AWS and Google name it with a letter at the end."""
    if zone is None:
        return None
    return zone[:-1].rstrip("-") if zone[-1:].isalpha() else zone


def _tags(task: JsonObject, shared: _Row) -> dict[str, str]:
    process = (text(task.get("process")) or "").rsplit(":", 1)[-1] or None
    stated = {
        "application": shared["_pipeline"],
        "feature": process,
        "status": text(task.get("status")),
        "attempt": text(task.get("attempt")),
        "price_model": text(task.get("priceModel")),
        "spot_interruptions": text(task.get("numSpotInterruptions")),
        "cpus": text(task.get("cpus")),
        "memory_bytes": text(task.get("memory")),
        "peak_rss_bytes": text(task.get("peakRss")),
        "cpu_percent": text(task.get("pcpu")),
        "fusion": None if shared["_fusion"] is None else str(shared["_fusion"]).lower(),
    }
    return {name: str(value) for name, value in stated.items() if value is not None}
