"""The rows of a spend-log file, some thousands at a time: JSON lines, arrays, API pages, CSV."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import msgspec

from centavo.errors import BadValueError
from centavo.ledger.reading import InputFile, Tally
from centavo.sources.csv_records import csv_records
from centavo.sources.json_records import JsonText, decode_json, json_texts, opened
from centavo.sources.litellm.columns import ColumnBuilder
from centavo.sources.litellm.fields import Fields
from centavo.sources.litellm.spend_log import Metadata, SpendLog, tidy
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_list,
    is_list,
    is_object,
    located,
)
from centavo.sources.typed_json_lines import LineChunk, RawLine, line_chunks, typed_records

__all__ = ["RowFile"]

_MALFORMED = "malformed record"
_GROUP_ROWS = 4_000
_GROUP_BYTES = 4 << 20
_ROW = msgspec.json.Decoder(SpendLog)
_METADATA = msgspec.json.Decoder(Metadata)
_TAGS = msgspec.json.Decoder(tuple[str, ...])
_EMPTY = frozenset(("", "NULL", "null", "\\N"))

# A record that is not checked yet, or why it is none, with its line.
_Numbered = tuple[int, object]


class RowFile:
    """Reads one file.

    Args:
        file: The file.
        tally: Counts the rows that are read, and those that are left out.
        builder: Says whether rows of the right types can be used as they are.
        skip_bad: Whether a row that cannot be read is left out instead of ending the reading.
    """

    def __init__(
        self,
        file: InputFile,
        tally: Tally,
        *,
        builder: ColumnBuilder,
        skip_bad: bool,
    ) -> None:
        self._file = file
        self._tally = tally
        self._fields = builder.fields
        self._is_sound = builder.is_sound
        self._skip_bad = skip_bad
        self._left_out = 0

    def groups(self) -> Iterator[Fields]:
        """Yield the file's rows, at least one at a time.

        Raises:
            BadValueError: A row cannot be read, and is not to be skipped.
            InputError: The file cannot be opened, or is damaged.
        """
        with opened(self._file.path, self._file.name) as stream:
            beginning = stream.beginning.lstrip()
            is_json = beginning.startswith((b"{", b"["))
            if is_json and _is_row_per_line(beginning):
                for chunks in _gathered(line_chunks(stream)):
                    fields = self._of_lines(chunks)
                    if fields.rows:
                        yield fields
                return
            if is_json:
                yield from self._grouped(self._of_json(json_texts(stream, one_per_line=False)))
                return
        yield from self._grouped(self._of_csv())

    def _of_lines(self, chunks: Sequence[LineChunk]) -> Fields:
        # Checking costs a fixed time: first all at once, then, if anything is wrong, bit by bit.
        fields = self._taken(chunks, lambda _: True)
        if fields.rows and not self._is_sound(fields):
            fields = self._taken(chunks, lambda records: self._is_sound(self._fields(records)))
        self._tally.read[self._file.batch_id] += fields.rows + self._left_out
        if self._left_out:
            self._tally.skipped[self._file.batch_id, _MALFORMED] += self._left_out
        return fields

    def _taken(
        self, chunks: Sequence[LineChunk], is_sound: Callable[[Sequence[SpendLog]], bool]
    ) -> Fields:
        self._left_out = 0
        fields = self._fields()
        for chunk in chunks:
            fields.take(typed_records(chunk, _ROW, is_sound=is_sound, careful=self._careful))
        return fields

    def _careful(self, line: RawLine) -> SpendLog | None:
        try:
            return tidy(_row(decode_json(line.unnumbered(), name=self._file.name, exact=True)))
        except (RecordError, BadValueError) as error:
            if self._skip_bad:
                self._left_out += 1
                return None
            text = line.numbered(self._file.path, self._file.name)
            if isinstance(error, BadValueError):
                decode_json(text, name=self._file.name, exact=True)
            raise located(error, file=self._file.name, line=text.line) from None

    def _refuse(self, error: RecordError | BadValueError, line: int) -> None:
        if not self._skip_bad:
            raise located(error, file=self._file.name, line=line) from None
        self._tally.skipped[self._file.batch_id, _MALFORMED] += 1

    def _grouped(self, numbered: Iterator[_Numbered]) -> Iterator[Fields]:
        while group := list(islice(numbered, _GROUP_ROWS)):
            self._tally.read[self._file.batch_id] += len(group)
            rows = [_converted(record) for _, record in group]
            if None not in rows:
                fields = self._fields([row for row in rows if row is not None])
                if self._is_sound(fields):
                    yield fields
                    continue
            careful = [
                row
                if row is not None and self._is_sound(self._fields((row,)))
                else self._tidied(line, record)
                for row, (line, record) in zip(rows, group, strict=True)
            ]
            if kept := [row for row in careful if row is not None]:
                yield self._fields(kept)

    def _tidied(self, line: int, record: object) -> SpendLog | None:
        try:
            return tidy(_row(record))
        except (RecordError, BadValueError) as error:
            self._refuse(error, line)
            return None

    def _of_json(self, texts: Iterator[JsonText]) -> Iterator[_Numbered]:
        """Yield the rows of an array, or of pages that hold arrays."""
        for text in texts:
            try:
                found = decode_json(text, name=self._file.name, exact=True)
            except BadValueError as error:
                yield text.line, error
                continue
            for record in _rows_of(found):
                yield text.line, record

    def _of_csv(self) -> Iterator[_Numbered]:
        for line, record in csv_records(self._file.path, name=self._file.name):
            if isinstance(record, BadValueError):
                yield line, record
            else:
                yield (
                    line,
                    {name: None if cell in _EMPTY else cell for name, cell in record.items()},
                )


def _row(record: object) -> JsonObject:
    if isinstance(record, BadValueError):
        raise record
    if not is_object(record):
        raise RecordError("the record", "is not a JSON object", record)
    return record


def _is_row_per_line(beginning: bytes) -> bool:
    """Return whether the first line is a whole row, and not a page or the begin of something."""
    line = beginning.partition(b"\n")[0]
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Cut off by the chunk, or malformed: only a line that begins a row can be either.
        return beginning.startswith(b"{") and len(line.strip()) > 1
    return is_object(found) and not is_list(found.get("data"))


def _gathered(chunks: Iterator[LineChunk]) -> Iterator[Sequence[LineChunk]]:
    """Yield chunks in groups: what is done with a group costs a fixed time too."""
    held: list[LineChunk] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk.data or b"")
        if size >= _GROUP_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _rows_of(found: object) -> Sequence[object]:
    """Return the rows of a page of the proxy's API, or the row itself."""
    if is_object(found) and is_list(found.get("data")) and "request_id" not in found:
        return as_list(found["data"])
    return [found]


def _converted(record: object) -> SpendLog | None:
    """Return the row where it is written as LiteLLM writes it; ``None`` asks for more care."""
    if not is_object(record):
        return None
    row = dict(record)
    try:
        for name, decoder in (("metadata", _METADATA), ("request_tags", _TAGS)):
            if isinstance(inner := row.get(name), str):
                row[name] = decoder.decode(inner)
        found = msgspec.convert(row, SpendLog, strict=False)
    except (msgspec.MsgspecError, UnicodeError, ValueError):
        return None
    return found
