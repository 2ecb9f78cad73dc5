"""The machines of an account, made beside a window of real usage: what comes and goes without being an incident.

Nothing public shows daily cost by resource with labelled incidents, so the rows are drawn: three to
eight machines that run day and night and are replaced after 45 days on average (renamed, a few per cent
dearer or cheaper, up to two days beside each other); a group that runs on weekdays under new names
each week; and two jobs a month with new names and one cost a day, of two days on average, of which one
in sixty runs for a week or more. Days are those of the window.
"""

import numpy as np
from daily_windows import Window

__all__ = ["machine_rows", "planned_row"]

_LIFETIME_DAYS = 45
_JOBS_A_DAY = 2 / 30


def machine_rows(window: Window, random: np.random.Generator) -> np.ndarray:
    """Return the cost of each machine by day; nothing of it is an incident."""
    days = len(window.amounts)
    quiet, usual = np.quantile(window.amounts, (0.05, 0.5))
    floor = max(float(quiet), 0.05 * float(usual)) * random.uniform(0.2, 0.6)
    rows: list[np.ndarray] = []
    for share in random.dirichlet(np.full(int(random.integers(3, 9)), 3.0)):
        rows += _replaced(days, floor * share, random)
    rows += _weekday_group(window, 0.3 * floor, random)
    for begun in np.flatnonzero(random.random(days) < _JOBS_A_DAY):
        rows.append(
            _between(days, begun, begun + random.geometric(0.5), random.uniform(0.1, 1) * usual)
        )
    return np.stack(rows) * (1 + 0.005 * random.standard_normal((len(rows), days)))


def planned_row(window: Window, random: np.random.Generator) -> np.ndarray:
    """Return the cost of a planned machine of a tenth to half of a usual day."""
    begun = int(random.integers(window.warm_up + 14, window.warm_up + 57))
    level = random.uniform(0.1, 0.5) * float(np.median(window.amounts))
    return _between(len(window.amounts), begun, len(window.amounts), level)


def _replaced(days: int, level: float, random: np.random.Generator) -> list[np.ndarray]:
    rows, day = [], 0
    while day < days:
        ends = day + int(np.ceil(random.exponential(_LIFETIME_DAYS)))
        rows.append(_between(days, day, ends + int(random.integers(0, 3)), level))
        day, level = ends, level * random.lognormal(0, 0.05)
    return rows


def _weekday_group(window: Window, level: float, random: np.random.Generator) -> list[np.ndarray]:
    days = len(window.amounts)
    monday = -window.first.weekday() % 7
    return [
        _between(days, begun, begun + 5, level / 2)
        for begun in range(monday, days, 7)
        for _ in range(int(random.integers(1, 4)))
    ]


def _between(days: int, begun: int, until: int, level: float) -> np.ndarray:
    row = np.zeros(days)
    row[begun:until] = level
    return row
