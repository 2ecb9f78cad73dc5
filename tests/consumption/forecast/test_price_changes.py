"""Announced prices touch the share of their model, chain by ratio, and leave out what is not shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from centavo.consumption.costs import CostRow
from centavo.consumption.forecast.daily_costs import daily_costs
from centavo.consumption.forecast.outlook import outlook
from centavo.consumption.forecast.price_changes import price_changes
from centavo.money import Money
from centavo.pricing.calendar_events import CalendarEvent

FIRST = date(2026, 5, 4)
DAYS = 60


def usd(amount):
    return Money(Decimal(amount), "USD")


def event(day, before, after, *, model="m", kind="price"):
    money = (usd(before), None if after is None else usd(after))
    return CalendarEvent(day, kind, "p", model, model, f"{model} changes", *money, source="page")


def costs_and_mix():
    """Ten a day of chat, of which a quarter is model m, and ten of search, all of another model."""
    rows = [
        ((("application", name),), FIRST + timedelta(days=n), usd(10))
        for name in ("chat", "search")
        for n in range(DAYS)
    ]
    (costs,) = daily_costs(rows, FIRST + timedelta(days=DAYS))
    mix = [
        CostRow({"application": name, "model": model}, usd(amount), 1)
        for name, model, amount in (
            ("chat", "m", 75),
            ("chat", "n", 225),
            ("search", "n", 300),
        )
    ]
    return costs, mix


def test_a_price_that_doubles_touches_its_models_share_only():
    costs, mix = costs_and_mix()
    changes = price_changes([event(date(2026, 7, 10), 100, 200)], mix, costs)
    assert list(changes[0].share) == [0.25, 0]
    found = outlook(costs, date(2026, 7, 20), changes=changes)
    assert found.facts[0].effect.amount == pytest.approx(Decimal(25), rel=Decimal("0.01"))


def test_the_next_step_starts_where_the_last_one_ended():
    costs, mix = costs_and_mix()
    steps = [event(date(2026, 7, 10), 100, 50), event(date(2026, 7, 15), 50, 100)]
    changes = price_changes(steps, mix, costs)
    assert [list(change.share) for change in changes] == [[-0.125, 0], [0.125, 0]]


def test_a_model_that_ends_without_a_price_to_move_to_has_no_effect_and_says_so():
    costs, mix = costs_and_mix()
    ends = event(date(2026, 7, 10), 100, None, kind="shutdown")
    found = outlook(costs, date(2026, 7, 20), changes=price_changes([ends], mix, costs))
    assert (found.facts[0].kind, found.facts[0].effect) == ("shutdown", None)
    assert "not in the forecast" in found.facts[0].note


def test_a_model_that_the_cost_does_not_show_is_no_fact():
    costs, mix = costs_and_mix()
    assert price_changes([event(date(2026, 7, 10), 1, 2, model="other")], mix, costs) == []
