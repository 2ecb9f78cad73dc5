"""Values of a logged record: whole numbers, instants, amounts and texts, or what is wrong with one.

A record is JSON or YAML that somebody else wrote. These functions return the value in the ledger's
type, ``None`` where the record does not say, and raise ``RecordError`` where it says nonsense.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TypeGuard

from centavo.errors import BadValueError

__all__ = [
    "JsonObject",
    "RecordError",
    "amount",
    "as_list",
    "as_object",
    "at_path",
    "first_text",
    "instant",
    "is_list",
    "is_object",
    "located",
    "text",
    "whole_number",
]

JsonObject = Mapping[str, object]

# Made once: a union in isinstance is made anew at every call.
_NUMBERS = (int, float, Decimal)
_LARGEST_COUNT = 2**63 - 1
_EVENT_COST_STEP = Decimal("0.000000000001")
_LARGEST_COST = Decimal(10) ** 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_S = 7_258_118_400  # the year 2200
_MORE_THAN_MICROSECONDS = re.compile(r"(\.\d{6})\d+")
_INSTANT_HINT = "is not a time (write 2026-03-05T12:00:00Z)"


class RecordError(ValueError):
    """One value that cannot be read; the reader adds file and line and raises ``BadValueError``.

    Args:
        column: Key as the record names it.
        problem: What is wrong, as a phrase: "is not a whole number".
        value: The value as it stands in the record.
    """

    def __init__(self, column: str, problem: str, value: object) -> None:
        super().__init__(f"{column} {problem}: {value!r}")
        self.column = column
        self.problem = problem
        self.value = value


def located(error: RecordError | BadValueError, *, file: str, line: int) -> BadValueError:
    """Return the error with the file and line that it was found at."""
    if isinstance(error, BadValueError):
        return error
    return BadValueError(
        error.problem,
        file=file,
        line=line,
        column=error.column,
        value=error.value,
        hint="Correct the record, or let --skip-bad count such records and go on.",
    )


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Return whether the value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Return whether the value is a JSON array."""
    return isinstance(value, list)


def as_object(value: object) -> JsonObject:
    """Return the value when it is a JSON object, and an empty one otherwise."""
    if not isinstance(value, dict):
        return {}
    return value  # pyright: ignore[reportUnknownVariableType] -- JSON has texts for keys


def as_list(value: object) -> list[object]:
    """Return the value when it is a JSON array, and an empty one otherwise."""
    if not isinstance(value, list):
        return []
    return value  # pyright: ignore[reportUnknownVariableType] -- of anything


def text(value: object) -> str | None:
    """Return the text, a number as it is written, and ``None`` for anything else or nothing."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, _NUMBERS) and not isinstance(value, bool):
        return str(value)
    return None


def first_text(record: JsonObject, *keys: str) -> str | None:
    """Return the first of these keys that holds a text.

    >>> first_text({"model": "", "model_id": "gpt-5"}, "model", "model_id")
    'gpt-5'
    """
    for key in keys:
        value = record.get(key)
        if value is not None and (found := text(value)) is not None:
            return found
    return None


def at_path(record: object, path: str) -> object:
    """Return what stands at a dotted path, or ``None``; a list is entered at its first element.

    >>> at_path({"metadata": {"app": ["search"]}}, "metadata.app")
    ['search']
    >>> at_path({"a.b": 1}, "a.b")
    1
    """
    if is_object(record) and path in record:
        return record[path]
    here = record
    for step in path.split("."):
        if is_list(here):
            here = next(iter(here), None)
        if not is_object(here):
            return None
        here = here.get(step)
    return here


def whole_number(value: object, column: str) -> int | None:
    """Return the count, or ``None`` when the record does not state it.

    Raises:
        RecordError: Negative, a fraction, no number at all, or more than 64 bits hold.
    """
    if value is None:
        return None
    if type(value) is int and 0 <= value <= _LARGEST_COUNT:
        return value
    return _checked_whole(value, column)


def _checked_whole(value: object, column: str) -> int | None:
    if value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise RecordError(column, "is not a whole number", value)
    number = value if isinstance(value, int) else _whole(value, column)
    if number < 0:
        raise RecordError(column, "is negative", value)
    if number > _LARGEST_COUNT:
        raise RecordError(column, "is too large", value)
    return number


def _whole(value: float | str | Decimal, column: str) -> int:
    try:
        exact = Decimal(value)
        number = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        raise RecordError(column, "is not a whole number", value) from None
    if number != exact:
        raise RecordError(column, "is not a whole number", value)
    return number


def amount(value: object, column: str) -> Decimal | None:
    """Return an event cost, rounded half to even to the ledger's 12 decimals.

    A float is read by its shortest text, so that ``0.1`` is one tenth.

    Raises:
        RecordError: Not a decimal number, negative, or 1,000,000 and more.

    >>> amount("0.013317500000000001", "cost")
    Decimal('0.013317500000')
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise RecordError(column, "is not a decimal number", value)
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise RecordError(column, "is not a decimal number", value) from None
    if not exact.is_finite():
        raise RecordError(column, "is not a decimal number", value)
    if exact < 0:
        raise RecordError(column, "is negative", value)
    if exact >= _LARGEST_COST:
        raise RecordError(column, "is too large for the cost of one request", value)
    return exact.quantize(_EVENT_COST_STEP, rounding=ROUND_HALF_EVEN)


def instant(value: object, column: str) -> tuple[datetime, bool] | None:
    """Return a naive UTC instant and whether its zone was stated; ``None`` when there is none.

    A number is seconds, milliseconds, microseconds or nanoseconds since 1970, by its size; zero and
    less is a placeholder and counts as none. A text is ISO 8601 or an HTTP date; without a zone it
    is read as UTC.

    Raises:
        RecordError: Anything else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day), False  # noqa: DTZ001 -- the ledger's times are naive UTC
    if isinstance(value, str):
        return _from_text(value.strip(), column)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise RecordError(column, _INSTANT_HINT, value)
    return _from_number(
        Decimal(repr(value)) if isinstance(value, float) else Decimal(value), column
    )


def _from_number(number: Decimal, column: str) -> tuple[datetime, bool] | None:
    if not number.is_finite():
        raise RecordError(column, _INSTANT_HINT, number)
    if number <= 0:
        return None
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if number < _LATEST_S * unit:
            microseconds = int(number * 1_000_000 / unit)
            return (_EPOCH + timedelta(microseconds=microseconds)).replace(tzinfo=None), True
    raise RecordError(column, _INSTANT_HINT, number)


def _from_text(value: str, column: str) -> tuple[datetime, bool] | None:
    has_more = "." in value[:-7]
    written = _MORE_THAN_MICROSECONDS.sub(r"\1", value) if has_more else value
    try:
        return _in_utc(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        pass
    try:
        return _from_number(Decimal(value), column)
    except InvalidOperation:
        pass
    try:
        return _in_utc(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        raise RecordError(column, _INSTANT_HINT, value) from None


def _in_utc(value: datetime) -> tuple[datetime, bool]:
    if value.tzinfo is None:
        return value, False
    aware = value if value.tzinfo is UTC else value.astimezone(UTC)
    return aware.replace(tzinfo=None), True
