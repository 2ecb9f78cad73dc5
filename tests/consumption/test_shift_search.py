"""The cheap test before the exact search: it leaves out no series that holds a shift."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from centavo.consumption.level_shift import DayRatio, ShiftLimits, last_shift
from centavo.consumption.shift_search import may_shift

PRICE = ShiftLimits(0.02, is_relative=True)
CREDIT = ShiftLimits(0.05, is_relative=False, days_before=14)


def drawn(count, *, seed):
    random = np.random.default_rng(seed)
    for _ in range(count):
        days = int(random.integers(0, 120))
        noise = random.choice([0.0, 0.002, 0.01, 0.1, 1.0])
        values = np.exp(noise * random.standard_normal(days))
        for _ in range(int(random.integers(0, 3))):
            values[int(random.integers(0, days + 1)) :] *= random.choice([0.7, 0.9, 1.05, 2.0])
        yield values


def is_exact(values, limits):
    first = date(2026, 1, 1)
    days = [
        DayRatio(first + timedelta(days=number), Decimal(float(value)), Decimal(1))
        for number, value in enumerate(values)
    ]
    return last_shift(days, limits) is not None


@pytest.mark.parametrize(("limits", "scale"), [(PRICE, 1.0), (CREDIT, 0.1)])
def test_no_series_with_a_shift_is_left_out(limits, scale):
    series = [scale * values for values in drawn(150, seed=5)]
    lengths = np.array([len(values) for values in series])
    may = may_shift(np.concatenate(series), lengths, limits)
    exact = np.array([is_exact(values, limits) for values in series])
    assert exact.sum() > 10
    assert not (exact & ~may).any()


def test_noise_is_left_out():
    noise = np.exp(np.random.default_rng(1).standard_normal(140 * 500))
    assert may_shift(noise, np.full(500, 140), PRICE).mean() < 0.05


def test_a_day_without_a_logarithm_is_left_to_the_exact_search():
    assert may_shift(np.array([0.0] + [1.0] * 30), np.array([31]), PRICE).all()


def test_no_series_at_all():
    assert len(may_shift(np.zeros(0), np.zeros(0, dtype=np.int64), PRICE)) == 0
