"""From labelled pairs to a route: choose a router on some labels, certify it on the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.errors import ConfigError
from centavo.modelfit.routing.labelled import LabelledPair
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.modelfit.routing.router import TrainedRouter
from centavo.modelfit.routing.transfer import TransferEstimate, transfer_loss
from centavo.modelfit.routing.trial import Trial, try_routers
from centavo.policy.route import Certificate, Route
from centavo.savings import (
    CertificatePlan,
    CertifiedMove,
    Projection,
    certify_move,
    labels_needed,
    largest_loss,
    plan_certificate,
    project_total,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["FEWEST_LABELS", "PairVerdict", "certify_pair"]

# Fewer cannot be divided into labels that train and labels that certify.
FEWEST_LABELS = 50


@dataclass(frozen=True)
class PairVerdict:
    """What the outcomes of one pair allow.

    Attributes:
        keep: The model kept.
        candidate: The cheaper model.
        keep_score: Its mean score.
        candidate_score: The cheaper model's.
        trial: Routers, on the labels that trained them, and the labels that certify.
        plan: What was fixed before a certifying label was looked at.
        move: What is certified.
        loss_at_most: That the true loss of the certified move does not pass; ``None`` without one.
        route: For all requests and without fallbacks; ``None`` when nothing is certified.
        needed: Labels that would certify half of the traffic, about; ``None`` when none would.
        saving: Of ``requests`` like the labelled ones, in ``currency``; ``None`` when costs are unknown.
        currency: Of ``saving``.
        frontier: Share that moves, mean loss, at ten thresholds on the certifying labels.
        transfer: Of a category that nobody has graded; ``None`` of fewer than three graded ones.
    """

    keep: str
    candidate: str
    keep_score: float
    candidate_score: float
    trial: Trial
    plan: CertificatePlan
    move: CertifiedMove
    loss_at_most: float | None
    route: Route | None
    needed: int | None
    saving: Projection | None
    currency: str | None
    frontier: tuple[tuple[float, float], ...]
    transfer: TransferEstimate | None

    @property
    def training_labels(self) -> int:
        """How many labels chose the router."""
        return len(self.trial.pilot)


def certify_pair(
    pair: LabelledPair,
    *,
    limit: float,
    confidence: float = 0.95,
    requests: int = 10_000,
    once: bool = True,
) -> PairVerdict:
    """Return what the outcomes of a pair allow.

    Args:
        pair: Its outcomes, in random order.
        limit: Mean loss that is allowed, 0.02 for two points of 100.
        confidence: That it holds.
        requests: For how many the saving is foretold.
        once: Whether these are all labels that will be counted: a certificate that runs on may not.

    Raises:
        ConfigError: Fewer than ``FEWEST_LABELS`` outcomes, or a limit that means nothing.
    """
    outcomes = pair.outcomes
    if len(outcomes) < FEWEST_LABELS:
        raise ConfigError(
            f"{outcomes.keep} and {outcomes.candidate} have {len(outcomes)} graded prompts in common,"
            f" fewer than {FEWEST_LABELS}",
            hint="Grade more prompts with both models, and import them.",
        )
    trial = try_routers(outcomes, unlabelled=pair.unlabelled)
    router, scores, losses = trial.router, trial.scores, trial.losses
    plan = plan_certificate(
        router.out_of_fold, trial.pilot, limit=limit, confidence=confidence, once=once
    )
    move = certify_move(plan, scores, losses)
    most = _loss_at_most(trial, move, confidence)
    route = None if most is None else _route(outcomes, router, plan, move, most)
    return PairVerdict(
        keep=outcomes.keep,
        candidate=outcomes.candidate,
        keep_score=outcomes.keep_score,
        candidate_score=outcomes.candidate_score,
        trial=trial,
        plan=plan,
        move=move,
        loss_at_most=most,
        route=route,
        needed=_needed(scores, losses, plan),
        saving=_saving(pair, trial, move, requests=requests),
        currency=pair.currency,
        frontier=_frontier(scores, losses),
        transfer=_transfer(outcomes),
    )


def _loss_at_most(trial: Trial, move: CertifiedMove, confidence: float) -> float | None:
    import numpy as np

    if move.threshold is None:
        return None
    after = np.where(trial.scores <= move.threshold, trial.losses, 0.0)
    return largest_loss(after, variance=trial.spread(move.threshold), confidence=confidence)


def _route(
    outcomes: PairedOutcomes,
    router: TrainedRouter,
    plan: CertificatePlan,
    move: CertifiedMove,
    most: float,
) -> Route:
    return Route(
        name=f"{outcomes.keep} to {outcomes.candidate}",
        match=(),
        keep=outcomes.keep,
        candidate=outcomes.candidate,
        router=router.kind,
        threshold=0.0 if move.threshold is None else move.threshold,
        score=router.score,
        certificate=Certificate(
            loss_limit=plan.limit,
            confidence=plan.confidence,
            share=move.share,
            labels=move.labels,
            loss=move.loss,
            # The two are found by different bets; what is certified is the limit.
            loss_at_most=min(most, plan.limit),
            thresholds=plan.thresholds,
            bets=plan.bets,
            test=plan.test,
        ),
    )


def _needed(scores: "Floats", losses: "Floats", plan: CertificatePlan) -> int | None:
    """Return the labels that would certify half of the traffic, as far as these labels tell."""
    import numpy as np

    moved = np.where(scores <= np.median(scores), losses, 0.0)
    return labels_needed(moved, limit=plan.limit, confidence=plan.confidence, test=plan.test)


def _saving(
    pair: LabelledPair, trial: Trial, move: CertifiedMove, *, requests: int
) -> Projection | None:
    import numpy as np

    if pair.keep_costs is None or pair.candidate_costs is None or move.threshold is None:
        return None
    first = len(pair.outcomes) - len(trial.losses)
    kept, cheap = pair.keep_costs[first:], pair.candidate_costs[first:]
    # A cascade pays for the cheap answer also where the dearer model answers after it.
    stayed = -cheap if trial.router.kind == "cascade" else np.zeros(len(cheap))
    saved = np.where(trial.scores <= move.threshold, kept - cheap, stayed)
    return project_total(saved, requests=requests)


def _transfer(outcomes: PairedOutcomes) -> TransferEstimate | None:
    by_category: dict[str, list[float]] = {}
    for category, loss in zip(outcomes.categories, outcomes.losses.tolist(), strict=True):
        if category:
            by_category.setdefault(category, []).append(loss)
    return transfer_loss(by_category)


def _frontier(scores: "Floats", losses: "Floats") -> tuple[tuple[float, float], ...]:
    import numpy as np

    cuts = np.unique(np.quantile(scores, np.arange(1, 11) / 10))
    moved = scores[:, None] <= cuts[None, :]
    lost = np.where(moved, losses[:, None], 0.0).mean(axis=0)
    return tuple(zip(moved.mean(axis=0).tolist(), lost.tolist(), strict=True))
