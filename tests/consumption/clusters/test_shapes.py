"""Shapes: cut at valleys of length, and nowhere else."""

import random

from centavo.consumption.clusters.shapes import find_shapes


def cells(centre_in, centre_out, calls, *, seed=1):
    rng = random.Random(seed)
    return [
        (round(rng.gauss(centre_in, 2)), round(rng.gauss(centre_out, 2)), 1) for _ in range(calls)
    ]


def test_short_and_long_calls_are_two_shapes():
    found = list(find_shapes("{}", cells(30, 20, 300) + cells(60, 20, 100)))
    assert sorted(shape.calls for shape in found) == [100, 300]
    first, second = sorted(found, key=lambda shape: shape.inputs)
    assert first.inputs[1] < second.inputs[0]


def test_short_and_long_answers_are_two_shapes():
    found = list(find_shapes("{}", cells(40, 8, 200) + cells(40, 40, 200)))
    assert len(found) == 2


def test_one_hill_stays_whole():
    found = list(find_shapes("{}", cells(40, 30, 2_000)))
    assert [shape.calls for shape in found] == [2_000]


def test_a_few_calls_have_no_shape():
    assert list(find_shapes("{}", cells(40, 30, 19))) == []
    assert list(find_shapes("{}", [])) == []


def test_no_call_is_in_two_shapes_or_lost():
    every = cells(30, 20, 300) + cells(60, 20, 100) + cells(30, 50, 120)
    found = list(find_shapes("{}", every))
    assert sum(shape.calls for shape in found) == len(every)
    for i, o, _ in every:
        inside = [
            shape
            for shape in found
            if shape.inputs[0] <= i <= shape.inputs[1] and shape.outputs[0] <= o <= shape.outputs[1]
        ]
        assert len(inside) == 1
