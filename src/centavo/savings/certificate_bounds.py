"""Around a certificate: the largest loss that labels leave possible, and labels that are missing."""

from math import ceil, log
from statistics import NormalDist
from typing import TYPE_CHECKING

from centavo.policy.route import CertificateTest
from centavo.savings.certificate_wealth import bets_for, log_capital

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["labels_needed", "largest_loss"]

_BISECTIONS = 40


def largest_loss(losses: "Floats", *, variance: float, confidence: float) -> float:
    """Return the mean loss that the true one does not pass, with this confidence.

    It is the upper end of the betting confidence interval, found by bisection: the smallest mean
    that a bet against it wins. 1 when the labels exclude nothing.

    Args:
        losses: In [-1, 1], one for each label.
        variance: Of the loss, known before these labels.
        confidence: In (0, 1).
    """
    import numpy as np

    if not len(losses) or losses.mean() >= 1:
        return 1.0
    alpha = 1 - confidence
    low, high = float(losses.mean()), 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        bets = bets_for(np.array([variance]), limit=middle, alpha=alpha)[0]
        excluded = log_capital(losses, bets, limit=middle) >= log(1 / alpha)
        low, high = (low, middle) if excluded else (middle, high)
    return high


def labels_needed(
    losses: "Floats", *, limit: float, confidence: float, test: CertificateTest = "betting"
) -> int | None:
    """Return about how many labels would certify this, or ``None`` when no number would.

    The capital of the best bet grows by so much a label on the losses seen; labels are needed until
    it passes its bound. The exact test passes when the mean lies as many standard errors below the limit as the
    normal distribution says. An estimate: it trusts the losses seen.
    """
    import numpy as np

    if not len(losses) or float(losses.mean()) >= limit:
        return None
    if test == "exact":
        spread = float(np.abs(losses).mean() - losses.mean() ** 2)
        errors = NormalDist().inv_cdf(1 - 0.9 * (1 - confidence))
        return max(ceil(spread * (errors / (limit - float(losses.mean()))) ** 2), 1)
    bets = np.geomspace(1e-4, 0.9 / (1 - limit), 60)
    values, counts = np.unique(losses, return_counts=True)
    growth = np.log1p(bets[:, None] * (limit - values)[None, :]) @ counts / len(losses)
    best = float(growth.max())
    # log 3 is what averaging over three bets costs at most.
    return ceil((log(1 / (1 - confidence)) + log(3)) / best) if best > 0 else None
