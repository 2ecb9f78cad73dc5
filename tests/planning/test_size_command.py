"""``centavo plan size``: hours, costs and latency class, by hand-made sums and what cannot be."""

from dataclasses import replace
from decimal import Decimal

import pytest

from centavo.errors import InputError
from centavo.money import Money
from centavo.planning.sizing import GPUS, OPEN_MODELS, Sized
from centavo.planning.sizing.latency import latency_class
from centavo.planning.sizing.serving import (
    Serving,
    lowest_first_token_s,
    lowest_step_s,
    refuse_unfit,
    tokens_per_gpu_hour,
)
from centavo.planning.sizing.serving_hours import cost_per_mtoken, served_load

LLAMA = Serving(
    OPEN_MODELS["llama-3.1-8b"], GPUS["h100-sxm"], "vllm", "fp8", gpus=1, concurrency=32,
    input_tokens=1024, output_tokens=1024,
)  # fmt: skip
SERVING = ("plan", "size", "serving", "--model", "llama-3.1-8b", "--gpu", "h100-sxm")


@pytest.mark.parametrize(
    ("token_s", "first_s", "expected"),
    [
        (0.040, 0.450, "interactive"),
        (0.041, 0.450, "relaxed"),
        (0.040, 0.451, "relaxed"),
        (0.200, 2.0, "relaxed"),
        (0.201, 0.1, "batch"),
        (0.01, 2.1, "batch"),
    ],
)
def test_a_latency_class_needs_both_limits(token_s, first_s, expected):
    assert latency_class(token_s, first_s) == expected


def test_the_first_token_takes_the_prompt_once_at_least():
    long = replace(LLAMA, input_tokens=100_000.0)
    assert lowest_first_token_s(long) == pytest.approx(2 * 8.03e9 * 1e5 / (2 * 989e12))
    assert lowest_first_token_s(replace(LLAMA, input_tokens=32.0)) == lowest_step_s(LLAMA)


def test_a_profile_takes_whole_replicas_for_its_busiest_hour():
    rate = tokens_per_gpu_hour(LLAMA)
    busiest = 2.5 * rate.value
    load = served_load(LLAMA, [0, 0, busiest, busiest / 5])
    assert (load.gpus.value, load.gpu_hours.value) == (3, 3 * 730)
    assert load.gpus.low <= 3 <= load.gpus.high
    assert load.tokens == pytest.approx(1.2 * busiest / 4 * 730)
    pairs = served_load(replace(LLAMA, gpus=2), [0.1])
    assert pairs.gpus.value == 2
    for wrong in ([], [0, 0], [1, -1]):
        with pytest.raises(InputError, match="a profile needs output tokens"):
            served_load(LLAMA, wrong)


def test_a_million_tokens_cost_their_hours_at_the_price():
    hours = Sized(4, 2, 8, "GPU hours")
    cost = cost_per_mtoken(hours, 2e6, Money(Decimal("1.50"), "USD"))
    assert [it.amount for it in (cost.value, cost.low, cost.high)] == [3, Decimal("1.5"), 6]


def test_weights_that_the_memory_does_not_hold_are_refused():
    large = replace(LLAMA, model=OPEN_MODELS["llama-3.1-70b"], precision="bf16")
    with pytest.raises(InputError, match="takes 141 GB at bf16, and 1 x h100-sxm hold 80 GB"):
        refuse_unfit(large)
    refuse_unfit(replace(large, gpus=2))


def test_serving_prints_hours_cost_and_latency_class(centavo):
    found = centavo(*SERVING, "--tokens", "1e9", "--gpu-hour", "2.50", "--json").json
    cost, hours = found["USD for 1M output tokens"], found["GPU hours"]
    for end in ("value", "low", "high"):
        assert float(cost[end]) == pytest.approx(hours[end] * 2.5 / 1000, abs=1e-6)
    assert found["GPUs, at an even load"]["value"] == 1
    assert found["latency"]["class"] == "interactive"
    assert found["grade"] == "simulated"
    said = centavo(*SERVING, "--hourly", "0,1e6,3e6")
    assert "GPUs" in said.out
    assert "Latency: interactive" in said.err
    assert "limits are MLPerf's" in said.err
    assert "runpod-h100-sxm-secure" in said.err


def test_a_cost_without_a_price_is_left_out_not_zero(centavo):
    found = centavo(
        "plan", "size", "serving", "--model", "llama-3.1-8b", "--gpu", "gb300", "--json"
    )
    assert "USD for 1M output tokens" not in found.json
    assert "no list price of gb300 in USD" in found.json["price"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tokens", "1", "--hourly", "1"), "say the same thing twice"),
        (("--hourly", "1,x"), "--hourly 'x' is not a decimal number"),
        (("--hourly", "0,0"), "a profile needs output tokens"),
        (("--gpu-hour", "0"), "--gpu-hour '0' is not above 0"),
        (("--model", "llama-3.1-70b", "--precision", "bf16"), "hold 80 GB"),
    ],
)
def test_what_cannot_be_sized_is_said(centavo, options, said):
    done = centavo(*SERVING, *options)
    assert done.exit_code == 2
    assert said in done.err
