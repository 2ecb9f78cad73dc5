"""The exact test of a mean loss, for labels that are counted once.

A loss is made -1, 0 or 1: one of 0.3 becomes 1 with a chance of 0.3, which keeps its mean. Of ``labels`` such
losses the sum has a distribution that is known when the share that is not 0 is known; that share is not, so
its upper limit is taken from the labels at a small part of the doubt, and the rest of the doubt is for the worst
share up to there. At a fixed number of labels this certifies what a bet, which may be looked at all the
time, certifies with half as many labels more; it may not be looked at twice.

Sources: Berger and Boos, JASA 89 (1994), for the limit of the unknown share; Clopper and Pearson, Biometrika 26
(1934), for that limit; the sum's distribution by its characteristic function.
"""

from functools import lru_cache
from math import lgamma
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.intp]

__all__ = ["MOST_LABELS", "ExactTest", "exact_test", "suits", "whole_losses"]

# Above, the tables grow large, and bets certify nearly all there is.
MOST_LABELS = 20_000
# Of the doubt, spent on the share of losses that are not 0.
_PART = 0.1
_SHARES = 240


class ExactTest:
    """P-values of "the mean loss is at least ``limit``" for every outcome of so many labels.

    Args:
        labels: How many are counted, from 1 to ``MOST_LABELS``.
        limit: Mean loss that is allowed, in (0, 1).
        alpha: 1 minus the confidence.
    """

    def __init__(self, labels: int, *, limit: float, alpha: float) -> None:
        import numpy as np

        self._labels = labels
        self._spent = _PART * alpha
        shares = np.geomspace(limit, 1.0, _SHARES)
        self._worst = _share_above(shares, labels, self._spent)
        # The sum is at most so much with the worst share up to each: rows by share, columns by sum.
        below = np.stack([_sums_below(share, limit, labels) for share in shares])
        self._below = np.maximum.accumulate(below, axis=0)

    def p_values(self, gains: "Counts", losses: "Counts") -> "Floats":
        """Return the p-value of each count of losses of -1 and of 1; of any shape."""
        import numpy as np

        found = self._below[self._worst[gains + losses], losses - gains + self._labels]
        return np.minimum(found + self._spent, 1.0)


@lru_cache(maxsize=2)
def exact_test(labels: int, *, limit: float, alpha: float) -> ExactTest:
    """Return the test; its tables take about a tenth of a second for a thousand labels."""
    return ExactTest(labels, limit=limit, alpha=alpha)


def suits(losses: "Floats", limit: float) -> bool:
    """Say whether the exact test certifies more of losses like these than bets do.

    They must be so nearly -1, 0 and 1 that making them so costs less than it gains; and where hardly any
    differs from 0, a bet loses nothing and the limit of their share is wide.
    """
    import numpy as np

    size = float(np.abs(losses).mean())
    return 2 * limit <= size <= 1.5 * float((losses**2).mean())


def whole_losses(losses: "Floats") -> "npt.NDArray[np.int8]":
    """Return the losses as -1, 0 or 1, by lot where they lie between, and always by the same lot."""
    import numpy as np

    drawn = np.random.default_rng(0).random(len(losses)) < np.abs(losses)
    return (np.sign(losses) * drawn).astype(np.int8)


def _share_above(shares: "Floats", labels: int, doubt: float) -> "Counts":
    """Return for each count of losses that are not 0 the first share under which so few are too unlikely."""
    import numpy as np

    count = np.arange(labels + 1)
    logs = np.array([lgamma(each + 1) for each in count])
    ways = logs[-1] - logs - logs[::-1]
    found = np.full(labels + 1, len(shares) - 1)
    for place in range(len(shares) - 2, -1, -1):
        share = shares[place]
        below = np.exp(ways + count * np.log(share) + (labels - count) * np.log1p(-share)).cumsum()
        found[below <= doubt] = place
    return found


def _sums_below(share: float, limit: float, labels: int) -> "Floats":
    """Return the chance of at most each sum, -labels to labels, when the mean is the limit."""
    import numpy as np

    size = 1 << (2 * labels + 1).bit_length()
    turn = np.exp(2j * np.pi * np.arange(size) / size)
    lost, won = (share + limit) / 2, (share - limit) / 2
    chances = np.fft.fft((1 - share + lost * turn + won * turn.conj()) ** labels).real / size
    chances = np.concatenate((chances[-labels:], chances[: labels + 1]))
    return np.maximum(chances, 0.0).cumsum()
