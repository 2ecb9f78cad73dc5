"""Serving, its form not chosen on the errors that are judged: what the choice of a form is worth.

    python benchmarks/serving_forms.py silicon_sample.csv

``sizing.py`` judges the form that centavo ships, which was chosen on the same held-out errors. Here nothing of a
family that is judged has been seen, its form included, in two ways: the mean of 36 forms, so that none is chosen
(in logarithms, all with the same weight), and the one of them that does best when the *other* families are held
out in turn. Forms differ in physical terms (the shipped ones;
or latent attention that tensor parallelism cannot split, attention's square of the prompt, a ring's latency and
its bytes over the generation's own links), in corrections (shipped, more, fewer), in the ridge and in whether
every family counts the same.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from published_serving import read_published
from sizing import verdict

from centavo.planning.distributions import Array
from centavo.planning.sizing.calibration import Measurement
from centavo.planning.sizing.serving import ENGINES, Serving, corrections, terms

_LATENT = frozenset({"deepseek", "kimi", "glm"})
_ROUNDS, _UPDATES = 20, 2_000


@dataclass(frozen=True)
class Form:
    """One way to fit."""

    physical: Literal["shipped", "links"]
    corrected: Literal["shipped", "more", "fewer"]
    ridge: float
    by_family: bool


FORMS = tuple(
    Form(*it)
    for it in product(("shipped", "links"), ("shipped", "more", "fewer"), (30.0, 100.0, 300.0), (False, True))
)  # fmt: skip


def link_terms(it: Serving) -> Array:
    """Return other physical terms of one output token, in seconds."""
    model, gpus, shipped = it.model, it.gpus, terms(it)
    weights, cache, both, layers, _, prefill = shipped.tolist()
    split = gpus if model.family in _LATENT else 1
    speed = 2 * model.active * it.concurrency / ((both - prefill) * gpus)
    square = 2 * model.layers * model.hidden * it.input_tokens**2 * it.concurrency
    shared = 1 + it.input_tokens / it.output_tokens
    exchanged = 4 * model.layers * it.concurrency * model.hidden * 2 * (gpus - 1) / gpus
    ring = model.layers * 1e-6 * float(np.log2(gpus)) if gpus > 1 else 0.0
    return np.array(
        [
            weights, cache * split, both - prefill, prefill + square / (speed * gpus) / it.output_tokens,
            layers, ring, exchanged * shared / (9e11 if it.gpu.blackwell else 4.5e11), it.concurrency * 1e-6,
        ]
    )  # fmt: skip


def more(it: Serving, log_time: float) -> list[float]:
    """Return the shipped corrections and some more."""
    four, mixture = float(it.precision in {"fp4", "int4"}), float(it.model.experts > 0)
    batch, gpus = float(np.log(it.concurrency)), float(np.log(it.gpus))
    rack = float(it.gpu.name in {"gb200", "gb300"})
    return [
        *corrections(it, log_time),
        four,
        four * batch,
        float(it.gpus > 8),
        rack,
        mixture * gpus,
    ]


def fewer(it: Serving, log_time: float) -> list[float]:
    """Return corrections with few products."""
    vllm, sglang = float(it.engine == "vllm"), float(it.engine == "sglang")
    batch, new = float(np.log(it.concurrency)), float(it.gpu.blackwell)
    return [
        log_time, log_time**2, vllm, sglang, new, batch, batch**2, float(np.log(it.gpus)),
        float(np.log(it.input_tokens / 1024)), float(np.log(it.output_tokens / 1024)),
        float(it.model.experts > 0), vllm * log_time, sglang * log_time, vllm * batch, sglang * batch,
        new * log_time, float(it.gpus > 8), vllm * new, sglang * new,
    ]  # fmt: skip


_TERMS: dict[str, Callable[[Serving], Array]] = {"shipped": terms, "links": link_terms}
_CORRECTIONS = {"shipped": corrections, "more": more, "fewer": fewer}


class Judge:
    """Fits forms to some families and predicts others; what two forms share is computed once."""

    def __init__(self, measurements: list[Measurement]) -> None:
        self.rows = [it.serving for it in measurements]
        self.measured = np.array([it.token_s for it in measurements])
        self.families = np.array([it.model.family for it in self.rows])
        self.engines = np.array([it.engine for it in self.rows])
        self._terms = {name: np.array([of(it) for it in self.rows]) for name, of in _TERMS.items()}
        self._logs: dict[tuple[str, frozenset[str]], Array] = {}
        self._designs: dict[tuple[str, str, frozenset[str]], Array] = {}

    def held_out(self, form: Form, among: frozenset[str]) -> Array:
        """Return predictions for each of some families by a fit to the rest of them; others are NaN."""
        found = np.full(len(self.rows), np.nan)
        for family in among:
            held = self.families == family
            found[held] = self.predicted(form, among - {family})[held]
        return found

    def predicted(self, form: Form, among: frozenset[str]) -> Array:
        """Return predictions of every row by a fit to some families."""
        taken = np.isin(self.families, sorted(among))
        design = self._design(form, among, taken)
        logs, weights = np.log(self.measured), np.ones(len(self.rows))
        if form.by_family:
            for family in among:
                of_family = self.families == family
                weights[of_family] = 1 / np.sqrt(of_family.sum())
            weights[taken] /= weights[taken].mean()
        scaled = (design - design[taken].mean(axis=0)) / (design[taken].std(axis=0) + 1e-9)
        offset = float(np.average(logs[taken], weights=weights[taken]))
        known, centred, own = scaled[taken], logs[taken] - offset, weights[taken]
        found, pull = np.zeros(design.shape[1]), own
        for _ in range(_ROUNDS):
            weighted = (known * pull[:, None]).T
            squares = weighted @ known + form.ridge * np.eye(known.shape[1])
            found = cast("Array", np.linalg.solve(squares, weighted @ centred))
            pull = own / np.maximum(np.abs(centred - known @ found), 0.03)
        return np.exp(scaled @ found + offset)

    def _design(self, form: Form, among: frozenset[str], taken: NDArray[np.bool_]) -> Array:
        key = (form.physical, form.corrected, among)
        if key not in self._designs:
            logs, of = self._log_times(form.physical, among, taken), _CORRECTIONS[form.corrected]
            rows = [of(it, float(log)) for it, log in zip(self.rows, logs, strict=True)]
            self._designs[key] = np.array(rows)
        return self._designs[key]

    def _log_times(self, physical: str, among: frozenset[str], taken: NDArray[np.bool_]) -> Array:
        if (physical, among) not in self._logs:
            logs = np.zeros(len(self.rows))
            for engine in ENGINES:
                here = self.engines == engine
                shares = (self._terms[physical] / self.measured[:, None])[here & taken]
                weights = np.full(shares.shape[1], 0.5)
                squares, sums = shares.T @ shares, shares.sum(axis=0)
                for _ in range(_UPDATES):
                    weights *= sums / (squares @ weights + 1e-12)
                logs[here] = np.log(self._terms[physical][here] @ weights + 1e-12)
            self._logs[physical, among] = logs
        return self._logs[physical, among]

    def worth(self, form: Form, among: frozenset[str]) -> float:
        """Return how far held-out errors are from their limits, the worse of the two."""
        known = np.isin(self.families, sorted(among))
        errors = np.abs(self.held_out(form, among) / self.measured - 1)
        on_vllm = errors[known & (self.engines == "vllm")]
        return max(float(np.median(errors[known])) / 0.18, float(np.median(on_vllm)) / 0.14)


def report(judge: Judge, found: Array, inside: NDArray[np.bool_]) -> None:
    """Print how far held-out predictions are from their limits, and each family's error."""
    errors = 100 * np.abs(found / judge.measured - 1)
    for family in sorted(set(judge.families.tolist())):
        print(f"  {family}: {np.median(errors[judge.families == family]):.1f} %")
    verdict("median error", float(np.median(errors)), 18)
    verdict("on vLLM", float(np.median(errors[judge.engines == "vllm"])), 14)
    verdict("held-out rows in the 90 % band", 100 * float(inside.mean()), 92, low=88)


