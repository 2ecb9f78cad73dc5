"""How alike two questions must be, so that labelled pairs prove that few of them need another answer.

The promise is about hits, not about all requests: of pairs at least this much alike, at most ``limit``
have different answers. Thresholds are tested in a fixed sequence from the strictest, each by betting at
the whole confidence; the first that fails ends it (docs/decisions/0010-certificates-bet.md).
"""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from centavo.savings.certificate_bounds import labels_needed, largest_loss
from centavo.savings.certificate_wealth import bets_for, log_capital

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["CONFIDENCE", "LEAST", "NearHits", "certify_hits"]

CONFIDENCE = 0.95
LEAST = 0.5
_STEP = 0.05


@dataclass(frozen=True)
class NearHits:
    """What labelled pairs say of the hits at a threshold.

    Attributes:
        threshold: Least likeness of two texts, 0 to 1.
        is_certified: Whether false hits are at most the limit, with ``CONFIDENCE``.
        labels: Pairs at least that much alike.
        differing: Those of them whose answers differ.
        bound: Largest share of false hits that the labels leave possible at this threshold alone.
        needed: About how many labels would certify it, by those seen; ``None`` when no number would.
    """

    threshold: float
    is_certified: bool
    labels: int
    differing: int
    bound: float
    needed: int | None


def certify_hits(likeness: "Floats", differs: "Floats", *, limit: float, start: float) -> NearHits:
    """Return the lowest threshold that is certified, or the first one, which is not.

    The pairs must be a fair sample of what the cache would answer, drawn independently.

    Args:
        likeness: Of each labelled pair.
        differs: 1 where its answers differ, else 0; in the same order.
        limit: Share of false hits among hits that is allowed, in (0, 1).
        start: Strictest threshold, fixed before the labels are looked at; at least ``LEAST``.
    """
    steps = int((start - LEAST) / _STEP + 1e-9)
    certified = None
    for threshold in (round(start - _STEP * step, 4) for step in range(steps + 1)):
        losses = differs[likeness >= threshold]
        if not _is_proved(losses, limit):
            break
        certified = threshold
    chosen = start if certified is None else certified
    return _told(
        differs[likeness >= chosen], chosen, limit=limit, is_certified=certified is not None
    )


def _is_proved(losses: "Floats", limit: float) -> bool:
    import numpy as np

    bets = bets_for(np.array([_spread(limit)]), limit=limit, alpha=1 - CONFIDENCE)[0]
    return log_capital(losses, bets, limit=limit) >= log(1 / (1 - CONFIDENCE))


def _told(losses: "Floats", threshold: float, *, limit: float, is_certified: bool) -> NearHits:
    import numpy as np

    return NearHits(
        threshold,
        is_certified,
        labels=len(losses),
        differing=int(losses.sum()),
        bound=largest_loss(losses, variance=_spread(limit), confidence=CONFIDENCE),
        # Before any label is there: as many as would do if none of them differed.
        needed=labels_needed(
            losses if len(losses) else np.zeros(1), limit=limit, confidence=CONFIDENCE
        ),
    )


def _spread(limit: float) -> float:
    """Return the variance of a hit that is false as often as allowed: known before any label."""
    return limit * (1 - limit)
