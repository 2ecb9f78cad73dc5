"""From daily costs and what is known of the future to the forecast of every scope. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from centavo.consumption.forecast.calendar_months import month_spans
from centavo.consumption.forecast.coherence import reconciled, rounded_parts
from centavo.consumption.forecast.daily_costs import DailyCosts
from centavo.consumption.forecast.daily_forecast import DailyForecast, daily_forecast
from centavo.consumption.forecast.holiday_effect import holiday_factors
from centavo.consumption.forecast.intervals import coverage_of_past, log_quantiles, scale_of
from centavo.consumption.forecast.known_future import Change, Fact, apply_changes
from centavo.consumption.forecast.monthly_charges import (
    LAST,
    MonthlyCharge,
    monthly_charges,
    on_days,
    without_charges,
)
from centavo.consumption.forecast.scope_forecast import (
    DayForecast,
    Method,
    Outlook,
    ScopeForecast,
    SpanForecast,
)
from centavo.money import EXACT, Money

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["LEAST_HISTORY_DAYS", "outlook"]

# Two of each weekday: with fewer days there is no week, and the mean day goes on.
LEAST_HISTORY_DAYS = 14
_REFUND_DAYS = 56
_P10, _P90 = 1, 2


@dataclass(frozen=True)
class _Expected:
    """Days to come in money, and how sure: row 0 is the whole, then the parts.

    Attributes:
        first: Day of column 0.
        median: [part, day], what is known of the future included.
        gross: [part, day] what can miss: refunds do not make an interval narrower.
        said: Of the whole and the parts.
        method: Of the whole and the parts.
    """

    first: date
    median: "Matrix"
    gross: "Matrix"
    said: DailyForecast
    method: tuple[Method, ...]


def outlook(
    costs: DailyCosts,
    until: date,
    *,
    changes: Sequence[Change] = (),
    holidays: Mapping[date, str] | None = None,
) -> Outlook:
    """Return the forecast of every scope and of all together.

    Args:
        costs: History until the first day that is not complete.
        until: End of the forecast, excluded; later than the history.
        changes: What is known of the future, its numbers by scope of ``costs``.
        holidays: Public holidays of the history and of the days to come.
    """
    ahead = (until - costs.until).days
    charges = monthly_charges(costs.values, costs.first)
    calm = without_charges(costs.values, charges)
    expected = _expected(costs, calm, ahead)
    every = [
        *_charge_changes(charges, costs, ahead),
        *_holiday_changes(calm, costs, holidays or {}),
    ]
    every += sorted(changes, key=lambda change: (not change.is_of_start, change.fact.day))
    median, effects = apply_changes(expected.median, costs.until, every)
    gross = expected.gross + np.abs(median - expected.median)
    expected = replace(expected, median=median, gross=gross)
    step = _step(median)
    facts = [
        _with_effect(c.fact, e, costs.currency, step) for c, e in zip(every, effects, strict=True)
    ]
    months = [_span(expected, costs, span, step) for span in month_spans(costs.until, until)]
    total = _span(expected, costs, (costs.until, until), step)
    rows = [_scope(expected, costs, n, (months, total)) for n in range(len(costs.scopes) + 1)]
    return Outlook(
        currency=costs.currency,
        whole=rows[0],
        parts=() if len(costs.scopes) == 1 and not costs.scopes[0] else tuple(rows[1:]),
        days=_days(expected, costs.currency, step),
        facts=tuple(sorted(facts, key=lambda fact: fact.day)),
    )


def _expected(costs: DailyCosts, calm: "Matrix", ahead: int) -> _Expected:
    """Return the days to come before anything that is known of the future."""
    # Refunds have no level of their own: they are taken off at the end, from parts and whole alike.
    above = np.maximum(calm, 0)
    unknown = np.isnan(above)
    whole = np.where(unknown.all(axis=0), np.nan, np.where(unknown, 0, above).sum(axis=0))
    rows = np.concatenate([whole[None, :], above])
    said = daily_forecast(rows, ahead)
    count = (~np.isnan(rows)).sum(axis=1)
    plain = np.where(np.isnan(rows), 0, rows).sum(axis=1) / np.maximum(count, 1)
    is_short = count < LEAST_HISTORY_DAYS
    median = np.where(is_short[:, None], plain[:, None], said.median)
    deviation = scale_of(said.spread[:, -1], said.noise, 30) * median[:, :30].mean(axis=1)
    parts = median[1:]
    if len(parts) > 1:
        parts = reconciled(parts, median[0], deviation**2)
    parts = _at_least_seen(parts, costs)
    refunds = _refunds(calm)[:, None]
    method: tuple[Method, ...] = tuple("run-rate" if short else "mixture" for short in is_short)
    return _Expected(costs.until, parts - refunds, parts + refunds, said, method)


def _refunds(calm: "Matrix") -> "Matrix":
    """Return what comes back on a mean day."""
    recent = calm[:, -_REFUND_DAYS:]
    known = ~np.isnan(recent)
    below = np.where(known, np.maximum(-recent, 0), 0).sum(axis=1)
    return below / np.maximum(known.sum(axis=1), 1)


def _at_least_seen(parts: "Matrix", costs: DailyCosts) -> "Matrix":
    """Return the medians, none below what a day that is still arriving has shown already."""
    seen = np.zeros_like(parts)
    for row, days in zip(seen, costs.late, strict=True):
        for day, amount in days.items():
            place = (day - costs.until).days
            if place < parts.shape[1]:
                row[place] = float(amount)
    return np.maximum(parts, seen)


def _charge_changes(
    charges: Sequence[MonthlyCharge], costs: DailyCosts, ahead: int
) -> list[Change]:
    changes: list[Change] = []
    for charge in charges:
        on = "the last day" if charge.day_of_month == LAST else f"day {charge.day_of_month}"
        name = ", ".join(value or f"no {key}" for key, value in costs.scopes[charge.series])
        text = f"{name + ': ' if name else ''}a charge on {on} of each month"
        adds = [0.0] * len(costs.scopes)
        adds[charge.series] = charge.amount
        for number in on_days(charge, costs.until, ahead):
            day = costs.until + timedelta(days=number)
            fact = Fact(
                "monthly charge", day, day + timedelta(days=1), text, None, "the last three months"
            )
            changes.append(Change(fact, per_day=adds))
    return changes


def _holiday_changes(
    calm: "Matrix", costs: DailyCosts, holidays: Mapping[date, str]
) -> list[Change]:
    factors, seen = holiday_factors(calm, costs.first, holidays)
    if (factors == 1).all():
        return []
    share = [float(factor) - 1 for factor in factors]
    source = f"{seen} holidays of the history"
    return [
        Change(Fact("holiday", day, day + timedelta(days=1), name, None, source), share=share)
        for day, name in sorted(holidays.items())
        if day >= costs.until and day.weekday() < 5
    ]


def _with_effect(fact: Fact, effect: float | None, currency: str, step: Decimal) -> Fact:
    known = None if effect is None else Money(_amount(effect, step), currency)
    return replace(fact, effect=known)


def _span(
    expected: _Expected, costs: DailyCosts, span: tuple[date, date], step: Decimal
) -> list[SpanForecast]:
    """Return the span of the whole and of every part; the parts add up to the whole."""
    begin = max((span[0] - expected.first).days, 0)
    end = (span[1] - expected.first).days
    known = costs.known(*span)
    middle = expected.median[:, begin:end].sum(axis=1)
    wide = expected.gross[:, begin:end].sum(axis=1)
    parts, whole = rounded_parts(
        [EXACT.add(k, Decimal(repr(float(m)))) for k, m in zip(known, middle, strict=True)], step
    )
    amounts = [whole, *parts]
    gross = np.concatenate([[wide.sum()], wide])
    length = end - begin
    scale = scale_of(expected.said.spread[:, -1], expected.said.noise, length)
    quantiles = np.expm1(scale[:, None] * log_quantiles(begin, length)) * gross[:, None]
    so_far = [sum(known, Decimal(0)), *known]
    return [
        _span_of(costs.currency, span, so_far[n], amounts[n], quantiles[n], step)
        for n in range(len(amounts))
    ]


def _span_of(
    currency: str,
    span: tuple[date, date],
    known: Decimal,
    middle: Decimal,
    away: "Matrix",
    step: Decimal,
) -> SpanForecast:
    low, high = (_amount(float(away[n]), step) for n in (_P10, _P90))
    money: Callable[[Decimal], Money] = lambda amount: Money(amount, currency)  # noqa: E731 -- said thrice below
    return SpanForecast(
        span[0], span[1], money(known), money(middle + low), money(middle), money(middle + high)
    )


def _scope(
    expected: _Expected,
    costs: DailyCosts,
    number: int,
    spans: tuple[list[list[SpanForecast]], list[SpanForecast]],
) -> ScopeForecast:
    months, total = spans
    said = expected.said
    coverage, past = coverage_of_past(said.error[number], said.spread[number], said.noise[number])
    rows = costs.values if number == 0 else costs.values[[number - 1]]
    return ScopeForecast(
        scope=costs.scopes[number - 1] if number else (),
        months=tuple(month[number] for month in months),
        total=total[number],
        method=expected.method[number],
        history_days=int((~np.isnan(rows)).any(axis=0).sum()),
        coverage=coverage,
        past_forecasts=past,
    )


def _days(expected: _Expected, currency: str, step: Decimal) -> tuple[DayForecast, ...]:
    middle, gross = expected.median.sum(axis=0), expected.gross.sum(axis=0)
    scale = scale_of(expected.said.spread[:1, -1], expected.said.noise[:1], 1)[0]
    days: list[DayForecast] = []
    for number in range(len(middle)):
        away = np.expm1(scale * log_quantiles(number, 1)) * gross[number]
        amounts = (middle[number] + away[_P10], middle[number], middle[number] + away[_P90])
        low, mid, high = (Money(_amount(float(each), step), currency) for each in amounts)
        days.append(DayForecast(expected.first + timedelta(days=number), low, mid, high))
    return tuple(days)


def _step(median: "Matrix") -> Decimal:
    """Return the smallest amount that is worth saying: a cent, and less where little is spent."""
    size = abs(float(median[:, :30].sum()))
    return (
        Decimal("0.01") if size >= 100 else Decimal("0.0001") if size >= 1 else Decimal("0.000001")
    )


def _amount(value: float, step: Decimal) -> Decimal:
    # Adding zero turns -0.00 into 0.00.
    return EXACT.add(EXACT.quantize(Decimal(repr(value)), step), Decimal(0))
