"""Ridge regression of the loss on blocks of columns, each with a weight chosen by leaving one out.

Equivalent to a Gaussian process whose covariance is the sum of the blocks' inner products, each times
its weight, with noise of variance 1. Solved by conjugate gradients, which need no square matrix for the last
fit on all rows.

Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), eq. (5.12), leave-one-out.
"""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from centavo.modelfit.routing.blocks import BlockName, Blocks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float32]
    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

__all__ = ["choose_weights", "fit_blocks", "gram", "predict_folds"]

# What a block may say where the labels do not speak clearly for anything else; each weight is tried at
# three times and a third of it.
_USUAL: dict[BlockName, float] = {
    "category": 0.03, "form": 0.01, "near": 0.06, "tokens": 0.05, "agreement": 0.3,
}  # fmt: skip
_STEP = 3.0
# Weights depend little on the number of rows, their search on its cube.
_SEARCH_ROWS = 800
_ITERATIONS = 200
_TOLERANCE = 1e-4


def gram(block: "Matrix") -> "Matrix":
    """Return the inner products of the rows."""
    return block @ block.T


def choose_weights(
    blocks: Blocks, losses: "Floats", names: Sequence[BlockName]
) -> dict[BlockName, float]:
    """Return the weight of each block: the usual one, unless another is better beyond doubt.

    The squared errors when one row is left out are noisy, so another weight must reduce them by more
    than two standard errors of the difference (Breiman et al., CART, 1984, section 3.4.3, asks for one).

    Args:
        blocks: Of the training rows, in random order: the first 800 are used.
        losses: Of the same rows.
        names: Blocks to use.
    """
    rows = min(len(losses), _SEARCH_ROWS)
    grams: dict[BlockName, Matrix] = {name: gram(blocks.columns[name][:rows]) for name in names}
    target = losses[:rows] - losses[:rows].mean()
    weights: dict[BlockName, float] = {name: _USUAL[name] for name in names}
    best = _left_out(grams, weights, target)
    for name in names:
        for factor in (_STEP, 1 / _STEP):
            tried: dict[BlockName, float] = {**weights, name: weights[name] * factor}
            errors = _left_out(grams, tried, target)
            if _clearly_less(errors, best):
                best, weights = errors, tried
                break
    return weights


def predict_folds(
    grams: "Mapping[BlockName, Matrix]",
    weights: Mapping[BlockName, float],
    losses: "Floats",
    folds: "Rows",
) -> "Floats":
    """Return for each row what the rows of the other folds predict of it.

    Args:
        grams: Inner products by block.
        weights: By block.
        losses: Of the rows.
        folds: Number of the fold that each row is in.
    """
    import numpy as np

    whole = _weighted(grams, weights)
    predicted = np.zeros(len(losses))
    for fold in np.unique(folds):
        held, kept = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        mean = losses[kept].mean()
        system = whole[np.ix_(kept, kept)] + np.eye(len(kept), dtype=np.float32)
        target = (losses[kept] - mean).astype(np.float32)
        # A twentieth of the work of a direct solution.
        solved = _conjugate_gradients(system.__matmul__, target)
        predicted[held] = mean + whole[np.ix_(held, kept)] @ solved
    return predicted


def fit_blocks(
    blocks: Blocks, losses: "Floats", weights: Mapping[BlockName, float]
) -> "tuple[float, dict[BlockName, Floats]]":
    """Return the intercept and the coefficient of every column, fitted on all rows.

    Solves (X X' + 1) a = y by conjugate gradients, with X the columns times the root of their
    block's weight; the coefficients are X' a times that root.
    """
    import numpy as np

    mean = float(losses.mean())
    used = [(blocks.columns[name], np.float32(weight)) for name, weight in weights.items()]

    def applied(vector: "Matrix") -> "Matrix":
        image = vector.copy()
        for x, w in used:
            image += w * (x @ (x.T @ vector))
        return image

    solved = _conjugate_gradients(applied, (losses - mean).astype(np.float32))
    found: dict[BlockName, Floats] = {
        name: (blocks.columns[name].T @ solved).astype(np.float64) * weight
        for name, weight in weights.items()
    }
    return mean, found


def _left_out(
    grams: "Mapping[BlockName, Matrix]", weights: Mapping[BlockName, float], target: "Floats"
) -> "Floats":
    """Return the squared error of each row when the others predict it."""
    import numpy as np

    whole = _weighted(grams, weights)
    inverse = np.linalg.inv(whole + np.eye(len(target), dtype=np.float32))
    errors = (inverse @ target.astype(np.float32)) / np.diag(inverse)
    return errors.astype(np.float64) ** 2


def _clearly_less(errors: "Floats", others: "Floats") -> bool:
    gain = others - errors
    return float(gain.mean()) > 2 * float(gain.std()) / sqrt(len(gain))


def _weighted(grams: "Mapping[BlockName, Matrix]", weights: Mapping[BlockName, float]) -> "Matrix":
    import numpy as np

    total: Matrix = np.zeros_like(next(iter(grams.values())))
    for name, weight in weights.items():
        total += np.float32(weight) * grams[name]
    return total


def _conjugate_gradients(applied: "Callable[[Matrix], Matrix]", target: "Matrix") -> "Matrix":
    import numpy as np

    solved: Matrix = np.zeros_like(target)
    residual = target.copy()
    direction = residual.copy()
    size = float(residual @ residual)
    enough = size * _TOLERANCE**2
    for _ in range(_ITERATIONS):
        if size <= enough:
            break
        image = applied(direction)
        step = np.float32(size / float(direction @ image))
        solved += step * direction
        residual -= step * image
        size, before = float(residual @ residual), size
        direction *= np.float32(size / before)
        direction += residual
    return solved
