"""A price list as JSON and back: the library's records by the names of their classes.

The library has no public way to write what it reads. Its records are plain dataclasses with public
constructors, so each becomes an object that names its class; how usage is taken out of an answer
is left out, because rows in the ledger have been taken out of theirs.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from genai_prices.types import Provider

__all__ = ["providers_from_json", "providers_to_json"]

_CLASS = "is"
_LEFT_OUT = {"extractors"}
_PLAIN = frozenset({str, int, bool, type(None)})
_TAGS: Mapping[str, Callable[[str], object]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def providers_to_json(providers: "Sequence[Provider]") -> list[object]:
    """Return the providers as JSON values; decimals, dates and times as tagged text."""
    return [_encoded(provider) for provider in providers]


def providers_from_json(values: Sequence[object]) -> "list[Provider]":
    """Return the providers of ``providers_to_json``.

    Raises:
        ValueError: A class or field that the installed library does not have.
    """
    return cast("list[Provider]", [_decoded(value) for value in values])


def _encoded(value: object) -> object:
    # By exact class, the commonest first: asking each of some 50,000 values whether it is a Mapping
    # or a Sequence took most of the time.
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Decimal:
        return {"decimal": str(value)}
    if isinstance(value, list | tuple):
        return [_encoded(item) for item in cast("Sequence[object]", value)]
    if isinstance(value, date | time):
        return {kind.__name__: value.isoformat()}
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return {"map": {key: _encoded(item) for key, item in pairs.items()}}
    # Not dataclasses.fields: a set of prices keeps whatever units it was made with.
    fields = {
        key: _encoded(item)
        for key, item in vars(value).items()
        if item is not None and key not in _LEFT_OUT
    }
    return {_CLASS: kind.__name__, **fields}


def _decoded(value: object) -> object:
    if isinstance(value, list):
        return [_decoded(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    pairs = cast("dict[str, object]", value)
    for tag, read in _TAGS.items():
        if tag in pairs:
            return read(str(pairs[tag]))
    if "map" in pairs:
        inner = cast("dict[str, object]", pairs["map"])
        return {key: _decoded(item) for key, item in inner.items()}
    return _record(pairs)


def _record(pairs: Mapping[str, object]) -> object:
    from genai_prices import types

    name = str(pairs.get(_CLASS))
    known: object = getattr(types, name, None)
    if not (dataclasses.is_dataclass(known) or known is types.ModelPrice):
        raise ValueError(f"the price library has no record {name}")
    record = cast("Callable[..., object]", known)
    try:
        return record(**{key: _decoded(item) for key, item in pairs.items() if key != _CLASS})
    except TypeError as error:
        raise ValueError(f"the price library's {name} is another: {error}") from error
