"""A request is scored as the router was trained, and goes where its score says."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import ConfigError
from centavo.policy.route import FormWeight
from centavo.policy.route_features import (
    DIMENSIONS,
    FORM,
    READ_CHARACTERS,
    TOPICS,
    hashed_tokens,
    read_part,
    request_form,
)
from centavo.policy.route_score import RouteScorer
from tests.policy.routes import category_route, nearness, text_route


def words(text):
    """Return a number for each word, as a tokenizer would."""
    return [sum(word.encode()) for word in text.split()]


def test_a_category_goes_where_its_weight_says():
    scorer = RouteScorer(category_route())
    scope = {"application": "support-web", "feature": "chat"}
    assert scorer.model(scope) == "small"
    assert scorer.model({**scope, "feature": "maths"}) == "large"
    assert scorer.model({**scope, "feature": "never seen"}) == "large"
    assert scorer.model({"application": "search", "feature": "chat"}) == "large"
    assert scorer.score(category="chat") == pytest.approx(-0.1)


def test_a_text_scores_by_its_tokens_and_form():
    route = text_route()
    text = "How many apples are 3 and 4?"
    places, signs, distinct = hashed_tokens(words(text))
    form = request_form(text, tokens=7, distinct=distinct)
    limit = 4 / np.sqrt(len(FORM))
    expected = route.score.intercept + np.array(route.score.tokens)[places] @ signs
    for name, value in zip(FORM, form, strict=True):
        weight = route.score.form[name]
        expected += weight.weight * np.clip((value - weight.mean) / weight.scale, -limit, limit)
    assert RouteScorer(route, encode=words).score(text) == pytest.approx(expected, abs=1e-5)


def test_a_text_near_to_remembered_prompts_scores_by_their_weights():
    text = "How many apples are 3 and 4?"
    plain, near = text_route(), nearness()
    distinct = len(set(words(text)))
    form = np.array(request_form(text, tokens=7, distinct=distinct))
    scales = plain.score.form.values()
    limit = 4 / np.sqrt(len(FORM))
    form = [(f - w.mean) / w.scale for f, w in zip(form, scales, strict=True)]
    # All topics weigh the same, so that each is a share of the length 1.
    row = np.concatenate((np.full(TOPICS, TOPICS**-0.5), np.clip(form, -limit, limit)))
    second = np.zeros(len(row))
    second[0] = 1
    expected = 0.5 * np.exp(-0.7 * row @ row) - 0.25 * np.exp(
        -0.7 * (row - second) @ (row - second)
    )
    scored = [RouteScorer(text_route(near=each), encode=words).score(text) for each in (None, near)]
    assert scored[1] - scored[0] == pytest.approx(expected, abs=1e-4)


def test_a_cascade_asks_the_cheap_model_first_and_then_needs_the_agreement():
    scorer = RouteScorer(text_route(agreement=FormWeight(0.5, 0.25, -0.3)), encode=words)
    assert scorer.model({}, text="hello") == "small"
    sure = scorer.score("hello", agreement=1.0)
    assert sure < scorer.score("hello", agreement=0.0)
    with pytest.raises(ConfigError, match="needs the agreement"):
        scorer.score("hello")


@given(st.text(max_size=300))
@settings(max_examples=30)
def test_any_text_has_a_form_and_a_score(text):
    ids = words(text)
    places, signs, distinct = hashed_tokens(ids)
    assert distinct == len(set(ids))
    assert len(places) == len(signs) == distinct + len(set(pairwise(ids)))
    assert ((places >= 0) & (places < DIMENSIONS)).all()
    form = request_form(text, tokens=len(ids), distinct=distinct)
    assert len(form) == len(FORM)
    assert np.isfinite(form).all()
    assert np.isfinite(RouteScorer(text_route(), encode=words).score(text))


def test_order_of_repeated_tokens_does_not_count_them_twice():
    once, twice = hashed_tokens([5, 9]), hashed_tokens([5, 9, 5, 9])
    assert once[2] == twice[2] == 2
    assert len(once[0]) == 3
    assert len(twice[0]) == 4


def test_a_long_text_is_read_at_both_ends():
    text = "a" * 5000 + "b" * 5000
    part = read_part(text)
    assert len(part) == READ_CHARACTERS
    assert part.startswith("a")
    assert part.endswith("b" * 100)
    assert read_part("short") == "short"
