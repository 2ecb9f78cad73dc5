"""What a plan file may say, and that the schema for editors says the same."""

import json
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from centavo.errors import BadValueError
from centavo.planning import (
    component_entries,
    driver_entries,
    price_entries,
    read_plan,
    scenario_entries,
)
from centavo.planning.estimate import estimate
from centavo.planning.meter import DIMENSIONS, MEASURES
from centavo.planning.plan import SHAPES, Growth
from centavo.planning.plan_file import PLAN_KEYS
from centavo.planning.resolved import resolve
from centavo.planning.sizing_entries import SIZING_KEYS
from tests.planning.plans import plan_of


def first_cost(plan, scenario=None):
    return estimate(resolve(plan, scenario)).first.amount


def test_the_schema_says_what_the_reader_reads():
    text = files("centavo.planning").joinpath("data", "plan.schema.json").read_text("utf-8")
    schema = json.loads(text)
    known = schema["$defs"]
    assert set(schema["properties"]) == set(PLAN_KEYS)
    assert set(known["component"]["properties"]) == set(component_entries._KEYS)
    assert set(known["scenario"]["properties"]) == set(scenario_entries._KEYS)
    assert set(known["scope"]["properties"]) == set(component_entries.SCOPE_KEYS)
    assert set(known["driver"]["anyOf"][1]["properties"]) == set(driver_entries._DRIVER)
    sizings = {
        it["properties"]["kind"]["const"]: set(it["properties"]) - {"kind"}
        for it in known["sizing"]["anyOf"]
    }
    assert sizings == {kind: set(keys) for kind, keys in SIZING_KEYS.items()}
    terms = set(price_entries._TERMS)
    assert set(known["dated_price"]["properties"]) == {*price_entries._INLINE, *terms}
    _, _, ref, model, _ = schema["properties"]["prices"]["additionalProperties"]["anyOf"]
    assert set(ref["properties"]) == {*price_entries._LISTED, *terms}
    assert set(model["properties"]) == {*price_entries._MODEL, *terms}
    meter = known["component"]["properties"]["meter"]["properties"]
    assert set(meter["measure"]["enum"]) == set(MEASURES)
    assert set(meter["where"]["properties"]) == set(DIMENSIONS)
    assert set(known["shape"]["enum"]) == set(SHAPES)


def test_quantities_convert_between_units_of_one_kind(tmp_path):
    plan = plan_of(
        tmp_path,
        drivers="drivers:\n  users: 40 users\n  each: 512 MB\n",
        quantities="quantities:\n  data: users / 1 user * each * 1 month\n",
        prices="prices:\n  p: {price: 0.023 USD/GB-month, as_of: 2026-11-01, source: x}\n",
        components="components:\n  s3: {quantity: data, price: p}\n",
    )
    assert first_cost(plan) == Decimal("0.47104")


def test_units_of_ones_own(tmp_path):
    plan = plan_of(
        tmp_path,
        units="units: [page]\n",
        drivers="drivers:\n  pages: 1_000 page\n",
        prices="prices:\n  p: {price: 0.0015 USD/page, as_of: 2026-11-01, source: x}\n",
        components="components:\n  ocr: {quantity: pages, price: p}\n",
    )
    assert first_cost(plan) == Decimal("1.5")


def test_tokens_by_the_thousand(tmp_path):
    plan = plan_of(
        tmp_path,
        drivers="drivers:\n  t: 100_000 tokens\n",
        prices="prices:\n  p: {price: 0.0020 USD/ktoken, as_of: 2026-11-01, source: x}\n",
        components="components:\n  llm: {quantity: t, price: p}\n",
    )
    assert first_cost(plan) == Decimal("0.20")


def test_prices_of_a_model_come_from_the_price_book(tmp_path):
    plan = plan_of(
        tmp_path,
        drivers="drivers:\n  t: 3 Mtoken\n",
        prices="prices:\n  p: {model: gpt-4o-mini, provider: openai, unit: input_mtok,"
        " as_of: 2026-11-01}\n",
        components="components:\n  llm: {quantity: t, price: p}\n",
    )
    assert first_cost(plan) == Decimal("0.45")
    assert plan.prices["p"].dated[0].as_of == date(2026, 11, 1)


def test_a_price_that_changes_holds_from_its_month(tmp_path):
    plan = plan_of(
        tmp_path,
        prices="prices:\n  p:\n    - {price: 2 USD/h, as_of: 2026-11-01, source: x}\n"
        "    - {price: 3 USD/h, valid_from: 2027-02-10, source: announced}\n",
    )
    months = estimate(resolve(plan)).months
    assert months[:4] == (200, 200, 300, 300)


def test_growth_by_a_share_and_by_a_step(tmp_path):
    for growth, third in (("10 %", "242"), ("10 h", "240"), ("-50 %", "50")):
        drivers = f"drivers:\n  hours: {{value: 100 h, growth: {growth}}}\n"
        plan = plan_of(tmp_path, drivers=drivers)
        assert estimate(resolve(plan)).months[2] == Decimal(third)


