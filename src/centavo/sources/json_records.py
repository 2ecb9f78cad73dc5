"""The JSON records of a file, one at a time, each with its line, in bounded memory.

Reads one record per line, an array of records, and records that spread over many lines; plain,
gzip or zstd. No record may pass ``MAX_RECORD_BYTES``, so that one endless line ends in a message
and not in all of the memory.
"""

import codecs
import gzip
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from centavo.errors import BadValueError, InputError
from centavo.sources.arrow import arrow

__all__ = [
    "MAX_RECORD_BYTES",
    "JsonText",
    "decode_json",
    "json_texts",
    "opened",
    "top_level_keys",
]

MAX_RECORD_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[\]{}]', re.DOTALL)
_BETWEEN_RECORDS = re.compile(rb"[\s,]*")
_COLON = re.compile(rb"\s*:")
_OFFSET = re.compile(r"\(byte (\d+)\)")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FLOATS = msgspec.json.Decoder()
_DECIMALS = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class JsonText:
    """One undecoded record.

    Attributes:
        line: 1-based line on which it begins.
        data: Its bytes, or ``None`` when it was longer than ``MAX_RECORD_BYTES``.
    """

    line: int
    data: bytes | None


class _Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ByteStream:
    """Decompressed bytes of a file, read in chunks, whose beginning can be looked at.

    Args:
        raw: The file, opened for reading bytes, at its beginning.
    """

    def __init__(self, raw: BinaryIO) -> None:
        magic = raw.read(4)
        raw.seek(0)
        self._stream: _Bytes = _decompressed(raw, magic)
        self._ahead = self._stream.read(_CHUNK_BYTES)
        if self._ahead.startswith(codecs.BOM_UTF8):
            self._ahead = self._ahead[len(codecs.BOM_UTF8) :]

    @property
    def beginning(self) -> bytes:
        """Return the first chunk, as long as nothing was read."""
        return self._ahead

    def read(self, size: int = _CHUNK_BYTES) -> bytes:
        """Return the next bytes, about ``size`` of them; none at the end."""
        ahead, self._ahead = self._ahead, b""
        return ahead or self._stream.read(size)


@contextmanager
def opened(path: Path, name: str) -> Generator[ByteStream]:
    """Open a plain, gzip or zstd file, by its first bytes; say what is wrong with a damaged one.

    Raises:
        InputError: Not there, not readable, empty, truncated, or written in UTF-16.
    """
    try:
        with path.open("rb") as raw:
            stream = ByteStream(raw)
            if not stream.beginning:
                raise InputError(f"{name} is empty", hint="There is nothing to read in it.")
            if stream.beginning.startswith(_UTF16):
                raise InputError(f"{name} is UTF-16", hint="Save or convert it as UTF-8.")
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{name} is damaged: its compressed data is cut off or wrong ({error})",
            hint="Copy or export the file again.",
        ) from error
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}") from error


def _decompressed(raw: BinaryIO, magic: bytes) -> _Bytes:
    if magic.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw)
    if magic == _ZSTD:
        return arrow().CompressedInputStream(raw, "zstd")
    return raw


def json_texts(stream: ByteStream, *, one_per_line: bool) -> Iterator[JsonText]:
    """Yield the file's records, undecoded.

    Args:
        stream: The file, at its beginning.
        one_per_line: The name says JSON lines; otherwise the first line decides between that, an
            array, and records that spread over lines.
    """
    beginning = stream.beginning.lstrip()
    if beginning.startswith(b"["):
        return _spread(stream, in_array=True)
    if one_per_line or not _is_cut_off(beginning.partition(b"\n")[0]):
        return _lines(stream)
    return _spread(stream, in_array=False)


def _is_cut_off(line: bytes) -> bool:
    try:
        _FLOATS.decode(line)
    except UnicodeDecodeError:
        return False
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    return False


def _lines(stream: ByteStream) -> Iterator[JsonText]:
    line = 1
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read():
        *ends, last = chunk.split(b"\n")
        for end in ends:
            yield from _joined(line, [*parts, end], size + len(end))
            parts, size = [], 0
            line += 1
        size += len(last)
        # What is longer than a record may be is counted and let go.
        parts = [*parts, last] if size <= MAX_RECORD_BYTES else []
    yield from _joined(line, parts, size)


def _joined(line: int, parts: list[bytes], size: int) -> Iterator[JsonText]:
    if size > MAX_RECORD_BYTES:
        yield JsonText(line, None)
    elif (data := b"".join(parts)) and not data.isspace():
        yield JsonText(line, data)


