"""When people in Brazil work and shop: weekdays, holidays, months and hours.

Hours are local (America/Sao_Paulo, UTC-3 all year since 2019).
"""

from datetime import date, timedelta
from typing import Literal

__all__ = [
    "LOCAL_UTC_OFFSET_H",
    "Profile",
    "day_factor",
    "hour_weights",
    "is_holiday",
    "is_month_end",
]

LOCAL_UTC_OFFSET_H = -3
Profile = Literal["shop", "office", "night"]

_FIXED = {
    (1, 1): "Confraternização Universal",
    (4, 21): "Tiradentes",
    (5, 1): "Dia do Trabalho",
    (9, 7): "Independência",
    (10, 12): "Nossa Senhora Aparecida",
    (11, 2): "Finados",
    (11, 15): "Proclamação da República",
    (11, 20): "Consciência Negra",
    (12, 25): "Natal",
}
# Days from Easter: Carnival Tuesday, Good Friday, Corpus Christi.
_MOVABLE = (-47, -2, 60)
# January to December: summer sales, winter dip, Mother's Day in May, Christmas.
_MONTH = (0.94, 0.92, 1.0, 0.99, 1.08, 1.04, 0.95, 1.0, 1.03, 1.05, 1.25, 1.2)
_WEEKDAY: dict[Profile, tuple[float, ...]] = {
    "shop": (1.0, 1.0, 0.98, 1.0, 1.03, 0.8, 0.62),
    "office": (1.0, 1.05, 1.05, 1.02, 0.9, 0.07, 0.05),
    "night": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
}
_HOLIDAY: dict[Profile, float] = {"shop": 0.55, "office": 0.06, "night": 1.0}
_HOURS: dict[Profile, tuple[int, ...]] = {
    "shop": (3, 2, 1, 1, 1, 2, 4, 8, 14, 22, 27, 28, 24, 24, 26, 27, 26, 24, 23, 24, 25, 22, 14, 7),
    "office": (0, 0, 0, 0, 0, 0, 1, 4, 16, 28, 30, 28, 12, 20, 30, 30, 28, 20, 8, 3, 2, 1, 1, 0),
    "night": (0, 10, 20, 20, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
}


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian algorithm).

    >>> easter(2026).isoformat()
    '2026-04-05'
    """
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    epact -= (golden + 11 * epact) // 319
    weekday = (2 * (century % 4) + 2 * (rest // 4) - rest % 4 - epact + 32) % 7
    month = (epact + weekday + 90) // 25
    return date(year, month, (epact + weekday + month + 19) % 32)


def is_holiday(day: date) -> bool:
    """Return whether the day is a national holiday (or Carnival or Corpus Christi).

    >>> is_holiday(date(2026, 6, 4)), is_holiday(date(2026, 6, 5))
    (True, False)
    """
    if (day.month, day.day) in _FIXED:
        return True
    return (day - easter(day.year)).days in _MOVABLE


def is_month_end(day: date) -> bool:
    """Return whether the day is one of the last three of its month."""
    return (day + timedelta(days=3)).month != day.month


def day_factor(day: date, profile: Profile) -> float:
    """Return the expected traffic of the day relative to a plain Monday."""
    season = 1.0 if profile == "night" else _MONTH[day.month - 1]
    holiday = _HOLIDAY[profile] if is_holiday(day) else 1.0
    return season * _WEEKDAY[profile][day.weekday()] * holiday


def hour_weights(profile: Profile) -> tuple[int, ...]:
    """Return 24 weights, one per local hour."""
    return _HOURS[profile]
