"""The certificate keeps its promise, looked at once or often, and never certifies a certain loss."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import ConfigError
from centavo.savings.certificate import certify_move, log_capitals, plan_certificate
from centavo.savings.certificate_bounds import labels_needed, largest_loss
from centavo.savings.certificate_exact import ExactTest
from centavo.savings.certificate_stream import CertificateStream
from centavo.savings.certificate_wealth import log_capital


def traffic(rng, count, *, harder=0.4):
    """Return scores and losses: the chance to lose grows with the score, from none to ``harder``."""
    scores = rng.random(count)
    losses = np.where(rng.random(count) < harder * scores, 1.0, 0.0)
    return scores, losses - np.where(rng.random(count) < 0.02, 1.0, 0.0) * (losses == 0)


def mean_loss(threshold, harder=0.4):
    """Return the true mean loss of moving what scores at most the threshold."""
    lost = harder * threshold**2 / 2
    return lost - 0.02 * (threshold - lost)


@pytest.fixture
def plan():
    return plan_certificate(*traffic(np.random.default_rng(7), 800), limit=0.03)


def test_the_promise_is_broken_in_at_most_one_of_twenty_calibrations(plan):
    rng = np.random.default_rng(1)
    moves = [certify_move(plan, *traffic(rng, 1000)) for _ in range(400)]
    broken = sum(m.threshold is not None and mean_loss(m.threshold) > 0.03 for m in moves)
    assert broken <= 20
    assert np.mean([m.share for m in moves]) > 0.25


def test_the_exact_test_keeps_the_promise_at_its_edge_and_certifies_more():
    rng, labels = np.random.default_rng(4), traffic(np.random.default_rng(7), 800)
    planned = [plan_certificate(*labels, limit=0.03, once=once) for once in (True, False)]
    assert [plan.test for plan in planned] == ["exact", "betting"]
    drawn = [traffic(rng, 1000) for _ in range(400)]
    exact, betting = ([certify_move(plan, *each) for each in drawn] for plan in planned)
    broken = sum(m.threshold is not None and mean_loss(m.threshold) > 0.03 for m in exact)
    assert broken <= 20
    shares = [np.mean([m.share for m in moves]) for moves in (exact, betting)]
    assert shares[0] > shares[1] + 0.03
    # All move, and lose exactly what is allowed: a loss of 0.3 is one of 1 by lot.
    edge = replace(planned[0], thresholds=(0.5,), bets=planned[0].bets[:1])
    for loss in (1.0, 0.3):
        lost = [np.where(rng.random(600) < 0.03 / loss, loss, 0.0) for _ in range(600)]
        steps = [certify_move(edge, np.zeros(600), each).step for each in lost]
        assert sum(step is not None for step in steps) <= 42


def test_the_exact_test_is_the_binomial_one_where_nothing_is_gained():
    test = ExactTest(50, limit=0.2, alpha=0.05)
    lost = np.arange(51)
    below = np.cumsum([comb(50, n) * 0.2**n * 0.8 ** (50 - n) for n in lost])
    # The worst share of losses is no smaller than the limit, and its limit costs a tenth of the doubt.
    assert (test.p_values(np.zeros(51, dtype=int), lost) >= below + 0.005 - 1e-9)[:10].all()
    assert test.p_values(np.array(0), np.array(3)) < 0.05


def test_losses_of_many_sizes_are_bet_on():
    rng = np.random.default_rng(5)
    plan = plan_certificate(rng.random(300), rng.random(300) * 0.2, limit=0.03, once=True)
    assert plan.test == "betting"


def test_looking_after_every_batch_keeps_the_promise(plan):
    rng = np.random.default_rng(2)
    broken = 0
    for _ in range(150):
        stream = CertificateStream(plan)
        steps = [stream.look(*traffic(rng, 100)) for _ in range(20)]
        last = steps[-1]
        broken += last is not None and mean_loss(plan.thresholds[last]) > 0.03
        seen = [-1 if step is None else step for step in steps]
        assert seen == sorted(seen)
    assert broken <= 7


def test_a_stream_of_one_batch_is_the_certificate(plan):
    labels = traffic(np.random.default_rng(3), 1500)
    stream = CertificateStream(plan)
    assert stream.look(*labels) == certify_move(plan, *labels).step
    assert stream.labels == 1500


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 3000), st.floats(0.005, 0.5))
def test_a_pair_that_always_loses_is_never_certified_beyond_the_limit(seed, count, limit):
    rng = np.random.default_rng(seed)
    scores = rng.random(400)
    plan = plan_certificate(scores, np.ones(400), limit=limit)
    move = certify_move(plan, rng.random(count), np.ones(count))
    assert move.threshold is None or move.threshold <= limit + 0.05


def test_a_certain_loss_without_a_router_is_never_certified():
    plan = plan_certificate(np.zeros(100), np.ones(100), limit=0.05)
    assert certify_move(plan, np.zeros(5000), np.ones(5000)).step is None


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.0, 0.3))
def test_larger_losses_never_certify_more(seed, worse):
    rng = np.random.default_rng(seed)
    scores, losses = traffic(rng, 600)
    plan = plan_certificate(*traffic(rng, 300), limit=0.05)
    easier = certify_move(plan, scores, losses)
    harder = certify_move(plan, scores, np.minimum(losses + worse, 1.0))
    assert (harder.step or -1) <= (easier.step or -1)


def test_a_larger_limit_certifies_at_least_as_much():
    rng = np.random.default_rng(4)
    pilot, labels = traffic(rng, 500), traffic(rng, 1500)
    shares = [
        certify_move(plan_certificate(*pilot, limit=limit), *labels).share
        for limit in (0.01, 0.02, 0.04, 0.08, 0.16)
    ]
    assert shares == sorted(shares)


def test_capital_by_threshold_is_the_capital_of_the_losses_that_each_threshold_makes(plan):
    scores, losses = traffic(np.random.default_rng(5), 300)
    capitals = log_capitals(plan, scores, losses)
    for step in (0, 17, 39):
        moved = np.where(scores <= plan.thresholds[step], losses, 0.0)
        bets = np.array(plan.bets[step])
        averaged = np.logaddexp.reduce(capitals[step]) - np.log(len(bets))
        assert averaged == pytest.approx(log_capital(moved, bets, limit=0.03))


def test_the_order_of_labels_changes_nothing(plan):
    scores, losses = traffic(np.random.default_rng(6), 500)
    by_loss = np.argsort(losses)
    assert certify_move(plan, scores[by_loss], losses[by_loss]) == certify_move(
        plan, scores, losses
    )


def test_no_label_certifies_nothing(plan):
    assert certify_move(plan, np.array([]), np.array([])).step is None


def test_the_largest_loss_covers_the_true_one():
    rng = np.random.default_rng(8)
    above = [
        largest_loss((rng.random(300) < 0.1) * 1.0, variance=0.09, confidence=0.95) < 0.1
        for _ in range(200)
    ]
    assert sum(above) <= 10
    few, many = np.zeros(300), np.zeros(5000)
    few[:30], many[:500] = 1.0, 1.0
    wide = largest_loss(few, variance=0.09, confidence=0.95)
    assert 0.1 < largest_loss(many, variance=0.09, confidence=0.95) < wide < 0.16
    assert largest_loss(np.array([]), variance=0.1, confidence=0.95) == 1.0


def test_labels_that_are_missing_are_about_what_then_certifies():
    rng = np.random.default_rng(9)
    seen = (rng.random(300) < 0.05) * 1.0
    needed = labels_needed(seen, limit=0.1, confidence=0.95)
    assert needed is not None
    plan = plan_certificate(np.zeros(300), seen, limit=0.1)
    enough = certify_move(plan, np.zeros(2 * needed), (rng.random(2 * needed) < 0.05) * 1.0)
    assert enough.share == 1
    too_few = certify_move(plan, np.zeros(needed // 4), (rng.random(needed // 4) < 0.05) * 1.0)
    assert too_few.step is None
    assert labels_needed(seen, limit=0.02, confidence=0.95) is None
    assert labels_needed(np.array([]), limit=0.02, confidence=0.95) is None


@pytest.mark.parametrize(
    ("limit", "confidence"), [(0.0, 0.95), (1.0, 0.95), (0.1, 1.0), (0.1, 0.2)]
)
def test_a_limit_or_confidence_that_means_nothing_is_refused(limit, confidence):
    with pytest.raises(ConfigError):
        plan_certificate(np.zeros(3), np.zeros(3), limit=limit, confidence=confidence)


def test_losses_beyond_one_are_refused(plan):
    with pytest.raises(ConfigError, match="between 0 and 1"):
        certify_move(plan, np.zeros(2), np.array([0.0, 7.0]))
