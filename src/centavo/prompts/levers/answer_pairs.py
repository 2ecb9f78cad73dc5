"""Pairs of questions of which a person said whether one answer serves both: a CSV file."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from centavo.errors import BadValueError, InputError
from centavo.prompts.near_texts import likeness, shingles_of

__all__ = ["AnswerPairs", "read_pairs"]

_COLUMNS = ("text_a", "text_b", "same_answer")
_WORDS = {"yes": True, "true": True, "sim": True, "no": False, "false": False, "não": False}
_HINT = "Its first line is text_a,text_b,same_answer; docs/prompts.md shows a file of pairs."


@dataclass(frozen=True)
class AnswerPairs:
    """What people said of pairs of different texts.

    Attributes:
        likeness: Of the two texts of each pair, 0 to 1.
        differs: Whether the answer to one is wrong for the other.
        left_out: Records that prove nothing: both texts are the same, or the pair stands there before.
    """

    likeness: tuple[float, ...]
    differs: tuple[bool, ...]
    left_out: int


def read_pairs(path: Path) -> AnswerPairs:
    """Return the pairs of a file, each pair of texts once.

    Raises:
        InputError: It cannot be read as CSV, or a column is missing.
        BadValueError: A value that says nothing, or a pair that was labelled otherwise before; names
            the line.
    """
    said: dict[frozenset[str], tuple[bool, int]] = {}
    left_out = 0
    for line, record in _records(path):
        first, second = (_text(record, name, line=line, path=path) for name in _COLUMNS[:2])
        is_same = _WORDS.get(record["same_answer"].casefold())
        if is_same is None:
            _fail("is neither yes nor no", "same_answer", record, line=line, path=path)
        pair = frozenset((first, second))
        known, before = said.setdefault(pair, (is_same, line))
        if known != is_same:
            _fail(f"is not what line {before} says", "same_answer", record, line=line, path=path)
        left_out += before != line or len(pair) == 1
    pairs = {tuple(pair): is_same for pair, (is_same, _) in said.items() if len(pair) > 1}
    return AnswerPairs(
        tuple(likeness(shingles_of(one), shingles_of(other)) for one, other in pairs),
        tuple(not is_same for is_same in pairs.values()),
        left_out,
    )


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each record after the header with the line that it begins on."""
    try:
        # Spreadsheets write a mark of byte order before the first name.
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint=_HINT) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start:,})", hint=_HINT) from error
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = _rows(text, delimiter, path)
    _, names = next(rows, (1, list[str]()))
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        raise InputError(f"{path}, line 1: no column {', '.join(missing)}", hint=_HINT)
    for line, cells in rows:
        if len(cells) != len(names):
            raise InputError(
                f"{path}, line {line}: {len(cells)} values under {len(names)} columns",
                hint='A text with a comma stands in quotes: "yes, please".',
            )
        yield line, dict(zip(names, cells, strict=True))


def _rows(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, line {begins}: {error}", hint=_HINT) from error


def _text(record: Mapping[str, str], name: str, *, line: int, path: Path) -> str:
    if not record[name]:
        _fail("is empty", name, record, line=line, path=path)
    return record[name]


def _fail(problem: str, name: str, record: Mapping[str, str], *, line: int, path: Path) -> NoReturn:
    raise BadValueError(
        problem, file=str(path), line=line, column=name, value=record[name], hint=_HINT
    )
