"""What is known of the future: dated changes, each with what it does to the forecast in money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from centavo.message import Words
from centavo.money import Money

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["Change", "Fact", "FactKind", "apply_changes"]

FactKind = Literal["price", "shutdown", "commitment", "plan", "holiday", "monthly charge"]


@dataclass(frozen=True)
class Fact:
    """Something known of the future, and its effect on the forecast.

    Attributes:
        kind: What it is.
        day: First day that it holds.
        until: End, excluded; ``None`` without end.
        text: What happens.
        effect: What it adds until the end of the forecast; ``None`` where that is not known, and
            then the forecast is as if it did not happen.
        source: Who says so.
        note: What a reader must know.
    """

    kind: FactKind
    day: date
    until: date | None
    text: Words
    effect: Money | None
    source: str
    note: str | None = None


@dataclass(frozen=True)
class Change:
    """A fact and how it changes the days of each scope; no coefficients: its effect is not known.

    Attributes:
        fact: Without its effect.
        share: By scope, what is added for each unit of the day: -1 ends it, 0.2 adds a fifth.
        per_day: By scope, what is added to each day.
        is_of_start: Whether ``share`` is of the forecast before every change: prices add up and do
            not multiply each other.
    """

    fact: Fact
    share: Sequence[float] | None = None
    per_day: Sequence[float] | None = None
    is_of_start: bool = False


def apply_changes(
    median: "Matrix", first: date, changes: Sequence[Change]
) -> tuple["Matrix", list[float | None]]:
    """Return the medians with every change, in order, and the effect of each.

    Args:
        median: [scope, day].
        first: Day of column 0.
        changes: Applied one after the other, so that their effects add up to the whole difference.
    """
    start, now = median, median.copy()
    effects: list[float | None] = []
    for change in changes:
        if change.share is None and change.per_day is None:
            effects.append(None)
            continue
        days = _days(change.fact, first, median.shape[1])
        before = now.sum()
        base = start if change.is_of_start else now
        if change.share is not None:
            now[:, days] += base[:, days] * np.asarray(change.share)[:, None]
        if change.per_day is not None:
            now[:, days] += np.asarray(change.per_day)[:, None]
        effects.append(float(now.sum() - before))
    return now, effects


def _days(fact: Fact, first: date, width: int) -> slice:
    begin = max((fact.day - first).days, 0)
    end = width if fact.until is None else min(max((fact.until - first).days, 0), width)
    return slice(min(begin, width), max(end, begin))
