"""Betting against a loss: how much a gambler would have won if the mean loss were below the limit.

Under the hypothesis "the mean loss is at least ``limit``", a capital that is multiplied by
``1 + bet * (limit - loss)`` for every label does not grow on average, so that it ever passes
``1 / alpha`` with probability ``alpha`` at most (Ville's inequality): at any number of labels, looked
at as often as one likes. The average of the capitals of several bets is such a capital too, and does
not depend on the order of the labels.

Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86
(2024), section 4 and eq. (26) for the size of a bet.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["bets_for", "log_capital", "log_capital_by_threshold"]

# Numbers of labels that the bets are made for: a bet that fits n labels loses little at n/2 and 2n.
_SIZES = (250.0, 1000.0, 4000.0)
# A bet may never lose all of its capital at once; 0.9 of the largest keeps a tenth.
_CAUTION = 0.9
# Of losses seen beforehand: a threshold under which nothing was lost has a variance all the same.
_LEAST_VARIANCE = 1e-3


def bets_for(variance: "Floats", *, limit: float, alpha: float) -> "Floats":
    """Return bets of shape (thresholds, sizes), each at most what no single loss can ruin.

    Args:
        variance: Of the loss at each threshold, known before the labels that are bet on.
        limit: Mean loss that is bet against, above -1 and below 1.
        alpha: 1 minus the confidence.
    """
    import numpy as np

    known = np.maximum(variance, _LEAST_VARIANCE)[:, None]
    best = np.sqrt(2 * np.log(1 / alpha) / (np.array(_SIZES) * known))
    return np.minimum(best, _CAUTION / (1 - limit))


def log_capital(losses: "Floats", bets: "Floats", *, limit: float) -> float:
    """Return the logarithm of the capital, averaged over the bets, after all losses.

    Args:
        losses: Each in [-1, 1]: quality of the model kept minus quality of the cheaper one.
        bets: In [0, 1 / (1 - limit)).
        limit: Mean loss that is bet against.
    """
    import numpy as np

    won = np.log1p(bets[:, None] * (limit - losses[None, :])).sum(axis=1)
    return float(np.logaddexp.reduce(won) - np.log(len(bets)))


def log_capital_by_threshold(
    order: "npt.NDArray[np.intp]", losses: "Floats", bets: "Floats", *, limit: float
) -> "Floats":
    """Return the capital of every bet at every threshold, of shape (thresholds, bets), as logarithms.

    A request above the threshold stays with the model that is kept and loses nothing.

    Args:
        order: For each label the first threshold that moves it; the number of thresholds when none
            does.
        losses: Loss of each label if it is moved, in [-1, 1].
        bets: Of shape (thresholds, bets).
        limit: Mean loss that is bet against.
    """
    import numpy as np

    count = len(bets)
    values, which = np.unique(losses, return_inverse=True)
    # Labels that each threshold moves, by their loss: few losses differ, so this is small.
    moved = np.zeros((count + 1, len(values)))
    np.add.at(moved, (order, which), 1)
    moved = moved[:count].cumsum(axis=0)
    stayed = len(losses) - moved.sum(axis=1)
    won = np.log1p(bets[:, :, None] * (limit - values)[None, None, :])
    return np.einsum("tv,tbv->tb", moved, won) + stayed[:, None] * np.log1p(bets * limit)
