"""Texts inside of a message, whatever the provider's shape: read them, or put others in their place."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

import msgspec

__all__ = ["binary_free", "decoded", "mapped", "members", "texts_in"]

# Members whose text is what a model reads; ids, names, types and data are none.
_TEXTS = frozenset({"content", "text", "output", "result"})
# Base64 of a file or an image: no text has such a run.
_BINARY = re.compile(r"[A-Za-z0-9+/_-]{400,}={0,2}")
_LEAST_BINARY = 400
# What stands beside a file's data in every provider's shape: looking for these is a hundred times
# faster than for the data.
_BINARY_SIGNS = ("base64", '"data"', '"bytes"', '"file_data"', '"image_url"')


def decoded(text: str) -> object:
    """Return a part's JSON as Python values."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        # NaN, and halves of surrogate pairs, which Python's reader takes.
        return json.loads(text)


def members(value: object) -> Mapping[str, object]:
    """Return the members of a JSON object; none of anything else."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts that a model reads in a message, a system prompt or a list of blocks.

    >>> list(texts_in({"role": "user", "content": [{"type": "text", "text": "Hi"}]}))
    ['Hi']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from texts_in(item)
    else:
        for name, inner in members(value).items():
            if not isinstance(inner, str) or name in _TEXTS:
                yield from texts_in(inner)


def mapped(value: object, change: Callable[[str], str]) -> object:
    """Return the value with every text that ``texts_in`` yields changed; all else as it is."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(item, change) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    return {
        name: inner if isinstance(inner, str) and name not in _TEXTS else mapped(inner, change)
        for name, inner in members(cast("object", value)).items()
    }


def binary_free(text: str) -> tuple[str, int]:
    """Return a text without the data of files in it, and how many there were.

    >>> binary_free("data:image/png;base64," + "QUJD" * 200 + " after")
    ('data:image/png;base64, after', 1)
    """
    if len(text) >= _LEAST_BINARY:
        for sign in _BINARY_SIGNS:
            if sign in text:
                return _BINARY.subn("", text)
    return text, 0
