"""The protocol of detection: what an alert, a hit and a budget are, the same for every detector.

A detector scores each day of each series; an alert is raised when the score passes a threshold after a week
below it, and once more well above it. A hit is an alert within 14 days of the incident (spike: 3) on a day on
which the clean copy is below the same level. A budget sets the threshold on the clean copies alone, one for
all series.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from daily_windows import Changed, Window, stacked

from centavo.consumption.detection.episodes import ESCALATION, alerts, crossings, threshold_for

__all__ = ["Cases", "Detector", "Reached", "Scores", "at_budget", "clean_threshold", "few", "hit_days", "reached", "rolled", "scored"]  # fmt: skip

Detector = Callable[[np.ndarray, np.ndarray], np.ndarray]
# The same for one series at a time: given its days and how many are history only, the score of one day.
DayScore = Callable[[int], float]
Rolling = Callable[[np.ndarray, int], DayScore]
Cases = tuple[list[Window], list[Changed]]
_QUIET_DAYS = 7


@dataclass(frozen=True)
class Scores:
    """Scores of the clean and of the changed series, which end together; history is minus infinity."""

    clean: np.ndarray
    changed: np.ndarray
    cpu_s: float


@dataclass(frozen=True)
class Reached:
    """What a detector reached on one set of windows; ``rate`` is alerts per series and 30 days."""

    rate: float
    recall: float
    by_money: float
    delay_days: float
    by_kind: dict[str, float]

    @property
    def precision(self) -> float:
        """With one true event in 84 days of a series."""
        true = self.recall / 84
        return true / (true + self.rate / 30) if true else 0.0

    @property
    def a_week(self) -> float:
        """Alerts per account and week; an account is one series here."""
        return self.rate * 7 / 30


def scored(detector: Detector, cases: Cases) -> Scores:
    """Return what a detector says of all series at once."""
    windows, incidents = cases
    rows = [w.amounts for w in windows] + [c.amounts for c in incidents]
    owners = [*windows, *(windows[c.window] for c in incidents)]
    matrix, firsts = stacked(rows, [w.first for w in owners])
    begun = time.process_time()
    scores = detector(matrix, firsts)
    took = time.process_time() - begun
    scores = np.where(np.isfinite(scores), scores, -np.inf)
    days = scores.shape[1]
    for number, window in enumerate(owners):
        scores[number, : days - len(window.amounts) + window.warm_up] = -np.inf
    return Scores(scores[: len(windows)], scores[len(windows) :], took)


def rolled(rolling: Rolling, cases: Cases) -> Scores:
    """Return the same of a detector that is too slow for that: only days that the protocol asks about.

    Of a changed series those are the days in which a hit counts and the week before them; where it does not
    differ from the clean one until a day, neither does what is said of that day.
    """
    windows, incidents = cases
    days = max(len(w.amounts) for w in windows)
    clean = np.full((len(windows), days), -np.inf)
    dirty = np.full((len(incidents), days), -np.inf)
    begun = time.process_time()
    for row, window in enumerate(windows):
        score, late = rolling(window.amounts, window.warm_up), days - len(window.amounts)
        for day in range(window.warm_up, len(window.amounts)):
            clean[row, late + day] = score(day)
    for row, case in enumerate(incidents):
        window = windows[case.window]
        score, late = rolling(case.amounts, window.warm_up), days - len(case.amounts)
        same = case.amounts == window.amounts
        first = int(np.argmin(same))
        for day in range(max(case.begun - _QUIET_DAYS - 1, window.warm_up), hit_days(case).stop):
            known = clean[case.window, late + day]
            dirty[row, late + day] = known if day < first else score(day)
    return Scores(clean, dirty, time.process_time() - begun)


def hit_days(case: Changed) -> range:
    """Return the days on which an alert counts as a hit."""
    until = case.begun + (3 if case.kind == "spike2" else 14)
    return range(case.begun, min(until, len(case.amounts)))


def few(sets: list[Cases], *, every: int) -> Cases:
    """Return every so many of all windows, with their incidents, as one set."""
    windows: list[Window] = []
    incidents: list[Changed] = []
    for own, changes in sets:
        for number in range(0, len(own), every):
            incidents += [
                Changed(len(windows), c.kind, c.size, c.amounts, c.begun, c.extra_28d)
                for c in changes
                if c.window == number
            ]
            windows.append(own[number])
    return windows, incidents


def clean_threshold(clean: np.ndarray, budget: float) -> float:
    """Return the threshold that keeps clean series within so many alerts per series and 30 days."""
    return threshold_for(np.where(np.isfinite(clean), clean, np.nan), per_series_month=budget)


def at_budget(scores: Scores, cases: Cases, budget: float) -> Reached:
    """Return what is reached within so many alerts per series and 30 days."""
    return reached(cases, scores, clean_threshold(scores.clean, budget))


def reached(
    cases: Cases,
    scores: Scores,
    threshold: float,
    *,
    more_hits: np.ndarray | None = None,
    more_alerts: int = 0,
) -> Reached:
    """Return what the threshold reaches.

    Args:
        cases: The windows and their incidents.
        scores: What was said of them.
        threshold: Above it an alert is raised.
        more_hits: Incidents that were found otherwise.
        more_alerts: Alerts that this raised in the clean copies.
    """
    windows, incidents = cases
    clean, dirty = scores.clean, scores.changed
    days = clean.shape[1]
    months = sum(len(w.amounts) - w.warm_up for w in windows) / 30
    levels = (threshold, threshold + ESCALATION)
    raised = [crossings(dirty, level) for level in levels]
    hits, delays = np.zeros(len(incidents), dtype=bool), []
    for number, case in enumerate(incidents):
        late, asked = days - len(case.amounts), hit_days(case)
        own = slice(late + asked.start, late + asked.stop)
        new = np.zeros(len(asked), dtype=bool)
        for above, level in zip(raised, levels, strict=True):
            new |= above[number, own] & ~(clean[case.window, own] > level)
        hits[number] = new.any()
        if new.any():
            delays.append(int(np.argmax(new)))
    if more_hits is not None:
        hits |= more_hits
    extra = np.array([case.extra_28d for case in incidents])
    kinds = np.array([case.kind for case in incidents])
    return Reached(
        (alerts(clean, threshold).sum() + more_alerts) / months,
        float(hits.mean()),
        float((hits * extra).sum() / extra.sum()),
        float(np.median(delays)) if delays else float("nan"),
        {kind: float(hits[kinds == kind].mean()) for kind in dict.fromkeys(kinds)},
    )
