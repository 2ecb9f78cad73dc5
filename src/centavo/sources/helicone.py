"""Helicone's requests: the CSV or JSON that its export tool writes, and pages of its query API.

Source: Helicone's ``examples/export`` and the schema ``HeliconeRequest`` of
``POST /v1/request/query-clickhouse``.
"""

import json
from collections.abc import Mapping, Sequence

import duckdb

from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.record_rows import Outcome
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    as_object,
    first_text,
    instant,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash, request_columns
from centavo.sources.requests.model_endpoints import (
    answer_operation,
    provider_name,
    provider_of_model,
    read_endpoint,
)
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.usage_blocks import find_usage, read_usage
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.table_rows import column_key, named_columns, record_names, table_rows

__all__ = ["HeliconeSource"]

_HALLMARKS = frozenset(map(column_key, ("response_status", "request_created_at", "prompt_tokens")))
_COLUMNS = frozenset(
    map(
        column_key,
        (
            "response_id", "response_created_at", "response_status", "request_created_at",
            "request_properties", "request_user_id", "request_id", "request_path", "model",
            "prompt_tokens", "completion_tokens", "latency", "delay_ms", "cost", "cost_usd",
            "helicone_user", "cache_reference_id", "llmSchema",
        ),
    )
)  # fmt: skip
_OWN = frozenset(
    map(column_key, ("request_properties", "request_user_id", "helicone_user", "llmSchema"))
)
# No response came from the cache: Helicone writes the nil UUID.
_NO_CACHE_REFERENCE = "00000000-0000-0000-0000-000000000000"
_PROVIDER_NAMES = {"custom": None, "vertex": "google", "bedrock": "aws", "togetherai": "together"}


class HeliconeSource:
    """Reads exported requests into usage events."""

    name = "helicone"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the columns or keys are those of Helicone's requests, and why."""
        seen = set(map(column_key, record_names(probe)))
        if not seen >= _HALLMARKS or not seen & _OWN:
            return None
        return Recognition(0.95, f"it has {len(seen & _COLUMNS)} columns of Helicone's requests")

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each request.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        requests = _Requests(ScopeReader(options.mapping))
        rows = table_rows(files, tally, outcome=requests.outcome, skip_bad=options.skip_bad)
        name = f"helicone_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


class _Requests:
    """Makes rows of records, once for each request."""

    def __init__(self, scope: ScopeReader) -> None:
        self._scope = scope
        self._seen = SeenKeys()

    def outcome(self, file: InputFile, record: JsonObject) -> Outcome:
        """Return the row, or the reason why there is none.

        Raises:
            RecordError: A value that cannot be read.
        """
        found = named_columns(record)
        stated = first_text(found, "responseid", "requestid")
        event_id = f"helicone:{stated or content_hash(record, digits=32)}"
        if not self._seen.add(event_id):
            return "duplicate of the same request"
        return {**self._row(found), "event_id": event_id, "batch_id": file.batch_id}

    def _row(self, found: Mapping[str, object]) -> Row:
        asked, answer = _object(found, "requestbody"), _object(found, "responsebody")
        requested = first_text(found, "requestmodel", "model") or first_text(asked, "model")
        answered = first_text(found, "responsemodel", "modeloverride", "model")
        address = first_text(found, "targeturl", "requestpath")
        endpoint = read_endpoint(address) if address and "/" in address else None
        provider = _provider(found, answered or requested) or (endpoint and endpoint.provider)
        is_hit = _is_hit(found)
        tokens = _no_tokens() if is_hit else _tokens(found, answer, provider)
        return {
            **(request_columns(asked) if asked else {}),
            **self._scope_columns(found),
            **_times(found),
            **_status(found),
            **tokens,
            "source": HeliconeSource.name,
            "meter": "gateway",
            "call_id": None if is_hit else first_text(answer, "id", "responseId"),
            "provider": provider,
            "operation": (endpoint and endpoint.operation) or answer_operation(answer)[0],
            "server_address": (endpoint and endpoint.host) or None,
            "requested_model": requested,
            "answered_model": answered,
            "cache_verdict": "hit" if is_hit else None,
            "template_id": _template(found),
            "reported_cost": amount(
                next((found[key] for key in ("costusd", "cost") if key in found), None), "cost"
            ),
        }

    def _scope_columns(self, found: Mapping[str, object]) -> dict[str, object]:
        properties = dict(_object(found, "requestproperties") or _object(found, "properties"))
        user = first_text(found, "requestuserid", "userid", "heliconeuser")
        labels = {**properties, **({"user_id": user} if user else {})}
        # The columns stand under a name of their own, or some would count as labels.
        return self._scope.columns({"columns": dict(found), "labels": labels}, headers={})


