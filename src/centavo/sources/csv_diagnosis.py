"""Why a CSV file cannot be read: the first thing wrong with it, as file, line, column and value.

DuckDB reads the rows; it is fast, and its errors speak of casts and buffers. When it refuses a
file, ``diagnose`` streams the file once more in Python, slowly, and says in the reader's words
what stands where. ``read_header`` answers before anything is read, and raises on a file whose
first line already shows that it cannot be read.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO, Literal, cast

from centavo.errors import BadValueError, InputError

__all__ = [
    "DELIMITERS",
    "MAX_LINE_BYTES",
    "NULL_TEXTS",
    "CsvHeader",
    "ValueKind",
    "diagnose",
    "first_records",
    "good_records",
    "numbered_records",
    "read_header",
    "value_problem",
]

ValueKind = Literal[
    "text",
    "decimal",
    "integer",
    "count",
    "number",
    "boolean",
    "instant",
    "date",
    "json",
    "json_object",
]

# DuckDB's own default for one record (its option max_line_size).
MAX_LINE_BYTES = 2_097_152
NULL_TEXTS: tuple[str, ...] = ("", "NULL")

_GZIP_MAGIC = b"\x1f\x8b"
DELIMITERS = (",", ";", "\t", "|")
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_HINT = "Write 1234.56; decimal commas and thousands separators are not read."
_INSTANT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"
    r"([ T](\d{1,2}):(\d{1,2})(:(\d{1,2})(\.\d+)?)?\s?(Z|UTC|[+-]\d{1,2}(:?\d{2})?)?)?",
    re.ASCII,
)
_INSTANT_HINT = "Write 2026-03-05T12:00:00Z."
_BOOLEANS = frozenset({"true", "false", "t", "f", "1", "0", "yes", "no"})
# DECIMAL(38,12): 26 digits before the point.
_LARGEST = Decimal(10) ** 26


@dataclass(frozen=True)
class CsvHeader:
    """The first line of a CSV file.

    Attributes:
        columns: Names as the file spells them, in the file's order.
        delimiter: The character between them: comma, semicolon, tab or bar.
        has_rows: Whether anything follows the header.
        compression: ``gzip`` or ``none``, by the file's first bytes; as DuckDB names it.
    """

    columns: tuple[str, ...]
    delimiter: str
    has_rows: bool
    compression: Literal["gzip", "none"]


def read_header(path: Path, *, name: str) -> CsvHeader:
    """Return the header of a plain or gzip CSV file.

    Args:
        path: Where the file can be opened.
        name: The file as the user named it; used in messages.

    Raises:
        InputError: The file is empty, is not UTF-8, is a broken gzip file, has a first line
            without end, or names a column twice.
    """
    compression = _compression(path)
    with _open(path) as stream:
        lines = _lines(stream, name)
        first = next(lines, "")
        if not first.strip():
            raise InputError(
                f"{name} is empty", hint="Export it again, or leave it out of the command."
            )
        has_rows = any(line.strip() for line in lines)
    delimiter = max(DELIMITERS, key=first.count)
    columns = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter)))
    _refuse_repeated(columns, name)
    return CsvHeader(columns, delimiter, has_rows, compression)


def diagnose(
    path: Path,
    *,
    name: str,
    kinds: Mapping[str, ValueKind],
    required: Collection[str] = (),
    nulls: Collection[str] = NULL_TEXTS,
) -> InputError | None:
    """Return the first thing wrong with a CSV file, or ``None`` when nothing is.

    The whole file is streamed through Python's csv module: call it on an error only.

    Args:
        path: Where the file can be opened; gzip is recognised by its first bytes.
        name: The file as the user named it.
        kinds: What a column's values must be, by column name as in the header; columns that
            are not named may hold anything.
        required: Columns, as in the header, that must have a value in every row.
        nulls: Texts that stand for NULL.
    """
    try:
        for _, problem in _judged(path, name=name, kinds=kinds, required=required, nulls=nulls):
            if problem is not None:
                return problem
    except InputError as error:
        return error
    return None


def good_records(
    path: Path,
    *,
    name: str,
    kinds: Mapping[str, ValueKind],
    on_bad: Callable[[BadValueError], None],
    required: Collection[str] = (),
    nulls: Collection[str] = NULL_TEXTS,
) -> Iterator[list[str | None]]:
    """Yield the values of every record that ``diagnose`` finds nothing wrong with, NULL as None.

    Args:
        path: As for ``diagnose``.
        name: As for ``diagnose``.
        kinds: As for ``diagnose``.
        on_bad: Called with each record's first problem; the record is left out.
        required: As for ``diagnose``.
        nulls: As for ``diagnose``.

    Raises:
        InputError: The file cannot be read any further: its encoding, quotes or gzip stream.
    """
    null_texts = frozenset(nulls)
    for cells, problem in _judged(path, name=name, kinds=kinds, required=required, nulls=nulls):
        if problem is not None:
            on_bad(problem)
        else:
            yield [None if cell in null_texts else cell for cell in cells]


def first_records(path: Path, *, name: str, limit: int) -> list[list[str]]:
    """Return the values of at most ``limit`` records after the header, as they stand in the file.

    Records that have not as many values as the header are left out.

    Raises:
        InputError: The beginning of the file cannot be read.
    """
    header = read_header(path, name=name)
    records = islice(_records(path, name, header.delimiter), limit)
    return [cells for _, cells in records if len(cells) == len(header.columns)]


def numbered_records(path: Path, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record after the header with the 1-based line that it begins on.

    Its values stand as in the file, and may be more or fewer than the header's names.

    Raises:
        InputError: The file cannot be read any further: its encoding, quotes or gzip stream.
    """
    yield from _records(path, name, read_header(path, name=name).delimiter)


