"""How many bytes Python's ``json.dumps`` writes for a value, counted without writing it.

msgspec writes the same JSON three times as fast, but for two things: what lies beyond ASCII is not
escaped, which is counted here, and floats that ``repr`` gives an exponent are written otherwise. A
``PlainDecoder`` says of a record whether it holds such floats; few do, but for vectors.
"""

import json

import msgspec

__all__ = ["PlainDecoder", "written_bytes"]

_MOST_FLOATS = 64
_ASCII = bytes(range(0x80))
_DELETE = b"\x7f"
_CONTINUING = bytes(range(0x80, 0xC0))
_UP_TO_THREE_BYTES = bytes(range(0xF0))
# Of one UTF-16 unit as \uXXXX.
_ESCAPED = 6


class _OddFloatError(Exception):
    """A float that ``repr`` may write with an exponent, or more floats than are looked at."""


class PlainDecoder:
    """Decodes JSON whose numbers are written alike by msgspec and by ``json.dumps``."""

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(float_hook=self._float)
        self._floats = 0

    def decode(self, data: bytes) -> object:
        """Return the value; ``None`` where a number is not plain, or the text no JSON.

        >>> PlainDecoder().decode(b'{"a": 0.25}'), PlainDecoder().decode(b'{"a": 0.00002}')
        ({'a': 0.25}, None)
        """
        self._floats = 0
        try:
            return self._decoder.decode(data)
        except (_OddFloatError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _float(self, text: str) -> float:
        number = float(text)
        self._floats += 1
        if self._floats > _MOST_FLOATS or not (number == 0 or 1e-4 <= abs(number) < 1e16):
            raise _OddFloatError
        return number


def written_bytes(value: object, *, plain: bool) -> int:
    """Return the length of ``json.dumps(value, default=str)``.

    Args:
        value: A JSON value.
        plain: It comes from a ``PlainDecoder``.

    >>> written_bytes({"a": [1, "é"]}, plain=True), written_bytes({"a": [1, "é"]}, plain=False)
    (20, 20)
    """
    if not plain:
        return len(json.dumps(value, default=str))
    data = msgspec.json.format(msgspec.json.encode(value), indent=0)
    size = len(data) + data.count(_DELETE) * (_ESCAPED - 1)
    return size if data.isascii() else size + _escapes(data)


def _escapes(data: bytes) -> int:
    """Return how much longer UTF-8 gets where each of its UTF-16 units beyond ASCII is escaped."""
    beyond = data.translate(None, _ASCII)
    characters = beyond.translate(None, _CONTINUING)
    pairs = characters.translate(None, _UP_TO_THREE_BYTES)
    return _ESCAPED * (len(characters) + len(pairs)) - len(beyond)
