"""A ledger's forecast: commitments that end, plans, late sources, and what it cannot answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.forecast.planned_changes import Plan
from centavo.consumption.forecast.report import ForecastQuestion, KnownInputs, forecast_report
from centavo.errors import LedgerError
from centavo.ledger.planned import TablePlan
from centavo.ledger.schema import TABLES
from centavo.money import Money
from tests.consumption.test_commitments import contract
from tests.reconciliation.ledgers import charge, in_memory

NOW = datetime(2026, 6, 30, tzinfo=UTC)
FIRST = date(2026, 4, 1)


def days(until=date(2026, 6, 21)):
    return [
        datetime.combine(FIRST + timedelta(days=n), datetime.min.time())
        for n in range((until - FIRST).days)
    ]


def asked(ledger, *, by=(), until=date(2026, 9, 1), **known):
    """Answer from rows in memory: no table has a file."""
    plans = {name: TablePlan("", (), ()) for name in (*TABLES, "batches")}
    question = ForecastQuestion(CostQuestion(by=by), until=until)
    return forecast_report(replace(ledger, plans=plans), question, KnownInputs(**known), now=NOW)


def test_a_commitment_that_ends_leaves_its_usage_at_its_own_price():
    rows = [
        charge(
            day,
            Decimal(1),
            EffectiveCost=Decimal(1),
            ListCost=Decimal(3),
            ContractedCost=Decimal(2),
            CommitmentDiscountId="plan-1",
            CommitmentDiscountStatus="Used",
        )
        for day in days()
    ]
    terms = contract(
        ContractCommitmentId="plan-1",
        ContractCommitmentPeriodStart="2025-08-01T00:00:00Z",
        ContractCommitmentPeriodEnd="2026-08-01T00:00:00Z",
    )
    (found,) = asked(in_memory(charges=rows, contract_commitments=[terms])).outlooks
    (fact,) = found.facts
    assert (fact.kind, fact.day) == ("commitment", date(2026, 8, 1))
    assert fact.effect.amount == pytest.approx(Decimal(31), rel=Decimal("0.01"))


def test_a_plan_touches_what_it_matches_in_whatever_dimension_is_asked():
    rows = [
        charge(day, Decimal(10), x_Application=name, x_Team=team)
        for day in days()
        for name, team in (("chat", "a"), ("search", "b"))
    ]
    plan = Plan("team a grows", date(2026, 8, 1), None, (("team", ("a",)),), Decimal(50), None)
    (found,) = asked(in_memory(charges=rows), by=("application",), plans=[plan]).outlooks
    assert found.facts[0].effect.amount == pytest.approx(Decimal(155), rel=Decimal("0.01"))
    chat, search = (part.months[-1].p50.amount for part in found.parts)
    assert (chat, search) == pytest.approx((Decimal(465), Decimal(310)), rel=Decimal("0.01"))


def test_an_amount_for_a_scope_that_is_not_there_is_left_out_and_said():
    rows = [charge(day, Decimal(10), x_Application=n) for day in days() for n in ("a", "b")]
    more = Money(Decimal(365), "USD")
    plan = Plan("new", date(2026, 8, 1), None, (("application", ("c",)),), None, more)
    (parts,) = asked(in_memory(charges=rows), by=("application",), plans=[plan]).outlooks
    assert parts.facts[0].effect is None
    assert "not in the forecast" in parts.facts[0].note
    (whole,) = asked(in_memory(charges=rows), plans=[plan]).outlooks
    assert whole.facts[0].effect.amount == 372


def test_the_slowest_source_says_until_when_days_are_complete():
    rows = [charge(day, Decimal(10)) for day in days()]
    rows += [charge(day, Decimal(1), BillingAccountId="slow") for day in days(date(2026, 6, 18))]
    rows += [charge(day, Decimal(1), BillingAccountId="ended") for day in days(date(2026, 5, 10))]
    report = asked(in_memory(charges=rows), late_days=2)
    assert report.complete.until == date(2026, 6, 16)
    assert report.complete.seen_until == date(2026, 6, 21)


def test_a_ledger_without_a_complete_day_is_refused():
    rows = [charge(days()[0], Decimal(10))]
    with pytest.raises(LedgerError, match="complete"):
        asked(in_memory(charges=rows), late_days=2)


def test_holidays_that_change_nothing_are_said_to():
    rows = [charge(day, Decimal(10)) for day in days()]
    (note,) = [
        each for each in asked(in_memory(charges=rows), holidays="BR").notes if "oliday" in each
    ]
    assert note.startswith("Public holidays (BR) change nothing")
    assert not any("oliday" in each for each in asked(in_memory(charges=rows)).notes)
