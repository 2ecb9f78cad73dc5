"""The detector on series whose answer is known, and what must hold for any series."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.consumption.detection.budget import clean_threshold
from centavo.consumption.detection.completeness import (
    DEFAULT_SHARES,
    Sighting,
    arrival_shares,
    nowcast,
)
from centavo.consumption.detection.episodes import alerts, threshold_for
from centavo.consumption.detection.evidence import evidence_of
from centavo.consumption.detection.growth import growth_now
from centavo.consumption.detection.month_days import recurring, without_recurring
from centavo.consumption.detection.rolling import rolling_mean, rolling_quantiles

FIRST = np.array([np.datetime64("2026-01-01", "D")])
BUDGET = clean_threshold(0.1)


def noisy(days=120, *, level=100.0, seed=1, series=1):
    random = np.random.default_rng(seed)
    return level * np.exp(0.1 * random.standard_normal((series, days)))


def evidence(amounts):
    with np.errstate(invalid="ignore", divide="ignore"):
        return evidence_of(amounts, usual_day=100.0).total


def first_alert(amounts):
    found = alerts(np.nan_to_num(evidence(amounts), nan=-np.inf), BUDGET)[0].nonzero()[0]
    return int(found[0]) if len(found) else None


@pytest.mark.parametrize(
    ("name", "change", "within"),
    [
        ("spike", lambda x: np.r_[x[:90], 4 * x[90:92], x[92:]], 2),
        ("step", lambda x: np.r_[x[:90], 1.8 * x[90:]], 4),
        ("ramp", lambda x: np.r_[x[:80], x[80:] * np.linspace(1, 3, 40)], 25),
        ("exponential", lambda x: np.r_[x[:90], x[90:] * 2 ** (np.arange(30) / 7)], 10),
    ],
)
def test_what_rises_is_found_and_its_clean_copy_is_not(name, change, within):
    clean = noisy()[0]
    assert first_alert(clean[None]) is None
    begun = 80 if name == "ramp" else 90
    assert begun <= first_alert(change(clean)[None]) <= begun + within


def test_a_weekly_rhythm_is_no_anomaly():
    amounts = noisy() * np.where(np.arange(120) % 7 < 5, 1.0, 0.2)
    assert first_alert(amounts) is None


def test_what_falls_raises_nothing():
    amounts = noisy()
    amounts[:, 90:] *= 0.3
    assert first_alert(amounts) is None


def test_the_past_does_not_know_the_future():
    amounts = noisy(seed=3)
    later = amounts.copy()
    later[:, 100:] *= 10
    assert np.array_equal(evidence(amounts)[:, :100], evidence(later)[:, :100], equal_nan=True)


def test_the_first_alert_is_possible_on_the_fourteenth_day():
    amounts = noisy(30)
    amounts[:, 13:] *= 6
    assert np.isfinite(evidence(amounts)[0, 13])
    assert first_alert(amounts) in (13, 14)


@pytest.mark.parametrize("days", [14, 20, 21, 27, 28])
def test_a_young_series_has_nothing_that_recurs(days):
    amounts = noisy(days)
    assert np.array_equal(without_recurring(amounts, FIRST), amounts)


def test_a_monthly_charge_is_expected_from_its_second_time_on():
    amounts = noisy(150)
    days = FIRST[:, None] + np.arange(150)
    firsts = days == days.astype("datetime64[M]").astype("datetime64[D]")
    charged = amounts + 500.0 * firsts
    expected = recurring(charged, FIRST)
    assert expected[firsts][1:] == pytest.approx(500.0, rel=0.2)
    assert expected[~firsts].max() == 0
    assert without_recurring(charged, FIRST)[firsts][1:].max() < 200


def test_a_month_end_run_is_expected():
    amounts = noisy(150)
    days = FIRST[:, None] + np.arange(150)
    next_month = (days + 1).astype("datetime64[M]") != days.astype("datetime64[M]")
    assert recurring(amounts + 300.0 * next_month, FIRST)[next_month][2:].min() > 200


def test_doubling_time_is_that_of_the_series():
    weeks = np.arange(8) * 7 * np.log(2) / 30
    growth = growth_now(weeks[None], doubling_days=45, seed=1)
    assert 7 * np.log(2) / growth.per_week[0] == pytest.approx(30)
    assert growth.chance[0] == 1
    assert growth_now(weeks[None], doubling_days=20, seed=1).chance[0] == 0


def test_the_threshold_keeps_the_budget():
    scores = evidence(noisy(400, series=20))
    clean = np.nan_to_num(scores, nan=-np.inf)
    months = np.isfinite(scores).sum() / 30
    for budget in (0.1, 0.5):
        threshold = threshold_for(scores, per_series_month=budget)
        assert alerts(clean, threshold).sum() <= budget * months


@settings(max_examples=30)
@given(
    st.lists(st.floats(0, 1e6) | st.just(float("nan")), min_size=3, max_size=40),
    st.integers(1, 9),
)
def test_rolling_figures_are_those_of_the_window(values, window):
    row = np.array([values])
    middle = rolling_quantiles(row, window, at=[0.5], least=1)[0][0]
    mean = rolling_mean(row, window)[0]
    for day in range(len(values)):
        seen = row[0, max(0, day - window + 1) : day + 1]
        known = seen[np.isfinite(seen)]
        assert (
            np.isnan(middle[day])
            if not len(known)
            else middle[day] == pytest.approx(np.median(known))
        )
        if len(known) >= max(1, window * 2 // 3):
            assert mean[day] == pytest.approx(known.mean(), rel=1e-6, abs=1e-3)


def test_the_newest_day_is_completed_by_what_earlier_readings_taught():
    seen = [Sighting(0, Decimal(each), Decimal(100)) for each in (80, 84, 88)]
    shares = arrival_shares(seen)
    assert shares[0] == Decimal("0.84")
    assert nowcast(Decimal(42), 0, shares) == 50
    assert nowcast(Decimal(42), 9, shares) == 42


def test_two_readings_teach_nothing():
    seen = [Sighting(0, Decimal(each), Decimal(100)) for each in (50, 51)]
    assert arrival_shares(seen) == DEFAULT_SHARES
