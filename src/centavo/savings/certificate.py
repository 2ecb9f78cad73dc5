"""The certificate: how much traffic may move to a cheaper model, with at most so much loss.

Thresholds are tested in fixed sequence, from the one that moves least: each test is made at the whole
confidence, and the first that fails ends the sequence (Bauer, Statistics in Medicine 10, 1991). What
is certified is the mean loss over all requests of the scope, those included that do not move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.errors import ConfigError
from centavo.policy.route import CertificateTest
from centavo.savings.certificate_exact import MOST_LABELS, exact_test, suits, whole_losses
from centavo.savings.certificate_wealth import bets_for, log_capital_by_threshold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "CertificatePlan",
    "CertifiedMove",
    "certify_move",
    "first_thresholds",
    "plan_certificate",
]

STEPS = 40


@dataclass(frozen=True)
class CertificatePlan:
    """What is fixed before a label is looked at, and may not change while labels come in.

    Attributes:
        limit: Mean loss that is allowed, in (0, 1): 0.02 is two points of a score from 0 to 1.
        confidence: That the promise holds, in (0, 1).
        thresholds: Increasing: requests that score at most this move.
        bets: For each threshold, in the same order.
        test: ``betting`` allows a look after every label, ``exact`` one look at all of them.
    """

    limit: float
    confidence: float
    thresholds: tuple[float, ...]
    bets: tuple[tuple[float, ...], ...]
    test: CertificateTest = "betting"


@dataclass(frozen=True)
class CertifiedMove:
    """What labels have proved.

    Attributes:
        step: Index of the largest threshold that is certified; ``None`` when none is.
        threshold: That threshold.
        share: Of the labelled requests that it moves, 0 to 1.
        labels: Labels used.
        loss: Mean loss seen over all labels at that threshold; may be negative.
    """

    step: int | None
    threshold: float | None
    share: float
    labels: int
    loss: float


def plan_certificate(
    scores: "Floats",
    losses: "Floats",
    *,
    limit: float,
    confidence: float = 0.95,
    once: bool = False,
) -> CertificatePlan:
    """Return the thresholds and bets, from requests that take no part in the certificate.

    Args:
        scores: Of requests that the router was trained on, from its cross-validation.
        losses: Their losses, in [-1, 1].
        limit: Mean loss that is allowed.
        confidence: That the promise must hold with.
        once: Whether the labels will be looked at once only: then the exact test may be planned.

    Raises:
        ConfigError: A limit or confidence that means nothing.
    """
    import numpy as np

    if not 0 < limit < 1:
        raise ConfigError(f"a loss of {100 * limit:g} points is not between 0 and 100")
    if not 0.5 <= confidence < 1:
        raise ConfigError(f"a confidence of {100 * confidence:g} % is not from 50 to below 100")
    thresholds = np.unique(np.quantile(scores, np.arange(1, STEPS + 1) / STEPS))
    moved = scores[:, None] <= thresholds[None, :]
    variance = np.where(moved, losses[:, None], 0.0).var(axis=0)
    bets = bets_for(variance, limit=limit, alpha=1 - confidence)
    return CertificatePlan(
        limit,
        confidence,
        tuple(thresholds.tolist()),
        tuple(map(tuple, bets.tolist())),
        "exact" if once and suits(losses, limit) else "betting",
    )


def certify_move(plan: CertificatePlan, scores: "Floats", losses: "Floats") -> CertifiedMove:
    """Return what the labels certify.

    They must be a fair sample of the requests that the promise is made for, and none of them may
    have trained the router or made the plan.

    Raises:
        ConfigError: A loss outside [-1, 1].
    """
    import numpy as np

    if len(losses) and not np.all(np.abs(losses) <= 1):
        raise ConfigError("a loss is outside -1 to 1: scores must lie between 0 and 1")
    if plan.test == "exact" and 0 < len(losses) <= MOST_LABELS:
        step = _exact_step(plan, scores, losses)
    else:
        step = certified_step(log_capitals(plan, scores, losses), plan.confidence)
    if step is None:
        return CertifiedMove(None, None, 0.0, len(losses), 0.0)
    threshold = plan.thresholds[step]
    moved = scores <= threshold
    loss = float(np.where(moved, losses, 0.0).mean())
    return CertifiedMove(step, threshold, float(moved.mean()), len(losses), loss)


def log_capitals(plan: CertificatePlan, scores: "Floats", losses: "Floats") -> "Floats":
    """Return the capital of every bet at every threshold, as logarithms."""
    import numpy as np

    order = first_thresholds(scores, plan.thresholds)
    return log_capital_by_threshold(order, losses, np.array(plan.bets), limit=plan.limit)


def first_thresholds(scores: "Floats", thresholds: Sequence[float]) -> "npt.NDArray[np.intp]":
    """Return for each score the first threshold that is not below it."""
    import numpy as np

    return np.searchsorted(np.array(thresholds), scores, side="left")


def certified_step(log_capitals: "Floats", confidence: float) -> int | None:
    """Return the last threshold before the first whose capital, averaged over bets, is too small."""
    import numpy as np

    averaged = np.logaddexp.reduce(log_capitals, axis=1) - np.log(log_capitals.shape[1])
    return _last_before_failing(averaged >= np.log(1 / (1 - confidence)))


def _exact_step(plan: CertificatePlan, scores: "Floats", losses: "Floats") -> int | None:
    import numpy as np

    alpha, steps = 1 - plan.confidence, len(plan.thresholds)
    order, whole = first_thresholds(scores, plan.thresholds), whole_losses(losses)
    gained, lost = (
        np.bincount(order[whole == sign], minlength=steps + 1)[:steps].cumsum() for sign in (-1, 1)
    )
    test = exact_test(len(losses), limit=plan.limit, alpha=alpha)
    return _last_before_failing(test.p_values(gained, lost) <= alpha)


def _last_before_failing(passed: "npt.NDArray[np.bool_]") -> int | None:
    import numpy as np

    failed = np.flatnonzero(~passed)
    last = int(failed[0]) - 1 if len(failed) else len(passed) - 1
    return last if last >= 0 else None
