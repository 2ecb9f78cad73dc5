"""Training a router on paired outcomes, and what its cross-validation says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.modelfit.routing.blocks import BlockName, Blocks, Standard
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.modelfit.routing.ridge import choose_weights, fit_blocks, gram, predict_folds
from centavo.policy.route import FormWeight, Router, RouteScore
from centavo.policy.route_features import FORM

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Matrix = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.intp]

__all__ = ["BLOCKS", "TrainedRouter", "block_scores", "fold_numbers", "train_router"]

# What each kind of router sees. Agreement is known only after the cheap model was asked.
BLOCKS: dict[Router, tuple[BlockName, ...]] = {
    "category": ("category",),
    "text": ("category", "form", "near", "tokens"),
    "cascade": ("category", "form", "near", "tokens", "agreement"),
}
FOLDS = 5
# Cross-validation needs the inner products of all its rows, so it looks at no more than these.
CHECKED_ROWS = 2000


@dataclass(frozen=True)
class TrainedRouter:
    """A router and the scores that its cross-validation gave to the rows it was trained on.

    Attributes:
        kind: What it sees.
        score: How it scores a request.
        out_of_fold: For the first training rows, at most ``CHECKED_ROWS``, the score by a router that
            had not seen the row.
    """

    kind: Router
    score: RouteScore
    out_of_fold: "Floats"


def train_router(
    kind: Router, pairs: PairedOutcomes, blocks: Blocks, *, folds: "Rows"
) -> TrainedRouter | None:
    """Return the router fitted on all rows; ``None`` when the outcomes lack what it must see.

    Args:
        kind: What it may see.
        pairs: Training outcomes, in random order.
        blocks: Of the same rows.
        folds: Fold of each of the first rows (``fold_numbers``).
    """
    names: list[BlockName] = [name for name in BLOCKS[kind] if name in blocks.columns]
    if BLOCKS[kind][-1] not in names:
        return None
    weights = choose_weights(blocks, pairs.losses, names)
    checked = len(folds)
    grams: dict[BlockName, Matrix] = {name: gram(blocks.columns[name][:checked]) for name in names}
    scores = predict_folds(
        grams,
        weights,
        pairs.losses[:checked],
        folds,
    )
    intercept, coefficients = fit_blocks(blocks, pairs.losses, weights)
    return TrainedRouter(kind, _score(pairs, blocks, intercept, coefficients), scores)


def fold_numbers(rows: int) -> "Rows":
    """Return the fold of each of the first rows, in turn: rows are in random order already."""
    import numpy as np

    return np.arange(min(rows, CHECKED_ROWS)) % FOLDS


def block_scores(score: RouteScore, blocks: Blocks) -> "Floats":
    """Return the scores of many rows at once, as ``RouteScorer`` gives them one by one."""
    import numpy as np

    total: Floats = np.full(len(next(iter(blocks.columns.values()))), score.intercept)
    if score.categories is not None:
        weights = [score.categories.get(name, 0.0) for name in blocks.categories]
        total += blocks.columns["category"] @ np.array(weights)
    if score.form is not None:
        total += _standardised(blocks, "form", [score.form[name] for name in FORM])
    if score.tokens:
        total += blocks.columns["tokens"] @ np.array(score.tokens)
    if score.near is not None and blocks.basis is not None:
        total += blocks.columns["near"] @ blocks.basis.coefficients(score.near)
    if score.agreement is not None:
        total += _standardised(blocks, "agreement", [score.agreement])
    return total


def _standardised(blocks: Blocks, name: BlockName, weights: Sequence[FormWeight]) -> "Floats":
    import numpy as np

    # Rows keep the standard of the outcomes that they were read with.
    wide = blocks.columns[name].astype(np.float64)
    return wide @ np.array([each.weight for each in weights])


def _score(
    pairs: PairedOutcomes,
    blocks: Blocks,
    intercept: float,
    coefficients: "Mapping[BlockName, Floats]",
) -> RouteScore:
    category = coefficients.get("category")
    form, tokens = coefficients.get("form"), coefficients.get("tokens")
    agreement, near = coefficients.get("agreement"), coefficients.get("near")
    return RouteScore(
        intercept=intercept,
        dimension=pairs.dimension if category is not None else None,
        categories=None
        if category is None
        else dict(zip(blocks.categories, category.tolist(), strict=True)),
        form=None
        if form is None
        else dict(zip(FORM, _weights(form, blocks.standards["form"]), strict=True)),
        tokens=() if tokens is None else tuple(tokens.tolist()),
        agreement=None
        if agreement is None
        else _weights(agreement, blocks.standards["agreement"])[0],
        near=None if near is None or blocks.basis is None else blocks.basis.nearness(near),
    )


def _weights(coefficients: "Floats", standard: Standard) -> list[FormWeight]:
    return [
        FormWeight(float(mean), float(scale), float(weight))
        for mean, scale, weight in zip(standard.mean, standard.scale, coefficients, strict=True)
    ]
