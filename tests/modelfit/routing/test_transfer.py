"""An estimate for a task that nobody graded is as wide as tasks differ."""

import random

import pytest

from centavo.modelfit.routing.transfer import transfer_loss


def test_the_interval_covers_one_more_task():
    rng = random.Random(1)
    covered = 0
    for _ in range(400):
        tasks = {str(n): [rng.gauss(0.1, 0.05)] for n in range(8)}
        seen = transfer_loss(tasks)
        covered += seen.low <= rng.gauss(0.1, 0.05) <= seen.high
    assert 0.92 <= covered / 400 <= 0.98


def test_it_is_estimated_and_needs_three_tasks():
    assert transfer_loss({"a": [0.1], "b": [0.2]}) is None
    assert transfer_loss({"a": [0.1], "b": [0.2], "c": []}) is None
    seen = transfer_loss({"a": [0.1, 0.3], "b": [0.2], "c": [0.2]})
    assert seen.loss == pytest.approx(0.2)
    assert (seen.low, seen.high) == pytest.approx((0.2, 0.2))
    assert seen.grade == "estimated"
