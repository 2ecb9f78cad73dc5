"""Medians of series whose future is known by construction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from centavo.consumption.forecast.daily_forecast import daily_forecast

WEEK = np.array([10.0, 12, 11, 10, 9, 2, 2])


def test_a_steady_week_goes_on():
    said = daily_forecast(np.tile(WEEK, 20)[None, :], 14)
    assert said.median[0] == pytest.approx(np.tile(WEEK, 2), rel=0.02)


def test_the_shape_of_the_week_stays_on_its_weekdays():
    for last in range(7):
        history = np.tile(WEEK, 20)[: 140 - last]
        ahead = daily_forecast(history[None, :], 7).median[0]
        assert ahead == pytest.approx(np.roll(WEEK, last), rel=0.05)


def test_a_step_is_believed_within_four_weeks():
    history = np.concatenate([np.full(150, 10.0), np.full(28, 30.0)])
    assert daily_forecast(history[None, :], 1).median[0, 0] == pytest.approx(30, rel=0.1)


def test_one_spike_is_not_next_month():
    history = np.full(200, 10.0)
    history[-3] = 900
    assert daily_forecast(history[None, :], 30).median.mean() < 11


def test_outliers_that_keep_coming_are_in_the_total():
    noise = np.random.default_rng(5).gamma(6, 10 / 6, 300)
    noise[::9] += 90
    assert daily_forecast(noise[None, :], 30).median.mean() == pytest.approx(20, rel=0.15)


def test_growth_goes_on_and_slows_down():
    history = 10 * 1.005 ** np.arange(300)
    ahead = daily_forecast(history[None, :], 365).median[0]
    assert ahead[29] > history[-1] * 1.1
    assert ahead[364] / ahead[335] < 1.01


def test_a_gap_is_a_gap_and_not_a_zero():
    whole = np.tile(WEEK, 20)
    torn = whole.copy()
    torn[50:57] = np.nan
    torn[-10:-8] = np.nan
    assert daily_forecast(torn[None, :], 7).median[0] == pytest.approx(WEEK, rel=0.05)


def test_nothing_stays_nothing():
    said = daily_forecast(np.zeros((1, 100)), 30)
    assert said.median.max() == pytest.approx(0, abs=1e-9)


def test_one_day_is_all_there_is():
    said = daily_forecast(np.array([[7.0]]), 30)
    assert said.median[0] == pytest.approx(np.full(30, 7.0))


def test_a_series_alone_and_among_others_is_forecast_alike():
    series = np.random.default_rng(4).gamma(5, 2, (30, 120))
    together = daily_forecast(series, 30).median
    alone = np.concatenate([daily_forecast(row[None, :], 30).median for row in series])
    assert together == pytest.approx(alone)


def test_a_past_forecast_uses_nothing_that_came_later():
    series = np.random.default_rng(5).gamma(5, 2, 280)
    other = series.copy()
    other[-7:] *= 1.3
    errors = [daily_forecast(each[None, :], 1).spread[0] for each in (series, other)]
    # The shape of the week and the clipping look at the whole; the spread known then hardly moves.
    assert errors[0][:-1] == pytest.approx(errors[1][:-1], rel=0.1)


@settings(max_examples=40)
@given(
    arrays.arrays(
        np.float64,
        st.tuples(st.integers(1, 3), st.integers(1, 120)),
        elements=st.one_of(st.floats(0, 1e7), st.just(np.nan)),
    )
)
def test_any_history_gives_finite_amounts_of_at_least_nothing(history):
    said = daily_forecast(history, 40)
    assert said.median.shape == (len(history), 40)
    assert np.isfinite(said.median).all()
    assert (said.median >= 0).all()
    assert np.isfinite(said.spread[:, -1]).all()
