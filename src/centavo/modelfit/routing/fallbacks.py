"""Whom to ask when a model fails: models that fail on other prompts, and cheap ones among equals."""

from collections.abc import Mapping
from typing import cast

from centavo.ledger.ledger import Ledger
from centavo.modelfit.question import ask

__all__ = ["choose_fallbacks", "load_scores"]

# An answer worth less than this has failed.
_FAILED_BELOW = 0.5
# Failures that every chain before left are few, so their mean is drawn to the model's own.
_PRIOR_ITEMS = 20
# Models this near the best are equal, and the cheapest of them is taken.
_EQUAL = 0.02

Scores = Mapping[str, Mapping[str, float]]


def load_scores(
    ledger: Ledger, score_kind: str | None
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return scores by model and item, and mean costs of models whose answers all have one."""
    scores: dict[str, dict[str, float]] = {}
    costs: dict[str, list[float | None]] = {}
    for row in ask(ledger, "outcome_scores", [score_kind]):
        model, item, score, cost = cast("tuple[str, str, float, float | None]", row)
        scores.setdefault(model, {})[item] = score
        costs.setdefault(model, []).append(cost)
    known = {
        model: sum(cost for cost in each if cost is not None) / len(each)
        for model, each in costs.items()
        if None not in each
    }
    return scores, known


def choose_fallbacks(
    scores: Scores, *, first: str, costs: Mapping[str, float], length: int = 3
) -> tuple[str, ...]:
    """Return models to try in turn when ``first`` fails, at most ``length``.

    Each is the one with the highest mean score on the prompts where all before it failed (so that
    models that fail together do not stand behind each other), the cheapest among those within 2 points.

    Args:
        scores: By model and item.
        first: The model that is asked first.
        costs: Mean cost of an answer by model; a model without one counts as the dearest.
        length: Of the chain.
    """
    chain = [first]
    while len(chain) <= length:
        worth = {model: _worth(scores, model, chain) for model in scores if model not in chain}
        if not worth:
            break
        best = max(worth.values())
        equal = [model for model, value in worth.items() if value >= best - _EQUAL]
        chain.append(min(equal, key=lambda m: (costs.get(m, float("inf")), -worth[m], m)))
    return tuple(chain[1:])


def _worth(scores: Scores, model: str, chain: list[str]) -> float:
    own = scores[model]
    overall = sum(own.values()) / len(own)
    left = [
        value
        for item, value in own.items()
        if all(scores.get(before, {}).get(item, 1.0) < _FAILED_BELOW for before in chain)
    ]
    return (sum(left) + _PRIOR_ITEMS * overall) / (len(left) + _PRIOR_ITEMS)
