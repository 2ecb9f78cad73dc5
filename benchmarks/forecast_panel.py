"""Daily series of many kinds, cut at many origins: what a forecast is judged on.

Half of the series (every other one of each data set, by name) is for development: constants are
fitted on it. The other half is only judged. Series that are the same money under two names stay on
one side.
"""

import calendar
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

HISTORY_DAYS = 730
LEAST_DAYS = 90
_SAME_MONEY = {"compute-engine": "binder-prod"}
# Mean days between amounts above which a series is intermittent (Syntetos, Boylan, Croston, 2005).
_INTERMITTENT = 1.32


@dataclass(frozen=True)
class Series:
    dataset: str
    name: str
    first: date
    days: np.ndarray
    held_out: bool


@dataclass(frozen=True)
class Window:
    """History until an origin, and what came: NaN is a gap on either side.

    ``before`` is what the calendar month had before the origin, where the question is a month's end.
    """

    series: Series
    history: np.ndarray
    came: np.ndarray
    before: float = 0.0

    @property
    def is_regular(self) -> bool:
        known = self.history[~np.isnan(self.history)]
        return len(known) <= _INTERMITTENT * (known > 0).sum()


def panel(path: Path) -> list[Series]:
    table = pq.read_table(path).to_pydict()
    values: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
    for dataset, name, at, value in zip(
        table["dataset"], table["series"], table["date"], table["value"], strict=True
    ):
        values[dataset, name][at.date()] = value
    names = sorted(values)
    found = []
    for dataset, name in names:
        mine = [other for kind, other in names if kind == dataset]
        days = values[dataset, name]
        first, last = min(days), max(days)
        line = np.full((last - first).days + 1, np.nan)
        for day, value in days.items():
            line[(day - first).days] = value
        held_out = mine.index(_SAME_MONEY.get(name, name)) % 2 == 1
        found.append(Series(dataset, name, first, line, held_out))
    return found


def of_design(series: list[Series], events: Path) -> list[Series]:
    """Return the series that the design cut windows for injected events from.

    They leave out series of mostly nothing, most package counts of a few dozen a day, and the same
    money under a second name. ``events`` is a CSV whose first column is dataset/series/date.
    """
    with events.open() as rows:
        names = {tuple(row["window"].split("/")[:2]) for row in csv.DictReader(rows)}
    return [each for each in series if (each.dataset, each.name) in names]


def windows(series: list[Series], *, ahead: int, origins: int, seed: int) -> list[Window]:
    """Return random origins of each series, all with their whole future."""
    random = np.random.default_rng(seed)
    found = []
    for each in series:
        places = np.arange(LEAST_DAYS, len(each.days) - ahead + 1)
        chosen = (
            random.choice(places, min(origins, len(places)), replace=False) if len(places) else []
        )
        found += [_window(each, int(place), ahead) for place in sorted(chosen)]
    return found


def month_ends(series: list[Series], *, day: int, months: int, seed: int) -> list[Window]:
    """Return random calendar months of each series, cut after so many of their days."""
    random = np.random.default_rng(seed)
    found = []
    for each in series:
        starts = list(_months(each))
        chosen = (
            random.choice(len(starts), min(months, len(starts)), replace=False) if starts else []
        )
        for number in sorted(chosen):
            place, length = starts[number]
            before = float(np.nansum(each.days[place : place + day]))
            found.append(_window(each, place + day, length - day, before=before))
    return found


def _months(series: Series) -> Iterator[tuple[int, int]]:
    last = series.first + timedelta(days=len(series.days))
    for year in range(series.first.year, last.year + 1):
        for month in range(1, 13):
            place = (date(year, month, 1) - series.first).days
            length = calendar.monthrange(year, month)[1]
            if place >= LEAST_DAYS - 10 and place + length <= len(series.days):
                yield place, length


def _window(series: Series, place: int, ahead: int, *, before: float = 0.0) -> Window:
    history = series.days[max(0, place - HISTORY_DAYS) : place]
    return Window(series, history, series.days[place : place + ahead], before)


def matrix(found: list[Window]) -> np.ndarray:
    """Return the histories, right-aligned; NaN before they begin."""
    width = max(len(window.history) for window in found)
    rows = np.full((len(found), width), np.nan)
    for row, window in zip(rows, found, strict=True):
        row[width - len(window.history) :] = window.history
    return rows


def even_weights(found: list[Window]) -> np.ndarray:
    """Return weights that make every data set count the same, and add up to 1."""
    kinds = [window.series.dataset for window in found]
    weights = np.array([1 / kinds.count(kind) for kind in kinds])
    return weights / weights.sum()
