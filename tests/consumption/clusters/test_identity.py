"""Ids stay: whatever is computed again is recognised by what it overlaps."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.consumption.clusters.identity import (
    Sketch,
    match_ids,
    overlap,
    shape_sketch,
    template_sketch,
)
from centavo.consumption.clusters.shapes import find_shapes


def skeleton(numbers):
    return np.array([number << 16 for number in sorted(numbers)], np.uint64)


def test_a_template_that_lost_a_sentence_keeps_its_id():
    before = template_sketch(skeleton(range(1, 90)))
    after = template_sketch(skeleton(range(8, 90)))
    assert match_ids([after], {"told1234": before}) == ["told1234"]


def test_a_version_beside_its_original_gets_an_id_of_its_own():
    first = template_sketch(skeleton(range(90)))
    second = template_sketch(skeleton(range(10, 100)))
    found = match_ids([second, first], {"told1234": first})
    assert found[1] == "told1234"
    assert found[0] != "told1234"


def test_kinds_and_keys_never_match():
    cells = ((40, 20, 50),)
    shapes = [
        shape_sketch(next(find_shapes(key, cells))) for key in ('{"model":"a"}', '{"model":"b"}')
    ]
    assert overlap(*shapes) == 0
    assert overlap(shapes[0], template_sketch(skeleton([1]))) == 0


def test_a_day_more_keeps_a_shape():
    rng = random.Random(4)
    days = [
        [(40 + rng.randint(-3, 3), 30 + rng.randint(-2, 2)) for _ in range(60)] for _ in range(2)
    ]
    one, both = (
        shape_sketch(next(find_shapes("{}", [(i, o, 1) for i, o in cells])))
        for cells in (days[0], days[0] + days[1])
    )
    assert match_ids([both], {one.new_id(): one}) == [one.new_id()]


@settings(max_examples=50)
@given(st.lists(st.sets(st.integers(0, 300), min_size=1, max_size=60), max_size=12))
def test_every_cluster_gets_one_id_and_keeps_it(groups):
    sketches = [template_sketch(skeleton(group)) for group in groups]
    ids = match_ids(sketches, {})
    assert len(set(ids)) == len(ids)
    known = dict(zip(ids, sketches, strict=True))
    again = match_ids(list(reversed(sketches)), known)
    same = [known[name].weights for name in again]
    assert same == [sketch.weights for sketch in reversed(sketches)]


def test_a_sketch_comes_back_from_the_ledger():
    sketch = template_sketch(skeleton(range(300)))
    assert len(sketch.weights) == 128
    assert Sketch.from_json(sketch.to_json()) == sketch
