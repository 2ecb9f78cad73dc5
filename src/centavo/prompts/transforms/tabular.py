"""Lists of like objects as a table: their names once, then a row of values for each."""

import json
from collections.abc import Sequence
from typing import cast

from centavo.prompts.transforms.json_inside import with_json_changed

__all__ = ["rows_again", "tabular"]

_LEAST_ROWS = 3
_COLUMNS, _ROWS = "columns", "rows"
_MARK = {_COLUMNS, _ROWS}


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
        return [rows_again(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    found = cast("dict[str, object]", value)
    if found.keys() == _MARK:
        names = cast("list[str]", found[_COLUMNS])
        rows = cast("list[list[object]]", found[_ROWS])
        return [dict(zip(names, map(rows_again, row), strict=True)) for row in rows]
    return {name: rows_again(inner) for name, inner in found.items()}


def _tabular(text: str) -> str:
    if text.count("{") < _LEAST_ROWS or "[" not in text:
        return text
    # Numbers are carried as they are spelled: 1.50 is not 1.5 to a reader.
    try:
        value = _read(text)
    except (ValueError, RecursionError):
        return text
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
        return {name: _tables(inner) for name, inner in cast("dict[str, object]", value).items()}
    if not isinstance(value, list):
        return value
    items = [_tables(item) for item in cast("list[object]", value)]
    names = _common_names(items)
    if not names:
        return items
    rows = [list(cast("dict[str, object]", item).values()) for item in items]
    return {_COLUMNS: names, _ROWS: rows}


def _common_names(items: Sequence[object]) -> list[str]:
    """Return the names that all items have in one order, or nothing."""
    if len(items) < _LEAST_ROWS or not all(isinstance(item, dict) for item in items):
        return []
    names = [list(cast("dict[str, object]", item)) for item in items]
    return names[0] if all(each == names[0] for each in names) else []


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
