"""Outlooks: parts add up, quantiles are in order, days that are late or missing are treated as such."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.consumption.forecast.coherence import rounded_parts
from centavo.consumption.forecast.daily_costs import daily_costs
from centavo.consumption.forecast.known_future import Change, Fact
from centavo.consumption.forecast.outlook import outlook
from centavo.money import Money

FIRST = date(2026, 5, 4)
AMOUNTS = st.decimals(-50, 10_000, places=4, allow_nan=False)
DAYS = st.lists(st.one_of(st.none(), AMOUNTS), min_size=1, max_size=60)


def series(scopes: dict[str, list], *, currency: str = "USD", until: date | None = None):
    rows = [
        ((("application", name),), FIRST + timedelta(days=n), Money(Decimal(amount), currency))
        for name, days in scopes.items()
        for n, amount in enumerate(days)
        if amount is not None
    ]
    longest = max(map(len, scopes.values()))
    return daily_costs(rows, until or FIRST + timedelta(days=longest))


def spans(scope):
    return [*scope.months, scope.total]


@settings(max_examples=60)
@given(st.dictionaries(st.text("abcde", min_size=1, max_size=3), DAYS, min_size=1, max_size=5))
def test_parts_add_up_and_quantiles_are_in_order(scopes):
    for costs in series(scopes):
        found = outlook(costs, costs.until + timedelta(days=75))
        for number, whole in enumerate(spans(found.whole)):
            parts = [spans(part)[number] for part in found.parts]
            assert sum((p.p50.amount for p in parts), Decimal(0)) == whole.p50.amount
            assert sum((p.known.amount for p in parts), Decimal(0)) == whole.known.amount
            for span in (whole, *parts):
                assert span.p10.amount <= span.p50.amount <= span.p90.amount
        assert all(day.p10.amount <= day.p50.amount <= day.p90.amount for day in found.days)


def test_the_days_add_up_to_the_total():
    (costs,) = series({"a": [10, 12, 11, 9, 10, 2, 2] * 12, "b": [5] * 84})
    found = outlook(costs, date(2027, 1, 1))
    added = sum((day.p50.amount for day in found.days), Decimal(0))
    assert added == pytest.approx(
        found.whole.total.p50.amount, abs=Decimal("0.01") * len(found.days)
    )


def test_one_day_is_a_run_rate_and_says_so():
    (costs,) = series({"a": [10]})
    found = outlook(costs, date(2026, 6, 1))
    assert found.whole.method == "run-rate"
    assert found.whole.history_days == 1
    assert found.whole.coverage is None
    assert found.whole.months[0].p50 == Money(Decimal("280.00"), "USD")
    assert found.whole.months[0].known == Money(Decimal(10), "USD")


def test_nothing_but_zeros_stays_nothing():
    (costs,) = series({"a": [0] * 70})
    month = outlook(costs, date(2026, 9, 1)).whole.months[-1]
    assert month.p10.amount == month.p50.amount == month.p90.amount == 0


def test_two_currencies_never_add():
    rows = [
        ((), FIRST + timedelta(days=n), Money(Decimal(amount), currency))
        for n in range(30)
        for amount, currency in ((10, "USD"), (70, "BRL"))
    ]
    brl, usd = daily_costs(rows, FIRST + timedelta(days=30))
    assert (brl.currency, usd.currency) == ("BRL", "USD")
    assert outlook(usd, date(2026, 7, 1)).whole.total.p50.amount == pytest.approx(280)


def test_a_missing_day_is_a_gap_and_a_weekday_off_is_a_zero():
    office = [10, 10, 10, 10, 10, None, None] * 12
    (costs,) = series({"a": office})
    assert costs.gap_days == 0
    torn = [10] * 40 + [None] * 3 + [10] * 41
    (costs,) = series({"a": torn})
    assert costs.gap_days == 3
    month = outlook(costs, date(2026, 8, 1)).whole.months[-1]
    assert month.p50.amount == pytest.approx(40 + 270, abs=1)


def test_a_scope_without_rows_on_a_day_of_others_cost_nothing():
    (costs,) = series({"a": [10] * 60, "b": [5] * 30 + [None] * 30})
    found = outlook(costs, date(2026, 9, 1))
    part = next(p for p in found.parts if p.scope == (("application", "b"),))
    assert part.months[-1].p50.amount < 1


def test_a_day_that_is_still_arriving_is_no_quiet_day():
    steady, late = [10] * 60, [4, 25]
    (costs,) = series({"a": steady + late}, until=FIRST + timedelta(days=60))
    found = outlook(costs, FIRST + timedelta(days=64))
    assert [day.p50.amount for day in found.days] == pytest.approx([10, 25, 10, 10], rel=0.01)


def test_refunds_come_off_and_widen_nothing_less():
    plain = outlook(series({"a": [10] * 70})[0], date(2026, 9, 1)).whole.total
    back = outlook(series({"a": [10] * 70, "b": [-1] * 70})[0], date(2026, 9, 1)).whole.total
    assert back.p50.amount == pytest.approx(plain.p50.amount * Decimal("0.9"), rel=Decimal("0.01"))
    assert back.p90.amount - back.p10.amount >= plain.p90.amount - plain.p10.amount


def test_a_charge_of_each_first_comes_back_on_the_first():
    days = [10 + 500 * ((FIRST + timedelta(days=n)).day == 1) for n in range(100)]
    (costs,) = series({"a": days})
    found = outlook(costs, date(2026, 11, 1))
    assert [f.day for f in found.facts] == [date(2026, 9, 1), date(2026, 10, 1)]
    assert all(f.effect == Money(Decimal("500.00"), "USD") for f in found.facts)
    assert found.whole.months[-1].p50.amount == pytest.approx(810, rel=0.01)


def test_holidays_that_halve_a_day_are_expected_to_do_so_again():
    holidays = {date(2026, 6, 4): "a", date(2026, 7, 8): "b", date(2026, 7, 30): "c"}
    days = [
        Decimal(10) if FIRST + timedelta(days=n) not in holidays else Decimal(3) for n in range(100)
    ]
    (costs,) = series({"a": days})
    found = outlook(costs, date(2026, 10, 1), holidays=holidays | {date(2026, 9, 7): "d"})
    (fact,) = found.facts
    assert (fact.kind, fact.day, fact.text) == ("holiday", date(2026, 9, 7), "d")
    assert -7 <= fact.effect.amount < -4


def test_effects_add_up_to_what_all_facts_change():
    (costs,) = series({"a": [10] * 60, "b": [20] * 60})
    plain = outlook(costs, date(2026, 9, 1)).whole.total.p50.amount
    price = Change(
        Fact("price", date(2026, 8, 1), None, "dearer", None, "s"), share=[0.5, 0], is_of_start=True
    )
    ends = Change(Fact("plan", date(2026, 8, 15), None, "ends", None, "s"), share=[-1, 0])
    more = Change(
        Fact("plan", date(2026, 7, 10), date(2026, 7, 20), "m", None, "s"), per_day=[0, 3]
    )
    unknown = Change(Fact("shutdown", date(2026, 8, 2), None, "u", None, "s", "not known"))
    found = outlook(costs, date(2026, 9, 1), changes=[ends, more, unknown, price])
    effects = [fact.effect for fact in found.facts]
    assert [fact.text for fact in found.facts] == ["m", "dearer", "u", "ends"]
    assert effects[2] is None
    assert effects[0].amount == 30
    added = sum((effect.amount for effect in effects if effect), Decimal(0))
    assert found.whole.total.p50.amount - plain == pytest.approx(added, abs=Decimal("0.03"))


@given(st.lists(st.decimals(-1000, 1000, places=6), min_size=1, max_size=30))
def test_rounded_parts_add_up_and_move_less_than_a_step(amounts):
    step = Decimal("0.01")
    parts, total = rounded_parts(amounts, step)
    assert sum(parts, Decimal(0)) == total
    assert abs(total - sum(amounts, Decimal(0))) <= step / 2
    assert all(abs(p - a) < step for p, a in zip(parts, amounts, strict=True))
