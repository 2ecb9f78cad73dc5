"""A month with a fault of each cause: each is named, and worth what it is worth."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from centavo.reconciliation import CAUSES, Reconciliation
from tests.reconciliation.faults import FAULTS, Project, charges_of, events_of, faulty_month
from tests.reconciliation.ledgers import reconciled, write

_EXPORTED = datetime(2026, 7, 2)  # noqa: DTZ001 -- naive UTC


@pytest.fixture(scope="module")
def month(tmp_path_factory) -> tuple[dict[str, Project], Reconciliation]:
    folder = tmp_path_factory.mktemp("faults")
    projects = faulty_month()
    write(folder, "usage_events", [row for p in projects for row in events_of(p)])
    location = write(
        folder, "charges", [row for p in projects for row in charges_of(p, exported=_EXPORTED)]
    )
    report = reconciled(location, now=datetime(2026, 7, 3, tzinfo=UTC))
    return {project.name: project for project in projects}, report


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_named_with_its_amount(month, name):
    projects, report = month
    found = {total.key["account"]: total for total in report.by(("account",))}[name]
    truth = projects[name].truth
    size = sum(abs(amount) for amount in truth.values())
    for cause in CAUSES:
        expected = truth.get(cause.name, Decimal(0))
        allowed = max(size / 100, Decimal("0.000001"))
        assert abs(found.causes[cause.name] - expected) <= allowed, (cause.name, found.causes)


def test_what_is_unknown_is_less_than_a_hundredth(month):
    _, report = month
    (total,) = report.totals
    sizes = sum(abs(amount) for amount in total.causes.values())
    assert abs(total.causes["unknown"]) < sizes / 100


def test_causes_add_up_to_the_gap_of_every_line(month):
    _, report = month
    causes = " + ".join(f"gap_{cause.name}" for cause in CAUSES)
    wrong = report.ledger.rows(
        f"SELECT * FROM reconcile_lines WHERE gap_cost IS DISTINCT FROM {causes} "
        "OR gap_cost IS DISTINCT FROM coalesce(billed_cost, 0) - coalesce(metered_cost, 0)"
    )
    assert wrong == []


def test_a_sound_project_matches_on_every_line(month):
    _, report = month
    found = {total.key["account"]: total for total in report.by(("account",))}["sound"]
    assert found.gap_cost == 0
    assert found.statuses["matched"] == found.lines