def test_a_falling_step_ends_at_nothing(tmp_path):
    plan = plan_of(tmp_path, drivers="drivers:\n  hours: {value: 100 h, growth: -60 h}\n")
    assert estimate(resolve(plan)).months[:3] == (200, 80, 0)
    assert plan.drivers["hours"].growth == Growth(step=Decimal(-60))


def test_terms_of_a_price(tmp_path):
    head = "prices:\n  p: {price: 2 USD/h, as_of: 2026-11-01, source: x, "
    cases = {
        "free: 30 h": "140",
        "minimum: 250": "250",
        "tiers: [{up_to: 50, price: 2}, {price: 1}]": "150",
        "spot: {discount: 60 %, restart_overhead: 10 %}": "88",
        "commitment: {quantity: 80 h, price: 1}": "120",
        "commitment: {quantity: 120 h, price: 1}": "120",
        "free: 1 day, tiers: [{up_to: 50 h, price: 2}, {price: 1 USD/h}]": "126",
    }
    for terms, cost in cases.items():
        assert first_cost(plan_of(tmp_path, prices=f"{head}{terms}}}\n")) == Decimal(cost), terms


def test_foreign_prices_convert_at_the_stated_rate(tmp_path):
    plan = plan_of(
        tmp_path,
        prices="prices:\n  p: {price: 0.95 BRL/kWh, as_of: 2026-11-01, source: bill}\n",
        drivers="drivers:\n  power: 200 kWh\n",
        components="components:\n  energy: {quantity: power, price: p}\n",
        exchange="exchange:\n  - {from: USD, to: BRL, rate: 5, as_of: 2026-11-01, source: x}\n",
    )
    assert first_cost(plan) == 38


def test_taxes_on_top_and_inside(tmp_path):
    plan = plan_of(
        tmp_path,
        taxes="taxes:\n  IOF: {rate: 3.5 %, as_of: 2026-11-01, source: x}\n"
        "  ISS: {rate: 5 %, inside: yes, on: [gpu], as_of: 2026-11-01, source: x}\n",
    )
    planned = estimate(resolve(plan))
    assert planned.first.amount == 200
    assert planned.taxes["IOF"][0] == 7
    assert planned.taxes["ISS"][0] == Decimal("10.526315789474")
    assert planned.taxed_months[0] == Decimal("217.526315789474")


def test_shared_files_bring_prices_rates_taxes_and_units(tmp_path):
    (tmp_path / "company.yaml").write_text(
        "units: [seat]\n"
        "prices:\n  seat: {price: 30 BRL/seat, as_of: 2026-11-01, source: offer, evidence: quote}\n"
        "exchange:\n  - {from: USD, to: BRL, rate: 5, as_of: 2026-11-01, source: x}\n"
        "taxes:\n  ISS: {rate: 5 %, as_of: 2026-11-01, source: x}\n",
        encoding="utf-8",
    )
    plan = plan_of(
        tmp_path,
        include="include: company.yaml\n",
        drivers="drivers:\n  people: 4 seat\n",
        components="components:\n  tool: {quantity: people, price: seat}\n",
    )
    planned = estimate(resolve(plan))
    assert planned.first.amount == 24
    assert planned.taxed_months[0] == Decimal("25.2")


def test_scenarios_replace_drivers_prices_and_components(tmp_path):
    plan = plan_of(
        tmp_path,
        components="components:\n  gpu: {quantity: hours, price: p}\n"
        "  cpu: {quantity: hours, price: llamaflow-cpu-instance}\n",
        scenarios="scenarios:\n  a: {set: {hours: 10}, off: [cpu]}\n"
        "  b: {prices: {gpu: llamaflow-gpu-instance, cpu: 0.1 USD/h}}\n",
    )
    assert first_cost(plan, "a") == 20
    assert first_cost(plan, "b") == 110


def test_an_amount_outside_the_range_of_its_price_needs_a_range_of_its_own(tmp_path):
    prices = "prices:\n  p: {price: 2 USD/h, range: [1, 3], as_of: 2026-11-01, source: x}\n"
    with pytest.raises(BadValueError, match="outside of the range of p"):
        plan_of(tmp_path, prices=prices, scenarios="scenarios:\n  a: {prices: {gpu: 4}}\n")
    plan = plan_of(
        tmp_path, prices=prices, scenarios="scenarios:\n  a: {prices: {gpu: {price: 4}}}\n"
    )
    assert resolve(plan).lines[0].dated[0].spread is None


def test_the_example_of_the_docs_is_a_plan(tmp_path):
    page = Path(__file__).resolve().parents[2] / "docs" / "planning.md"
    example = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "company.yaml").write_text("units: [seat]\n", encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(example, encoding="utf-8")
    plan = read_plan(tmp_path / "plan.yaml")
    assert [first_cost(plan, name) > 0 for name in plan.scenarios] == [True, True]
