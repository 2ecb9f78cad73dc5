"""A router is chosen only when it beats everything simpler on rows that it has not seen."""

import numpy as np
import pytest

from centavo.modelfit.routing.blocks import read_blocks
from centavo.modelfit.routing.compare import compare_routers
from centavo.modelfit.routing.frontier import advantage, average_gap_recovered, loss_by_share
from centavo.modelfit.routing.router import block_scores, fold_numbers, train_router
from centavo.policy.route import Route
from centavo.policy.route_score import RouteScorer
from tests.modelfit.routing.made_outcomes import outcomes, words


def compared(pairs):
    return compare_routers(pairs, blocks=read_blocks(pairs, encode=words))


@pytest.mark.parametrize("by", ["category", "text"])
def test_the_router_that_sees_what_matters_is_chosen(by):
    found = compared(outcomes(600, by=by))
    assert found.chosen.kind == by
    assert found.contestants[0].gap_recovered > 0.6


def test_a_cascade_is_chosen_when_agreement_tells_most():
    found = compared(outcomes(400, by="agreement"))
    assert found.chosen.kind == "cascade"
    assert "cascade beats random, category, text, neighbours, length" in found.reason


def test_little_is_chosen_when_nothing_tells_requests_apart():
    """Chance passes any test now and then."""
    found = [compared(outcomes(400, by="none", seed=n, categories=False)) for n in (1, 2)]
    assert sum(each.chosen is not None for each in found) <= 1
    assert "does not beat" in found[0].reason


def test_without_texts_only_the_category_competes():
    found = compared(outcomes(400, by="category", texts=False))
    assert [each.name for each in found.contestants] == ["category"]
    assert found.chosen.kind == "category"


def test_without_texts_and_categories_nothing_competes():
    found = compared(outcomes(50, by="none", texts=False, categories=False))
    assert found.contestants == ()
    assert found.chosen is None


@pytest.mark.parametrize("kind", ["category", "text"])
def test_many_rows_score_as_the_request_path_scores_one(kind):
    pairs = outcomes(300, by="text")
    blocks = read_blocks(pairs, encode=words)
    trained = train_router(kind, pairs, blocks, folds=fold_numbers(300))
    route = Route("r", (), "large", "small", kind, 0.0, trained.score)
    scorer = RouteScorer(route, encode=words)
    many = block_scores(trained.score, blocks)
    for row in range(0, 300, 29):
        one = scorer.score(pairs.texts[row], category=pairs.categories[row])
        assert one == pytest.approx(many[row], abs=1e-4)


def test_held_out_scores_know_nothing_of_their_own_row():
    pairs = outcomes(300, by="none", seed=5)
    blocks = read_blocks(pairs, encode=words)
    trained = train_router("text", pairs, blocks, folds=fold_numbers(300))
    assert average_gap_recovered(block_scores(trained.score, blocks), pairs.losses) > 0.6
    assert average_gap_recovered(trained.out_of_fold, pairs.losses) < 0.58


def test_the_measure_is_one_half_at_random_and_highest_for_an_oracle():
    losses = np.array([0.0, 1.0, 0.0, 1.0, -1.0])
    assert average_gap_recovered(np.zeros(5), losses) == pytest.approx(0.5)
    oracle = average_gap_recovered(losses, losses)
    assert oracle > 1
    assert average_gap_recovered(-losses, losses) == pytest.approx(1 - oracle)
    assert average_gap_recovered(np.zeros(2), np.array([1.0, -1.0])) is None
    assert advantage(losses, losses) == pytest.approx((oracle - 0.5) * losses.mean())


def test_equal_scores_move_together():
    shares, lost = loss_by_share(np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0, 0.0]))
    assert shares.tolist() == [0.0, 0.5, 1.0]
    assert lost.tolist() == [0.0, 0.0, 0.5]