# --- values -------------------------------------------------------------------------------------

_Problem = tuple[str, str]
_NO_VALUE: _Problem = ("must have a value", "Every row needs one; complete the export.")


def _decimal_problem(value: str) -> _Problem | None:
    text = value.strip()
    if not _DECIMAL.fullmatch(text):
        if "," in text:
            return "is not a decimal number", _DECIMAL_HINT
        return "is not a decimal number", "Write a plain number: 1234.56."
    if abs(Decimal(text)) >= _LARGEST:
        return "is too large for 26 digits before the decimal point", "Check the value."
    return None


def _integer_problem(value: str) -> _Problem | None:
    if re.fullmatch(r"[+-]?\d{1,18}(\.0*)?", value.strip()):
        return None
    return "is not a whole number", "Write digits only: 1234."


def _count_problem(value: str) -> _Problem | None:
    if value.strip().startswith("-"):
        return "is negative", "Write how many there were: 1234."
    return _integer_problem(value)


def _number_problem(value: str) -> _Problem | None:
    try:
        float(value)
    except ValueError:
        return "is not a number", _DECIMAL_HINT
    return None


def _boolean_problem(value: str) -> _Problem | None:
    if value.strip().lower() in _BOOLEANS:
        return None
    return "is neither true nor false", "Write true or false."


def _instant_problem(value: str) -> _Problem | None:
    match = _INSTANT.fullmatch(value.strip())
    if match is None:
        return "is not a date and time", _INSTANT_HINT
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    hour, minute, second = (int(part or 0) for part in match.group(5, 6, 8))
    try:
        date(year, month, day)
    except ValueError:
        return "is not a day of the calendar", _INSTANT_HINT
    # DuckDB reads 24:00:00 as the next midnight, and no leap second.
    if hour > 24 or minute > 59 or second > 59:
        return "is not a time of the day", _INSTANT_HINT
    return None


def _json_problem(value: str) -> _Problem | None:
    try:
        json.loads(value)
    except ValueError as error:
        hint = f'Write {{"key": "value"}}, keys in double quotes. ({error})'
        return "is not valid JSON", hint
    return None


def _json_object_problem(value: str) -> _Problem | None:
    problem = _json_problem(value)
    if problem is None and not value.lstrip().startswith("{"):
        return "is not a JSON object", 'Write {"key": "value"}.'
    return problem


@dataclass(frozen=True)
class _Check:
    """What one column's values must be."""

    position: int
    column: str
    of_kind: Callable[[str], _Problem | None] | None
    required: bool

    def problem(self, value: str, nulls: Collection[str]) -> _Problem | None:
        if value in nulls:
            return _NO_VALUE if self.required else None
        return self.of_kind(value) if self.of_kind is not None else None


_PROBLEMS: dict[ValueKind, Callable[[str], _Problem | None]] = {
    "decimal": _decimal_problem,
    "integer": _integer_problem,
    "count": _count_problem,
    "number": _number_problem,
    "boolean": _boolean_problem,
    "instant": _instant_problem,
    "date": _instant_problem,
    "json": _json_problem,
    "json_object": _json_object_problem,
}


def value_problem(kind: ValueKind, value: str) -> tuple[str, str] | None:
    """Return what is wrong with a value of a kind, and what to write instead; ``None`` if nothing."""
    check = _PROBLEMS.get(kind)
    return None if check is None else check(value)


# --- records ------------------------------------------------------------------------------------


