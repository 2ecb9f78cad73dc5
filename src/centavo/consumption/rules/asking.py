"""The questions of consumption's rules: the named SQL files beside them."""

from functools import partial

from centavo.findings.question import Row, text_of
from centavo.findings.question import ask as ask_package
from centavo.message import Words, message

__all__ = ["ask", "place_of"]

ask = partial(ask_package, "centavo.consumption.rules")
_ALL = "all requests"


def place_of(row: Row) -> Words:
    """Return the place of a row as a sentence says it."""
    name = text_of(row, "place")
    return message("all requests") if name == _ALL else name
