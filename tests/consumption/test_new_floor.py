"""Members that appear and run without pause: what raises a place's floor, and what must not."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.consumption.detection.incident import Incident
from centavo.consumption.detection.members import Member, MemberFloor
from centavo.consumption.detection.new_floor import RUN_DAYS, new_floors, within_budget
from centavo.consumption.detection.series import DIMENSIONS, Scope
from centavo.consumption.rules.unpaused import one_cause
from centavo.findings.question import Answer

DAYS = 90
ONE = np.zeros(9, dtype=np.int64)


def row(begun=0, until=DAYS, level=10.0):
    return np.where((np.arange(DAYS) >= begun) & (np.arange(DAYS) < until), level, 0.0)


def found(*rows, usual=None):
    costs = np.stack(rows)
    whole = costs.sum(axis=0, keepdims=True) + 50 if usual is None else usual
    return new_floors(costs, ONE[: len(rows)], whole)


def test_what_appears_and_never_pauses_is_known_on_its_eighth_day():
    [floor] = found(row(level=100.0), row(60))
    assert (floor.member, floor.onset, floor.alert) == (1, 60, 60 + RUN_DAYS - 1)
    assert floor.extra == pytest.approx(10)
    assert floor.share == pytest.approx(10 / 150)


def test_a_first_day_cut_short_is_no_part_of_the_run():
    begun = row(61) + 4.0 * (np.arange(DAYS) == 60)
    [floor] = found(row(level=100.0), begun)
    assert floor.onset == 61


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("a machine in another's place", [row(level=100.0), row(0, 62), row(60)]),
        ("a job of a week", [row(level=100.0), row(60, 67)]),
        ("weekdays only", [row(level=100.0), row(60) * (np.arange(DAYS) % 7 < 5)]),
        ("what varies with its use", [row(level=100.0), row(60) * (1 + np.arange(DAYS) % 2)]),
        ("what was always there", [row(level=100.0), row(0)]),
        ("small beside its place", [row(level=1000.0), row(60)]),
        ("in a place of three weeks", [row(50, level=100.0), row(70)]),
    ],
)
def test_what_raises_no_alert(name, rows):
    usual = sum(rows)[None] + 50.0
    if "three weeks" in name:
        usual = np.where(np.arange(DAYS) < 50, np.nan, usual)
    assert found(*rows, usual=usual) == []


def test_what_replaced_a_smaller_one_counts_with_the_difference():
    [floor] = found(row(0, 62, level=10.0), row(60, level=40.0))
    assert floor.extra == pytest.approx(30)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 80), st.floats(0.5, 100)), min_size=1, max_size=8))
def test_no_more_is_found_than_the_members_cost(begun):
    rows = [row(day, level=level) for day, level in begun]
    for floor in found(*rows):
        assert 0 < floor.extra <= rows[floor.member].max() * (1 + 1e-9)


def test_the_dearest_come_first_where_the_budget_has_no_room_for_all():
    rows = [row(level=100.0), *(row(50 + 3 * n, level=8.0 + n) for n in range(8))]
    all_ = found(*rows)
    kept = within_budget(all_, np.full((1, DAYS), 1.0), per_series_month=0.1)
    assert len(all_) == 8
    assert [floor.member for floor in kept] == [8, 7]


def scope(service, depth=2):
    names = dict.fromkeys(DIMENSIONS) | {"project": "lab", "service": service}
    kept = DIMENSIONS if depth == 2 else DIMENSIONS[:4]
    return Scope("USD", {name: names[name] for name in kept}, depth)


def step(extra):
    days = date(2026, 6, 14), date(2026, 6, 24)
    return Incident(scope(None, 1), "step", *days, date(2026, 6, 16), extra, 2.0)


def member(cost=100):
    one = Member(scope("Compute"), "resource", "vm", ())
    whole = date(2026, 6, 15), date(2026, 6, 24), Decimal(cost), Decimal(1)
    return [MemberFloor(one, *whole, Answer("q", "", (), ()))]


def test_a_step_that_new_members_explain_is_said_once():
    assert one_cause([step(110)], [member()]) == ([], [member()])


def test_a_step_that_is_much_more_than_its_new_member_is_the_cause():
    assert one_cause([step(300)], [member()]) == ([step(300)], [])
