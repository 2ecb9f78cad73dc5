"""A forecast as values: spans of days with what is known of them and how the rest may fall."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from centavo.consumption.forecast.daily_costs import ScopeKey
from centavo.consumption.forecast.known_future import Fact
from centavo.money import Money

__all__ = ["DayForecast", "Method", "Outlook", "ScopeForecast", "SpanForecast"]

Method = Literal["mixture", "run-rate"]
"""``mixture``: level, line and week by each series' own past. ``run-rate``: the mean day goes on."""


@dataclass(frozen=True)
class DayForecast:
    """One day to come."""

    day: date
    p10: Money
    p50: Money
    p90: Money


@dataclass(frozen=True)
class SpanForecast:
    """The total of some days.

    Attributes:
        first: First day.
        end: Day after the last.
        known: What complete days of the span cost.
        p10: One total in ten is smaller.
        p50: The middle; parts add up to the whole exactly.
        p90: One total in ten is larger. P10 and P90 of parts do not add up: not everything goes
            wrong at once.
    """

    first: date
    end: date
    known: Money
    p10: Money
    p50: Money
    p90: Money


@dataclass(frozen=True)
class ScopeForecast:
    """The forecast of one scope in one currency.

    Attributes:
        scope: Values by dimension; empty for the whole.
        months: The month of the first day to come, then those after it.
        total: From the first day to come until the end of the forecast.
        method: How the days were forecast.
        history_days: Complete days known.
        coverage: Share of this scope's own past 30-day forecasts whose total fell between P10 and
            P90, 0 to 1; ``None`` where the history is too short for any.
        past_forecasts: How many those were, a week apart.
    """

    scope: ScopeKey
    months: tuple[SpanForecast, ...]
    total: SpanForecast
    method: Method
    history_days: int
    coverage: float | None
    past_forecasts: int


@dataclass(frozen=True)
class Outlook:
    """Every scope of one currency.

    Attributes:
        currency: Of every amount.
        whole: All scopes together.
        parts: By what they cost so far, the most first; none where the whole was asked for.
        days: Of the whole.
        facts: What is known of the future, in the order of time.
    """

    currency: str
    whole: ScopeForecast
    parts: tuple[ScopeForecast, ...]
    days: tuple[DayForecast, ...]
    facts: tuple[Fact, ...]
