"""JSON without the spaces and line breaks between its members; every name, number and text as it was."""

from functools import lru_cache

import msgspec

from centavo.prompts.transforms.json_inside import with_json_changed

__all__ = ["compact_json"]


# Asked again at once, to prove what it gave.
@lru_cache(maxsize=2)
def compact_json(text: str) -> str:
    r"""Return the text with the JSON in it compact; numbers keep their spelling.

    >>> compact_json('{\n  "price": 1.50,\n  "tags": ["a", "b"]\n}')
    '{"price":1.50,"tags":["a","b"]}'
    >>> compact_json("no JSON, but { braces }")
    'no JSON, but { braces }'
    """
    return with_json_changed(text, _compact)


def _compact(text: str) -> str:
    if " " not in text and "\n" not in text:
        return text
    try:
        return msgspec.json.format(text, indent=-1)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
