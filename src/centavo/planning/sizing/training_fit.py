"""How fine-tuning is fitted to measured speeds, and judged on models that the fit has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from centavo.planning.distributions import Array
from centavo.planning.sizing.calibration import Judged
from centavo.planning.sizing.training import (
    TrainingFit,
    TrainingRun,
    features,
    flops_per_token,
    refuse_above_peak,
    tokens_per_gpu_second,
)

__all__ = ["TrainingMeasurement", "fit_training", "judge_training"]

_ROUNDS = 60


@dataclass(frozen=True)
class TrainingMeasurement:
    """A measured speed: tokens a second on each GPU; ``model`` names what is held out together."""

    model: str
    run: TrainingRun
    tokens_s: float


def fit_training(rows: Sequence[TrainingMeasurement]) -> TrainingFit:
    """Return the fit to measured speeds, its band from models held out in turn.

    Raises:
        InputError: A speed is above the GPU's peak.
    """
    fit = _fitted(rows)
    ratios = _held_out_ratios(rows)
    low, high = (float(np.quantile(ratios, share)) for share in (0.05, 0.95))
    return replace(fit, low=low, high=high)


def judge_training(rows: Sequence[TrainingMeasurement]) -> Judged:
    """Return predictions of each model by a fit to all others, with bands from those alone."""
    measured = np.array([it.tokens_s for it in rows])
    found, low, high = (np.zeros(len(rows)) for _ in range(3))
    for model in sorted({it.model for it in rows}):
        held = np.array([it.model == model for it in rows])
        others = [it for it in rows if it.model != model]
        fit = _fitted(others)
        found[held] = [tokens_per_gpu_second(it.run, fit).value for it in rows if it.model == model]
        ratios = _held_out_ratios(others)
        low[held] = found[held] * np.quantile(ratios, 0.05)
        high[held] = found[held] * np.quantile(ratios, 0.95)
    return Judged(found, measured, low, high)


def _held_out_ratios(rows: Sequence[TrainingMeasurement]) -> Array:
    ratios: list[float] = []
    for model in sorted({it.model for it in rows}):
        fit = _fitted([it for it in rows if it.model != model])
        ratios += [
            it.tokens_s / tokens_per_gpu_second(it.run, fit).value
            for it in rows
            if it.model == model
        ]
    return np.array(ratios)


def _fitted(rows: Sequence[TrainingMeasurement]) -> TrainingFit:
    """Return the fit of least absolute deviations, by reweighted least squares."""
    for it in rows:
        refuse_above_peak(it.run, it.tokens_s)
    keys = sorted({it.run.gpu for it in rows})
    design: Array = np.array(
        [[float(it.run.gpu == key) for key in keys] + list(features(it.run)) for it in rows]
    )
    logs: Array = np.array([np.log(it.tokens_s * flops_per_token(it.run)) for it in rows])
    weight = np.ones(len(rows))
    found = np.zeros(design.shape[1], dtype=np.float64)
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        solved = cast("Sequence[Array]", np.linalg.lstsq(design * root[:, None], logs * root))
        found = solved[0]
        weight = 1 / np.maximum(np.abs(logs - design @ found), 1e-3)
    values = [float(it) for it in found.tolist()]
    return TrainingFit(
        dict(zip(keys, values[: len(keys)], strict=True)), tuple(values[len(keys) :]), 1.0, 1.0
    )
