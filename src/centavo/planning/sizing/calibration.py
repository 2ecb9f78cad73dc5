"""How sizing is fitted to measurements, and judged on model families that the fit has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from centavo.planning.distributions import Array
from centavo.planning.sizing.serving import ENGINES, Serving, ServingFit, corrections, terms

__all__ = [
    "Judged",
    "Measurement",
    "fit_serving",
    "held_out_ratios",
    "judge_serving",
    "predicted",
]

_RIDGE = 30.0
_ROUNDS = 25
_UPDATES = 3_000


@dataclass(frozen=True)
class Measurement:
    """A measured time per output token, prefill shared out, in seconds."""

    serving: Serving
    token_s: float


@dataclass(frozen=True)
class Judged:
    """Predictions for families that were held out.

    Attributes:
        predicted: Seconds, one for each measurement.
        measured: Seconds.
        low: Lower end of the 90 % band; from the families that were not held out.
        high: Its upper end.
    """

    predicted: Array
    measured: Array
    low: Array
    high: Array

    @property
    def errors(self) -> Array:
        """Absolute error as a share of the measured time."""
        return np.abs(self.predicted / self.measured - 1)

    @property
    def covered(self) -> float:
        """Share of measurements within the band."""
        inside = (self.measured >= self.low) & (self.measured <= self.high)
        return float(np.count_nonzero(inside)) / len(inside)


def fit_serving(
    measurements: Sequence[Measurement], *, band: tuple[float, float] = (1.0, 1.0)
) -> ServingFit:
    """Return the fit to measurements; ``band`` are the shares of measured over predicted to ship."""
    physical = np.array([terms(it.serving) for it in measurements])
    measured = np.array([it.token_s for it in measurements])
    engines = np.array([it.serving.engine for it in measurements])
    weights: dict[str, tuple[float, ...]] = {}
    log_times = np.zeros(len(measured))
    for engine in ENGINES:
        rows = engines == engine
        if rows.any():
            found = _not_negative(physical[rows] / measured[rows, None])
            weights[engine] = tuple(float(it) for it in found)
            log_times[rows] = np.log(physical[rows] @ found)
    design = np.array(
        [
            corrections(it.serving, float(log))
            for it, log in zip(measurements, log_times, strict=True)
        ]
    )
    centre, scale = design.mean(axis=0), design.std(axis=0) + 1e-9
    coefficients, offset = _ridge((design - centre) / scale, np.log(measured))
    return ServingFit(
        weights, _plain(centre), _plain(scale), _plain(coefficients), offset, band[0], band[1]
    )


def predicted(fit: ServingFit, measurements: Sequence[Measurement]) -> Array:
    """Return the predicted seconds of measurements."""
    logs = [
        float(np.log(terms(it.serving) @ np.array(fit.weights[it.serving.engine])))
        for it in measurements
    ]
    design = np.array(
        [corrections(it.serving, log) for it, log in zip(measurements, logs, strict=True)]
    )
    scaled = (design - np.array(fit.centre)) / np.array(fit.scale)
    return np.exp(scaled @ np.array(fit.coefficients) + fit.offset)


def judge_serving(measurements: Sequence[Measurement]) -> Judged:
    """Return predictions of each model family by a fit to all others, with bands from those alone.

    The band around a held-out family comes from the errors that the other families show when each of
    them is held out in turn: nothing of a family that is judged is looked at.
    """
    families = np.array([it.serving.model.family for it in measurements])
    measured = np.array([it.token_s for it in measurements])
    found, low, high = (np.zeros(len(measured)) for _ in range(3))
    for family in sorted(set(families.tolist())):
        held = families == family
        others = [it for it, out in zip(measurements, held, strict=True) if not out]
        found[held] = predicted(
            fit_serving(others), [m for m, o in zip(measurements, held, strict=True) if o]
        )
        ratios = held_out_ratios(others)
        low[held] = found[held] * np.quantile(ratios, 0.05)
        high[held] = found[held] * np.quantile(ratios, 0.95)
    return Judged(found, measured, low, high)


def held_out_ratios(measurements: Sequence[Measurement]) -> Array:
    """Return measured over predicted of every measurement, its family held out."""
    families = np.array([it.serving.model.family for it in measurements])
    ratios = np.zeros(len(measurements))
    for family in sorted(set(families.tolist())):
        held = families == family
        others = [it for it, out in zip(measurements, held, strict=True) if not out]
        tested = [it for it, out in zip(measurements, held, strict=True) if out]
        times = np.array([it.token_s for it in tested])
        ratios[held] = times / predicted(fit_serving(others), tested)
    return ratios


def _not_negative(shares: Array) -> Array:
    """Return weights of 0 or more with which the shares of each row add up to 1, in least squares.

    Multiplicative updates of Lee and Seung (2001), which cannot leave zero and above.
    """
    squares, sums = shares.T @ shares, shares.sum(axis=0)
    found = np.full(shares.shape[1], 0.5)
    for _ in range(_UPDATES):
        found *= sums / (squares @ found + 1e-12)
    return found


def _ridge(design: Array, logs: Array) -> tuple[Array, float]:
    """Return coefficients and offset of a ridge regression that outliers pull on only by one part."""
    offset = float(logs.mean())
    centred, weight = logs - offset, np.ones(len(logs))
    found = np.zeros(design.shape[1], dtype=np.float64)
    for _ in range(_ROUNDS):
        weighted = (design * weight[:, None]).T
        squares = weighted @ design + _RIDGE * np.eye(design.shape[1])
        found = cast("Array", np.linalg.solve(squares, weighted @ centred))
        weight = 1 / np.maximum(np.abs(centred - design @ found), 0.03)
    return found, offset


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(float(f"{it:.8g}") for it in values.tolist())
