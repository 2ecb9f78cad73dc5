"""What-if: other values are exact, a tornado is one run, and break-even is where costs cross."""

from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import ConfigError
from centavo.planning import read_plan
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve
from centavo.planning.what_if import break_evens, changed, tornado
from tests.planning.plans import plan_of

LLAMAFLOW = Path(__file__).resolve().parents[2] / "examples" / "llamaflow" / "plan.yaml"
RANGED = "drivers:\n  hours: {value: 100 h, range: [50, 200]}\n"
PRICED = "prices:\n  p: {price: 2 USD/h, range: [1, 4], as_of: 2026-11-01, source: x}\n"
SCENARIOS = "scenarios:\n  a: {about: x}\n  b: {prices: {gpu: q}}\n"
MONTHLY = "  q: {price: 730 USD/month, as_of: 2026-11-01, source: x, free: 20 h}\n"


def test_another_value_is_computed_exactly(tmp_path):
    resolved = resolve(plan_of(tmp_path))
    values = {"hours": Decimal(150), "price:p": Decimal("2.5")}
    assert estimate(changed(resolved, values)).first.amount == 375
    with pytest.raises(ConfigError, match="nothing that can vary"):
        changed(resolved, {"hour": Decimal(1)})


def test_another_price_moves_its_tiers(tmp_path):
    tiers = "prices:\n  p: {price: 2 USD/h, as_of: 2026-11-01, source: x, tiers: [{up_to: 50, price: 2}, {price: 1}]}\n"
    resolved = resolve(plan_of(tmp_path, prices=tiers))
    assert estimate(resolved).first.amount == 150
    assert estimate(changed(resolved, {"price:p": Decimal(4)})).first.amount == 300


def test_a_tornado_moves_one_thing_at_a_time(tmp_path):
    price, hours = tornado(resolve(plan_of(tmp_path, drivers=RANGED, prices=PRICED)))
    assert (price.key, hours.key) == ("price:p", "hours")
    assert (price.at_low, price.at_high) == pytest.approx((1200, 4800))
    assert hours.at_low == pytest.approx(hours.low * 2 * 12)
    assert 50 < hours.low < 100 < hours.high < 200


def test_what_has_no_range_moves_by_the_swing(tmp_path):
    assert tornado(resolve(plan_of(tmp_path))) == ()
    found = tornado(resolve(plan_of(tmp_path)), swing=0.1)
    assert {it.key for it in found} == {"hours", "price:p"}
    assert found[0].at_low == pytest.approx(2160)
    assert not found[0].stated


def test_two_hundred_drivers_are_rows_of_one_run(tmp_path, monkeypatch):
    from centavo.planning import what_if

    names = [f"d{i}" for i in range(200)]
    plan = plan_of(
        tmp_path,
        drivers="drivers:\n" + "".join(f"  {n}: {{value: 9 h, range: [1, 20]}}\n" for n in names),
        components="components:\n"
        + "".join(f"  c{n}: {{quantity: {n}, price: p}}\n" for n in names),
    )
    runs = []
    rows = what_if.cost_rows
    monkeypatch.setattr(what_if, "cost_rows", lambda *a: runs.append(1) or rows(*a))
    assert len(tornado(resolve(plan))) == 200
    assert len(runs) == 1


def test_break_even_is_where_the_cheaper_scenario_changes(tmp_path):
    plan = plan_of(
        tmp_path,
        prices=f"prices:\n  p: {{price: 0.8 USD/h, as_of: 2026-11-01, source: x}}\n{MONTHLY}",
        scenarios=SCENARIOS,
    )
    (found,) = break_evens(resolve(plan, "a"), resolve(plan, "b"), key="hours", low=0, high=1000)
    assert found.value == pytest.approx(100, rel=1e-3)
    assert (found.cheaper_below, found.cheaper_above) == ("b", "a")
    assert found.cost == pytest.approx(960, rel=1e-3)


def test_the_command_answers_each_question(centavo):
    done = centavo("plan", "what-if", LLAMAFLOW)
    assert "price:tower-basic moves minimum most: 1,310.40 to 1,910.40 USD in 12 months" in done.err
    done = centavo("plan", "what-if", LLAMAFLOW, "--set", "gpu_hours=50", "--json").json
    assert done["cells"][0]["month"]["intermediate"]["amount"] == "222.3"
    assert done["cells"][0]["month"]["minimum"]["amount"] == "134.2"
    done = centavo("plan", "what-if", LLAMAFLOW, "--grid", "data=1 TB-month,2 TB-month")
    assert done.out.splitlines()[2].startswith("1 TB-month\t154.9\t")
    done = centavo(
        "plan", "what-if", LLAMAFLOW, "--break-even", "always_on", "--between", "minimum",
        "intermediate", "--to", "10000",
    )  # fmt: skip
    assert "cost the same at always_on 5333.33 h" in done.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("gpu_hour=3", "nothing that can vary"),
        ("gpu_hours", "is not NAME=VALUE"),
        ("gpu_hours=x", "cannot be read"),
        ("gpu_hours=3 GB", "is not in h"),
        ("gpu_hours=-3", "not a number of 0 or more"),
    ],
)
def test_values_that_cannot_be_used_are_refused(centavo, option, message):
    done = centavo("plan", "what-if", LLAMAFLOW, "--set", option)
    assert done.exit_code == 2
    assert message in done.err


def test_a_price_without_range_in_another_scenario_does_not_disturb(centavo):
    done = centavo("plan", "what-if", LLAMAFLOW, "--set", "price:tower-basic=90", "--json").json
    assert done["cells"][0]["month"]["minimum"]["amount"] == "149.2"
    assert done["cells"][0]["month"]["maximum"]["amount"] == "612.3"
    assert read_plan(LLAMAFLOW).prices["tower-basic"].dated[0].amount == 75
