"""JSON that stands in a text: the whole text, a fenced block, or an object or list on lines of its own."""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

__all__ = ["with_json_changed"]

_FENCE = re.compile(r"(```(?:json|JSON)?[ \t]*\n)(.*?)(\n```)", re.DOTALL)
# From a line that begins an object or a list to the line that closes it at the margin.
_BLOCK = re.compile(r"^(?:[\[{][ \t]*\n(?:[ \t].*\n|\n)*[\]}])[ \t]*$", re.MULTILINE)
_LEAST = 24
# Checked and thrown away: nothing is built but the outermost value.
_OUTERMOST = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw])


def with_json_changed(text: str, change: Callable[[str], str]) -> str:
    """Return the text with each JSON object or list in it changed; what is no JSON stays.

    Args:
        text: Any text.
        change: Gets a text that is valid JSON.
    """
    if len(text) < _LEAST or ("{" not in text and "[" not in text):
        return text
    begins = text.lstrip()[:1]
    if begins in ("{", "[") and _is_json(text):
        return change(text)

    def fenced(found: re.Match[str]) -> str:
        inner = found[2]
        return found[1] + (change(inner) if _is_json(inner) else inner) + found[3]

    def alone(found: re.Match[str]) -> str:
        return change(found[0]) if _is_json(found[0]) else found[0]

    if "```" in text:
        return _FENCE.sub(fenced, text)
    return _BLOCK.sub(alone, text) if "\n" in text else text


# One transformation after the other asks it of the same text.
@lru_cache(maxsize=4)
def _is_json(text: str) -> bool:
    try:
        _OUTERMOST.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return False
    return True
