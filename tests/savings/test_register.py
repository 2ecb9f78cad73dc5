"""The register of savings: states, people, figures, and what may be added."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from centavo.errors import ConfigError
from centavo.findings import Evidence, Finding
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.money import Money
from centavo.period import Period
from centavo.savings.levers import KINDS
from centavo.savings.plan_lines import line_of_finding, lines_of_simulation
from centavo.savings.register import (
    add_savings,
    find_saving,
    load_savings,
    move,
    plan_totals,
    revise,
    save_savings,
)
from centavo.savings.saving import NEXT_STATES, STATES, Saving, StateStep
from tests.ledger.bills import write_bill
from tests.savings.traffic import ledger_of, lever, request, run

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STEP = StateStep(NOW.replace(tzinfo=None), "ana", "validated")


def saving(**changes) -> Saving:
    plain = Saving(
        title="batch instead of real time",
        saving_kind="reduction",
        scope={"application": "job"},
        evidence="replay of 10 requests",
        method="replay",
        lever="batch application=job",
        plan="December",
        place=2,
        period_start=datetime(2026, 11, 1),  # noqa: DTZ001 -- naive UTC, as in the ledger
        period_end=datetime(2026, 11, 29),  # noqa: DTZ001 -- naive UTC, as in the ledger
        price_snapshot_id="0123456789ab",
        currency="USD",
        baseline_per_30d=Decimal("100"),
        driver="requests touched",
        driver_per_30d=Decimal("10.5"),
        low_per_30d=Decimal("40"),
        expected_per_30d=Decimal("50.123456789012"),
        high_per_30d=Decimal("60"),
        confidence=Decimal("0.9"),
        exclusions=("abc",),
    )
    return replace(plain, **changes)


@pytest.fixture
def location(tmp_path):
    place = LedgerLocation(tmp_path / "ledger")
    write_bill(place, tmp_path / "bill.csv", [("2026-07-01", "1", "a")])
    return place


def test_a_saving_comes_back_from_the_ledger_as_it_went_in(location):
    ledger = Ledger.open(location)
    after = add_savings({}, [saving(due=date(2026, 12, 15), owner="bruno")], STEP)
    assert save_savings(ledger, {}, after, now=NOW) == 1
    assert load_savings(Ledger.open(location)) == after


def test_a_state_replaces_the_row_and_adds_to_the_history(location):
    after = add_savings({}, [saving()], STEP)
    save_savings(Ledger.open(location), {}, after, now=NOW)
    (known,) = after.values()
    approved = move(known, "approved", replace(STEP, actor="carla", note="go"))
    save_savings(Ledger.open(location), after, {known.saving.id: approved}, now=NOW)
    (read,) = load_savings(Ledger.open(location)).values()
    assert read.state == "approved"
    assert [(step.actor, step.action) for step in read.history] == [
        ("ana", "validated"),
        ("carla", "approved"),
    ]


@pytest.mark.parametrize("state", STATES)
def test_only_the_drawn_moves_are_possible(state):
    (known,) = add_savings({}, [saving()], STEP).values()
    known = replace(known, state=state)
    for other in STATES:
        if other in NEXT_STATES[state]:
            assert move(known, other, STEP).state == other
        else:
            with pytest.raises(ConfigError):
                move(known, other, STEP)


def test_new_figures_keep_what_people_decided():
    register = add_savings({}, [saving()], STEP)
    (known,) = register.values()
    owned = revise(known, replace(known.saving, owner="bruno", effort_days=Decimal(2)), STEP)
    owned = move(owned, "approved", STEP)
    again = add_savings({known.saving.id: owned}, [saving(expected_per_30d=Decimal("40"))], STEP)
    (read,) = again.values()
    assert read.state == "approved"
    assert read.saving.owner == "bruno"
    assert read.saving.expected_per_30d == Decimal("40")


def test_the_same_figures_change_nothing():
    register = add_savings({}, [saving()], STEP)
    assert add_savings(register, [saving()], STEP) == register


def test_a_finding_is_identified_and_a_simulation_of_it_validates():
    identified = add_savings(
        {}, [saving(lever=None, rule="FIT201")], replace(STEP, action="identified")
    )
    assert [known.state for known in identified.values()] == ["identified"]


def test_a_line_cannot_become_another():
    (known,) = add_savings({}, [saving()], STEP).values()
    with pytest.raises(ConfigError):
        revise(known, saving(scope={"application": "other"}), STEP)


def test_only_lines_of_one_plan_add_up():
    lines = [
        saving(),
        saving(lever="retries", place=1, expected_per_30d=Decimal(1)),
        saving(lever="x", plan="other", expected_per_30d=Decimal(5)),
        saving(lever="y", saving_kind="avoidance", expected_per_30d=Decimal(7)),
        saving(lever="z", currency="BRL", expected_per_30d=Decimal(9)),
        saving(lever="u", plan=None, expected_per_30d=Decimal(2)),
        saving(lever="v", plan=None, expected_per_30d=Decimal(3)),
    ]
    totals = plan_totals(add_savings({}, lines, STEP).values())
    assert sorted((each.lines, each.expected.currency) for each in totals) == sorted(
        [(2, "USD"), (1, "USD"), (1, "USD"), (1, "BRL"), (1, "USD"), (1, "USD")]
    )


def test_an_id_is_found_by_its_beginning():
    register = add_savings({}, [saving()], STEP)
    (key,) = register
    assert find_saving(register, key[:5]).saving.id == key
    with pytest.raises(ConfigError):
        find_saving(register, "zzz")


def test_lines_of_a_simulation_add_up_to_the_joint_total():
    requests = [request(n * 24 * 60 // 4, application="job") for n in range(40)]
    found = run(
        ledger_of(*requests),
        lever("model", to="claude-haiku-4-5"),
        lever("batch"),
        lever("retries"),
    )
    lines = lines_of_simulation(found, plan="p", kinds=KINDS)
    # Retries saves nothing, and what saves nothing is no line.
    assert [line.lever for line in lines] == ["model", "batch"]
    joint = found.per_30d("USD", found.saved("USD")).amount
    assert sum(line.expected_per_30d for line in lines) == pytest.approx(joint, abs=Decimal("1e-9"))


def test_a_finding_becomes_a_line_with_its_evidence():
    finding = Finding(
        code="FIT201",
        subject={"application": "a"},
        sentence="Too large.",
        period=Period(NOW.replace(day=1), NOW),
        per_30d=Money(Decimal(12), "USD"),
        grade="estimated",
        evidence=Evidence("q", "SELECT 1", ("a",), (("1",),), 1),
        to_do="",
        wrong_when="Never.",
    )
    line = line_of_finding(finding)
    assert (line.method, line.rule, line.finding_id) == ("rule", "FIT201", finding.id)
    assert line.expected == Money(Decimal(12), "USD")
