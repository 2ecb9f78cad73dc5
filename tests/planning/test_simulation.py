"""The simulation: the same arithmetic over draws, seeded, and true to the shapes it draws from."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import InputError
from centavo.planning.distributions import quantile_function
from centavo.planning.estimate import EXACTLY, estimate
from centavo.planning.plan import Spread
from centavo.planning.price_terms import Commitment, Spot, Terms, Tier, cost_of
from centavo.planning.resolved import resolve
from centavo.planning.simulation import simulate
from centavo.planning.world_costs import _BY_ROWS
from tests.planning.plans import plan_of

UNCERTAIN = "drivers:\n  hours: {value: 100 h, range: [60, 180]}\n"
PRICED = "prices:\n  p: {price: 2 USD/h, range: [1, 4], as_of: 2026-11-01, source: x}\n"
TERMS = (
    "free: 10 h, minimum: 20, spot: {discount: 30 %, restart_overhead: 7 %},"
    " tiers: [{up_to: 50 h, price: 2}, {price: 1.5}]"
)


def test_without_ranges_every_draw_is_the_total_to_the_cent(tmp_path):
    plan = plan_of(
        tmp_path,
        drivers="drivers:\n  hours: {value: 123.45 h, growth: 3 %}\n",
        prices=f"prices:\n  p: {{price: 2.017 USD/h, as_of: 2026-11-01, source: x, {TERMS}}}\n",
        taxes="taxes:\n  ISS: {rate: 5 %, inside: yes, as_of: 2026-11-01, source: x}\n",
    )
    resolved = resolve(plan)
    drawn, planned = simulate(resolved, count=100), estimate(resolved)
    for month in range(plan.months):
        assert drawn.months[month].std() < 1e-9
        assert drawn.months[month].mean() == pytest.approx(float(planned.months[month]), abs=1e-9)
        taxed = float(planned.taxed_months[month])
        assert drawn.taxed_months[month].mean() == pytest.approx(taxed, abs=1e-9)
    assert drawn.share_within(float(planned.first.amount)) == 1


@settings(max_examples=150)
@given(
    quantity=st.decimals(0, 10_000, places=3),
    amount=st.decimals("0.01", 100, places=3),
    terms=st.builds(
        Terms,
        tiers=st.tuples(
            st.builds(Tier, st.decimals(1, 1000, places=1), st.decimals("0.01", 50, places=2)),
            st.builds(Tier, st.none(), st.decimals(0, 50, places=2)),
        ),
        free=st.decimals(0, 500, places=1),
        minimum=st.none() | st.decimals(0, 1000, places=2),
        commitment=st.none()
        | st.builds(Commitment, st.decimals(0, 500, places=1), st.decimals(0, 9, places=2)),
        spot=st.none() | st.just(Spot(Decimal("0.6"), Decimal("0.1"))),
    ),
)
def test_terms_over_arrays_are_the_terms_over_decimals(quantity, amount, terms):
    exact = cost_of(quantity, amount, nominal=amount, terms=terms, by=EXACTLY)
    rows = cost_of(
        np.full((1, 1), float(quantity)),
        np.full((1, 1), float(amount)),
        nominal=amount,
        terms=terms,
        by=_BY_ROWS,
    )
    assert rows[0, 0] == pytest.approx(float(exact), rel=1e-9, abs=1e-9)
    assert exact >= (terms.minimum or 0)


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform"])
@pytest.mark.parametrize("mode", [60.0, 100.0, 180.0])
def test_quantiles_have_the_mean_of_their_shape(shape, mode):
    spread = Spread(Decimal(60), Decimal(180), shape)
    u = (np.arange(200_000, dtype=np.float64) + 0.5) / 200_000
    values = quantile_function(spread, mode)(u)
    mean = {
        "pert": (60 + 4 * mode + 180) / 6,
        "triangular": (60 + mode + 180) / 3,
        "uniform": 120.0,
    }[shape]
    assert values.mean() == pytest.approx(mean, rel=1e-3)
    assert values.min() >= 60
    assert values.max() <= 180


def test_a_log_normal_price_has_its_range_as_5th_and_95th_percentile(tmp_path):
    plan = plan_of(tmp_path, prices=PRICED)
    band = simulate(resolve(plan), count=40_000).first
    assert band.p5 == pytest.approx(100, rel=0.02)
    assert band.p50 == pytest.approx(200, rel=0.02)
    assert band.p95 == pytest.approx(400, rel=0.02)


def test_the_same_seed_gives_the_same_draws_and_a_component_more_changes_no_other(tmp_path):
    more = "components:\n  gpu: {quantity: hours, price: p}\n  x: {quantity: other, price: q}\n"
    plan = plan_of(tmp_path, drivers=UNCERTAIN, prices=PRICED)
    first = simulate(resolve(plan), count=500, seed=7)
    again = simulate(resolve(plan), count=500, seed=7)
    assert (first.months == again.months).all()
    assert (first.months != simulate(resolve(plan), count=500, seed=8).months).any()
    plan = plan_of(
        tmp_path,
        drivers=UNCERTAIN + "  other: {value: 3 h, range: [1, 9]}\n",
        prices=PRICED + "  q: {price: 1 USD/h, range: [1, 2], as_of: 2026-11-01, source: x}\n",
        components=more,
    )
    assert (simulate(resolve(plan), count=500, seed=7).lines[0] == first.lines[0]).all()


def test_draws_do_not_depend_on_the_size_of_a_chunk(tmp_path, monkeypatch):
    plan = plan_of(tmp_path, drivers=UNCERTAIN, prices=PRICED)
    whole = simulate(resolve(plan), count=1_000)
    monkeypatch.setattr("centavo.planning.simulation._CHUNK", 12 * 64)
    assert simulate(resolve(plan), count=1_000).months == pytest.approx(whole.months, rel=1e-6)


def test_one_driver_of_two_components_is_drawn_once(tmp_path):
    components = "components:\n  a: {quantity: hours, price: p}\n  b: {quantity: hours, price: p}\n"
    drawn = simulate(resolve(plan_of(tmp_path, drivers=UNCERTAIN, components=components)), count=99)
    assert (drawn.lines[0] == drawn.lines[1]).all()


@pytest.mark.parametrize("rho", [-0.8, 0.5])
def test_correlated_drivers_have_the_stated_rank_correlation(tmp_path, rho):
    plan = plan_of(
        tmp_path,
        drivers=UNCERTAIN + "  more: {value: 10 h, range: [1, 99]}\n",
        components="components:\n  a: {quantity: hours, price: p}\n"
        "  b: {quantity: more, price: p}\n",
        correlations=f"correlations:\n  - {{between: [hours, more], rho: {rho}}}\n",
    )
    drawn = simulate(resolve(plan), count=20_000).lines
    ranks = [np.argsort(np.argsort(line)) for line in drawn]
    assert np.corrcoef(ranks)[0, 1] == pytest.approx(rho, abs=0.02)
    alone = simulate(resolve(plan_of(tmp_path, drivers=UNCERTAIN)), count=20_000).first
    assert np.quantile(drawn[0], 0.95) / 12 == pytest.approx(alone.p95, rel=0.01)


def test_correlations_that_contradict_each_other_are_refused(tmp_path):
    names = [("hours", "b"), ("b", "c"), ("hours", "c")]
    plan = plan_of(
        tmp_path,
        drivers=UNCERTAIN + "".join(f"  {n}: {{value: 2, range: [1, 3]}}\n" for n in "bc"),
        correlations="correlations:\n"
        + "".join(f"  - {{between: [{a}, {b}], rho: -0.9}}\n" for a, b in names),
    )
    with pytest.raises(InputError, match="contradict each other"):
        simulate(resolve(plan), count=100)


def test_months_drawn_anew_even_out_over_the_horizon(tmp_path):
    once = simulate(resolve(plan_of(tmp_path, drivers=UNCERTAIN)), count=4_000)
    drivers = "drivers:\n  hours: {value: 100 h, range: [60, 180], each_month: yes}\n"
    anew = simulate(resolve(plan_of(tmp_path, drivers=drivers)), count=4_000)
    assert anew.first.p95 == pytest.approx(once.first.p95, rel=0.02)
    assert anew.horizon.p95 < 0.9 * once.horizon.p95


def test_a_sum_of_typical_values_is_optimistic_and_says_by_how_much(tmp_path):
    drivers = "drivers:\n  hours: {value: 100 h, range: [90, 300]}\n"
    resolved = resolve(plan_of(tmp_path, drivers=drivers))
    drawn, planned = simulate(resolved), estimate(resolved)
    assert drawn.optimism(planned) == pytest.approx((90 + 400 + 300) / 6 / 100 - 1, abs=0.01)
    assert drawn.share_within(float(planned.first.amount)) < 0.2
