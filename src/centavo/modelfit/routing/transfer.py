"""Quality on a task that nobody has graded, from tasks that somebody has: an estimate, and wide.

A router or a loss does not carry over from one task to another; what carries over is how far tasks
differ. So the estimate is the mean over the graded tasks, with a prediction interval for one more task.
It is graded "estimated": below any outcome of one's own, and no certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, variance

__all__ = ["TransferEstimate", "transfer_loss"]

FEWEST_TASKS = 3


@dataclass(frozen=True)
class TransferEstimate:
    """Mean loss that one more task would have, with a 95 % prediction interval over tasks."""

    loss: float
    low: float
    high: float
    tasks: int
    grade: str = "estimated"


def transfer_loss(by_task: Mapping[str, Sequence[float]]) -> TransferEstimate | None:
    """Return the estimate from losses by graded task; ``None`` of fewer than three tasks.

    The spread of the tasks' means counts as it is, their own noise included: that can only widen it.
    With few tasks the normal quantile is too small; it is taken to that of Student's t by the first
    terms of Cornish and Fisher.
    """
    means = [fmean(losses) for losses in by_task.values() if losses]
    if len(means) < FEWEST_TASKS:
        return None
    centre, free = fmean(means), len(means) - 1
    z = NormalDist().inv_cdf(0.975)
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    half = t * sqrt(variance(means) * (1 + 1 / len(means)))
    return TransferEstimate(centre, max(centre - half, -1.0), min(centre + half, 1.0), len(means))
