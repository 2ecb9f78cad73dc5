"""Cubes with planted causes, of the kind of ``rca_cost_v0``: forecast and real cost by leaf cell.

About 3,000 of the leaf cells of four dimensions (12 projects, 11 models, 24 endpoints, 6 features) hold
cost of very different size. Each cell has noise, the same for the whole cube, of 5 to 25 %. One cause or
two, of one to three attributes, multiply their cells by 1.5 to 4, or their cost is new (forecast 0).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

__all__ = ["DIMENSIONS", "Case", "case"]

DIMENSIONS = {"project": 12, "model": 11, "endpoint": 24, "feature": 6}
CELLS = 3000
NEW_SHARE = 0.2
_LAYERS = (0.5, 0.43, 0.07)


@dataclass(frozen=True)
class Case:
    """A cube (columns of dimensions, ``before``, ``after``) and its causes."""

    table: pa.Table
    causes: frozenset[frozenset[tuple[str, str]]]


def case(seed: int, *, hard: bool = False) -> Case:
    """Return the cube of a seed.

    Args:
        seed: Same seed, same cube.
        hard: What the first kind does not have: costs that fall too, noise with heavy tails (Student's t
            of 3), small cells noisier than large ones, everything else grown by up to 20 %, and one cell
            in 200 that moves for no reason.
    """
    rng = np.random.default_rng(seed)
    names = list(DIMENSIONS)
    weights = [rng.dirichlet(np.full(count, 3.0)) for count in DIMENSIONS.values()]
    codes = _cells(rng, weights)
    before = rng.lognormal(0, 1.5, len(codes))
    noise = rng.uniform(0.05, 0.25)
    scale = np.full(len(codes), noise)
    drawn = rng.standard_normal(len(codes))
    if hard:
        scale = noise * np.clip((before / np.median(before)) ** -0.2, 0.5, 2)
        drawn = np.clip(rng.standard_t(3, len(codes)), -8, 8)
    after = before * np.exp(scale * drawn)
    if hard:
        after *= rng.uniform(1.0, 1.2)
        wild = rng.random(len(codes)) < 0.005
        after[wild] *= np.exp(rng.uniform(-2, 2, int(wild.sum())))
    causes: set[frozenset[tuple[str, str]]] = set()
    wanted = 1 if rng.random() < 0.65 else 2
    while len(causes) < wanted:
        depth = int(rng.choice([1, 2, 3], p=_LAYERS))
        chosen = rng.choice(len(names), depth, replace=False)
        like = codes[rng.integers(len(codes))]
        inside = (codes[:, chosen] == like[chosen]).all(axis=1)
        element = frozenset((names[d], f"{names[d][0]}{like[d]}") for d in chosen)
        if int(inside.sum()) < 4 or any(element <= other or other <= element for other in causes):
            continue
        causes.add(element)
        if rng.random() < NEW_SHARE:
            before[inside] = 0
        else:
            factor = rng.uniform(1.5, 4)
            after[inside] *= 1 / factor if hard and rng.random() < 0.4 else factor
    columns = {
        name: [f"{name[0]}{value}" for value in codes[:, place]] for place, name in enumerate(names)
    }
    return Case(pa.table({**columns, "before": before, "after": after}), frozenset(causes))


def _cells(rng: np.random.Generator, weights: list[np.ndarray]) -> np.ndarray:
    """Return distinct leaf cells, more of those with common values."""
    drawn = np.stack([rng.choice(len(w), 2 * CELLS, p=w) for w in weights], axis=1)
    _, first = np.unique(drawn, axis=0, return_index=True)
    return drawn[np.sort(first)][:CELLS]