def _object(found: Mapping[str, object], key: str) -> JsonObject:
    """Return a JSON column; the export tool writes its quotes twice as often as CSV asks for."""
    value = found.get(key)
    for candidate in (value, value.replace('""', '"')) if isinstance(value, str) else ():
        try:
            return as_object(json.loads(candidate))
        except ValueError:
            continue
    return as_object(value)


def _provider(found: Mapping[str, object], model: str | None) -> str | None:
    stated = first_text(found, "provider")
    name = provider_name(stated)
    if name is not None:
        name = _PROVIDER_NAMES.get(name, name)
    return name or provider_of_model(model)


def _is_hit(found: Mapping[str, object]) -> bool:
    reference = first_text(found, "cachereferenceid")
    return reference is not None and reference != _NO_CACHE_REFERENCE


def _no_tokens() -> dict[str, object]:
    """Return what an answer from Helicone's cache took from the provider: nothing."""
    return {"input_uncached_tokens": 0, "output_tokens": 0}


def _tokens(
    found: Mapping[str, object], answer: JsonObject, provider: str | None
) -> Mapping[str, object]:
    """Return the provider's own block where the body was exported; Helicone's columns otherwise.

    Helicone takes cached tokens out of ``prompt_tokens``; where ``total_tokens`` has no room for
    them beside the prompt, they are inside of it.
    """
    if tokens := read_usage(find_usage(answer), provider=provider).tokens:
        return tokens
    given, made = _count(found, "prompt_tokens"), _count(found, "completion_tokens")
    read, write = (
        _count(found, "prompt_cache_read_tokens"),
        _count(found, "prompt_cache_write_tokens"),
    )
    total = _count(found, "total_tokens")
    if not any((given, made, read, write)) and not _failed(found):
        return {}
    cached = (read or 0) + (write or 0)
    if given is not None and cached and total == given + (made or 0) and cached <= given:
        given -= cached
    return {
        "input_uncached_tokens": given,
        "cache_read_tokens": read or None,
        "cache_write_tokens": write or None,
        "output_tokens": made,
        "input_audio_tokens": _count(found, "prompt_audio_tokens") or None,
        "output_audio_tokens": _count(found, "completion_audio_tokens") or None,
    }


def _count(found: Mapping[str, object], column: str) -> int | None:
    return whole_number(found.get(column_key(column)), column)


def _status_of(found: Mapping[str, object]) -> int | None:
    stated = next((found[key] for key in ("responsestatus", "status") if key in found), None)
    if is_object(stated):
        stated = stated.get("code")
    number = text(stated)
    if number is None:
        return None
    try:
        return int(float(number))
    except ValueError:
        raise RecordError("response_status", "is not a status", stated) from None


def _failed(found: Mapping[str, object]) -> bool:
    status = _status_of(found)
    return status is not None and (status >= 400 or status < 0)


def _status(found: Mapping[str, object]) -> Row:
    status = _status_of(found)
    if status is None:
        return {}
    # Below zero Helicone says what became of the request instead: cancelled, timed out, blocked.
    return {
        "status_code": status if status >= 100 else None,
        "is_error": _failed(found),
        "error_class": (f"http_{status}" if status > 0 else f"helicone_{status}")
        if _failed(found)
        else None,
    }


def _times(found: Mapping[str, object]) -> Row:
    stated = next((found[key] for key in ("requestcreatedat", "createdat") if key in found), None)
    start = instant(stated, "request_created_at")
    if start is None:
        raise RecordError("request_created_at", "is missing", stated)
    row: dict[str, object] = {"started_at": start[0], "started_at_basis": "stated"}
    for key in ("delayms", "latency", "latencyms"):
        if (delay := _milliseconds(found.get(key), key)) is not None:
            row["duration_ms"] = delay
            break
    else:
        end = instant(found.get("responsecreatedat"), "response_created_at")
        if end is not None and end[0] >= start[0]:
            row["duration_ms"] = round((end[0] - start[0]).total_seconds() * 1000)
    row["ttft_ms"] = _milliseconds(found.get("timetofirsttoken"), "time_to_first_token") or None
    return row


def _milliseconds(value: object, column: str) -> int | None:
    number = text(value)
    if number is None:
        return None
    try:
        return whole_number(round(float(number)), column)
    except (ValueError, OverflowError):
        raise RecordError(column, "is not a number of milliseconds", value) from None


def _template(found: Mapping[str, object]) -> str | None:
    name, version = first_text(found, "promptid"), first_text(found, "promptversion")
    return f"{name}:{version}" if name and version else name
