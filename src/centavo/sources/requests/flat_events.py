"""The simplest log: one JSON object per request, its keys named as the ledger's columns.

Or as providers call them: ``model`` beside ``prompt_tokens`` and ``completion_tokens``, or beside
``input_tokens`` and ``output_tokens``.
"""

from centavo.ledger.column import Column
from centavo.ledger.schema import COST_COLUMNS, USAGE_EVENTS
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    amount,
    instant,
    is_object,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.events import ReadEvent
from centavo.sources.requests.exchanges import counts_by_itself
from centavo.sources.requests.model_endpoints import provider_name, provider_of_model
from centavo.sources.requests.scope import SCOPE_NAMES, ScopeReader
from centavo.sources.requests.usage_blocks import read_usage

__all__ = ["read_flat_event"]

# What a log states about itself is not for the log to say, nor what the price book computes.
_OURS = frozenset({"source", "batch_id", "started_at_basis", "labels", *COST_COLUMNS})
_COLUMNS = {column.name: column for column in USAGE_EVENTS if column.name not in _OURS}
_TIMES = ("started_at", "timestamp", "time")
# A provider's names of what is counted.
_COUNTS = (
    "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens",
    "cache_read_input_tokens", "cache_creation_input_tokens",
)  # fmt: skip
_NAMES = frozenset({*_COUNTS, "cached_tokens", "model"})


def read_flat_event(record: JsonObject, scope: ScopeReader) -> ReadEvent:
    """Return the row of a flat record; keys that are no columns become labels.

    Raises:
        RecordError: A value that cannot be read as its column's type.
    """
    stated = _in_columns(record)
    others = {
        key: value
        for key, value in stated.items()
        if key not in _COLUMNS and key not in _OURS and key not in _TIMES and not is_object(value)
    }
    row: dict[str, object] = scope.columns(stated, headers={}, others=others)
    event = ReadEvent(row)
    for key, value in stated.items():
        if key in _COLUMNS and value is not None and key != "started_at":
            row[key] = _typed(value, _COLUMNS[key])
    _put_start(event, record)
    _finish(row)
    if row.get("event_id") is None:
        row["event_id"] = content_hash(record, digits=32)
        event.has_own_key = "started_at" in row
    return event


def _in_columns(record: JsonObject) -> JsonObject:
    """Return the record with a provider's names of model and counts as those of columns."""
    if not counts_by_itself(record.keys()):
        return record
    block = {name: record[name] for name in _COUNTS if name in record}
    if (cached := record.get("cached_tokens")) is not None:
        # OpenAI's are inside of the prompt.
        block["prompt_tokens_details"] = block["input_tokens_details"] = {"cached_tokens": cached}
    model = text(record.get("model"))
    provider = provider_name(text(record.get("provider"))) or provider_of_model(model)
    others = {key: value for key, value in record.items() if key not in _NAMES}
    return {"requested_model": model, **read_usage(block, provider=provider).tokens, **others}


def _finish(row: dict[str, object]) -> None:
    row["provider"] = provider_name(text(row.get("provider"))) or provider_of_model(
        text(row.get("requested_model")) or text(row.get("answered_model"))
    )
    if any(row.get(name) for name in SCOPE_NAMES):
        row.setdefault("attribution_method", "label")
        row.setdefault("attribution_confidence", 1.0)
    row.setdefault("is_error", _failed(row))


def _failed(row: dict[str, object]) -> bool | None:
    status = row.get("status_code")
    if isinstance(status, int):
        return status >= 400
    return True if row.get("error_class") else None


def _typed(value: object, column: Column) -> object:
    if column.type == "BIGINT":
        return whole_number(value, column.name)
    if column.type == "DECIMAL(18,12)":
        return amount(value, column.name)
    if column.type == "BOOLEAN":
        if isinstance(value, bool):
            return value
        raise RecordError(column.name, "is not true or false", value)
    if column.type == "DOUBLE":
        return _fraction(value, column.name)
    stated = text(value)
    if stated is None and value != "":
        raise RecordError(column.name, "is not a text", value)
    return stated


def _fraction(value: object, column: str) -> float:
    number = amount(value, column)
    if number is None or number > 1:
        raise RecordError(column, "is not a number from 0 to 1", value)
    return float(number)


def _put_start(event: ReadEvent, record: JsonObject) -> None:
    for key in _TIMES:
        if (found := instant(record.get(key), key)) is not None:
            event.row["started_at"], stated_zone = found
            event.row["started_at_basis"] = "stated"
            event.zoneless = not stated_zone
            return
