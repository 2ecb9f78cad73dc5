"""The interval of 30 days to come."""

import random
from decimal import Decimal

from centavo.savings.interval import predict


def test_fewer_than_three_weeks_say_nothing():
    assert predict([Decimal(1)] * 20, seed=0) is None


def test_the_same_every_day_is_certain():
    found = predict([Decimal(2)] * 30, seed=0)
    assert (found.low, found.high) == (Decimal("60.00"), Decimal("60.00"))


def test_nine_in_ten_intervals_hold_the_month_that_follows():
    draws = random.Random(7)
    held = 0
    for seed in range(120):
        level = [10 + 3 * draws.random() for _ in range(90)]
        days = [value * (0.4 if n % 7 in (5, 6) else 1) for n, value in enumerate(level)]
        found = predict([Decimal(repr(value)) for value in days[:60]], seed=seed)
        held += float(found.low) <= sum(days[60:]) <= float(found.high)
    # Three standard errors around 0.9.
    assert 0.82 <= held / 120 <= 0.98


def test_what_never_costs_is_not_expected_to():
    found = predict([Decimal(0)] * 60 + [Decimal(300)], seed=0)
    assert found.low == 0
    assert predict([Decimal(-1)] + [Decimal(0)] * 60 + [Decimal(300)], seed=0).low < 0
