"""Our detector under the protocol: totals, full rows, decoys, young series and speed.

"full rows" sees usage, price and credit of each row apart, as a bill states them, with 1 % of noise on the
ratios; price and credit by the same search for shifts as CON104 and CON105. Machines are drawn beside
each window (resource_rows.py), and the alerts that they raise in clean copies are taken from the budget;
a forgotten machine is one row more. Planned machines, which no row tells from it, are counted apart.
"""

import statistics
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np
from daily_windows import CREDIT_SHARES, Changed, Window
from detection_protocol import Cases, Reached, clean_threshold, reached, scored
from resource_rows import machine_rows, planned_row

from centavo.consumption.detection.budget import clean_threshold as shipped_threshold
from centavo.consumption.detection.episodes import alerts
from centavo.consumption.detection.evidence import evidence_of
from centavo.consumption.detection.month_days import without_recurring
from centavo.consumption.detection.new_floor import NewFloor, new_floors
from centavo.consumption.level_shift import DayRatio, ShiftLimits, last_shift

__all__ = [
    "OWN_THRESHOLD",
    "cold_start",
    "first_of_month",
    "full_rows",
    "ours",
    "planned_found",
    "ratio_events",
    "speed",
]

USUAL_DAY_USD = 26.0
# As shipped: the budget that rules have by default, by the threshold measured on other seeds.
OWN_THRESHOLD = shipped_threshold(0.1)


