"""Pairs of questions of which a person said whether one answer serves both: a CSV file.

It states the two texts, or the ids of two recorded requests whose prompts are kept.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from centavo.errors import BadValueError, InputError
from centavo.prompts.near_texts import likeness, shingles_of

__all__ = ["AnswerPairs", "LabelledFile", "Question", "compared", "read_pairs"]

_BY_TEXT, _BY_REQUEST = ("text_a", "text_b"), ("request_a", "request_b")
_SAME = "same_answer"
_WORDS = {"yes": True, "true": True, "sim": True, "no": False, "false": False, "não": False}
_HINT = (
    "Its first line is text_a,text_b,same_answer or request_a,request_b,same_answer; docs/prompts.md shows "
    "a file of pairs."
)


class Question(NamedTuple):
    """What is asked: its words, and what stays of it without them, such as images."""

    shape: str
    text: str


@dataclass(frozen=True)
class Label:
    """One record of a file: two texts or two ids of requests, and whether one answer serves both."""

    first: str
    second: str
    is_same: bool
    line: int


@dataclass(frozen=True)
class LabelledFile:
    """A file of pairs as it was read.

    Attributes:
        path: Of the file.
        by_request: Whether it names requests instead of texts.
        labels: Its records.
    """

    path: Path
    by_request: bool
    labels: tuple[Label, ...]

    @property
    def requests(self) -> list[str]:
        """Ids of the requests that it names, each once."""
        return sorted({name for label in self.labels for name in (label.first, label.second)})


@dataclass(frozen=True)
class AnswerPairs:
    """What people said of pairs of different texts.

    Attributes:
        likeness: Of the two texts of each pair, 0 to 1.
        differs: Whether the answer to one is wrong for the other.
        left_out: Records that prove nothing: both texts are the same, the pair stands there before, or
            only one of them shows a certain image.
        unknown: Records that name a request whose question is not kept.
    """

    likeness: tuple[float, ...] = ()
    differs: tuple[bool, ...] = ()
    left_out: int = 0
    unknown: int = 0


def read_pairs(path: Path) -> LabelledFile:
    """Return the records of a file.

    Raises:
        InputError: It cannot be read as CSV, or a column is missing.
        BadValueError: A value that says nothing; names the line.
    """
    labels: list[Label] = []
    names, records = _records(path)
    for line, record in records:
        first, second = (_text(record, name, line=line, path=path) for name in names)
        is_same = _WORDS.get(record[_SAME].casefold())
        if is_same is None:
            _fail("is neither yes nor no", record[_SAME], line=line, path=path)
        labels.append(Label(first, second, is_same, line))
    return LabelledFile(path, names == _BY_REQUEST, tuple(labels))


def compared(file: LabelledFile, questions: Mapping[str, Question]) -> AnswerPairs:
    """Return how alike the texts of each pair are, each pair of texts once.

    Args:
        file: Of pairs.
        questions: Of the requests that the file names, by id; not read where it states texts.

    Raises:
        BadValueError: A pair was labelled otherwise before; names the line.
    """
    said: dict[frozenset[Question], Label] = {}
    left_out = unknown = 0
    for label in file.labels:
        first, second = (
            questions.get(name) if file.by_request else Question("", name)
            for name in (label.first, label.second)
        )
        if first is None or second is None:
            unknown += 1
            continue
        pair = frozenset((first, second))
        before = said.setdefault(pair, label)
        if before.is_same != label.is_same:
            value = "yes" if label.is_same else "no"
            _fail(f"is not what line {before.line} says", value, line=label.line, path=file.path)
        left_out += before is not label or len(pair) == 1 or first.shape != second.shape
    pairs = [
        (*pair, label.is_same)
        for pair, label in said.items()
        if len(pair) > 1 and len({each.shape for each in pair}) == 1
    ]
    return AnswerPairs(
        tuple(likeness(shingles_of(one.text), shingles_of(two.text)) for one, two, _ in pairs),
        tuple(not is_same for *_, is_same in pairs),
        left_out,
        unknown,
    )


def _records(path: Path) -> tuple[tuple[str, str], Iterator[tuple[int, Mapping[str, str]]]]:
    """Return the columns that name a pair, and each record after the header with its first line."""
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
    columns = _BY_REQUEST if set(_BY_REQUEST) & set(names) else _BY_TEXT
    missing = [name for name in (*columns, _SAME) if name not in names]
    if missing:
        raise InputError(f"{path}, line 1: no column {', '.join(missing)}", hint=_HINT)
    return columns, _by_name(rows, names, path)


def _by_name(
    rows: Iterator[tuple[int, list[str]]], names: list[str], path: Path
) -> Iterator[tuple[int, Mapping[str, str]]]:
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
        _fail("is empty", "", line=line, path=path, column=name)
    return record[name]


def _fail(problem: str, value: str, *, line: int, path: Path, column: str = _SAME) -> NoReturn:
    raise BadValueError(problem, file=str(path), line=line, column=column, value=value, hint=_HINT)
