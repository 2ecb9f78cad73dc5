"""JSON lines decoded straight into typed records, many at a time: for logs of millions of lines.

A typed decoder skips what a source does not ask for without building it, several times faster than
a dictionary per line. Lines that do not fit the types are handed to the source one by one, which
reads them with care or says what is wrong with them; so nothing is more tolerant or less exact
than the slow way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from centavo.sources.json_records import MAX_RECORD_BYTES, ByteStream, JsonText, opened

__all__ = ["LineChunk", "RawLine", "line_chunks", "typed_records"]

# Small enough to stay in a core's cache from the copy to the decoder: a mebibyte takes a third longer.
_CHUNK_BYTES = 128 * 1024
Record = TypeVar("Record")


@dataclass(frozen=True)
class RawLine:
    """One undecoded line.

    Attributes:
        data: Its bytes; ``None`` when it is longer than ``MAX_RECORD_BYTES``.
        is_open: It is the file's last and does not end in a newline.
        chunk_at: Bytes of the file before its chunk.
        lines_before: Lines of its chunk before it.
    """

    data: bytes | None
    is_open: bool
    chunk_at: int
    lines_before: int

    @property
    def is_cut_off(self) -> bool:
        """Whether the file ends in the middle of it: its writer was not done."""
        if not self.is_open or self.data is None:
            return False
        try:
            msgspec.json.decode(self.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return True
        return False

    def unnumbered(self) -> JsonText:
        """Return the line without its number, which is expensive to know."""
        return JsonText(0, self.data)

    def numbered(self, path: Path, name: str) -> JsonText:
        """Return the line with its number, for a message: the file is read again up to its chunk."""
        line = 1 + self.lines_before
        left = self.chunk_at
        with opened(path, name) as stream:
            while left > 0 and (data := stream.read(_CHUNK_BYTES)):
                line += data.count(b"\n", 0, left)
                left -= len(data)
        return JsonText(line, self.data)


@dataclass(frozen=True)
class LineChunk:
    """Some whole lines of a file.

    Attributes:
        at: Bytes of the file before them, as decompressed.
        data: Their bytes; ``None`` for one line longer than ``MAX_RECORD_BYTES``.
        is_open: The last line does not end in a newline: the file ends here.
    """

    at: int
    data: bytes | None
    is_open: bool = False

    def lines(self) -> Iterator[RawLine]:
        """Yield the lines that are not blank."""
        if self.data is None:
            yield RawLine(None, is_open=False, chunk_at=self.at, lines_before=0)
            return
        lines = self.data.split(b"\n")
        for number, line in enumerate(lines):
            if line and not line.isspace():
                is_open = self.is_open and number == len(lines) - 1
                yield RawLine(line, is_open, chunk_at=self.at, lines_before=number)


def line_chunks(stream: ByteStream) -> Iterator[LineChunk]:
    """Yield a file's lines, some 128 KiB at a time, cut between lines."""
    at = 0
    parts: list[bytes] = []
    size = 0
    while data := stream.read(_CHUNK_BYTES):
        end = data.rfind(b"\n") + 1
        if size > MAX_RECORD_BYTES:
            # What is longer than a record may be is let go, and only its length kept.
            first = data.find(b"\n") + 1
            parts = []
            if not first:
                size += len(data)
                continue
            yield LineChunk(at, None)
            at += size + first
            data, end, size = data[first:], end - first, 0
        if not end:
            size += len(data)
            parts.append(data)
            continue
        # A view, so that the bytes are copied once.
        yield LineChunk(at, b"".join([*parts, memoryview(data)[:end]]))
        at += size + end
        parts, size = [data[end:]], len(data) - end
    if size > MAX_RECORD_BYTES:
        yield LineChunk(at, None)
    elif size:
        yield LineChunk(at, b"".join(parts), is_open=True)


def typed_records(
    chunk: LineChunk,
    decoder: "msgspec.json.Decoder[Record]",
    *,
    is_sound: Callable[[Sequence[Record]], bool],
    careful: Callable[[RawLine], Record | None],
) -> list[Record]:
    """Return the chunk's records.

    Args:
        chunk: Some lines.
        decoder: Of one record; it may refuse a line for its types.
        is_sound: Whether records that fit the types also hold what the source cannot do without.
        careful: Reads a line that was refused, or that is not sound; ``None`` where it counted
            the line as skipped.
    """
    if chunk.data is not None:
        try:
            records = decoder.decode_lines(chunk.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            if is_sound(records):
                return records
    found = (_one(line, decoder, is_sound=is_sound, careful=careful) for line in chunk.lines())
    return [record for record in found if record is not None]


def _one(
    line: RawLine,
    decoder: "msgspec.json.Decoder[Record]",
    *,
    is_sound: Callable[[Sequence[Record]], bool],
    careful: Callable[[RawLine], Record | None],
) -> Record | None:
    if line.data is not None:
        try:
            record = decoder.decode(line.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            if is_sound((record,)):
                return record
    return careful(line)
