"""A route file says the same when it is read back, and says where it is wrong."""

import re
from dataclasses import replace

import pytest

from centavo.errors import CentavoError, ConfigError
from centavo.policy.route import FormWeight
from centavo.policy.route_file import read_route, route_text
from tests.policy.routes import category_route, nearness, text_route


@pytest.mark.parametrize(
    "route",
    [
        category_route(),
        text_route(near=nearness()),
        text_route(agreement=FormWeight(0.5, 0.25, -0.3)),
    ],
    ids=["category", "text", "cascade"],
)
def test_a_route_is_the_same_when_it_is_read_back(tmp_path, route):
    path = tmp_path / "route.yaml"
    path.write_text(route_text(route), encoding="utf-8")
    assert read_route(path) == route


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema: centavo.route/1", "schema: centavo.route/9", r"line 2: schema is none of"),
        ("router: category", "router: magic", r"line 9: router is none of category, text, cascade"),
        ("threshold: 0.0", "threshold: much", r"line 10: threshold is not a number: 'much'"),
        ("threshold: 0.0", "threshold: .inf", r"line 10: threshold is not a number"),
        ("threshold: 0.0", "thresholds: 0.0", r"line 10: thresholds is not a key here"),
        ("keep: large", "keep:", r"keep is missing"),
        ("application:", "applications:", r"line 5: applications is not a key here"),
        ("share: 0.4", "share: 40", r"share is not between 0 and 1: 40.0"),
        ("labels: 1200", "labels: 12.5", r"labels is not whole: 12.5"),
        ("- -0.1\n", "- 0.5\n", r"thresholds must increase"),
        ("- 0.1 0.2\n", "", r"bets must be as many as thresholds, 2: 1"),
        ("- 0.1 0.2\n", "- 0.1\n", r"bets must be as many for each threshold"),
        ("dimension: feature", "dimension: features", r"dimension is not a scope: 'features'"),
        ("score:\n", "score: 5\nother:\n", r"is not a key here"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tmp_path, old, new, told):
    path = tmp_path / "route.yaml"
    text = route_text(category_route())
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CentavoError, match=told):
        read_route(path)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("tokens: '***'", "is not base64"),
        ("tokens: AAAA", "does not hold 4096 weights"),
        ("tokens: " + "AADAfw" + "A" * 21840 + "==", "holds a weight that is not a number"),
    ],
)
def test_weights_that_cannot_be_read_are_named(tmp_path, new, told):
    path = tmp_path / "route.yaml"
    path.write_text(re.sub(r"  tokens: \S+", f"  {new}", route_text(text_route())))
    with pytest.raises(CentavoError, match=told):
        read_route(path)


@pytest.mark.parametrize(
    ("key", "new", "told"),
    [
        ("topics", "AAAA", "does not hold 4096 rows of 64 bytes"),
        ("remembered", "AAAA", "does not hold rows of 116 bytes"),
        ("remembered", "AHwA" + "AAAA" * 37 + "AAA=", "holds a figure that is not a number"),
        ("weights", "AAAA", "does not hold 2 weights of 4 bytes"),
    ],
)
def test_remembered_prompts_that_cannot_be_read_are_named(tmp_path, key, new, told):
    path = tmp_path / "route.yaml"
    text = route_text(text_route(near=nearness()))
    path.write_text(re.sub(rf"    {key}: \S+", f"    {key}: {new}", text))
    with pytest.raises(CentavoError, match=told):
        read_route(path)


def test_nearness_needs_the_form_that_it_is_told_by(tmp_path):
    path = tmp_path / "route.yaml"
    route = text_route(near=nearness())
    path.write_text(route_text(replace(route, score=replace(route.score, form=None))))
    with pytest.raises(CentavoError, match="form is missing: near is told by it"):
        read_route(path)


def test_a_cascade_needs_a_weight_for_agreement(tmp_path):
    path = tmp_path / "route.yaml"
    path.write_text(route_text(text_route()).replace("router: text", "router: cascade"))
    with pytest.raises(CentavoError, match="agreement is missing"):
        read_route(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"route\.yaml cannot be read"):
        read_route(tmp_path / "route.yaml")
