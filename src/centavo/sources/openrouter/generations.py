"""OpenRouter's activity export, one row a generation, and answers of its generation API.

Source: the CSV of the Activity page (openrouter.ai/activity), and
``GET /api/v1/generation`` in OpenRouter's API reference.
"""

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
    first_text,
    instant,
    text,
    whole_number,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.model_endpoints import provider_name
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.seen_keys import SeenKeys
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.table_rows import column_key, named_columns, record_names, table_rows

__all__ = ["OpenRouterSource"]

_CSV_MARKS = frozenset(map(column_key, ("generation_id", "model_permaslug", "tokens_prompt")))
_API_MARKS = frozenset(map(column_key, ("native_tokens_prompt", "total_cost", "provider_name")))
# The upstreams of OpenRouter by the names that it shows.
_UPSTREAMS = {
    "amazon bedrock": "aws",
    "azure": "azure",
    "google": "google",
    "google ai studio": "google",
    "google vertex": "google",
    "moonshot ai": "moonshotai",
    "xai": "x-ai",
    "z.ai": "zai",
}
_STANDARD = frozenset(("standard", "default"))


class OpenRouterSource:
    """Reads generations into usage events."""

    name = "openrouter"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the columns or keys are those of OpenRouter's generations, and why."""
        seen = set(map(column_key, record_names(probe)))
        if probe.columns and seen >= _CSV_MARKS:
            return Recognition(0.95, "it has OpenRouter's generation_id and model_permaslug")
        if not probe.columns and seen >= _API_MARKS:
            return Recognition(0.9, "it has the native token counts of OpenRouter's generations")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each generation.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        generations = _Generations(ScopeReader(options.mapping))
        rows = table_rows(files, tally, outcome=generations.outcome, skip_bad=options.skip_bad)
        name = f"openrouter_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


class _Generations:
    """Makes rows of records, once for each generation."""

    def __init__(self, scope: ScopeReader) -> None:
        self._scope = scope
        self._seen = SeenKeys()

    def outcome(self, file: InputFile, record: JsonObject) -> Outcome:
        """Return the row, or the reason why there is none.

        Raises:
            RecordError: A value that cannot be read.
        """
        found = named_columns(record)
        stated = first_text(found, "generationid", "id")
        event_id = f"openrouter:{stated or content_hash(record, digits=32)}"
        if not self._seen.add(event_id):
            return "duplicate of the same generation"
        return {
            **self._scope.columns({"columns": found, "labels": _labels(found)}, headers={}),
            **_row(found),
            **_tokens(found),
            "event_id": event_id,
            "call_id": stated,
            "batch_id": file.batch_id,
        }


def _row(found: Mapping[str, object]) -> Row:
    created = instant(found.get("createdat"), "created_at")
    if created is None:
        raise RecordError("created_at", "is missing", found.get("createdat"))
    upstream = first_text(found, "providername")
    reason = first_text(found, "finishreasonnormalized", "finishreason", "finishreasonraw")
    return {
        "source": OpenRouterSource.name,
        "meter": "gateway",
        "started_at": created[0],
        "started_at_basis": "stated",
        "duration_ms": _milliseconds(found, "generation_time_ms", "generation_time"),
        "ttft_ms": _milliseconds(found, "time_to_first_token_ms", "latency"),
        # With the user's own key the provider bills the tokens, and OpenRouter only its fee.
        "provider": _upstream(upstream) if _is_own_key(found) else "openrouter",
        "operation": "chat",
        "requested_model": _model(found),
        "api_key_id": first_text(found, "apikeyname"),
        "streamed": _flag(found, "streamed"),
        "finish_reason": reason,
        "is_error": reason == "error",
        "error_class": "error" if reason == "error" else None,
        "reported_cost": amount(
            next((found[key] for key in ("costtotal", "totalcost", "usage") if key in found), None),
            "cost_total",
        ),
    }


def _tokens(found: Mapping[str, object]) -> dict[str, object]:
    """Return the tokens as they are billed; cached ones are part of the prompt."""
    given = _count(found, "native_tokens_prompt", "tokens_prompt")
    made = _count(found, "native_tokens_completion", "tokens_completion")
    cached = _count(found, "native_tokens_cached", "tokens_cached")
    if given is not None and cached is not None and cached <= given:
        given -= cached
    return {
        "input_uncached_tokens": given,
        "cache_read_tokens": cached,
        "output_tokens": made,
        "reasoning_tokens": _count(found, "native_tokens_reasoning", "tokens_reasoning"),
    }


def _model(found: Mapping[str, object]) -> str | None:
    model = first_text(found, "modelpermaslug", "model")
    variant = first_text(found, "variant")
    if model is None or variant is None or variant.lower() in _STANDARD or ":" in model:
        return model
    return f"{model}:{variant}"


def _upstream(stated: str | None) -> str | None:
    name = (stated or "").strip().lower()
    return _UPSTREAMS.get(name) or provider_name(name.replace(" ", "-") or None)


def _is_own_key(found: Mapping[str, object]) -> bool:
    if _flag(found, "isbyok"):
        return True
    paid = amount(found.get("byokusageinference"), "byok_usage_inference")
    return paid is not None and paid > 0


def _labels(found: Mapping[str, object]) -> dict[str, object]:
    user = first_text(found, "user", "externaluser")
    labels = {
        "app_name": first_text(found, "appname"),
        "upstream_provider": first_text(found, "providername"),
        "upstream_id": first_text(found, "upstreamid"),
        # Who it is stays with OpenRouter: the ledger needs to tell users apart.
        "openrouter_user": content_hash(user) if user else None,
        "cancelled": "true" if _flag(found, "cancelled") else None,
        **{
            name: first_text(found, column_key(name))
            for name in (
                "cost_web_search", "cost_cache", "cost_file_processing", "byok_usage_inference",
                "num_search_results", "finish_reason_raw",
            )
        },
    }  # fmt: skip
    return {name: value for name, value in labels.items() if value not in (None, "0")}


def _count(found: Mapping[str, object], *columns: str) -> int | None:
    for column in columns:
        if (value := found.get(column_key(column))) is not None:
            return whole_number(value, column)
    return None


def _milliseconds(found: Mapping[str, object], *columns: str) -> int | None:
    for column in columns:
        stated = text(found.get(column_key(column)))
        if stated is not None:
            try:
                return whole_number(round(float(stated)), column)
            except (ValueError, OverflowError):
                raise RecordError(column, "is not a number of milliseconds", stated) from None
    return None


def _flag(found: Mapping[str, object], column: str) -> bool | None:
    stated = found.get(column)
    if isinstance(stated, bool) or stated is None:
        return stated
    name = str(stated).strip().lower()
    return True if name in ("true", "1", "yes") else False if name in ("false", "0", "no") else None
