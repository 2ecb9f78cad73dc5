import csv
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from centavo.consumption.root_cause.cube import Cube
from centavo.consumption.root_cause.explain import find_causes
from centavo.consumption.root_cause.search import search
from tests.shared_data import shared_data

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from generated_cubes import case

CHAT = {"application": "a1", "model": "m1"}


def grid(seed=0, *, noise=0.1, apps=8, models=6, regions=20):
    """Every combination of three dimensions, with noise and no cause."""
    rng = np.random.default_rng(seed)
    codes = np.stack(np.meshgrid(range(apps), range(models), range(regions), indexing="ij"), -1)
    codes = codes.reshape(-1, 3)
    before = rng.lognormal(0, 1, len(codes))
    after = before * np.exp(noise * rng.standard_normal(len(codes)))
    return cube_of(codes, before, after)


def cube_of(codes, before, after):
    names = ("application", "model", "region")
    columns = {name: [f"{name[0]}{c}" for c in codes[:, n]] for n, name in enumerate(names)}
    return Cube.of_table(pa.table({**columns, "before": before, "after": after}))


def scaled(cube, element, factor):
    after = np.where(cube.inside(element), cube.after * factor, cube.after)
    return Cube(cube.dimensions, cube.codes, cube.values, cube.before, after)


def elements(found):
    return {frozenset(cause.element) for cause in found}


def wanted(*causes):
    return {frozenset(cause.items()) for cause in causes}


@pytest.mark.parametrize("seed", range(20))
def test_noise_has_no_cause(seed):
    assert search(grid(seed)) == []


@pytest.mark.parametrize("element", [{"model": "m2"}, CHAT])
@pytest.mark.parametrize("factor", [0.3, 2.0, 50.0])
def test_cells_that_move_as_one_are_the_cause(element, factor):
    assert elements(search(scaled(grid(), element, factor))) == wanted(element)


def test_what_everything_does_is_no_cause():
    cube = scaled(scaled(grid(), {}, 1.3), CHAT, 2.0)
    assert elements(search(cube)) == wanted(CHAT)


def test_two_causes_are_told_apart():
    cube = scaled(scaled(grid(), {"region": "r3"}, 0.5), CHAT, 3.0)
    assert elements(search(cube)) == wanted(CHAT, {"region": "r3"})


def test_a_cause_is_found_through_one_that_is_new():
    cube = scaled(grid(), {"model": "m2"}, 2.0)
    before = np.where(cube.inside({"application": "a5"}), 0, cube.before)
    cube = Cube(cube.dimensions, cube.codes, cube.values, before, cube.after)
    assert elements(search(cube)) == wanted({"model": "m2"}, {"application": "a5"})


def test_one_wild_cell_is_no_cause():
    cube = grid()
    cube.after[100] *= 30
    assert search(cube) == []


def test_the_order_of_rows_changes_nothing():
    cube = scaled(scaled(grid(), {"region": "r3"}, 0.5), CHAT, 3.0)
    order = np.random.default_rng(1).permutation(cube.size)
    codes = tuple(code[order] for code in cube.codes)
    mixed = Cube(cube.dimensions, codes, cube.values, cube.before[order], cube.after[order])
    assert [c.element for c in search(mixed)] == [c.element for c in search(cube)]


def test_of_two_names_for_the_same_cells_the_first_dimension_is_taken():
    cube = scaled(grid(), {"application": "a1"}, 2.0)
    team = Cube(
        (*cube.dimensions, "team"),
        (*cube.codes, cube.codes[0]),
        (*cube.values, [f"team-{value}" for value in cube.values[0]]),
        cube.before,
        cube.after,
    )
    assert elements(search(team)) == wanted({"application": "a1"})


def test_few_cells_are_ranked_by_their_amount():
    codes = np.array([[0, 0, 0], [1, 1, 0], [2, 2, 0], [3, 0, 0]])
    cube = cube_of(codes, np.array([10.0, 10, 10, 10]), np.array([10.2, 60, 9.9, 10.1]))
    (cause,) = find_causes(cube)
    assert (dict(cause.element), cause.found_by) == ({"application": "a1"}, "amount")
    assert dict(cause.shared) == {"model": "m1"}


def test_everything_alike_is_an_answer():
    codes = np.array([[0, 0, 0], [1, 1, 0], [2, 2, 0], [3, 0, 0]])
    cube = cube_of(codes, np.array([10.0, 20, 30, 40]), np.array([12.0, 24, 36, 48]))
    (cause,) = find_causes(cube)
    assert (cause.element, cause.found_by) == ((), "alike")


def test_no_change_has_no_cause():
    codes = np.array([[0, 0, 0], [1, 1, 0]])
    assert find_causes(cube_of(codes, np.array([1.0, 2]), np.array([1.0, 2]))) == []


def test_an_empty_cube_has_no_cause():
    assert find_causes(cube_of(np.zeros((0, 3), int), np.zeros(0), np.zeros(0))) == []


def test_has_none_is_a_value_like_others():
    columns = {
        "application": [None if n % 5 == 0 else f"a{n % 5}" for n in range(200)],
        "model": [f"m{n % 7}" for n in range(200)],
    }
    before = np.full(200, 10.0)
    rng = np.random.default_rng(4)
    after = before * np.exp(0.05 * rng.standard_normal(200))
    after[::5] *= 3
    cube = Cube.of_table(pa.table({**columns, "before": before, "after": after}))
    assert elements(search(cube)) == wanted({"application": None})


@pytest.mark.parametrize("hard", [False, True])
def test_planted_causes_of_fresh_seeds_are_found(hard):
    right = 0
    for seed in range(500, 530):
        planted = case(seed, hard=hard)
        right += elements(search(Cube.of_table(planted.table))) == planted.causes
    assert right >= 26


def test_the_published_cubes_reach_their_target():
    folder = shared_data("anomaly")
    table = pq.read_table(folder / "rca_cost_v0_cubes.parquet")
    right, cases = 0, 0
    with (folder / "rca_cost_v0_labels.csv").open() as lines:
        for row in csv.DictReader(lines):
            chosen = table.filter(pc.equal(table["case"], int(row["case"]))).drop_columns(["case"])
            names = {"predict": "before", "real": "after"}
            cube = Cube.of_table(
                chosen.rename_columns([names.get(n, n) for n in chosen.column_names])
            )
            causes = [
                dict(p.split("=") for p in c.split("&")) for c in row["root_causes"].split(";")
            ]
            right += elements(search(cube)) == wanted(*causes)
            cases += 1
    assert right / cases >= 0.87


def test_a_value_that_says_nothing_is_no_cause():
    codes = np.array([[0, 0, 0], [1, 1, 0], [2, 2, 0], [3, 0, 1]])
    cube = cube_of(codes, np.array([10.0, 20, 30, 40]), np.array([12.0, 24, 36, 40]))
    assert elements(find_causes(cube)) == wanted({"region": "r0"})
    silent = replace(cube, nameless={"region": "r0"})
    assert frozenset({("region", "r0")}) not in elements(find_causes(silent))
