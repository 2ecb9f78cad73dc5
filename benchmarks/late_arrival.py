"""A bill whose newest days are still arriving, as readings that were made of a real one at the time show it."""

import csv
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from daily_windows import stacked
from detection_ours import OWN_THRESHOLD, ours
from detection_protocol import Cases, hit_days, scored

from centavo.consumption.detection.completeness import Sighting, arrival_shares, nowcast
from centavo.consumption.detection.episodes import QUIET_DAYS, crossings

__all__ = ["Arriving", "arriving", "nowcast_error", "sightings_of"]

# As `[consumption] late_days`: the newest days that are not whole.
LATE_DAYS = 2
# What a day's evidence looks back at.
_HISTORY_DAYS = 170
Reading = list[Sighting]


def sightings_of(path: Path) -> dict[date, Reading]:
    """Return what the newest four days showed and what they came to, by day of the reading."""
    # Two commits of one day hold the same reading: it teaches once.
    readings: dict[date, set[tuple[date, Decimal, Decimal]]] = defaultdict(set)
    with path.open() as lines:
        for row in csv.DictReader(lines):
            readings[date.fromisoformat(row["snapshot_date"])].add(
                (
                    date.fromisoformat(row["billing_day"]),
                    Decimal(row["cost_seen"]),
                    Decimal(row["cost_final"]),
                )
            )
    return {
        reading: [
            Sighting((max(d for d, _, _ in days) - day).days, seen, final)
            for day, seen, final in days
            if (max(d for d, _, _ in days) - day).days < 4
        ]
        for reading, days in readings.items()
    }


def nowcast_error(readings: dict[date, Reading]) -> tuple[float, float]:
    """Return the median error of the newest day's final cost: as shown, and with what other readings teach."""
    raw, better = [], []
    for reading, own in readings.items():
        shares = arrival_shares([s for r, each in readings.items() if r != reading for s in each])
        newest = next(s for s in own if s.age_days == 0)
        raw.append(float(abs(newest.seen / newest.final - 1)))
        better.append(float(abs(nowcast(newest.seen, 0, shares) / newest.final - 1)))
    return statistics.median(raw), statistics.median(better)


@dataclass(frozen=True)
class Arriving:
    """What days that are still arriving add to detection.

    Attributes:
        false: Alerts in clean copies that the whole days do not confirm, of …
        alerts: … so many that the whole days raise.
        sooner_days: How much earlier incidents are known, in the mean of …
        found: … so many that are found from whole days too.
        gained: Incidents that are found with them only.
    """

    false: int
    alerts: int
    sooner_days: float
    found: int
    gained: int


def arriving(cases: Cases, readings: dict[date, Reading], random: np.random.Generator) -> Arriving:
    """Take each day for the newest in turn, its last two as incomplete as in one of the readings."""
    windows, incidents = cases
    days = max(len(w.amounts) for w in windows)
    final = scored(ours, (windows, [])).clean
    whole, live = crossings(final, OWN_THRESHOLD), np.zeros_like(final, dtype=bool)
    shares = [_shares(reading) for reading in readings.values()]
    for newest in range(max(len(w.amounts) - w.warm_up for w in windows)):
        known = [n for n, w in enumerate(windows) if w.warm_up + newest < len(w.amounts)]
        ends = [windows[n].warm_up + newest + 1 for n in known]
        rows = [windows[n].amounts[:end] for n, end in zip(known, ends, strict=True)]
        raised = _raised(rows, [windows[n].first for n in known], shares, random)
        for n, end, row in zip(known, ends, raised, strict=True):
            last = days - len(windows[n].amounts) + end
            live[n, last - LATE_DAYS : last] |= row[-LATE_DAYS:]
    with_late: dict[int, int] = {}
    without: dict[int, int] = {}
    for waited in range(14 + LATE_DAYS):
        known = [n for n, c in enumerate(incidents) if c.begun + waited < len(c.amounts)]
        rows = [incidents[n].amounts[: incidents[n].begun + waited + 1] for n in known]
        firsts = [windows[incidents[n].window].first for n in known]
        for n, row in zip(known, _raised(rows, firsts, shares, random), strict=True):
            case = incidents[n]
            late = days - len(case.amounts)
            backs = [case.begun + waited - day for day in hit_days(case)
                     if not final[case.window, late + day] > OWN_THRESHOLD]  # fmt: skip
            for back in (back for back in backs if back >= 0 and row[-1 - back]):
                with_late.setdefault(n, waited)
                if back >= LATE_DAYS:
                    without.setdefault(n, waited)
    return Arriving(
        sum(_unconfirmed(*each) for each in zip(live, whole, strict=True)),
        int(whole.sum()),
        statistics.mean(without[n] - with_late[n] for n in without),
        len(without),
        len(with_late) - len(without),
    )


def _shares(reading: Reading) -> list[float]:
    """Return what part of the last two days had arrived, the newest last."""
    by_age = {each.age_days: float(each.seen / each.final) for each in reading}
    return [by_age.get(age, 1.0) for age in reversed(range(LATE_DAYS))]


def _raised(
    rows: Sequence[np.ndarray],
    firsts: Sequence[date],
    shares: Sequence[Sequence[float]],
    random: np.random.Generator,
) -> np.ndarray:
    """Return the alerts of series that end today, with what has arrived of their late days."""
    cut = [row[-_HISTORY_DAYS:].copy() for row in rows]
    for row in cut:
        row[-LATE_DAYS:] *= shares[int(random.integers(len(shares)))]
    begun = [
        first + timedelta(days=len(row) - len(short))
        for first, row, short in zip(firsts, rows, cut, strict=True)
    ]
    return crossings(np.nan_to_num(ours(*stacked(cut, begun)), nan=-np.inf), OWN_THRESHOLD)


def _unconfirmed(live: np.ndarray, whole: np.ndarray) -> int:
    """Return how many runs of live alerts have none of the whole days within a week before them."""
    days = np.flatnonzero(live)
    first = days[np.diff(days, prepend=-QUIET_DAYS - 1) > QUIET_DAYS]
    return sum(
        not whole[max(day - QUIET_DAYS, 0) : day + LATE_DAYS + 2].any() for day in first.tolist()
    )
