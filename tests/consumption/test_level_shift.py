"""A ratio's level shift: found where it lasts, not where it is noise, a spike or comes back."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from centavo.consumption.level_shift import DayRatio, ShiftLimits, last_shift

PRICE = ShiftLimits(0.02, is_relative=True)


def series(values):
    first = date(2026, 1, 1)
    return [
        DayRatio(first + timedelta(days=n), Decimal(str(value)), Decimal(1))
        for n, value in enumerate(values)
    ]


def test_a_step_is_found_on_its_day_with_both_levels():
    shift = last_shift(series([10] * 20 + [12] * 10), PRICE)
    assert (shift.day, shift.before, shift.after) == (date(2026, 1, 21), 10, 12)


@pytest.mark.parametrize("noise", [0.005, 0.01, 0.03])
def test_noise_alone_is_no_shift(noise):
    for seed in range(60):
        rng = random.Random(seed)
        assert (
            last_shift(series([10 * (1 + rng.gauss(0, noise)) for _ in range(120)]), PRICE) is None
        )


@pytest.mark.parametrize(("noise", "least"), [(0.01, 60), (0.03, 45)])
def test_a_tenth_less_is_found_in_noise_within_three_days(noise, least):
    found = 0
    for seed in range(60):
        rng = random.Random(seed)
        values = [(10 if n < 90 else 9) * (1 + rng.gauss(0, noise)) for n in range(93)]
        shift = last_shift(series(values), PRICE)
        found += shift is not None and abs((shift.day - date(2026, 4, 1)).days) <= 1
    assert found >= least


@pytest.mark.parametrize(
    "values",
    [
        [10] * 20 + [15] * 2,  # too short to have lasted
        [10] * 20 + [15] * 2 + [10] * 20,  # a spike
        ([10] * 9 + [12] * 21) * 4,  # comes back each month
        [10] * 5 + [12] * 30,  # no history
        [],
        [0] * 30,
    ],
)
def test_what_does_not_last_or_has_no_history_is_no_shift(values):
    assert last_shift(series(values), PRICE) is None


def test_the_latest_of_two_shifts_counts():
    assert last_shift(series([10] * 30 + [12] * 30 + [15] * 30), PRICE).day == date(2026, 3, 2)


def test_a_day_without_quantity_has_no_ratio():
    days = series([10] * 20 + [12] * 10)
    gap = DayRatio(date(2026, 1, 5), Decimal(0), Decimal(0))
    assert last_shift([*days[:4], gap, *days[5:]], PRICE).day == date(2026, 1, 21)
