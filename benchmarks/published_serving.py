"""Published serving measurements (aiconfigurator's silicon sample) as what sizing is fitted to."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from math import isqrt
from pathlib import Path
from typing import cast

from centavo.errors import InputError
from centavo.planning.sizing import GPUS, OPEN_MODELS
from centavo.planning.sizing.calibration import Measurement
from centavo.planning.sizing.serving import Engine, Precision, Serving, refuse_above_roofline

_MODELS = (
    ("deepseek", "deepseek-v3"), ("minimax", "minimax-m2.5"), ("gpt-oss", "gpt-oss-120b"),
    ("llama-3.1-70b", "llama-3.1-70b"), ("llama-3.1-8b", "llama-3.1-8b"),
    ("qwen3-32b", "qwen3-32b"), ("qwen3-235b", "qwen3-235b-a22b"),
    ("qwen3.5-397b", "qwen3.5-397b-a17b"), ("kimi", "kimi-k2.5"), ("glm-5", "glm-5"),
)  # fmt: skip
_PRECISIONS: dict[str, Precision] = {
    "fp8": "fp8",
    "fp8_block": "fp8",
    "nvfp4": "fp4",
    "int4_wo": "int4",
    "": "bf16",
}
# What was launched, as the row's name says: GPUs of the replica, and over how many experts are spread.
_LAUNCHED = re.compile(r"_tp(\d+)(?:_\d+)?_ep\d+(?:_|$)")
_CONCURRENCY = re.compile(r"silicon_concurrency=(\d+)")


@dataclass
class Published:
    """What was read, and what was not and why."""

    measurements: list[Measurement] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_published(path: Path) -> Published:
    """Return the measurements of aggregated serving: prefill and decode on the same GPUs."""
    found = Published()
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["mode"] != "agg":
                found.left_out["prefill and decode on different GPUs"] += 1
                continue
            try:
                found.measurements.append(_measurement(row))
            except InputError as error:
                found.left_out[re.sub(r"[0-9][0-9.e+-]*", "N", error.message)[:60]] += 1
    return found


def _measurement(row: dict[str, str]) -> Measurement:
    name = next(ours for theirs, ours in _MODELS if theirs in row["model_path"].lower())
    model = OPEN_MODELS[name]
    # gpt-oss is published in 4-bit weights; the sheet does not say so.
    precision: Precision = "int4" if name == "gpt-oss-120b" else _PRECISIONS[row["gemm_quant_mode"]]
    data_parallel = max(1, int(row["attention_dp_size"] or 1))
    stated = _CONCURRENCY.search(row["silicon_data_source"])
    concurrency = float(stated[1]) if stated else float(row["batch_size"]) * data_parallel
    serving = Serving(
        model=model, gpu=GPUS[row["system"].replace("_", "-")], engine=cast("Engine", row["backend"]),
        precision=precision, gpus=_gpus(row), concurrency=concurrency,
        input_tokens=float(row["isl"]), output_tokens=float(row["osl"]),
    )  # fmt: skip
    first, following = float(row["silicon_ttft_ms"]) / 1e3, float(row["silicon_tpot_ms"]) / 1e3
    refuse_above_roofline(serving, following)
    # The whole request shared out over its tokens: what a GPU hour yields.
    token_s = (first + following * (serving.output_tokens - 1)) / serving.output_tokens
    return Measurement(serving, token_s)


def _gpus(row: dict[str, str]) -> int:
    """Return the GPUs of the replica.

    Two of the sheet's snapshots multiply the degrees of tensor and expert parallelism, which use the same
    GPUs: of a run that its name calls ``tp8_ep8`` they say 64, and 69 measurements stand in an earlier
    snapshot, equal to the last digit, with 8. The name counts where it says so; rows that are named by
    number come from the same runs, and a product is read as one.
    """
    launched = _LAUNCHED.search(row["id"])
    if launched:
        return int(launched[1])
    degrees = ("tp_size", "pp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size")
    tensor, pipeline, data, of_experts, experts = (int(row[it] or 0) or 1 for it in degrees)
    attention, side = tensor * pipeline * data, isqrt(tensor * data)
    multiplied = experts > 1 and side * side == attention == of_experts * experts
    if "_cfg" in row["id"] and multiplied and (of_experts == experts or (of_experts == 1 < data)):
        return side
    return max(attention, of_experts * experts)
