"""The difference of two plans: every effect by its cause, adding up to the change exactly."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centavo.errors import CurrencyError
from centavo.planning.difference import plan_difference
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve
from tests.planning.plans import plan_of

LLAMAFLOW = Path(__file__).resolve().parents[2] / "examples" / "llamaflow" / "plan.yaml"


def side(folder, *, hours="100 h", price="2 USD/h", rate="5", more=""):
    folder.mkdir(exist_ok=True)
    return estimate(
        resolve(
            plan_of(
                folder,
                drivers=f"drivers:\n  hours: {hours}\n",
                prices=f"prices:\n  p: {{price: {price}, as_of: 2026-11-01, source: x}}\n",
                exchange="exchange:\n"
                f"  - {{from: USD, to: BRL, rate: {rate}, as_of: 2026-11-01, source: x}}\n",
                components=f"components:\n  gpu: {{quantity: hours, price: p}}\n{more}",
            )
        )
    )


def test_quantity_is_at_the_old_price_and_price_on_the_new_quantity(tmp_path):
    found = plan_difference(side(tmp_path), side(tmp_path, hours="150 h", price="3 USD/h"))
    line = found.lines[0]
    assert (line.quantity_effect, line.price_effect, line.exchange_effect) == (100, 150, 0)
    assert line.change == 250


def test_a_new_rate_is_an_effect_of_its_own(tmp_path):
    before = side(tmp_path, price="10 BRL/h")
    after = side(tmp_path, price="12 BRL/h", rate="4")
    line = plan_difference(before, after).lines[0]
    assert (line.quantity_effect, line.price_effect, line.exchange_effect) == (0, 40, 60)


def test_units_of_one_kind_are_compared_and_others_replace_each_other(tmp_path):
    same = plan_difference(side(tmp_path), side(tmp_path, price="1460 USD/month")).lines[0]
    assert (same.kind, same.change) == ("same", 0)
    after = side(tmp_path, hours="10 GB", price="20 USD/GB")
    kinds = {it.kind: it.change for it in plan_difference(side(tmp_path), after).lines}
    assert kinds == {"removed": -200, "added": 200, "tax": 0}


def test_added_and_removed_components(tmp_path):
    more = "  cpu: {quantity: hours, price: llamaflow-cpu-instance}\n"
    found = plan_difference(side(tmp_path), side(tmp_path, more=more))
    assert found.effect("added") == 5
    assert plan_difference(side(tmp_path, more=more), side(tmp_path)).effect("removed") == -5


NUMBERS = st.decimals("0.001", 1000, places=3)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(hours=st.tuples(NUMBERS, NUMBERS), price=st.tuples(NUMBERS, NUMBERS), rate=NUMBERS)
def test_effects_add_up_to_the_change_exactly(tmp_path, hours, price, rate):
    before = side(tmp_path, hours=f"{hours[0]} h", price=f"{price[0]} BRL/h", rate="5.1")
    after = side(tmp_path, hours=f"{hours[1]} h", price=f"{price[1]} BRL/h", rate=str(rate))
    found = plan_difference(before, after, months=12)
    for line in found.lines:
        effects = line.quantity_effect + line.price_effect + line.exchange_effect
        assert effects == (line.change if line.kind != "tax" else 0)
    assert found.total("change") == after.horizon.amount - before.horizon.amount


def test_two_currencies_are_not_compared(tmp_path):
    other = estimate(resolve(plan_of(tmp_path, currency="currency: BRL\n", exchange="exchange:\n"
        "  - {from: USD, to: BRL, rate: 5, as_of: 2026-11-01, source: x}\n")))  # fmt: skip
    with pytest.raises(CurrencyError, match="in USD"):
        plan_difference(side(tmp_path), other)


def test_the_command_says_what_changed_as_text_markdown_and_json(centavo):
    sides = f"{LLAMAFLOW}:minimum", f"{LLAMAFLOW}:maximum"
    done = centavo("plan", "diff", *sides)
    assert "minimum to maximum: +478.10 USD a month (+356.3 %)" in done.err
    assert "By cause: added +320.00, price +158.10." in done.err
    markdown = centavo("plan", "diff", *sides, "--format", "md").out
    assert markdown.startswith("**minimum to maximum: +478.10 USD a month")
    assert "| gpu | added |" in markdown
    found = centavo("plan", "diff", *sides, "--json", "--horizon").json["differences"][0]
    assert Decimal(found["change"]["amount"]) == Decimal("478.10") * 12
    assert centavo("plan", "diff", LLAMAFLOW, LLAMAFLOW).exit_code == 0
    assert centavo("plan", "diff", LLAMAFLOW, f"{LLAMAFLOW}:none").exit_code == 2
