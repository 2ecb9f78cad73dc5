"""Which router is worth having: each against the simplest ones, on the same held-out rows.

A router of text is not sold for what the category alone, the nearest neighbours or the length of the
prompt would give as well.
"""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from centavo.modelfit.routing.blocks import Blocks, read_blocks
from centavo.modelfit.routing.frontier import advantage
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.modelfit.routing.ridge import gram
from centavo.modelfit.routing.router import FOLDS, TrainedRouter, fold_numbers, train_router
from centavo.policy.route import ROUTERS, Router
from centavo.policy.route_features import FORM

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

__all__ = ["Comparison", "Contestant", "compare_routers"]

_NEIGHBOURS = 20
# Student's t for five folds: what two standard errors are for many, 95 % on both sides. A category, which no
# text must be read for, needs two.
_STANDARD_ERRORS: dict[Router, float] = {"category": 2.0, "text": 2.776, "cascade": 2.776}


@dataclass(frozen=True)
class Contestant:
    """A way of ranking requests, and what it is worth on held-out rows.

    Attributes:
        name: ``category``, ``text``, ``cascade``, ``length`` or ``neighbours``.
        advantage: Mean loss avoided beside a random ranking, in points of score.
        gap_recovered: APGR; ``None`` when the dearer model is no better.
        by_fold: The advantage in each fold.
    """

    name: str
    advantage: float
    gap_recovered: float | None
    by_fold: tuple[float, ...]

    def beats(self, other: "Contestant", *, errors: float) -> bool:
        """Say whether it is better by more than so many standard errors of the difference."""
        gains = [a - b for a, b in zip(self.by_fold, other.by_fold, strict=True)]
        mean = sum(gains) / len(gains)
        variance = sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)
        return mean > errors * sqrt(variance / len(gains))


@dataclass(frozen=True)
class Comparison:
    """Every contestant, the router that is worth having, and why.

    Attributes:
        contestants: The best first.
        chosen: ``None`` when none is better than moving requests at random.
        reason: Why this one, as a sentence.
        routers: Every router that could be trained, by what it sees, the least first.
    """

    contestants: tuple[Contestant, ...]
    chosen: TrainedRouter | None
    reason: str
    routers: tuple[TrainedRouter, ...]


def compare_routers(pairs: PairedOutcomes, *, blocks: Blocks | None = None) -> Comparison:
    """Train every router that the outcomes allow and choose one.

    Args:
        pairs: Training outcomes, in random order.
        blocks: Of the same rows, when they were read already.
    """
    read = read_blocks(pairs) if blocks is None else blocks
    folds = fold_numbers(len(pairs))
    losses = pairs.losses[: len(folds)]
    routers: dict[Router, TrainedRouter] = {
        kind: trained
        for kind in ROUTERS
        if (trained := train_router(kind, pairs, read, folds=folds)) is not None
    }
    scores: dict[str, Floats] = {kind: trained.out_of_fold for kind, trained in routers.items()}
    scores |= _simple_scores(read, losses, folds)
    entered = {name: _contestant(name, each, losses, folds) for name, each in scores.items()}
    ranked = tuple(sorted(entered.values(), key=lambda each: -each.advantage))
    chosen, reason = _choose(routers, entered)
    return Comparison(ranked, chosen, reason, tuple(routers.values()))


def _choose(
    routers: "dict[Router, TrainedRouter]", entered: "dict[str, Contestant]"
) -> tuple[TrainedRouter | None, str]:
    """Return the router that sees most among those that beat everything simpler than them.

    A category is simplest of all: it needs to beat only chance.
    """
    tried: list[str] = []
    for kind in reversed(ROUTERS):
        if kind not in routers:
            continue
        simpler = [_RANDOM, *(entered[name] for name in _simpler(kind) if name in entered)]
        errors = _STANDARD_ERRORS[kind]
        unbeaten = [each.name for each in simpler if not entered[kind].beats(each, errors=errors)]
        if not unbeaten:
            names = ", ".join(each.name for each in simpler)
            return routers[
                kind
            ], f"{'; '.join([f'{kind} beats {names}', *tried])}, on held-out rows"
        tried.append(f"{kind} does not beat {', '.join(unbeaten)}")
    return None, f"{'; '.join(tried) or 'nothing tells requests apart'}, on held-out rows"


def _simpler(kind: Router) -> tuple[str, ...]:
    if kind == "category":
        return ()
    return (*ROUTERS[: ROUTERS.index(kind)], "neighbours", "length")


_RANDOM = Contestant("random", 0.0, 0.5, (0.0,) * FOLDS)


def _contestant(name: str, scores: "Floats", losses: "Floats", folds: "Rows") -> Contestant:
    import numpy as np

    by_fold = tuple(
        advantage(scores[folds == fold], losses[folds == fold]) for fold in range(FOLDS)
    )
    mean = float(np.mean(by_fold))
    gap = float(losses.mean())
    return Contestant(name, mean, 0.5 + mean / gap if gap > 0 else None, by_fold)


def _simple_scores(blocks: Blocks, losses: "Floats", folds: "Rows") -> "dict[str, Floats]":
    """Return the scores of the routers that need no training to speak of."""
    if "tokens" not in blocks.columns:
        return {}
    checked = len(folds)
    length = blocks.columns["form"][:checked, FORM.index("tokens")].astype("float64")
    near = gram(blocks.columns["tokens"][:checked])
    return {"length": length, "neighbours": _neighbour_means(near, losses, folds)}


def _neighbour_means(near: "npt.NDArray[np.float32]", losses: "Floats", folds: "Rows") -> "Floats":
    """Return the mean loss of the most similar rows of the other folds."""
    import numpy as np

    means = np.zeros(len(losses))
    for fold in range(FOLDS):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        count = min(_NEIGHBOURS, len(kept))
        similar = near[np.ix_(held, kept)]
        nearest = np.argpartition(-similar, count - 1, axis=1)[:, :count]
        means[held] = losses[kept][nearest].mean(axis=1)
    return means
