"""Cost and quality of every way of routing, from outcomes in a ledger, and what is missing for it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.outcomes_table import OUTCOMES
from centavo.modelfit.outcomes import save_outcomes
from centavo.modelfit.routing import cost_quality_frontier

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def graded(count, *, costs=True, prompts=False, agreement=False):
    """Return outcomes of two models; the small one fails on feature f2, and costs a tenth."""
    rng = np.random.default_rng(3)
    for number in range(count):
        kind = int(rng.integers(0, 3))
        failed = rng.random() < (0.0, 0.01, 0.5)[kind]
        for model, score, cost in (("large", 1.0, "0.02"), ("small", float(not failed), "0.002")):
            yield {
                **{column.name: None for column in OUTCOMES},
                "item_id": f"p{number}",
                "model": model,
                "score": score,
                "feature": f"f{kind}",
                "cost": Decimal(cost) if costs else None,
                "cost_currency": "USD" if costs else None,
                "prompt": f"question {number} of kind {kind}" if prompts else None,
                "agreement": float(not failed) if agreement and model == "small" else None,
            }


def answer(folder: Path, rows, **asked):
    location = LedgerLocation(folder)
    save_outcomes(location, list(rows), file=Path("g.csv"), now=NOW)
    return cost_quality_frontier(Ledger.open(location), **asked)


def test_a_way_lies_between_both_models_and_costs_what_its_answers_cost(tmp_path):
    found = answer(tmp_path, graded(900)).frontier
    assert (found.keep.cost_per_1000.amount, found.candidate.cost_per_1000.amount) == (20, 2)
    assert (found.keep.quality, found.keep.share) == (1.0, 0.0)
    (way,) = found.ways
    assert (way.router, way.chosen, found.dimension) == ("category", True, "feature")
    for point in way.points:
        expected = 20 - 18 * point.share
        assert float(point.cost_per_1000.amount) == pytest.approx(expected)
        assert point.low <= point.quality <= point.high


def test_only_what_the_certificate_covers_is_certified(tmp_path):
    found = answer(tmp_path, graded(900)).frontier
    (way,) = found.ways
    promised = [point.share for point in way.points if point.certified]
    assert promised
    assert max(promised) == pytest.approx(found.verdict.move.share)
    assert not found.candidate.certified
    assert all(point.low >= found.keep.quality - 0.05 for point in way.points if point.certified)


def test_a_point_is_the_best_when_none_is_cheaper_and_as_good_or_better_and_as_cheap(tmp_path):
    found = answer(tmp_path, graded(900)).frontier
    (way,) = found.ways
    points = [(p.cost_per_1000.amount, -p.quality, p.is_best)
              for p in (found.keep, found.candidate, *way.points)]  # fmt: skip
    for cost, loss, is_best in points:
        beaten = any(
            (other, others) != (cost, loss) and other <= cost and others <= loss
            for other, others, _ in points
        )
        assert is_best is not beaten
    assert found.candidate.is_best


def test_a_cascade_pays_for_the_cheap_answer_too(tmp_path):
    found = answer(tmp_path, graded(900, agreement=True)).frontier
    way = next(way for way in found.ways if way.router == "cascade")
    for point in way.points:
        assert float(point.cost_per_1000.amount) == pytest.approx(22 - 20 * point.share)


def test_without_costs_the_points_have_none_and_the_answer_says_so(tmp_path):
    found = answer(tmp_path, graded(300, costs=False))
    assert found.missing[0] == "costs"
    assert {"prompts", "agreement"} <= set(found.missing)
    assert found.frontier.keep.cost_per_1000 is None
    assert any(point.is_best for way in found.frontier.ways for point in way.points)


def test_without_enough_outcomes_there_is_no_frontier(tmp_path):
    assert answer(tmp_path, graded(20)).missing == ("pairs",)
    assert answer(tmp_path, graded(20)).frontier is None


def test_a_named_pair_is_drawn_as_named(tmp_path):
    (pair,) = answer(tmp_path, graded(300)).pairs
    found = answer(tmp_path, graded(300), pair=pair)
    assert (found.frontier.verdict.keep, found.frontier.verdict.candidate) == ("large", "small")
