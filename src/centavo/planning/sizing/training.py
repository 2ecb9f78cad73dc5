"""Fine-tuning: tokens to GPU hours, by the operations a token takes and what a GPU makes of its peak.

A token of training takes ``6 N + 12 L H T`` floating-point operations (Chowdhery et al., 2022, appendix B:
N parameters, L layers, H width, T context). What share of a GPU's peak is reached is fitted for each GPU,
with corrections that published tables show: small models, long contexts, recomputation, 8-bit matrices.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from typing import Literal

from centavo.errors import InputError
from centavo.planning.sizing.hardware import GPUS
from centavo.planning.sizing.sized import Sized

__all__ = [
    "Method",
    "TrainingFit",
    "TrainingRun",
    "features",
    "flops_per_token",
    "lowest_memory_gb",
    "refuse_above_peak",
    "tokens_per_gpu_second",
    "training_gpu_hours",
]

Method = Literal["full", "lora", "qlora"]
# Of a forward and two backward passes a frozen model skips that for its own weights' gradients.
_FROZEN = 2 / 3
# QLoRA unpacks 4-bit weights for every pass (Dettmers et al., 2023, report about 1.3 times the time).
_UNPACKING = 1.3
_SMALL = 1.3e9
# Bytes a parameter: 16-bit weights and gradients, 32-bit master weights and two moments of Adam.
_STATE_BYTES: dict[Method, float] = {"full": 16.0, "lora": 2.1, "qlora": 0.65}


@dataclass(frozen=True)
class TrainingRun:
    """What is trained on what.

    Attributes:
        gpu: Name of ``GPUS``.
        eight_bit: Whether matrices are multiplied at 8 bits.
        recomputes: Whether activations are computed again to save memory.
    """

    parameters: float
    layers: int
    hidden: int
    context: float
    gpu: str
    eight_bit: bool = False
    recomputes: bool = True


@dataclass(frozen=True)
class TrainingFit:
    """Logarithm of operations a second, by GPU, and of the corrections.

    Attributes:
        gpus: By name.
        corrections: Small model, share of attention, recomputation, 8 bits.
        low: 5 % of measured speeds of unseen models were below this share of the predicted.
        high: 5 % were above.
    """

    gpus: dict[str, float]
    corrections: tuple[float, ...]
    low: float
    high: float


def flops_per_token(run: TrainingRun) -> float:
    """Return the operations of one token: ``6 N + 12 L H T``."""
    return 6 * run.parameters + 12 * run.layers * run.hidden * run.context


def features(run: TrainingRun) -> tuple[float, float, float, float]:
    """Return what corrects a GPU's utilisation."""
    attention = 12 * run.layers * run.hidden * run.context / (6 * run.parameters)
    small = max(0.0, log(_SMALL / run.parameters))
    return small, log(1 + attention), float(run.recomputes), float(run.eight_bit)


def tokens_per_gpu_second(run: TrainingRun, fit: TrainingFit | None = None) -> Sized:
    """Return the tokens that one GPU trains on in a second, all weights trained.

    Raises:
        InputError: The GPU has no published measurement.
    """
    used = fit or _shipped()
    if run.gpu not in used.gpus:
        raise InputError(
            f"no published training speed of {run.gpu}",
            hint=f"Known: {', '.join(sorted(used.gpus))}.",
        )
    corrected = sum(a * b for a, b in zip(used.corrections, features(run), strict=True))
    value = exp(used.gpus[run.gpu] + corrected) / flops_per_token(run)
    return Sized(value, value * used.low, value * used.high, "tokens per GPU second")


def training_gpu_hours(
    run: TrainingRun, tokens: float, *, method: Method = "full", fit: TrainingFit | None = None
) -> Sized:
    """Return the GPU hours of training on so many tokens.

    LoRA leaves out the gradients of frozen weights; QLoRA unpacks 4-bit weights besides. Their factors
    come from papers, not from the published tables, and are not in the band.
    """
    factor = {"full": 1.0, "lora": _FROZEN, "qlora": _FROZEN * _UNPACKING}[method]
    return tokens_per_gpu_second(run, fit).per(tokens * factor / 3600, "GPU hours")


def lowest_memory_gb(run: TrainingRun, method: Method) -> float:
    """Return the memory for weights, gradients and optimizer, without activations, in GB."""
    return run.parameters * _STATE_BYTES[method] / 1e9


def refuse_above_peak(run: TrainingRun, tokens_s: float) -> None:
    """Check a measured speed against the GPU's peak.

    Raises:
        InputError: It is faster than the peak allows; says why.
    """
    gpu = GPUS[run.gpu]
    peak = gpu.flops * (gpu.eight_bit if run.eight_bit else 1)
    needed = tokens_s * flops_per_token(run)
    if needed > peak:
        raise InputError(
            f"{tokens_s:,.0f} tokens a second on one {run.gpu} is above the roofline: they take"
            f" {needed / 1e12:,.0f} TFLOP/s and its peak is {peak / 1e12:,.0f}",
            hint="Check whether the tokens are of all GPUs, and the size of the model.",
        )


@cache
def _shipped() -> TrainingFit:
    text = files("centavo.planning.sizing").joinpath("data", "training.json").read_text("utf-8")
    read = json.loads(text)
    return TrainingFit(dict(read["gpus"]), tuple(read["corrections"]), read["low"], read["high"])