def ours(amounts: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = without_recurring(amounts, firsts)
        return evidence_of(usual, usual_day=USUAL_DAY_USD).total


def full_rows(cases: Cases, budget: float, random: np.random.Generator) -> Reached:
    """Usage at a budget; price and credit apart, by the rules' own search."""
    windows, incidents = cases
    usage = [
        Changed(c.window, c.kind, c.size, windows[c.window].amounts, c.begun, c.extra_28d)
        if c.kind in ("price", "credit_stop")
        else c
        for c in incidents
    ]
    scores = scored(ours, (windows, usage))
    false = sum(
        _shift(_ratio(w, 1.0, random), relative, since=w.warm_up)
        for w in windows
        for relative in (True, False)
    )
    months = sum(len(w.amounts) - w.warm_up for w in windows) / 30
    machines = [machine_rows(window, random) for window in windows]
    false += len(
        {
            (number, each.alert)
            for number, window in enumerate(windows)
            for each in _floors(window, machines[number])
            if each.alert >= window.warm_up
        }
    )
    threshold = clean_threshold(scores.clean, max(budget - false / months, 0.001))
    hits = np.array(
        [
            ratio_hit(windows[c.window], c, random)
            or floor_hit(windows[c.window], c, machines[c.window], random)
            for c in incidents
        ]
    )
    return reached(cases, scores, threshold, more_hits=hits, more_alerts=false)


def ratio_hit(window: Window, case: Changed, random: np.random.Generator) -> bool:
    """Say whether a price or a stopped credit is known on its third day."""
    if case.kind == "price":
        factor = (1.2, 1.5, 2.0)[case.size]
        ratio = _ratio(
            window, np.where(np.arange(len(window.amounts)) < case.begun, 1, factor), random
        )
        return _shift(ratio[: case.begun + 3], relative=True, since=case.begun)
    if case.kind == "credit_stop":
        share = CREDIT_SHARES[case.size]
        ratio = _ratio(
            window, np.where(np.arange(len(window.amounts)) < case.begun, share, 0.0), random
        )
        return _shift(ratio[: case.begun + 3], relative=False, since=case.begun)
    return False


def floor_hit(
    window: Window, case: Changed, machines: np.ndarray, random: np.random.Generator
) -> bool:
    """Say whether a machine that was forgotten is known within 14 days."""
    if case.kind != "forgotten":
        return False
    noise = 1 + 0.005 * random.standard_normal(len(window.amounts))
    rows = np.vstack([machines, (case.amounts - window.amounts) * noise])
    return any(
        each.member == len(machines) and case.begun <= each.alert < case.begun + 14
        for each in _floors(window, rows)
    )


def planned_found(cases: Cases, random: np.random.Generator) -> float:
    """Return how often a planned machine raises an alert: no row says that it was planned."""
    found = []
    for window in cases[0]:
        planned = planned_row(window, random)
        rows = np.vstack([machine_rows(window, random), planned])
        found.append(
            any(each.member == len(rows) - 1 for each in _floors(window, rows, extra=planned))
        )
    return statistics.mean(found)


def ratio_events(cases: Cases, random: np.random.Generator) -> float:
    windows, incidents = cases
    asked = [
        c for c in incidents
        if c.kind == "price" or (c.kind == "credit_stop" and CREDIT_SHARES[c.size] >= 0.2)
    ]  # fmt: skip
    return statistics.mean(ratio_hit(windows[c.window], c, random) for c in asked)


def _floors(
    window: Window, machines: np.ndarray, *, extra: np.ndarray | float = 0.0
) -> list[NewFloor]:
    places = np.zeros(len(machines), dtype=np.int64)
    return new_floors(machines, places, (window.amounts + extra)[None])


def _ratio(
    window: Window, level: float | np.ndarray, random: np.random.Generator
) -> list[DayRatio]:
    noise = 1 + 0.01 * random.standard_normal(len(window.amounts))
    values = np.broadcast_to(level, len(window.amounts)) * noise
    return [
        DayRatio(window.first + timedelta(days=day), Decimal(float(value)), Decimal(1))
        for day, value in enumerate(values)
    ]


def _shift(ratio: Sequence[DayRatio], relative: bool, *, since: int) -> bool:  # noqa: FBT001
    limits = (
        ShiftLimits(0.02, is_relative=True)
        if relative
        else ShiftLimits(0.05, is_relative=False, days_before=14)
    )
    found = last_shift(ratio[-84:], limits)
    return found is not None and found.day >= ratio[0].day + timedelta(days=since)


def first_of_month(cases: Cases, budget: float) -> float:
    """Return how many more alerts the clean copies raise with a day's spend charged on each first."""
    windows, _ = cases
    clean = scored(ours, (windows, [])).clean
    threshold = clean_threshold(clean, budget)
    charged = [
        Window(w.name, w.amounts + _firsts(w) * float(np.median(w.amounts)), w.first, w.warm_up)
        for w in windows
    ]
    with_charge = scored(ours, (charged, [])).clean
    before = alerts(clean, threshold).sum()
    return float(alerts(with_charge, threshold).sum() / max(before, 1) - 1)


def _firsts(window: Window) -> np.ndarray:
    days = window.first + np.arange(len(window.amounts)) * timedelta(days=1)
    return np.array([day.day == 1 for day in days], dtype=float)


def cold_start(cases: Cases, budget: float) -> dict[int, tuple[float, float]]:
    """Return alerts per series-month and recall of steps of a series that is so many days old.

    The threshold is that of old series; it is trustworthy where the rate is not above twice the budget.
    """
    windows, _ = cases
    threshold = clean_threshold(scored(ours, (windows, [])).clean, budget)
    found: dict[int, tuple[float, float]] = {}
    for age in (7, 14, 28):
        young = [
            Window(
                w.name, w.amounts[w.warm_up - age :], w.first + timedelta(days=w.warm_up - age), age
            )
            for w in windows
        ]
        month = [Window(y.name, y.amounts[: age + 28], y.first, age) for y in young]
        rate = alerts(scored(ours, (month, [])).clean, threshold).sum() / (len(young) * 28 / 30)
        steps = [
            Changed(n, "step", 2, np.r_[y.amounts[:age], 2 * y.amounts[age:]], age, 1.0)
            for n, y in enumerate(young)
        ]
        recall = reached((young, steps), scored(ours, (young, steps)), threshold).recall
        found[age] = (float(rate), recall)
    return found


def speed(cases: Cases) -> float:
    """Return series-days per second of one core, with calendar, level, growth and money."""
    windows, incidents = cases
    days = sum(len(w.amounts) for w in windows) * (1 + len(incidents) / len(windows))
    return days / scored(ours, cases).cpu_s
