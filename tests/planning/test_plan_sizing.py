"""``sizing:`` in a plan: value and band of the model, exact sums, and the line of what is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import BadValueError
from centavo.planning import read_plan
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve
from centavo.planning.simulation import simulate
from centavo.planning.sizing import GPUS, OPEN_MODELS
from centavo.planning.sizing.serving import Serving, tokens_per_gpu_hour
from tests.planning.plans import plan_of

MODEL = "kind: serving, model: llama-3.1-8b, gpu: h100-sxm"
SIZED = f"{{sizing: {{{MODEL}}}, "
GPU_PRICE = "prices:\n  p: {price: 2 USD/gpu-hour, as_of: 2026-11-01, source: offer}\n"


def drivers(*lines):
    return "drivers:\n" + "".join(f"  {it}\n" for it in lines)


def sized(folder, sizing, rest=""):
    text = drivers(f"hours: {{sizing: {{{sizing}}}{rest}}}")
    unit = "gpu-hour" if "model" in sizing else "GB-month"
    prices = f"prices:\n  p: {{price: 2 USD/{unit}, as_of: 2026-11-01, source: offer}}\n"
    return plan_of(folder, drivers=text, prices=prices)


def test_a_sized_driver_takes_value_and_band_of_the_model(tmp_path):
    driver = sized(tmp_path, f"{MODEL}, tokens: 500 Mtoken").drivers["hours"]
    asked = Serving(
        OPEN_MODELS["llama-3.1-8b"], GPUS["h100-sxm"], "vllm", "fp8", gpus=1, concurrency=32,
        input_tokens=1024, output_tokens=1024,
    )  # fmt: skip
    hours = tokens_per_gpu_hour(asked).per(5e8, "h")
    assert float(driver.value) == pytest.approx(hours.value, rel=1e-5)
    assert float(driver.spread.low) == pytest.approx(hours.low, rel=1e-5)
    assert float(driver.spread.high) == pytest.approx(hours.high, rel=1e-5)
    assert (driver.spread.shape, driver.unit.text) == ("lognormal", "gpu-h")
    assert driver.source == "sizing: serving"


def test_the_band_enters_the_simulation(tmp_path):
    plan = sized(tmp_path, f"{MODEL}, tokens: 500 Mtoken")
    driver = plan.drivers["hours"]
    drawn = simulate(resolve(plan), count=4_000)
    assert drawn.first.p5 == pytest.approx(2 * float(driver.spread.low), rel=0.05)
    assert drawn.first.p95 == pytest.approx(2 * float(driver.spread.high), rel=0.05)
    assert estimate(resolve(plan)).first.amount == 2 * driver.value


def test_hours_of_a_million_tokens_follow_a_growing_driver(tmp_path):
    plan = plan_of(
        tmp_path,
        drivers=drivers(
            "tokens: {value: 100 Mtoken, growth: 10 %}", f"each: {{sizing: {{{MODEL}}}}}"
        ),
        quantities="quantities:\n  hours: tokens * each\n",
        prices=GPU_PRICE,
    )
    each = plan.drivers["each"]
    assert each.unit.text == "gpu-h/Mtoken"
    assert estimate(resolve(plan)).first.amount == 2 * 100_000_000 * each.value


def test_a_profile_is_paid_in_whole_replicas_all_month(tmp_path):
    driver = sized(tmp_path, f"{MODEL}, hourly: [0, 1 Mtoken, 1000]").drivers["hours"]
    assert (driver.value, driver.spread) == (730, None)


def test_a_stated_range_goes_before_the_band(tmp_path):
    sizing = "kind: fine_tuning, model: llama-3.1-8b, gpu: a100-80gb, method: lora, tokens: 2e7"
    driver = sized(tmp_path, sizing, ", range: [1 gpu-h, 9]").drivers["hours"]
    assert (driver.spread.low, driver.spread.high, driver.spread.shape) == (1, 9, "pert")


@pytest.mark.parametrize(
    ("sizing", "base"),
    [
        ("kind: storage, tokens: 250 Mtoken", 730),
        ("kind: storage, parameters: 8e9, kept: 2", 224 * 730),
        ("kind: storage, tokens: 250 Mtoken, parameters: 8e9, method: lora, adapter_parameters: 5e8",
         2 * 730),
        ("kind: embeddings, chunks: 1e6, dimensions: 1000, index_share: 0 %", 4 * 730),
        ("kind: logs, requests: 2 Mrequest, bytes_per_request: 3000, months_kept: 3", 18 * 730),
    ],
)  # fmt: skip
def test_exact_sums_have_no_range(sizing, base, tmp_path):
    driver = sized(tmp_path, sizing).drivers["hours"]
    assert (driver.value, driver.spread) == (base, None)


def test_energy_and_internet_of_a_local_host_are_paid_in_reais(tmp_path):
    power = "kwh: {sizing: {kind: power, watts_busy: 400, watts_idle: 100, busy_share: 50 %}}"
    plan = plan_of(
        tmp_path,
        drivers=drivers(power, "share: 25 %"),
        quantities="quantities:\n  internet: share * 1 month\n",
        prices="prices:\n"
        "  power: {price: 0.92 BRL/kWh, as_of: 2026-11-01, source: power bill}\n"
        "  internet: {price: 119.90 BRL/month, as_of: 2026-11-01, source: internet bill}\n",
        exchange="exchange:\n  - {from: USD, to: BRL, rate: 5, as_of: 2026-11-20, source: PTAX}\n",
        components="components:\n  power: {quantity: kwh, price: power}\n"
        "  internet: {quantity: internet, price: internet}\n",
    )
    reais = Decimal("182.5") * Decimal("0.92") + Decimal("119.90") / 4
    assert estimate(resolve(plan)).first.amount == reais / 5


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (("hours:", "  sizing:", "    kind: disk"), 6, "kind is none of serving, fine_tuning"),
        (("hours:", "  sizing:", "    kind: serving", "    model: llama-9", "    gpu: gb200"), 7,
         "model is not in the table of sizes: 'llama-9'"),
        (("hours:", "  sizing:", "    kind: serving", "    model: llama-3.1-8b"), 6, "gpu is missing"),
        (("hours:", "  sizing:", "    kind: logs", "    requests: 5 GB",
          "    bytes_per_request: 3"), 7, "requests is not a number in requests: '5 GB'"),
        (("hours:", "  sizing:", "    kind: logs", "    tokens: 5"), 7, "tokens is not a key here"),
        (("hours:", "  sizing:", "    kind: storage"), 6, "kind needs the tokens of a data set"),
        (("hours:", "  sizing:", "    {kind: storage, parameters: 8e9, method: lora}"), 6,
         "needs the parameters of its adapter"),
        (("hours:", "  sizing:", f"    {{{MODEL}, gpus: 64}}"), 6, "is beyond what was measured: 1 to 8"),
        (("hours:", "  sizing:", f"    {{{MODEL}, gpus: 1.5}}"), 6, "gpus is not a whole number"),
        (("hours:", "  sizing:", f"    {{{MODEL}, tokens: 1, hourly: [1]}}"), 6,
         "hourly stands beside tokens"),
        (("hours:", "  sizing:", f"    {{{MODEL}, hourly: [1 GB]}}"), 6, "hourly is not a number in"),
        (("hours:", "  value: 3 h", f"  sizing: {{{MODEL}}}"), 6, "sizing stands beside a value"),
        (("hours:", f"  sizing: {{{MODEL}}}", "  unit: GB"), 5, "sizing is not in GB"),
        (("hours:", f"  sizing: {{{MODEL}}}", "  shape: pert"), 6, "shape is of a stated range"),
    ],
)  # fmt: skip
def test_a_sizing_that_cannot_be_used_names_its_line(lines, line, message, tmp_path):
    with pytest.raises(BadValueError) as caught:
        plan_of(tmp_path, drivers=drivers(*lines), prices=GPU_PRICE)
    assert message in caught.value.message
    assert f"line {line}:" in caught.value.message


def test_a_component_takes_its_quantity_from_a_sizing(tmp_path):
    stated = sized(tmp_path, f"{MODEL}, tokens: 500 Mtoken")
    text = f"components:\n  gpu: {{sizing: {{{MODEL}, tokens: 500 Mtoken}}, price: p}}\n"
    plan = plan_of(tmp_path, drivers="", prices=GPU_PRICE, components=text)
    assert plan.drivers["gpu_sizing"].spread == stated.drivers["hours"].spread
    assert estimate(resolve(plan)).first.amount == 2 * stated.drivers["hours"].value
    assert simulate(resolve(plan), count=500).first.p95 > float(2 * stated.drivers["hours"].value)


def test_a_formula_beside_a_sizing_multiplies_it(tmp_path):
    tokens = drivers("tokens: {value: 100 Mtoken, growth: 10 %}")
    times = f"components:\n  gpu: {SIZED}quantity: tokens * 2, price: p}}\n"
    plan = plan_of(tmp_path, drivers=tokens, prices=GPU_PRICE, components=times)
    derived = (
        f"quantities:\n  hours: {{sizing: {{{MODEL}}}, formula: tokens * 2, unit: gpu-hour}}\n"
    )
    other = plan_of(
        tmp_path, drivers=tokens, quantities=derived, prices=GPU_PRICE,
        components="components:\n  gpu: {quantity: hours, price: p}\n",
    )  # fmt: skip
    months = estimate(resolve(plan)).months
    assert months == estimate(resolve(other)).months
    assert months[1] == pytest.approx(months[0] * Decimal("1.1"))


def test_a_scenario_sets_what_was_sized(tmp_path):
    plan = plan_of(
        tmp_path, drivers="", prices=GPU_PRICE,
        components=f"components:\n  gpu: {{sizing: {{{MODEL}, tokens: 5 Mtoken}}, price: p}}\n",
        scenarios="scenarios:\n  half: {set: {gpu_sizing: 10 gpu-h}}\n",
    )  # fmt: skip
    assert estimate(resolve(plan, "half")).first.amount == 20


@pytest.mark.parametrize(
    ("component", "told"),
    [
        ("{sizing: {kind: embeddings, chunks: 2e6, dimensions: 1024}, price: p}", "sizing is in GB-h, and the price p is for one gpu-hour"),
        (SIZED + "quantity: hours, price: p}", "quantity is in"),
        ("{sizing: {kind: guess}, price: p}", "kind is none of"),
        (SIZED + "quantity: tokns, price: p}", "'gpu_sizing * (tokns)'"),
        ("{carried_by: gpu, " + SIZED[1:] + "note: x}", "has no place in a component that its host carries"),
        (SIZED + "range: [1, 2], price: p}", "range is not a key here"),
    ],
)  # fmt: skip
def test_a_sizing_of_a_component_is_checked_where_it_stands(tmp_path, component, told):
    text = f"components:\n  gpu: {component}\n"
    with pytest.raises(BadValueError) as refused:
        plan_of(tmp_path, drivers=drivers("hours: 3 h"), prices=GPU_PRICE, components=text)
    assert told in str(refused.value)
    assert refused.value.line == 8


def test_a_taken_name_of_a_sizing_is_refused(tmp_path):
    text = f"components:\n  gpu: {{sizing: {{{MODEL}}}, price: p}}\n"
    with pytest.raises(BadValueError, match="stands for a driver named gpu_sizing"):
        plan_of(tmp_path, drivers=drivers("gpu_sizing: 3 h"), prices=GPU_PRICE, components=text)


def test_the_host_of_ones_own_is_power_and_a_part_of_the_line():
    path = Path(__file__).resolve().parents[2] / "examples" / "local-host" / "plan.yaml"
    planned = estimate(resolve(read_plan(path)))
    kwh = Decimal("0.4") * 219 + Decimal("0.08") * 511
    assert {it.name: it.costs[0] for it in planned.lines} == {
        "power": kwh * Decimal("1.1") * Decimal("0.92"),
        "internet": Decimal("119.90") / 4,
    }
