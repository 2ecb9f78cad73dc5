"""A certificate that runs: outcomes are added as they are graded, and each look may certify more.

The plan (router, thresholds, bets) stays as it was made. The capital of a bet may be looked at after every
label without weakening the promise (Ville's inequality), so what one look has proved stays proved. What is
kept is every counted label once: its item, the first threshold that moves it, and its loss.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from centavo.modelfit.routing.certify import PairVerdict
from centavo.modelfit.routing.labelled import LabelledPair
from centavo.policy import RouteScorer
from centavo.policy.limits import Match
from centavo.policy.route import Certificate, Route
from centavo.savings import CertificatePlan, largest_loss, proved_thresholds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["CountedLabel", "Look", "RunningCertificate", "add_outcomes", "begin_certificate"]

# Below every score: nothing moves.
_NOTHING = -1e9


@dataclass(frozen=True)
class CountedLabel:
    """A label of the certificate: hash of its item, first threshold that moves it, and its loss."""

    item: str
    step: int
    loss: float


@dataclass(frozen=True)
class Look:
    """What was certified at a moment, on so many labels."""

    at: datetime
    labels: int
    share: float


@dataclass(frozen=True)
class RunningCertificate:
    """A plan and the labels counted so far.

    Attributes:
        route: With the plan in its certificate; moves nothing while nothing is certified.
        score_kind: How its outcomes are graded.
        spreads: Variance of the loss at each threshold, known before the labels.
        trained: Hashes of items that made the plan, which may never be counted.
        labels: Counted, each item once; a grade that changes afterwards changes nothing.
        proved: Thresholds whose capital has passed its bound at some look.
        looks: Oldest first.
    """

    route: Route
    score_kind: str | None
    spreads: tuple[float, ...]
    trained: frozenset[str]
    labels: tuple[CountedLabel, ...]
    proved: frozenset[int]
    looks: tuple[Look, ...]

    @property
    def certificate(self) -> Certificate:
        """The plan, and what it has proved."""
        if self.route.certificate is None:
            raise ValueError("a running certificate has a plan")
        return self.route.certificate

    @property
    def step(self) -> int | None:
        """The largest threshold that is certified with all before it."""
        step = next(
            (n for n in range(len(self.certificate.thresholds)) if n not in self.proved),
            len(self.certificate.thresholds),
        )
        return step - 1 if step else None


def begin_certificate(
    pair: LabelledPair, verdict: PairVerdict, *, score_kind: str | None, match: Match, now: datetime
) -> RunningCertificate:
    """Return the certificate of a pair as one that runs, after its first look.

    Args:
        pair: The outcomes of the verdict.
        verdict: What they allowed.
        score_kind: How they are graded.
        match: Requests that the route is for.
        now: The clock, aware.
    """
    outcomes, trial, plan = pair.outcomes, verdict.trial, verdict.plan
    route = Route(
        name=f"{outcomes.keep} to {outcomes.candidate}",
        match=match,
        keep=outcomes.keep,
        candidate=outcomes.candidate,
        router=trial.router.kind,
        threshold=_NOTHING,
        score=trial.router.score,
        fallbacks=verdict.route.fallbacks if verdict.route else (),
        certificate=Certificate(
            loss_limit=plan.limit,
            confidence=plan.confidence,
            share=0.0,
            labels=0,
            loss=0.0,
            loss_at_most=plan.limit,
            thresholds=plan.thresholds,
            bets=plan.bets,
        ),
    )
    cut = verdict.training_labels
    empty = RunningCertificate(
        route=route,
        score_kind=score_kind,
        spreads=tuple(trial.spread(threshold) for threshold in plan.thresholds),
        trained=frozenset(map(_hash, pair.items[:cut])),
        labels=(),
        proved=frozenset(),
        looks=(),
    )
    return _looked(empty, _counted(empty, pair.items[cut:], trial.scores, trial.losses), now)


def add_outcomes(
    running: RunningCertificate, pair: LabelledPair, *, now: datetime
) -> RunningCertificate:
    """Return the certificate with the outcomes that it has not counted yet, after one more look.

    Args:
        running: As it was kept.
        pair: Every outcome of its two models, graded as its own are.
        now: The clock, aware.

    Raises:
        ConfigError: The route reads text and splintr-rs is not installed.
    """
    import numpy as np

    known = running.trained | {label.item for label in running.labels}
    outcomes = pair.outcomes
    fresh = [row for row, item in enumerate(pair.items) if _hash(item) not in known]
    scorer = RouteScorer(running.route)
    agreements = outcomes.agreements
    scores = [
        scorer.score(
            outcomes.texts[row] if outcomes.texts else "",
            category=outcomes.categories[row] or None,
            agreement=None if agreements is None else float(agreements[row]),
        )
        for row in fresh
    ]
    items = [pair.items[row] for row in fresh]
    labels = _counted(running, items, np.array(scores), outcomes.losses[fresh])
    return _looked(running, labels, now)


def _counted(
    running: RunningCertificate, items: Iterable[str], scores: "Floats", losses: "Floats"
) -> tuple[CountedLabel, ...]:
    import numpy as np

    steps = np.searchsorted(np.array(running.certificate.thresholds), scores, side="left")
    return tuple(
        CountedLabel(_hash(item), step, loss)
        for item, step, loss in zip(items, steps.tolist(), losses.tolist(), strict=True)
    )


def _looked(
    running: RunningCertificate, added: tuple[CountedLabel, ...], now: datetime
) -> RunningCertificate:
    """Return the certificate with labels added, and what all of them prove."""
    import numpy as np

    labels = (*running.labels, *added)
    before = running.certificate
    plan = CertificatePlan(before.loss_limit, before.confidence, before.thresholds, before.bets)
    steps = np.array([label.step for label in labels], dtype=np.intp)
    losses = np.array([label.loss for label in labels])
    proved = running.proved | proved_thresholds(plan, steps, losses)
    found = replace(running, labels=labels, proved=proved)
    step = found.step
    moved = np.zeros(len(labels), dtype=bool) if step is None else steps <= step
    lost = np.where(moved, losses, 0.0)
    share = float(moved.mean()) if labels else 0.0
    most = before.loss_limit
    if step is not None:
        # The two are found by different bets; what is certified is the limit.
        most = min(
            largest_loss(lost, variance=running.spreads[step], confidence=plan.confidence), most
        )
    certificate = replace(
        before,
        share=share,
        labels=len(labels),
        loss=float(lost.mean()) if labels else 0.0,
        loss_at_most=most,
    )
    threshold = _NOTHING if step is None else before.thresholds[step]
    return replace(
        found,
        route=replace(running.route, threshold=threshold, certificate=certificate),
        looks=(*running.looks, Look(now, len(labels), share)),
    )


def _hash(item: str) -> str:
    return hashlib.sha256(item.encode("utf-8", "replace")).hexdigest()[:16]