def _judged(
    path: Path,
    *,
    name: str,
    kinds: Mapping[str, ValueKind],
    required: Collection[str],
    nulls: Collection[str],
) -> Iterator[tuple[list[str], BadValueError | None]]:
    """Yield each record after the header with the first thing wrong with it."""
    header = read_header(path, name=name)
    checks = [
        _Check(position, column, _PROBLEMS.get(kinds.get(column, "text")), column in required)
        for position, column in enumerate(header.columns)
        if kinds.get(column, "text") != "text" or column in required
    ]
    null_texts = frozenset(nulls)
    for line, cells in _records(path, name, header.delimiter):
        if len(cells) != len(header.columns):
            yield cells, _wrong_width(name, line, cells, len(header.columns))
            continue
        for check in checks:
            found = check.problem(cells[check.position], null_texts)
            if found is not None:
                value = cells[check.position]
                yield (
                    cells,
                    BadValueError(
                        found[0],
                        file=name,
                        line=line,
                        column=check.column,
                        value=value,
                        hint=found[1],
                    ),
                )
                break
        else:
            yield cells, None


def _records(path: Path, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record after the header with the 1-based line that it begins on."""
    with _open(path) as stream, _long_fields():
        reader = csv.reader(_lines(stream, name), delimiter=delimiter, strict=True)
        begins = 1
        try:
            for cells in reader:
                if begins > 1 and cells:
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            raise InputError(
                f"{name}, line {begins}: the record that begins here is not valid CSV ({error})",
                hint='A quote inside a quoted value is written twice: "a ""b"" c".',
            ) from None


@dataclass
class _FieldLimit:
    """How many readers need long fields now, and the limit that was there before the first."""

    readers: int = 0
    before: int = 0


_limit = _FieldLimit()


@contextmanager
def _long_fields() -> Generator[None]:
    """Let Python's csv module read fields as long as a record may be, and restore its limit.

    The limit is the process's, and readings of two files may be under way at once.
    """
    # Set by every reader: somebody else may have lowered it since the first.
    found = csv.field_size_limit(MAX_LINE_BYTES)
    if not _limit.readers:
        _limit.before = found
    _limit.readers += 1
    try:
        yield
    finally:
        _limit.readers -= 1
        if not _limit.readers:
            csv.field_size_limit(_limit.before)


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """Yield the lines of a UTF-8 stream, refusing what no CSV reader can read."""
    number = offset = 0
    while True:
        try:
            raw = stream.readline(MAX_LINE_BYTES + 1)
            number += 1
            if len(raw) > MAX_LINE_BYTES:
                raise _too_long(name, number, len(raw) + _rest_of_line(stream))
        except EOFError:
            raise _broken_gzip(name, "the file ends before its gzip stream does") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise _broken_gzip(name, f"its gzip stream is damaged ({error})") from None
        if not raw:
            return
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _not_utf8(name, number, offset + error.start, raw, error) from None
        offset += len(raw)


def _rest_of_line(stream: BinaryIO) -> int:
    """Return how many bytes are left until the line ends; they are consumed."""
    length = 0
    while True:
        raw = stream.readline(MAX_LINE_BYTES)
        length += len(raw)
        if not raw or raw.endswith(b"\n"):
            return length


def _compression(path: Path) -> Literal["gzip", "none"]:
    with path.open("rb") as stream:
        return "gzip" if stream.read(2) == _GZIP_MAGIC else "none"


def _open(path: Path) -> BinaryIO:
    if _compression(path) == "gzip":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


# --- errors -------------------------------------------------------------------------------------


def _too_long(name: str, line: int, length: int) -> InputError:
    return InputError(
        f"{name}, line {line} is {length:,} bytes long; a line may have {MAX_LINE_BYTES:,}",
        hint="Is this a CSV file? Its lines must end with a line break.",
    )


def _broken_gzip(name: str, problem: str) -> InputError:
    return InputError(f"{name}: {problem}", hint="Copy or download the file again.")


def _not_utf8(
    name: str, line: int, offset: int, raw: bytes, error: UnicodeDecodeError
) -> InputError:
    shown = raw[max(0, error.start - 12) : error.start + 12].decode("latin-1")
    return InputError(
        f"{name}, line {line}: byte {offset:,} is not UTF-8, near {shown!r}",
        hint="Save the file as UTF-8 (it looks like Latin-1, Windows-1252 or UTF-16).",
    )


def _wrong_width(name: str, line: int, cells: Sequence[str], width: int) -> BadValueError:
    return BadValueError(
        f"has {len(cells)} values where the header names {width}",
        file=name,
        line=line,
        column="the record",
        value=",".join(cells),
        hint="Put values that contain the separator in double quotes.",
    )


def _refuse_repeated(columns: Sequence[str], name: str) -> None:
    for earlier, later in pairwise(sorted(columns)):
        if earlier == later:
            raise InputError(
                f"{name}, line 1: the header names {earlier!r} twice",
                hint="Rename or remove one of the two columns.",
            )
