"""Cost against quality: what every way of routing would cost and be worth, on one set of outcomes.

One prepared answer for whoever draws it: ways by category, by text and as a cascade, at ten shares each,
between the model kept and the cheaper one alone. Only points of the chosen router can be certified; the
others show what was seen.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from centavo.ledger.ledger import Ledger
from centavo.modelfit.outcomes import PairCount, count_pairs
from centavo.modelfit.routing.certify import FEWEST_LABELS, PairVerdict, certify_pair
from centavo.modelfit.routing.labelled import LabelledPair, load_pair
from centavo.modelfit.routing.router import TrainedRouter
from centavo.money import LEDGER_DECIMALS, Money
from centavo.policy.route import Router
from centavo.savings import largest_loss

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = [
    "CostFrontier",
    "CostPoint",
    "CostWay",
    "FrontierAnswer",
    "Missing",
    "cost_quality_frontier",
]

Missing = Literal["outcomes", "pairs", "costs", "prompts", "categories", "agreement", "certificate"]
"""What would make the answer better: any outcomes; 50 prompts that two models both answered; costs (or
tokens) of all answers; texts of all prompts; several values of a scope; agreement of the cheaper model
with itself; enough labels, or models near enough, to certify any share."""

_SHARES = 10


@dataclass(frozen=True)
class CostPoint:
    """Requests at most at one threshold move.

    Attributes:
        share: Of requests that the cheaper model answers, 0 to 1.
        cost_per_1000: Mean cost of 1,000 requests; ``None`` when costs are not known.
        quality: Mean score: that of the model kept over all outcomes, less the loss seen here; 0 to 1.
        low: Lower end of a 95 % confidence interval of the difference to the model kept.
        high: Its upper end. Both hold at this number of labels, for a point named beforehand.
        certified: The promise covers this point. Only points of the chosen router can be.
        is_best: No point of the answer costs at most as much and is worth more, or the reverse.
    """

    share: float
    cost_per_1000: Money | None
    quality: float
    low: float
    high: float
    certified: bool = False
    is_best: bool = False


@dataclass(frozen=True)
class CostWay:
    """One way of telling requests apart, from the point that moves least to all.

    Attributes:
        router: ``category`` (a scope such as endpoint or feature), ``text`` or ``cascade``.
        chosen: It beat everything simpler on held-out rows, so that it is the one certified.
        points: By share.
    """

    router: Router
    chosen: bool
    points: tuple[CostPoint, ...]


@dataclass(frozen=True)
class CostFrontier:
    """Every way between two models, on the outcomes that trained none of them.

    Attributes:
        keep: The model kept, alone: nothing moves.
        candidate: The cheaper one alone: everything moves.
        ways: By category, text and cascade, as far as outcomes allow.
        dimension: Scope that categories are values of.
        score_kind: How answers were graded.
        verdict: What is certified, and the route of it.
        labels: That points rest on.
    """

    keep: CostPoint
    candidate: CostPoint
    ways: tuple[CostWay, ...]
    dimension: str | None
    score_kind: str | None
    verdict: PairVerdict
    labels: int


@dataclass(frozen=True)
class FrontierAnswer:
    """A frontier, or what is missing for one.

    Attributes:
        frontier: ``None`` without a pair of models.
        missing: What would add to it, the most needed first.
        pairs: That a frontier can be drawn of, the most prompts first.
    """

    frontier: CostFrontier | None
    missing: tuple[Missing, ...]
    pairs: tuple[PairCount, ...]


def cost_quality_frontier(
    ledger: Ledger,
    *,
    pair: PairCount | None = None,
    dimension: str | None = None,
    limit: float = 0.02,
    confidence: float = 0.95,
) -> FrontierAnswer:
    """Return cost and quality of every way of routing between two models.

    Trains the routers: one to three seconds for thousands of outcomes, so whoever draws it keeps it.

    Args:
        ledger: With imported outcomes.
        pair: Of those that ``count_pairs`` lists; ``None`` takes the one with the most prompts.
        dimension: Scope of the categories; ``None`` takes the finest that has several values.
        limit: Mean loss that a certificate may allow, 0.02 for two points of 100.
        confidence: That it holds.

    Raises:
        ConfigError: A named pair has too few outcomes, or a limit or scope means nothing.
    """
    pairs = tuple(each for each in count_pairs(ledger) if each.items >= FEWEST_LABELS)
    if not pairs:
        has_any = bool(ledger.rows("SELECT 1 FROM outcomes LIMIT 1"))
        return FrontierAnswer(None, ("pairs" if has_any else "outcomes",), ())
    drawn = pair or pairs[0]
    labelled = load_pair(
        ledger, drawn.better, drawn.other, score_kind=drawn.score_kind, dimension=dimension
    )
    verdict = certify_pair(labelled, limit=limit, confidence=confidence)
    found = _marked(_frontier(labelled, verdict, drawn.score_kind))
    return FrontierAnswer(found, tuple(_missing(labelled, verdict)), pairs)


def _frontier(pair: LabelledPair, verdict: PairVerdict, score_kind: str | None) -> CostFrontier:
    import numpy as np

    trial = verdict.trial
    labels = len(trial.losses)
    ways = tuple(_way(pair, verdict, router) for router in trial.comparison.routers)
    none, every = np.zeros(labels, dtype=bool), np.ones(labels, dtype=bool)
    whole = trial.comparison.chosen is None and verdict.move.share == 1.0
    return CostFrontier(
        keep=_point(pair, verdict, none, spread=0.0),
        candidate=replace(
            _point(pair, verdict, every, spread=float(trial.pilot.var())), certified=whole
        ),
        ways=ways,
        dimension=pair.outcomes.dimension,
        score_kind=score_kind,
        verdict=verdict,
        labels=labels,
    )


def _way(pair: LabelledPair, verdict: PairVerdict, router: TrainedRouter) -> CostWay:
    import numpy as np

    trial = verdict.trial
    chosen = router is trial.comparison.chosen
    scores = trial.scores_by(router)
    pilot = trial.pilot[: len(router.out_of_fold)]
    # Thresholds of the training rows, as a certificate has them: none is picked by its own loss.
    cuts = np.unique(np.quantile(router.out_of_fold, np.arange(1, _SHARES + 1) / _SHARES))
    points: list[CostPoint] = []
    for cut in cuts.tolist():
        spread = float(np.where(router.out_of_fold <= cut, pilot, 0.0).var())
        point = _point(
            pair, verdict, scores <= cut, spread=spread, is_cascade=router.kind == "cascade"
        )
        promised = chosen and verdict.move.threshold is not None and cut <= verdict.move.threshold
        points.append(replace(point, certified=promised))
    return CostWay(router.kind, chosen, tuple(points))


def _point(
    pair: LabelledPair,
    verdict: PairVerdict,
    moved: "npt.NDArray[np.bool_]",
    *,
    spread: float,
    is_cascade: bool = False,
) -> CostPoint:
    import numpy as np

    lost = np.where(moved, verdict.trial.losses, 0.0)
    kept = verdict.keep_score
    low = high = kept
    if moved.any():
        # Each end at half of the doubt; both are bounded by what scores can be.
        low = max(kept - largest_loss(lost, variance=spread, confidence=0.975), 0.0)
        high = min(kept + largest_loss(-lost, variance=spread, confidence=0.975), 1.0)
    return CostPoint(
        share=float(moved.mean()),
        cost_per_1000=_cost(pair, moved, is_cascade=is_cascade),
        quality=kept - float(lost.mean()),
        low=low,
        high=high,
    )


def _cost(pair: LabelledPair, moved: "npt.NDArray[np.bool_]", *, is_cascade: bool) -> Money | None:
    import numpy as np

    if pair.keep_costs is None or pair.candidate_costs is None or pair.currency is None:
        return None
    dear, cheap = pair.keep_costs[-len(moved) :], pair.candidate_costs[-len(moved) :]
    # A cascade has paid for the cheap answer before it asks the dearer model.
    stays = dear + cheap if is_cascade else dear
    mean = 1000 * float(np.where(moved, cheap, stays).mean())
    return Money(Decimal(repr(mean)).quantize(LEDGER_DECIMALS), pair.currency)


def _missing(pair: LabelledPair, verdict: PairVerdict) -> list[Missing]:
    outcomes = pair.outcomes
    signs: tuple[tuple[Missing, bool], ...] = (
        ("costs", pair.keep_costs is None),
        ("certificate", verdict.route is None),
        ("categories", outcomes.dimension is None),
        ("prompts", outcomes.texts is None),
        ("agreement", outcomes.agreements is None),
    )
    return [name for name, is_missing in signs if is_missing]


def _marked(frontier: CostFrontier) -> CostFrontier:
    """Return it with the points marked that nothing beats."""
    points = [frontier.keep, frontier.candidate]
    points += [point for way in frontier.ways for point in way.points]

    def mark(point: CostPoint) -> CostPoint:
        return replace(point, is_best=not any(_beats(other, point) for other in points))

    ways = tuple(
        replace(way, points=tuple(mark(point) for point in way.points)) for way in frontier.ways
    )
    return replace(
        frontier, keep=mark(frontier.keep), candidate=mark(frontier.candidate), ways=ways
    )


def _beats(one: CostPoint, other: CostPoint) -> bool:
    """Say whether one costs no more and is worth no less, and is better in one of the two."""
    cost, others = _price(one), _price(other)
    no_worse = cost <= others and one.quality >= other.quality
    return no_worse and (cost < others or one.quality > other.quality)


def _price(point: CostPoint) -> Decimal:
    """Return the cost; where none is known, what stays with the dearer model in place of it."""
    cost = point.cost_per_1000
    return Decimal(repr(1 - point.share)) if cost is None else cost.amount
