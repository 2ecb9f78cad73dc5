"""Serving: seconds for one output token of a model on GPUs, and so tokens per GPU hour.

Physical terms first, each a time that the hardware needs at least: reading the weights that a step
touches, reading the key-value cache, computing the step and the prefill it shares, a cost per layer,
and exchanging activations. Their weights and a small correction for engine, batch and generation are
fitted to published measurements (``calibration.py``; docs/sizing.md states errors and scope).
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np

from centavo.errors import InputError
from centavo.planning.distributions import Array
from centavo.planning.sizing.hardware import Gpu
from centavo.planning.sizing.open_models import OpenModel
from centavo.planning.sizing.sized import Sized

__all__ = [
    "ENGINES",
    "PRECISIONS",
    "Engine",
    "Precision",
    "Serving",
    "ServingFit",
    "corrections",
    "lowest_first_token_s",
    "lowest_step_s",
    "refuse_above_roofline",
    "refuse_unfit",
    "shipped_fit",
    "terms",
    "token_s",
    "tokens_per_gpu_hour",
]

Engine = Literal["vllm", "sglang", "trtllm"]
Precision = Literal["bf16", "fp8", "fp4", "int4"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
# Bytes of one weight, scales included.
_BYTES: dict[Precision, float] = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.56, "int4": 0.53}
# Of a mixture's active parameters, about a third are outside of the experts.
_SHARED = 0.35
_LINK_BYTES_S = 4.5e11
# Beyond, the fit has seen 55 of 3,619 measurements, and on unseen families errs by a factor of nine.
_MOST_GPUS = 8


@dataclass(frozen=True)
class Serving:
    """One replica under a steady load.

    Attributes:
        gpus: GPUs of the replica; what is more than 8 can be fitted to, and is not sized.
        concurrency: Requests under way at once.
        input_tokens: Of one request.
        output_tokens: Of one request.
    """

    model: OpenModel
    gpu: Gpu
    engine: Engine
    precision: Precision
    gpus: int
    concurrency: float
    input_tokens: float
    output_tokens: float

    def __post_init__(self) -> None:
        if min(self.gpus, self.concurrency, self.input_tokens, self.output_tokens) < 1:
            raise InputError("GPUs, concurrency, input and output tokens are 1 or more")


@dataclass(frozen=True)
class ServingFit:
    """What was fitted.

    Attributes:
        weights: Weight of each physical term, by engine.
        centre: Mean of each correction over the measurements.
        scale: Its standard deviation.
        coefficients: Of the scaled corrections, for the logarithm of the time.
        offset: Mean logarithm.
        low: 5 % of measured times of unseen families were below this share of the predicted.
        high: 5 % were above this share.
    """

    weights: dict[str, tuple[float, ...]]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: tuple[float, ...]
    offset: float
    low: float
    high: float


def terms(it: Serving) -> Array:
    """Return the physical terms of one output token, in seconds."""
    model, gpus = it.model, it.gpus
    speed = _flops(it)
    context = it.input_tokens + it.output_tokens / 2
    step = 2 * model.active * it.concurrency / (speed * gpus)
    prefill = step * it.input_tokens / it.output_tokens
    exchanged = model.layers * it.concurrency * model.hidden * 2 * np.log2(gpus)
    return np.array(
        [
            _touched(it) * _BYTES[it.precision] / (it.gpu.bytes_s * gpus),
            it.concurrency * context * model.cache_values / (it.gpu.bytes_s * gpus),
            step + prefill,
            model.layers * 1e-6,
            exchanged / _LINK_BYTES_S,
            prefill,
        ]
    )


def _touched(it: Serving) -> float:
    """Return the parameters that one step reads: of a mixture, the experts some request uses."""
    model = it.model
    if not model.experts:
        return model.parameters
    used = 1 - (1 - model.routed / model.experts) ** it.concurrency
    dense = _SHARED * model.active
    return min(model.parameters, dense + (model.parameters - dense) * used)


def corrections(it: Serving, log_time: float) -> list[float]:
    """Return what the fit corrects the physical time by: engine, batch, generation and their products."""
    vllm, sglang = float(it.engine == "vllm"), float(it.engine == "sglang")
    batch, gpus = float(np.log(it.concurrency)), float(np.log(it.gpus))
    prompt, answer = float(np.log(it.input_tokens / 1024)), float(np.log(it.output_tokens / 1024))
    new, mixture = float(it.gpu.blackwell), float(it.model.experts > 0)
    return [
        log_time, log_time**2, vllm, sglang,
        new, float(it.gpu.name in {"b300-sxm", "gb300"}), float(it.gpu.name == "h200-sxm"),
        batch, batch**2, gpus, batch * gpus, prompt, answer, batch * prompt,
        mixture, mixture * batch,
        vllm * batch, sglang * batch, vllm * gpus, sglang * gpus, vllm * log_time,
        sglang * log_time, vllm * prompt, sglang * prompt,
        new * batch, new * gpus, new * log_time, vllm * new, sglang * new,
    ]  # fmt: skip


def token_s(it: Serving, fit: ServingFit | None = None) -> Sized:
    """Return the seconds from one output token of a request to the next, prefill shared out.

    Args:
        it: The replica and its load.
        fit: ``None`` takes the shipped one.
    """
    used = fit or shipped_fit()
    log_time = float(np.log(terms(it) @ np.array(used.weights[it.engine])))
    scaled = (np.array(corrections(it, log_time)) - np.array(used.centre)) / np.array(used.scale)
    value = float(np.exp(scaled @ np.array(used.coefficients) + used.offset))
    # Nothing is faster than the hardware, whatever was fitted.
    least = lowest_step_s(it)
    value = max(value, least)
    return Sized(value, max(value * used.low, least), value * used.high, "s")


def tokens_per_gpu_hour(it: Serving, fit: ServingFit | None = None) -> Sized:
    """Return output tokens of a steadily loaded replica per GPU and hour."""
    return token_s(it, fit).per(3600 * it.concurrency / it.gpus, "tokens per GPU hour")


def lowest_step_s(it: Serving) -> float:
    """Return the time below which no step can be: the active weights read, or the step computed."""
    return _lowest_pass_s(it, it.concurrency)


def lowest_first_token_s(it: Serving) -> float:
    """Return the time below which no first token can be: one prompt computed, and nobody before it."""
    return _lowest_pass_s(it, it.input_tokens)


def _lowest_pass_s(it: Serving, tokens: float) -> float:
    read = it.model.active * _BYTES[it.precision] / (it.gpu.bytes_s * it.gpus)
    return max(read, 2 * it.model.active * tokens / (_flops(it) * it.gpus))


def _flops(it: Serving) -> float:
    faster = {"fp8": it.gpu.eight_bit, "fp4": it.gpu.four_bit}.get(it.precision, 1.0)
    return it.gpu.flops * faster


def refuse_unfit(it: Serving) -> None:
    """Check that the replica is of a size that was measured, and that its memory holds the weights.

    Raises:
        InputError: It is not, or does not; says what it takes.
    """
    if it.gpus > _MOST_GPUS:
        raise InputError(
            f"a replica of {it.gpus} GPUs is beyond what was measured: 1 to {_MOST_GPUS}",
            hint="Size one replica, and take several of them.",
        )
    needed = it.model.parameters * _BYTES[it.precision] / 1e9
    held = it.gpu.memory_gb * it.gpus
    if needed > held:
        raise InputError(
            f"{it.model.name} takes {needed:,.0f} GB at {it.precision}, and {it.gpus} x"
            f" {it.gpu.name} hold {held:,.0f} GB",
            hint="Take more GPUs, larger ones, or a lower precision.",
        )


def refuse_above_roofline(it: Serving, measured_s: float) -> None:
    """Check a measured time per output token against what the hardware can do at most.

    Raises:
        InputError: It is faster than that; says why.
    """
    least = lowest_step_s(it)
    if measured_s < least:
        raise InputError(
            f"{measured_s * 1e3:.3g} ms for an output token of {it.model.name} on {it.gpus} x"
            f" {it.gpu.name} is above the roofline: reading its active weights and computing"
            f" {it.concurrency:g} requests takes {least * 1e3:.3g} ms at least",
            hint="Check the number of GPUs, the precision and whether tokens of several requests count.",
        )


@cache
def shipped_fit() -> ServingFit:
    """Return the fit that centavo ships."""
    text = files("centavo.planning.sizing").joinpath("data", "serving.json").read_text("utf-8")
    read = json.loads(text)
    return ServingFit(
        weights={name: tuple(values) for name, values in read["weights"].items()},
        centre=tuple(read["centre"]),
        scale=tuple(read["scale"]),
        coefficients=tuple(read["coefficients"]),
        offset=read["offset"],
        low=read["low"],
        high=read["high"],
    )
