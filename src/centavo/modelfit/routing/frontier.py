"""Cost against quality: what a ranking of requests gives at every share that moves.

The measure is RouteLLM's: the performance gap recovered, averaged over the share of requests that stay
with the dearer model (APGR). A random router has one half.

Source: Ong et al., RouteLLM: Learning to Route LLMs with Preference Data (2024), eqs. (5) to (7).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["advantage", "average_gap_recovered", "loss_by_share"]


def loss_by_share(scores: "Floats", losses: "Floats") -> "tuple[Floats, Floats]":
    """Return shares that move, from 0 to 1, and the mean loss over all requests at each.

    Requests of one score move together; between two scores the line is straight, as if the share of
    them that moves were drawn by lot.
    """
    import numpy as np

    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    lost = np.concatenate(([0.0], np.cumsum(losses[order])))
    ends = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))
    return ends / len(scores), lost[ends] / len(scores)


def advantage(scores: "Floats", losses: "Floats") -> float:
    """Return the mean loss that the ranking avoids beside a random one, over all shares.

    In points of score; unlike APGR it means something when both models are equally good.
    """
    import numpy as np

    shares, lost = loss_by_share(scores, losses)
    return float(losses.mean() / 2 - np.trapezoid(lost, shares))


def average_gap_recovered(scores: "Floats", losses: "Floats") -> float | None:
    """Return APGR of a ranking; ``None`` when the dearer model is no better.

    >>> import numpy as np
    >>> average_gap_recovered(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    0.75
    """
    gap = float(losses.mean())
    return 0.5 + advantage(scores, losses) / gap if gap > 0 else None