def in_band(judge: Judge, found: Array, known: Array, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which held rows lie in the band that the errors of the others, ``known``, give."""
    low, high = np.quantile((judge.measured / known)[~held], (0.05, 0.95))
    shares = judge.measured[held] / found[held]
    return cast("NDArray[np.bool_]", (shares >= low) & (shares <= high))


def by_mean(judge: Judge, every: frozenset[str]) -> None:
    """Judge each family by the mean of all forms, fitted to the others; nothing is chosen."""
    found = mean_of_forms(judge, every)
    inside = np.zeros(len(judge.rows), dtype=bool)
    for family in sorted(every):
        held = judge.families == family
        inside[held] = in_band(judge, found, mean_of_forms(judge, every - {family}), held)
    report(judge, found, inside)


def mean_of_forms(judge: Judge, among: frozenset[str]) -> Array:
    """Return what all forms together predict, each family of some held out in turn."""
    return np.exp(np.mean([np.log(judge.held_out(form, among)) for form in FORMS], axis=0))


def by_others(judge: Judge, every: frozenset[str]) -> None:
    """Judge each family by the form that the others choose."""
    found, inside = np.zeros(len(judge.rows)), np.zeros(len(judge.rows), dtype=bool)
    for family in sorted(every):
        others, held = every - {family}, judge.families == family
        form = min(FORMS, key=lambda it, others=others: judge.worth(it, others))
        found[held] = judge.predicted(form, others)[held]
        inside[held] = in_band(judge, found, judge.held_out(form, others), held)
        print(f"  {family} is judged by {form}", flush=True)
    report(judge, found, inside)


def main() -> None:
    """Judge by the mean of all forms, then by the form that the other families choose."""
    judge = Judge(read_published(Path(sys.argv[1])).measurements)
    every = frozenset(judge.families.tolist())
    print(f"The mean of {len(FORMS)} forms, none chosen:", flush=True)
    by_mean(judge, every)
    print("The form that the other families choose:", flush=True)
    by_others(judge, every)


if __name__ == "__main__":
    main()