class _Cutter:
    """Cuts a stream of JSON into its outermost objects, whatever lines they spread over."""

    def __init__(self, *, in_array: bool) -> None:
        self.waits_for_array = in_array
        self.buffer = b""
        self.line = 1
        self.scanned = 0
        self.begin = 0
        self.depth = 0
        self.too_long = False

    def feed(self, chunk: bytes) -> Iterator[JsonText]:
        """Yield the records that end in this chunk."""
        self.buffer += chunk
        for token in _STRUCTURE.finditer(self.buffer, self.scanned):
            mark = token.group()[:1]
            if mark == b'"' and not token.group(1):
                break
            self.scanned = token.end()
            if mark == b'"':
                continue
            if self.waits_for_array:
                self.waits_for_array = False
                self.begin = token.end()
            elif mark in b"{[":
                self.depth += 1
            else:
                self.depth -= 1
                if self.depth <= 0:
                    yield from self._cut(token.end())
        self._forget(self.begin)
        if len(self.buffer) > MAX_RECORD_BYTES:
            self.too_long = True
            self._forget(self.scanned)

    def end(self) -> Iterator[JsonText]:
        """Yield what is left when the file ends: nothing, or a record that was cut off."""
        if self.too_long or self.buffer.strip(b" \t\r\n,]"):
            yield JsonText(self.line, None if self.too_long else self.buffer)

    def _cut(self, end: int) -> Iterator[JsonText]:
        data = self.buffer[self.begin : end]
        gap = _BETWEEN_RECORDS.match(data)
        skipped = gap.end() if gap else 0
        line = self.line + self.buffer.count(b"\n", 0, self.begin + skipped)
        self.begin = end
        closes_array = self.depth < 0
        self.depth = 0
        if not closes_array or data[skipped:] != b"]":
            yield JsonText(line, None if self.too_long else data[skipped:])
        self.too_long = False

    def _forget(self, end: int) -> None:
        self.line += self.buffer.count(b"\n", 0, end)
        self.buffer = self.buffer[end:]
        self.scanned = max(0, self.scanned - end)
        self.begin = 0


def _spread(stream: ByteStream, *, in_array: bool) -> Iterator[JsonText]:
    cutter = _Cutter(in_array=in_array)
    while chunk := stream.read(max(_CHUNK_BYTES, len(cutter.buffer))):
        yield from cutter.feed(chunk)
    yield from cutter.end()


def decode_json(record: JsonText, *, name: str, exact: bool = False) -> object:
    """Return the record's value.

    Args:
        record: One undecoded record.
        name: The file as the user named it.
        exact: Whether numbers with a fraction become ``Decimal``, digit by digit, and not floats.

    Raises:
        BadValueError: Too long, not UTF-8 or not JSON; with line and character.
    """
    if record.data is None:
        raise BadValueError(
            f"is longer than {MAX_RECORD_BYTES // 1024**2} MiB",
            file=name,
            line=record.line,
            column="the record",
            value="…",
            hint="Is this really a request log? One record per line is expected.",
        )
    decoder = _DECIMALS if exact else _FLOATS
    try:
        return decoder.decode(record.data)
    except UnicodeDecodeError:
        return _refuse_encoding(record.data, name=name, line=record.line)
    except msgspec.DecodeError as error:
        found = _OFFSET.search(str(error))
        reason = _OFFSET.sub("", str(error)).removeprefix("JSON is malformed: ").strip()
        at = int(found.group(1)) if found else len(record.data.rstrip())
        raise _malformed(record.data, at, name=name, line=record.line, reason=reason) from None


def _refuse_encoding(data: bytes, *, name: str, line: int) -> object:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _malformed(
            data, error.start, name=name, line=line, reason="not UTF-8", hint="Convert it to UTF-8."
        ) from None
    # Valid UTF-8 whose escapes name half of a surrogate pair.
    raise _malformed(data, 0, name=name, line=line, reason="an escape that is no character")


def _malformed(
    data: bytes, at: int, *, name: str, line: int, reason: str, hint: str = ""
) -> BadValueError:
    before = data[:at]
    character = at - before.rfind(b"\n")
    return BadValueError(
        f"is not JSON ({reason})",
        file=name,
        line=line + before.count(b"\n"),
        column=f"character {character}",
        value=data[max(0, at - 20) : at + 40].decode(errors="replace"),
        hint=hint or "Each record is one JSON object; --skip-bad counts such records and goes on.",
    )


# Every source that recognises JSON asks the same of the same file.
@lru_cache(maxsize=4)
def top_level_keys(head: str) -> frozenset[str]:
    """Return the keys of the first record, as far as the beginning of the file shows them.

    >>> sorted(top_level_keys('{"request": {"model": "x"}, "resp'))
    ['request']
    >>> sorted(top_level_keys('[{"id": 1, "usage": {}}, {"other": 2}]'))
    ['id', 'usage']
    """
    data = head.lstrip().encode()
    record_depth = 2 if data.startswith(b"[") else 1
    depth = 0
    keys: list[bytes] = []
    for token in _STRUCTURE.finditer(data):
        mark = token.group()[:1]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth < record_depth:
                break
        elif depth == record_depth and _COLON.match(data, token.end()):
            keys.append(token.group()[1:-1])
    return frozenset(key.decode(errors="replace") for key in keys)
