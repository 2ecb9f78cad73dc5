"""Sizing: published measurements of unseen models, the roofline, and what the band says."""

import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from centavo.errors import InputError
from centavo.planning.sizing import GPUS, OPEN_MODELS, Sized
from centavo.planning.sizing.calibration import Measurement, fit_serving, predicted
from centavo.planning.sizing.self_host import self_host, staircase
from centavo.planning.sizing.serving import (
    Serving,
    lowest_step_s,
    refuse_above_roofline,
    refuse_unfit,
    token_s,
    tokens_per_gpu_hour,
)
from centavo.planning.sizing.training import (
    TrainingRun,
    flops_per_token,
    lowest_memory_gb,
    refuse_above_peak,
    training_gpu_hours,
)
from tests.shared_data import shared_data

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
LLAMA = Serving(
    OPEN_MODELS["llama-3.1-8b"], GPUS["h100-sxm"], "vllm", "fp8", gpus=1, concurrency=32,
    input_tokens=1024, output_tokens=1024,
)  # fmt: skip
RUN = TrainingRun(8.03e9, 32, 4096, 2048, "h100-sxm")


@pytest.fixture
def published(monkeypatch):
    """Make the readers of the benchmarks importable."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in ("published_training", "published_serving"):
        sys.modules.pop(name, None)


def test_fine_tuning_of_models_it_has_not_seen(published):  # noqa: ARG001 -- a fixture
    from published_training import read_tables

    from centavo.planning.sizing.training_fit import judge_training

    path = shared_data("stack-samples/llm_training") / "llm-foundry_benchmarking_README.md"
    judged = judge_training(read_tables(path))
    assert len(judged.measured) == 216
    assert np.median(judged.errors) <= 0.06
    assert np.quantile(judged.errors, 0.9) <= 0.18
    assert 0.85 <= judged.covered <= 0.95


def test_serving_of_a_family_it_has_not_seen(published):  # noqa: ARG001 -- a fixture
    from published_serving import read_published

    path = shared_data("stack-samples/llm_serving") / "silicon_sample.csv"
    found = read_published(path)
    assert len(found.measurements) + sum(found.left_out.values()) == 5_221
    known = [it for it in found.measurements if it.serving.model.family != "minimax"]
    held = [it for it in found.measurements if it.serving.model.family == "minimax"]
    times = np.array([it.token_s for it in held])
    errors = np.abs(predicted(fit_serving(known), held) / times - 1)
    assert np.median(errors) <= 0.18


def test_a_serving_measurement_above_the_roofline_is_refused_with_the_reason():
    with pytest.raises(InputError, match="above the roofline: reading its active weights"):
        refuse_above_roofline(LLAMA, lowest_step_s(LLAMA) * 0.9)
    refuse_above_roofline(LLAMA, lowest_step_s(LLAMA) * 1.1)


def test_a_training_speed_above_the_peak_is_refused_with_the_reason():
    fastest = 989e12 / flops_per_token(RUN)
    with pytest.raises(InputError, match=r"above the roofline.*its peak is 989"):
        refuse_above_peak(RUN, fastest * 1.01)
    refuse_above_peak(RUN, fastest * 0.99)


def test_every_figure_says_where_it_was_checked():
    unchecked = {name for name, it in {**GPUS, **OPEN_MODELS}.items() if it.checked is None}
    assert unchecked == set()


def test_a_prediction_is_never_faster_than_the_hardware():
    for name, model in OPEN_MODELS.items():
        for concurrency in (1, 64, 4096):
            it = replace(LLAMA, model=model, gpus=8, concurrency=concurrency)
            found = token_s(it)
            assert found.low >= lowest_step_s(it), name
            assert found.low <= found.value <= found.high


def test_more_requests_at_once_yield_more_tokens_and_longer_waits():
    few, many = (replace(LLAMA, concurrency=it) for it in (4, 128))
    assert tokens_per_gpu_hour(many).value > 3 * tokens_per_gpu_hour(few).value
    assert token_s(many).value > token_s(few).value


def test_a_fit_finds_the_law_that_measurements_follow():
    """Measured times that are a multiple of the physical ones come back nearly exactly."""
    from centavo.planning.sizing.serving import terms

    points = [
        replace(LLAMA, model=model, gpus=gpus, concurrency=concurrency, engine=engine)
        for model in OPEN_MODELS.values()
        for gpus in (1, 2, 8)
        for concurrency in (1, 16, 128)
        for engine in ("vllm", "sglang")
    ]
    rows = [Measurement(it, 1.7 * float(terms(it).sum())) for it in points]
    errors = np.abs(predicted(fit_serving(rows), rows) / [it.token_s for it in rows] - 1)
    assert np.median(errors) < 0.05


def test_replicas_beyond_what_was_measured_are_refused():
    with pytest.raises(InputError, match="beyond what was measured"):
        refuse_unfit(replace(LLAMA, gpus=64))


def test_fine_tuning_methods_and_memory():
    full = training_gpu_hours(RUN, 1e9)
    assert training_gpu_hours(RUN, 1e9, method="lora").value == pytest.approx(full.value * 2 / 3)
    assert full.low < full.value < full.high
    assert lowest_memory_gb(RUN, "full") == pytest.approx(128.48)
    assert lowest_memory_gb(RUN, "qlora") < 6
    with pytest.raises(InputError, match="no published training speed of gb200"):
        training_gpu_hours(replace(RUN, gpu="gb200"), 1)


def test_a_rate_becomes_a_duration_with_its_band_turned_round():
    hours = Sized(10, 8, 20, "tokens per hour").per(100, "hours")
    assert (hours.value, hours.low, hours.high) == (10, 5, 12.5)


def test_self_hosting_pays_for_whole_replicas_and_the_staircase_rises_in_steps():
    prices = {
        "tokens_per_replica_hour": Decimal(1000),
        "replica_per_hour": Decimal(2),
        "api_per_token": Decimal("0.004"),
    }
    profile = [Decimal(it) for it in (100, 0, 1500, 400)]
    found = self_host(profile, **prices)
    assert (found.replicas, found.hosted, found.scaled, found.bought) == (2, 16, 8, 8)
    assert found.utilisation == Decimal("0.25")
    steps = staircase(profile, [Decimal(it) / 10 for it in range(1, 21)], **prices)
    assert [it.costs.replicas for it in steps] == sorted(it.costs.replicas for it in steps)
    assert {it.costs.replicas for it in steps} == {1, 2, 3}
    with pytest.raises(InputError):
        self_host([], **prices)


def test_the_command_sizes_serving_and_training(centavo):
    done = centavo("plan", "size", "serving", "--model", "llama-3.1-8b", "--gpu", "h100-sxm",
                   "--tokens", "1000000", "--json").json  # fmt: skip
    rate, hours = done["output tokens per GPU hour"], done["GPU hours"]
    assert hours["value"] == pytest.approx(1e6 / rate["value"])
    done = centavo("plan", "size", "fine-tuning", "--model", "llama-3.1-8b", "--gpu", "h100-sxm",
                   "--tokens", "1e9")  # fmt: skip
    assert "GPU hours" in done.out
    done = centavo("plan", "size", "fine-tuning", "--model", "llama-9", "--gpu", "h100-sxm",
                   "--tokens", "1")  # fmt: skip
    assert done.exit_code == 2
    assert "Did you mean llama-3.1-8b" in done.err
