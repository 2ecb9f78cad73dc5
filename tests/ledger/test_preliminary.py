"""What is preliminary: as the billing period states, else by the calendar; everywhere the same."""

from datetime import UTC, datetime, timedelta

import pytest

from centavo.ledger.coverage import coverage_of
from centavo.ledger.preliminary import preliminary_rows
from tests.reconciliation.ledgers import charge, event, in_memory, reconciled
from tests.sources.dataset_files import billing_period
from tests.sources.test_conformance import focus_row, write_csv

JUNE = datetime(2026, 6, 1)  # noqa: DTZ001 -- naive UTC
SOON, LATER = datetime(2026, 7, 3, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


def ledger(status=None, issuer="OpenAI Ireland Ltd"):
    periods = [
        {
            "BillingPeriodStart": JUNE,
            "BillingPeriodStatus": status,
            "InvoiceIssuerName": issuer,
            "x_RowId": "p",
            "x_Source": "focus-periods",
        }
    ]
    day = JUNE + timedelta(days=4)
    return in_memory(
        charges=[charge(day, 2, ConsumedQuantity=1_000_000, ListCost=2)],
        usage_events=[event("e", day, input_uncached_tokens=1_000_000, output_tokens=0)],
        billing_periods=periods if status else (),
    )


CASES = [
    (None, SOON, "late"),
    (None, LATER, None),
    ("Open", LATER, "open"),
    ("Closed", SOON, None),
    ("open", LATER, "open"),
    ("Pending", SOON, "late"),
]


@pytest.mark.parametrize(("status", "now", "reason"), CASES)
def test_a_stated_period_decides_and_else_the_calendar(status, now, reason):
    found = preliminary_rows(ledger(status), now)
    assert [each.reason for each in found] == ([reason] if reason else [])
    assert coverage_of(ledger(status), "charges", now=now).rows_preliminary == bool(reason)


@pytest.mark.parametrize(("status", "now", "reason"), CASES)
def test_lines_of_a_reconciliation_are_marked_alike(status, now, reason):
    report = reconciled(ledger(status), now=now)
    assert report.totals[0].preliminary_lines == bool(reason)


def test_the_period_of_another_issuer_says_nothing():
    assert preliminary_rows(ledger("Open", issuer="Anthropic, PBC"), LATER) == ()


def test_costs_and_ledger_say_so_also_for_a_part_of_the_month(centavo, tmp_path):
    bill = [{**focus_row("2026-03-20", "1"), "InvoiceIssuerName": "Example Cloud"}]
    write_csv(tmp_path / "bill.csv", bill)
    write_csv(tmp_path / "periods.csv", [billing_period(BillingPeriodStatus="Open")])
    centavo("ingest", "bill.csv", "periods.csv")
    costs = centavo("costs", "--by", "provider", "--since", "2026-03-15", "--json").json
    assert costs["coverage"]["rows_preliminary"] == 1
    assert "1 row preliminary" in centavo("costs", "--by", "provider").err
    assert centavo("ledger", "--json").json["preliminary"] == [
        {"issuer": "Example Cloud", "month": "2026-03-01", "charges": 1, "reason": "open"}
    ]
    closed = billing_period(BillingPeriodLastUpdated="2026-04-09T00:00:00Z")
    write_csv(tmp_path / "closed.csv", [closed])
    centavo("ingest", "closed.csv")
    assert "preliminary" not in centavo("costs", "--by", "provider").err
    assert centavo("ledger", "--json").json["preliminary"] == []
