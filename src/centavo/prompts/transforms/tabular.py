"""Lists of like objects as a table: their names once, then a row of values for each."""

import json
from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from centavo.prompts.transforms.json_inside import with_json_changed

__all__ = ["rows_again", "tabular"]

_LEAST_ROWS = 3
_COLUMNS, _ROWS = "columns", "rows"
_MARK = {_COLUMNS, _ROWS}
# What may hold a list of objects; most values are neither, and a call for each would be what costs.
_NESTED = (dict, list)


def tabular(text: str) -> str:
    """Return the text with lists of like objects in its JSON as tables, where that gives them back.

    >>> tabular('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": "z"}]')
    '{"columns":["a","b"],"rows":[[1,"x"],[2,"y"],[3,"z"]]}'
    """
    return with_json_changed(text, _tabular)


def rows_again(value: object) -> object:
    """Return the value with every table as the list of objects that it was.

    >>> rows_again({"columns": ["a"], "rows": [[1], [2]]})
    [{'a': 1}, {'a': 2}]
    """
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [rows_again(item) if type(item) in _NESTED else item for item in items]
    if not isinstance(value, dict):
        return value
    found = cast("dict[str, object]", value)
    if found.keys() == _MARK:
        names = cast("list[str]", found[_COLUMNS])
        rows = cast("list[list[object]]", rows_again(found[_ROWS]))
        return [dict(zip(names, row, strict=True)) for row in rows]
    return {
        name: rows_again(inner) if type(inner) in _NESTED else inner
        for name, inner in found.items()
    }


def _tabular(text: str) -> str:
    if text.count("{") < _LEAST_ROWS or "[" not in text:
        return text
    try:
        shorter = _quick_table(text)
        return _spelled_table(text) if shorter is None else shorter
    except (TypeError, ValueError, RecursionError):
        # A name that stands twice, or "columns" and "rows" of its own that make no table.
        return text


def _quick_table(text: str) -> str | None:
    """Return the text as ``_spelled_table`` does, or ``None`` where that must look at each spelling.

    A value that is written again just as it stood, but for blanks, has lost no spelling, order or name.
    """
    try:
        value: object = msgspec.json.decode(text)
        write = _writer(value, msgspec.json.format(text.encode(), indent=-1))
    except (msgspec.DecodeError, UnicodeEncodeError):
        # Halves of surrogate pairs, numbers beyond a float.
        return None
    if write is None:
        return None
    written, shorter = write(value), write(_tables(value))
    if shorter == written or write(rows_again(msgspec.json.decode(shorter))) != written:
        return text
    return shorter.decode()


def _writer(value: object, compact: bytes) -> Callable[[object], bytes] | None:
    """Return what writes the value as it is written in the compact text, letters beyond ASCII as such."""
    if msgspec.json.encode(value) == compact:
        return msgspec.json.encode
    return _json_bytes if json.dumps(value, separators=(",", ":")).encode() == compact else None


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _spelled_table(text: str) -> str:
    # Numbers are carried as they are spelled: 1.50 is not 1.5 to a reader.
    value = _read(text)
    changed = _tables(value)
    if changed == value:
        return text
    shorter = _dumped(changed)
    back = rows_again(_read(shorter))
    # A payload that has "columns" and "rows" of its own would not come back as it was.
    return shorter if _order(back) == _order(value) else text


def _read(text: str) -> object:
    return json.loads(
        text, parse_float=_Spelled, parse_int=_Spelled, object_pairs_hook=_without_twins
    )


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object; a name that stands twice in it would be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


class _Spelled(float):
    """A number that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> "_Spelled":
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelled) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def _tables(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _tables(inner) if type(inner) in _NESTED else inner
            for name, inner in cast("dict[str, object]", value).items()
        }
    if not isinstance(value, list):
        return value
    items = cast("list[object]", value)
    names = _common_names(items)
    if not names:
        return [_tables(item) if type(item) in _NESTED else item for item in items]
    alike = cast("list[dict[str, object]]", items)
    rows = [
        [_tables(inner) if type(inner) in _NESTED else inner for inner in item.values()]
        for item in alike
    ]
    return {_COLUMNS: names, _ROWS: rows}


def _common_names(items: Sequence[object]) -> list[str]:
    """Return the names that all items have in one order, or nothing."""
    if len(items) < _LEAST_ROWS or not all(isinstance(item, dict) for item in items):
        return []
    names = list(map(list, cast("Sequence[dict[str, object]]", items)))
    return names[0] if names.count(names[0]) == len(names) else []


def _dumped(value: object) -> str:
    """Return the value as compact JSON with numbers as they were spelled."""
    if isinstance(value, _Spelled):
        return value.text
    if isinstance(value, dict):
        inner = (
            f"{json.dumps(name, ensure_ascii=False)}:{_dumped(each)}"
            for name, each in cast("dict[str, object]", value).items()
        )
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dumped, cast("list[object]", value))) + "]"
    return json.dumps(value, ensure_ascii=False)


def _order(value: object) -> object:
    """Return the value with objects as lists of pairs, so that their order counts."""
    if isinstance(value, dict):
        return [(name, _order(inner)) for name, inner in cast("dict[str, object]", value).items()]
    return (
        [_order(item) for item in cast("list[object]", value)] if isinstance(value, list) else value
    )
