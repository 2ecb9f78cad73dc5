"""The prediction interval covers the total to come, where one for the mean alone does not."""

from math import sqrt

import numpy as np
import pytest

from centavo.savings.certificate_projection import project_total


def test_the_interval_covers_skewed_savings_on_both_sides():
    rng = np.random.default_rng(1)

    def draw(count):
        return np.where(rng.random(count) < 0.4, rng.lognormal(0, 0.8, count), 0.0)

    below = above = naive = 0
    rounds, count, requests = 2000, 1000, 2000
    for _ in range(rounds):
        sample, total = draw(count), float(draw(requests).sum())
        seen = project_total(sample, requests=requests)
        below += total < seen.low
        above += total > seen.high
        half = 1.96 * sample.std() / sqrt(count) * requests
        naive += abs(total - seen.expected) <= half
    assert 0.93 <= 1 - (below + above) / rounds <= 0.97
    assert 0.3 < below / (below + above) < 0.7
    assert naive / rounds < 0.92


def test_nothing_that_varies_has_no_width():
    seen = project_total(np.full(10, 0.25), requests=8)
    assert (seen.low, seen.expected, seen.high) == (2.0, 2.0, 2.0)


def test_the_expected_total_is_the_sample_s_mean_for_every_request():
    seen = project_total(np.array([0.0, 1.0, 5.0]), requests=300)
    assert seen.expected == pytest.approx(600)
    assert seen.low < 600 < seen.high
    assert (seen.requests, seen.sampled) == (300, 3)


@pytest.mark.parametrize(("sample", "requests"), [([1.0], 10), ([], 10), ([1.0, 2.0], 0)])
def test_too_little_to_say_anything_is_unknown(sample, requests):
    assert project_total(np.array(sample), requests=requests) is None
