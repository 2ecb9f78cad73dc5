"""Real daily series cut into windows, as accounts' spend: clean copies and copies with one incident each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

__all__ = [
    "CREDIT_SHARES",
    "KINDS",
    "Changed",
    "Window",
    "changed",
    "drawn",
    "published",
    "stacked",
]

DAYS, WARM_UP, EVALUATED = 252, 168, 84
SIZES = 3
KINDS = ("spike2", "step", "ramp", "exp", "forgotten", "price", "credit_stop")
# Competition data that must not be used in public work, and a series that is nothing on most days.
_LEFT_OUT = ("m5", "com.googleapis")
_FACTORS = {"step": (1.25, 1.5, 2.0), "price": (1.2, 1.5, 2.0), "ramp": (1.5, 2.0, 3.0)}
_EXTRA = {"spike2": (0.5, 1.0, 3.0), "forgotten": (0.25, 0.5, 1.0)}
_DOUBLING_DAYS = (21, 14, 7)
CREDIT_SHARES = (0.1, 0.2, 0.3)


@dataclass(frozen=True)
class Window:
    """A clean window in dollars; what lies before ``warm_up`` is history only."""

    name: str
    amounts: np.ndarray
    first: date
    warm_up: int


@dataclass(frozen=True)
class Changed:
    """A window with one incident, at one of three sizes."""

    window: int
    kind: str
    size: int
    amounts: np.ndarray
    begun: int
    extra_28d: float


def drawn(panel: Path, seed: int, *, per_series: int = 2) -> tuple[list[Window], list[Changed]]:
    """Return windows drawn from the panel's series with a seed, and every incident in each."""
    random = np.random.default_rng(seed)
    windows = [w for each in _series(panel) for w in _cut(*each, random=random, most=per_series)]
    return windows, [
        changed(window, number, kind, size, random)
        for number, window in enumerate(windows)
        for kind in KINDS
        for size in range(SIZES)
    ]


def published(data: Path, labels: Path) -> tuple[list[Window], list[Changed]]:
    """Return the windows and incidents of a published file of the same kind."""
    rows = duckdb.execute(
        'SELECT "window", "case", level, list(usd::DOUBLE ORDER BY date), min(date)::DATE'
        " FROM read_parquet(?) GROUP BY ALL ORDER BY ALL",
        [str(data)],
    ).fetchall()
    known = {
        (window, case, level): (warm_up, begun, extra)
        for window, case, level, warm_up, begun, extra in duckdb.execute(
            'SELECT "window", "case", level, warmup_days, t0_index, excess_usd_28d'
            " FROM read_csv(?)",
            [str(labels)],
        ).fetchall()
    }
    windows = [
        Window(name, np.array(usd), first, known[name, "step", 0][0])
        for name, case, _, usd, first in rows
        if case == "clean"
    ]
    numbers = {window.name: number for number, window in enumerate(windows)}
    return windows, [
        Changed(numbers[name], case, size, np.array(usd), *known[name, case, size][1:])
        for name, case, size, usd, _ in rows
        if case != "clean"
    ]


def changed(
    window: Window, number: int, kind: str, size: int, random: np.random.Generator
) -> Changed:
    """Return the window with an incident that begins at least two weeks into the evaluated days."""
    clean, begun = window.amounts, int(random.integers(window.warm_up + 14, window.warm_up + 57))
    amounts = clean.copy()
    if kind == "credit_stop":
        firsts = [
            day
            for day in range(window.warm_up, len(clean) - 20)
            if (window.first + timedelta(days=day)).day == 1
        ]
        begun = int(random.choice(firsts))
        amounts[:begun] *= 1 - CREDIT_SHARES[size]
        extra = float(clean[begun : begun + 28].sum() * CREDIT_SHARES[size])
        return Changed(number, kind, size, amounts, begun, extra)
    since = np.arange(1, len(clean) - begun + 1)
    usual = float(np.median(clean[begun - 28 : begun]))
    if kind == "spike2":
        amounts[begun : begun + 2] += usual * _EXTRA[kind][size]
    elif kind == "forgotten":
        amounts[begun:] += usual * _EXTRA[kind][size]
    elif kind == "exp":
        amounts[begun:] *= 2 ** (since / _DOUBLING_DAYS[size])
    elif kind == "ramp":
        amounts[begun:] *= 1 + (_FACTORS[kind][size] - 1) * np.minimum(since / 28, 1)
    else:
        amounts[begun:] *= _FACTORS[kind][size]
    extra = float((amounts - clean)[begun : begun + 28].sum())
    return Changed(number, kind, size, amounts, begun, extra)


def _series(panel: Path) -> Iterator[tuple[str, np.ndarray, date]]:
    rows = duckdb.execute(
        "SELECT dataset, series, list(date::DATE ORDER BY date), list(value ORDER BY date)"
        " FROM read_parquet(?) GROUP BY ALL ORDER BY ALL",
        [str(panel)],
    ).fetchall()
    for dataset, series, days, values in rows:
        if dataset in _LEFT_OUT or series in _LEFT_OUT:
            continue
        amounts = np.full((days[-1] - days[0]).days + 1, np.nan)
        amounts[[(day - days[0]).days for day in days]] = np.maximum(values, 0)
        yield f"{dataset}/{series}", amounts, days[0]


def _cut(
    name: str, values: np.ndarray, first: date, *, random: np.random.Generator, most: int
) -> Iterator[Window]:
    if len(values) < 150:
        return
    for _ in range(most if len(values) >= 300 else 1):
        days = min(DAYS, len(values))
        begin = int(random.integers(0, len(values) - days + 1))
        cut = values[begin : begin + days]
        known = np.isfinite(cut)
        if known.mean() < 0.95:
            continue
        amounts = np.interp(np.arange(days), np.flatnonzero(known), cut[known])
        if np.median(amounts) <= 0 or (amounts == 0).mean() > 0.2:
            continue
        usd = amounts * random.lognormal(3.5, 1.0) / amounts.mean()
        warm_up = WARM_UP if days >= DAYS - 12 else days - EVALUATED
        yield Window(name, usd, first + timedelta(days=begin), warm_up)


def stacked(rows: Sequence[np.ndarray], firsts: Sequence[date]) -> tuple[np.ndarray, np.ndarray]:
    """Return series of different lengths as one matrix that ends together, and its first days."""
    days = max(len(row) for row in rows)
    matrix = np.full((len(rows), days), np.nan)
    for number, row in enumerate(rows):
        matrix[number, days - len(row) :] = row
    begun = [
        first - timedelta(days=days - len(row)) for first, row in zip(firsts, rows, strict=True)
    ]
    return matrix, np.array(begun, dtype="datetime64[D]")
