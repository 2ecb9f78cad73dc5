"""The conformance suite on FOCUS's Invoice Detail, Billing Period and Contract Commitment."""

from decimal import Decimal

import pytest

from tests.sources.conformance import CHECKS, Case
from tests.sources.dataset_files import billing_period, contract_commitment, invoice_line
from tests.sources.test_conformance import changed, summed, write_csv, write_jsonl

INVOICES = "SELECT sum(BilledCost)::DECIMAL(38,12) FROM invoice_details"
COMMITMENTS = "SELECT sum(ContractCommitmentCost)::DECIMAL(38,12) FROM contract_commitments"
OPEN = "SELECT count(*) FILTER (BillingPeriodStatus = 'Open')::DECIMAL(38,12) FROM billing_periods"


def opened(rows):
    return Decimal(sum(row["BillingPeriodStatus"] == "Open" for row in rows))


LINES = [
    invoice_line(BilledCost="0.1"),
    invoice_line(BilledCost="0.2", InvoiceDetailId="2", ChargeCategory="Tax"),
]
BAD_LINES = {
    "1,50": invoice_line(InvoiceDetailId="3", BilledCost="1,50"),
    "yesterday": invoice_line(InvoiceDetailId="3", BillingPeriodStart="yesterday"),
}
CASES = {
    "invoices": Case(
        source="focus-invoices",
        suffix=".csv",
        write=write_csv,
        rows=LINES,
        measure=INVOICES,
        expected=summed("BilledCost"),
        correct=changed("BilledCost", value="0.15"),
        malformed={**BAD_LINES, "InvoiceId": invoice_line(InvoiceId="")},
    ),
    "invoices as JSON lines": Case(
        source="focus-invoices",
        suffix=".jsonl",
        write=write_jsonl,
        rows=LINES,
        measure=INVOICES,
        expected=summed("BilledCost"),
        correct=changed("BilledCost", value="0.15"),
        malformed=BAD_LINES,
    ),
    "periods": Case(
        source="focus-periods",
        suffix=".csv",
        write=write_csv,
        rows=[
            billing_period(),
            billing_period(BillingPeriodStart="2026-04-01T00:00:00Z", BillingPeriodStatus="Open"),
        ],
        measure=OPEN,
        expected=opened,
        correct=changed("BillingPeriodStatus", value="Open"),
        malformed={
            "last month": billing_period(BillingPeriodStart="last month"),
            "BillingPeriodStatus": billing_period(BillingPeriodStatus=""),
        },
    ),
    "commitments": Case(
        source="focus-commitments",
        suffix=".csv",
        write=write_csv,
        rows=[
            contract_commitment(),
            contract_commitment(ContractCommitmentId="plan-2", ContractCommitmentCost="0.5"),
        ],
        measure=COMMITMENTS,
        expected=summed("ContractCommitmentCost"),
        correct=changed("ContractCommitmentCost", value="1100"),
        malformed={
            "1.200,00": contract_commitment(ContractCommitmentCost="1.200,00"),
            "ContractCommitmentId": contract_commitment(ContractCommitmentId=""),
        },
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
