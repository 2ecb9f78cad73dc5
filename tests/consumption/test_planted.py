"""What the rules find of the sample company's planted incidents, on a seed that nothing was tried on."""

import sys
from pathlib import Path

import pytest

from centavo.ledger.ledger import Ledger

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SEED = 1_861
# The spike is a retry, which says more than CON101 does of the same days.
EXPECTED = {
    "spike": "CON107",
    "ramp": "CON103",
    "test-like-production": "CON108",
    "price-change": "CON104",
    "unlabelled-application": "CON115",
    "discount-ended": "CON105",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from consumption_findings import sample_ledger

        yield sample_ledger(tmp_path_factory.mktemp("company"), SEED)
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def scored(company):
    from consumption_findings import findings_of
    from planted import score

    settings, truth, now = company
    findings = findings_of(settings, now).run.findings
    return score(findings, truth), findings, truth


def test_unlabelled_calls_get_the_right_application_or_none(company):
    from cluster_owners import answers

    found = list(answers(Ledger.open(company[0].location)))
    assert [each.question for each in found if not each.is_right] == []
    assert sum(each.wanted is None for each in found) > 8
    assert sum(each.wanted is not None for each in found) > 8


@pytest.mark.parametrize("incident", EXPECTED)
def test_a_planted_incident_is_found_by_its_rule(scored, incident):
    assert EXPECTED[incident] in scored[0].found[incident]


def test_no_harmless_look_alike_is_reported(scored):
    assert scored[0].false == []


def test_nothing_else_is_reported(scored):
    assert scored[0].others == []


@pytest.mark.parametrize(
    ("incident", "code", "share"),
    [
        ("discount-ended", "CON105", 0.05),
        ("price-change", "CON104", 0.15),
        ("spike", "CON107", 0.02),
    ],
)
def test_the_money_is_that_of_the_truth(scored, incident, code, share):
    _, findings, truth = scored
    planted = next(each for each in truth["incidents"] if each["id"] == incident)
    found = next(finding for finding in findings if finding.code == code)
    currency = found.per_30d.currency.lower()
    days = len(planted["extra"][currency]["by_day"])
    total = float(planted["extra"][currency]["total"]["amount"])
    expected = total if days < 7 else total / days * 30
    assert float(found.per_30d.amount) == pytest.approx(expected, rel=share)
