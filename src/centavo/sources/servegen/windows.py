"""The lines of ``chunk-N-trace.csv``: windows with rates, or what is wrong with a line."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile
from centavo.sources.json_records import opened

__all__ = ["Window", "is_window", "read_windows"]

_FIELDS = ("window", "rate", "cv", "distribution", "parameter 1", "parameter 2")
# Ten minutes, where a trace has one window and the next does not tell.
_WINDOW_S = Decimal(600)
_LARGEST = Decimal(10) ** 9


@dataclass(frozen=True)
class Window:
    """Traffic of one client for some minutes.

    Attributes:
        start_s: Start, in seconds since the start of the trace.
        width_s: How long it is.
        requests: How many began in it: rate times width, to the nearest whole number.
        variation: Coefficient of variation of the times between requests, as stated.
        distribution: Their distribution, as stated; empty where there were too few.
    """

    start_s: Decimal
    width_s: Decimal
    requests: int
    variation: str
    distribution: str


def is_window(line: str) -> bool:
    """Return whether a line is a window: three numbers, a name or nothing, two numbers.

    >>> is_window("600,348.975,1.1178,Gamma,0.8003,0.0035"), is_window("start,rate,cv,d,a,b")
    (True, False)
    """
    cells = _cells(line)
    return _problem(cells) is None and (not cells[3] or cells[3].isidentifier())


def read_windows(file: InputFile, *, on_bad: Callable[[BadValueError], None]) -> list[Window]:
    """Return the windows of one client, in the file's order.

    Args:
        file: The trace; plain or gzip.
        on_bad: Called with what is wrong with a line; the line is left out when it returns.

    Raises:
        InputError: The file is empty or damaged.
    """
    good: list[list[str]] = []
    for line, cells in _lines(file):
        found = _problem(cells)
        if found is None:
            good.append(cells)
            continue
        column, problem, value = found
        hint = "A line is window,rate,cv,distribution,parameter,parameter; --skip-bad goes on."
        on_bad(
            BadValueError(problem, file=file.name, line=line, column=column, value=value, hint=hint)
        )
    starts = sorted(Decimal(cells[0]) for cells in good)
    width_s = min((b - a for a, b in pairwise(starts) if b > a), default=_WINDOW_S)
    return [_window(cells, width_s) for cells in good]


def _window(cells: Sequence[str], width_s: Decimal) -> Window:
    requests = int((Decimal(cells[1]) * width_s).to_integral_value())
    return Window(Decimal(cells[0]), width_s, requests, cells[2], cells[3])


def _lines(file: InputFile) -> Iterator[tuple[int, list[str]]]:
    with opened(file.path, file.name) as stream:
        data = b"".join(iter(stream.read, b""))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8 ({error})", hint="Copy it again.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, _cells(line)


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), list[str]())
    except csv.Error:
        # A carriage return inside, as in files that are no text: no window has it.
        return []


def _problem(cells: Sequence[str]) -> tuple[str, str, str] | None:
    """Return column, problem and value of what is wrong first; ``None`` when nothing is."""
    if len(cells) != len(_FIELDS):
        return "the line", f"has {len(cells)} values and not {len(_FIELDS)}", ",".join(cells)
    for position in (0, 1, 2, 4, 5):
        value = cells[position]
        # What the requests do not depend on may be missing, or infinite.
        needed = position < 2
        problem = _number_problem(value, needed=needed) if value or needed else None
        if problem:
            return _FIELDS[position], problem, value
    return None


def _number_problem(value: str, *, needed: bool) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "is not a number"
    if not needed:
        return None
    if not number.is_finite() or number >= _LARGEST:
        return "is too large"
    return "is negative" if number < 0 else None
