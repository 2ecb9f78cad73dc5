"""Whose a finding on requests is."""

from types import SimpleNamespace

import duckdb
import pytest

from centavo.findings import Owner
from centavo.findings.request_owner import owned
from tests.findings.test_register import finding


@pytest.fixture
def ledger():
    with duckdb.connect() as engine:
        engine.execute("""
            CREATE TABLE metered_events AS FROM (VALUES
                ('chat', 'gpt-4o', 'search', 6.0), ('chat', 'gpt-4o', 'billing', 4.0),
                ('mail', 'gpt-4o', 'billing', 1.0), ('mail', 'gpt-4o', NULL, 9.0)
            ) AS rows(application, priced_model, team, cost)
        """)
        engine.execute("ALTER TABLE metered_events ADD COLUMN answered_model VARCHAR")
        engine.execute("ALTER TABLE metered_events ADD COLUMN requested_model VARCHAR")
        yield SimpleNamespace(rows=lambda query: engine.execute(query).fetchall())


def test_it_is_the_team_of_most_of_the_cost(ledger):
    owner = owned(ledger, finding(subject={"application": "chat"}, owner=None)).owner
    assert (owner.name, str(owner.basis)) == ("search", "team of 60 % of the cost")


@pytest.mark.parametrize(
    "subject", [{"application": "mail"}, {"model": "gpt-4o"}, {"currency": "USD"}]
)
def test_nobody_owns_what_no_team_has_half_of(ledger, subject):
    assert owned(ledger, finding(subject=subject, owner=None)).owner is None


def test_an_owner_that_a_rule_knows_stays(ledger):
    known = Owner("platform", "stated")
    assert owned(ledger, finding(subject={"application": "chat"}, owner=known)).owner == known
