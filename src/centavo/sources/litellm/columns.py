"""Rows of LiteLLM_SpendLogs as Arrow columns: what the statement in ``sql/`` makes events of.

The hot path of the source: list comprehensions and Arrow's own conversions, no work row by row
beyond them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from centavo.ledger.reading import Tally
from centavo.sources.arrow import arrow
from centavo.sources.litellm.contexts import Context, ContextTable
from centavo.sources.litellm.fields import Fields
from centavo.sources.litellm.spend_log import SpendLog
from centavo.sources.record_values import instant
from centavo.sources.requests.scope import SCOPE_NAMES
from centavo.sources.secrets import RedactionCount, redact

__all__ = ["CONTEXT_TEXTS", "TYPES", "ColumnBuilder", "Doubtful", "context_arrays"]

_COST_STEP = Decimal("0.000000000001")
# With more contexts than this, each batch makes arrays of its own.
_MOST_IN_ARRAYS = 20_000
_HEX = b"0123456789abcdefABCDEF-\n"

# The column is a text that Python's str() made of True, False or None.
_IS_HIT: Mapping[str | bool | None, bool] = {
    **dict.fromkeys((True, "True", "true", "TRUE", "t", "1"), True),
    **dict.fromkeys((False, "False", "false", "FALSE", "f", "0"), False),
}
_NO_CACHE = frozenset((None, "", "Cache OFF"))

_ROW_TEXTS = ("request_id", "batch_id", "end_user", "session_id", "status", "error_class")
# What rows of one context have in common.
CONTEXT_TEXTS = (
    "api_key_id", "provider", "operation", "requested_model", "answered_model", "processing_tier",
    "labels", "method", *(f"scope_{name}" for name in SCOPE_NAMES),
)  # fmt: skip
_COUNTS = (
    "prompt_tokens", "completion_tokens", "total_tokens", "read_a", "read_b", "read_c",
    "write_a", "write_b", "write_c", "write_d", "write_5m", "write_1h", "audio_in", "image_in", "audio_out", "image_out",
    "reasoning", "searches_a", "searches_b", "status_code", "retries",
)  # fmt: skip
TYPES: Mapping[str, str] = {
    **dict.fromkeys((*_ROW_TEXTS, *CONTEXT_TEXTS), "VARCHAR"),
    **dict.fromkeys(_COUNTS, "BIGINT"),
    **dict.fromkeys(("start_time", "end_time", "first_time"), "TIMESTAMP"),
    "spend": "DECIMAL(18,12)",
    "is_hit": "BOOLEAN",
    "has_cache": "BOOLEAN",
    "counts_tokens": "BOOLEAN",
}


class Doubtful(Exception):
    """Something in the rows that only the careful way can read."""


class ColumnBuilder:
    """Turns rows of one reading into columns.

    Args:
        tally: Counts what is no call of a model.
        mapping: The user's, of scope columns.
        redactions: Counts secrets.
    """

    def __init__(
        self, tally: Tally, *, mapping: Mapping[str, str], redactions: RedactionCount
    ) -> None:
        self._tally = tally
        self._contexts = ContextTable(mapping)
        # As many contexts as the arrays were made of, and the arrays.
        self._arrays: tuple[int, dict[str, Any]] = (0, {})
        self._redactions = redactions
        self._checked: tuple[Fields, dict[str, Any]] | None = None

    def fields(self, records: Sequence[SpendLog] = ()) -> Fields:
        """Return rows to be made columns of."""
        return Fields(self._contexts, records)

    def is_sound(self, fields: Fields) -> bool:
        """Say whether every row has an id and a start, and times and amounts that can be read.

        What was converted to find that out is kept for ``columns``.
        """
        try:
            self._checked = (fields, _checked(fields, is_strict=True))
        except Doubtful:
            return False
        return True

    def columns(self, fields: Fields, *, batch_id: str) -> dict[str, Any] | None:
        """Return the columns of sound rows; ``None`` when none of them calls a model."""
        refused = {
            code: reason
            for code in set(fields.contexts)
            if (reason := self._contexts[code].call.not_a_model)
        }
        columns = self._checked[1] if self._checked and self._checked[0] is fields else None
        if refused:
            self._tally.skipped.update(
                (batch_id, refused[code]) for code in fields.contexts if code in refused
            )
            fields.keep([code not in refused for code in fields.contexts])
            columns = None
        if not fields.rows:
            return None
        columns = columns or _checked(fields, is_strict=False)
        columns["batch_id"] = arrow().repeat(batch_id, fields.rows)
        columns["end_user"] = self._clean(fields["end_user"])
        columns["session_id"] = self._clean(fields["session_id"])
        _put_row(columns, fields)
        if "error_class" in columns:
            columns["error_class"] = self._clean(columns["error_class"])
        _put_usage(columns, fields)
        self._put_contexts(columns, fields.contexts)
        if self._contexts.forget_many():
            self._arrays = (0, {})
        return columns

    def _put_contexts(self, columns: dict[str, Any], codes: list[int]) -> None:
        pa = arrow()
        indices = pa.array(codes, pa.int32())
        count = len(self._contexts)
        if count > _MOST_IN_ARRAYS:
            coded = indices.dictionary_encode()
            indices = coded.indices
            arrays = context_arrays([self._contexts[code] for code in coded.dictionary.to_pylist()])
        else:
            if count != self._arrays[0]:
                self._arrays = (
                    count,
                    context_arrays([self._contexts[code] for code in range(count)]),
                )
            arrays = self._arrays[1]
        for name, values in arrays.items():
            columns[name] = values.take(indices)
        if self._contexts.has_secrets:
            for code in codes:
                for text in self._contexts[code].secrets:
                    self._redactions.redact(text)

    def _clean(self, values: Sequence[str | None]) -> Sequence[str | None]:
        """Return texts without secrets, and nothing for empty ones; ids made by a machine hold none."""
        text = "\n".join(value for value in values if value)
        if text.encode(errors="replace").translate(None, _HEX) and redact(text)[1]:
            values = [value and self._redactions.redact(value) for value in values]
        return [value or None for value in values]


def context_arrays(contexts: Sequence[Context]) -> dict[str, Any]:
    """Return what contexts say as Arrow arrays, by column; columns without any value are left out."""
    pa = arrow()
    calls = [context.call for context in contexts]
    scopes = [context.scope for context in contexts]
    texts: dict[str, list[str | None]] = {
        "api_key_id": [context.api_key_id for context in contexts],
        "provider": [call.provider for call in calls],
        "operation": [call.operation for call in calls],
        "requested_model": [call.requested_model for call in calls],
        "answered_model": [call.answered_model for call in calls],
        "processing_tier": [call.processing_tier for call in calls],
        "labels": [scope.labels for scope in scopes],
        "method": [scope.method for scope in scopes],
        **{f"scope_{name}": [each.columns.get(name) for each in scopes] for name in SCOPE_NAMES},
    }
    arrays = {name: pa.array(values, pa.string()) for name, values in texts.items() if any(values)}
    arrays["counts_tokens"] = pa.array([call.counts_tokens for call in calls], pa.bool_())
    return arrays


def _checked(fields: Fields, *, is_strict: bool) -> dict[str, Any]:
    """Return the columns whose values may be wrong.

    Raises:
        Doubtful: One is.
    """
    if fields.has_json_texts or not all(fields["request_id"]) or not all(fields["start_time"]):
        raise Doubtful
    return {
        "request_id": fields["request_id"],
        "spend": _amounts(fields["spend"]),
        "start_time": _times(fields["start_time"], is_strict=is_strict),
        "end_time": _times(fields["end_time"], is_strict=is_strict),
        "first_time": _times(fields["completion_start_time"], is_strict=is_strict),
    }


def _put_row(columns: dict[str, Any], fields: Fields) -> None:
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        columns[name] = fields[name]
    columns["is_hit"] = list(map(_IS_HIT.get, fields["cache_hit"]))
    columns["has_cache"] = [key not in _NO_CACHE for key in fields["cache_key"]]
    columns["status"] = [
        status or other
        for status, other in zip(fields["status"], fields["told_status"], strict=True)
    ]
    if any(problems := fields["told_error_information"]):
        columns["error_class"] = [problem and (problem.error_class or None) for problem in problems]
        columns["status_code"] = [problem and _code(problem.error_code) for problem in problems]
    if any(fields["told_attempted_retries"]):
        columns["retries"] = fields["told_attempted_retries"]


_USAGE_COLUMNS = {
    "read_a": "in_cached_tokens",
    "read_b": "usage_cache_read_input_tokens",
    "read_c": "more_cache_read_input_tokens",
    "write_a": "in_cache_creation_tokens",
    "write_b": "in_cache_write_tokens",
    "write_c": "usage_cache_creation_input_tokens",
    "write_d": "more_cache_creation_input_tokens",
    "reasoning": "out_reasoning_tokens",
    "audio_in": "in_audio_tokens",
    "image_in": "in_image_tokens",
    "audio_out": "out_audio_tokens",
    "image_out": "out_image_tokens",
    "searches_a": "in_web_search_requests",
}


def _put_usage(columns: dict[str, Any], fields: Fields) -> None:
    for column, name in _USAGE_COLUMNS.items():
        columns[column] = fields[name]
    if any(tools := fields["more_server_tool_use"]):
        columns["searches_b"] = [tool and tool.web_search_requests for tool in tools]
    told = [
        fields[name]
        for name in (
            "in_cache_creation_token_details", "usage_cache_creation", "more_cache_creation",
        )
    ]  # fmt: skip
    if any(map(any, told)):
        kept = [part or other or another for part, other, another in zip(*told, strict=True)]
        columns["write_5m"] = [each and each.ephemeral_5m_input_tokens for each in kept]
        columns["write_1h"] = [each and each.ephemeral_1h_input_tokens for each in kept]


def _times(values: Sequence[str | None], *, is_strict: bool) -> Any:  # noqa: ANN401 -- an Arrow array, or datetimes
    """Return times, naive UTC: all of one form at once, or each on its own."""
    pa = arrow()
    texts = pa.array(values, pa.string())
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return texts.cast(kind).cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            continue
    if is_strict:
        raise Doubtful
    found = (instant(value, "time") for value in values)
    return [each and each[0] for each in found]


def _amounts(values: Sequence[Decimal | None]) -> Any:  # noqa: ANN401 -- an Arrow array
    """Return costs, rounded half to even to the ledger's 12 decimals."""
    pa = arrow()
    try:
        rounded = [value and value.quantize(_COST_STEP) for value in values]
        amounts = pa.array(rounded, pa.decimal128(18, 12))
    except (ArithmeticError, pa.ArrowInvalid):
        raise Doubtful from None
    if any(value is not None and value.is_signed() for value in rounded):
        raise Doubtful
    return amounts


def _code(stated: str | None) -> int | None:
    return int(stated) if stated and stated.isdigit() and len(stated) == 3 else None
