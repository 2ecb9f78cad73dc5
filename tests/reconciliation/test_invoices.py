"""Every invoice against its charges: equal, or the exact difference, and what may still change."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.period import Period
from centavo.reconciliation import compare_invoices
from tests.reconciliation.ledgers import charge, in_memory
from tests.shared_data import shared_data

NOW = datetime(2026, 9, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1)  # noqa: DTZ001 -- naive UTC
JULY = datetime(2026, 7, 1)  # noqa: DTZ001 -- naive UTC


def billed(cost, invoice="I-1", *, month=JUNE, **columns):
    columns = {"InvoiceId": invoice, "InvoiceIssuerName": "OpenAI, Inc.", **columns}
    return charge(month.replace(day=5), Decimal(cost), **columns)


def line(cost, invoice="I-1", *, month=JUNE, **columns):
    return {
        "BilledCost": Decimal(cost),
        "BillingCurrency": "USD",
        "BillingPeriodStart": month,
        "ChargeCategory": "Usage",
        "InvoiceId": invoice,
        "InvoiceIssueStatus": "Issued",
        "InvoiceIssuerName": "OpenAI",
        "ReferenceInvoiceId": invoice,
        "x_RowId": f"{invoice}{cost}{columns}",
        "x_Source": "focus-invoices",
        **columns,
    }


def state(status, month=JUNE):
    return {
        "BillingPeriodStart": month,
        "BillingPeriodStatus": status,
        "InvoiceIssuerName": "OpenAI",
        "x_RowId": f"{status}{month}",
        "x_Source": "focus-periods",
    }


def compared(charges=(), lines=(), periods=(), *, since=None, until=None, now=NOW):
    ledger = in_memory(charges=charges, invoice_details=lines, billing_periods=periods)
    return compare_invoices(ledger, now=now, period=Period.parse(since, until))


def test_an_invoice_equals_the_sum_of_its_charges_whoever_spells_the_issuer():
    report = compared([billed("0.1"), billed("0.2")], [line("0.3")])
    (invoice,) = report.invoices
    assert (invoice.status, invoice.difference) == ("equal", 0)
    assert (invoice.charges, invoice.lines, invoice.issuer) == (2, 1, "OpenAI")
    assert report.totals[0].open_difference == 0


def test_the_difference_is_exact():
    report = compared([billed("100.000000000001")], [line("90")])
    (invoice,) = report.invoices
    assert (invoice.status, invoice.difference) == ("differs", Decimal("10.000000000001"))
    assert report.totals[0].open_difference == Decimal("10.000000000001")


def test_rounded_lines_are_allowed_what_focus_allows():
    assert compared([billed("100.004")], [line("100.00")]).invoices[0].status == "rounding"
    assert compared([billed("101.01")], [line("100.00")]).invoices[0].status == "differs"


def test_an_invoice_without_charges_and_charges_without_their_invoice():
    report = compared([billed("3", "I-2")], [line("5")])
    found = {invoice.invoice_id: invoice for invoice in report.invoices}
    assert found["I-1"].status == "no_charges"
    assert found["I-2"].status == "unknown_invoice"
    assert found["I-2"].difference is None
    assert report.totals[0].open_difference == 8


def test_charges_without_an_invoice_id_stand_apart_by_month():
    report = compared([billed("1", None), billed("2", None), billed("4", None, month=JULY)])
    shown = [(each.start, each.rows, each.cost) for each in report.without_invoice]
    assert shown == [(JUNE, 2, Decimal(3)), (JULY, 1, Decimal(4))]
    assert report.invoices == ()


def test_without_invoices_there_is_nothing_to_compare():
    report = compared([billed("1"), billed("2", "I-2")])
    assert [invoice.status for invoice in report.invoices] == ["nothing_to_compare"] * 2
    assert report.totals[0].open_difference == 0


def test_a_correction_is_counted_with_the_invoice_that_it_corrects():
    report = compared(
        [billed("10"), billed("-2", ChargeClass="Correction")],
        [line("10"), line("-2", "I-1C", ReferenceInvoiceId="I-1")],
    )
    (invoice,) = report.invoices
    assert (invoice.invoice_id, invoice.status, invoice.difference) == ("I-1", "equal", 0)
    assert [part.invoice_id for part in invoice.parts] == ["I-1", "I-1C"]
    assert [part.status for part in invoice.parts] == ["differs", "no_charges"]


def test_an_invoice_that_also_corrects_another_stays_on_its_own():
    report = compared(
        [billed("10"), billed("20", "I-2", month=JULY), billed("-1", "I-2", month=JULY)],
        [
            line("10"),
            line("20", "I-2", month=JULY),
            line("-1", "I-2", month=JULY, ReferenceInvoiceId="I-1"),
        ],
    )
    assert [(i.invoice_id, i.status) for i in report.invoices] == [
        ("I-1", "equal"),
        ("I-2", "equal"),
    ]


def test_two_currencies_never_add():
    report = compared([billed("10")], [line("10", BillingCurrency="EUR")])
    assert {(i.currency, i.status) for i in report.invoices} == {
        ("EUR", "no_charges"),
        ("USD", "unknown_invoice"),
    }
    assert [total.currency for total in report.totals] == ["EUR", "USD"]


def test_tax_that_only_the_invoice_has_is_told_from_other_differences():
    lines = [line("100"), line("19", ChargeCategory="Tax")]
    (invoice,) = compared([billed("100")], lines).invoices
    assert (invoice.status, invoice.difference) == ("tax", Decimal(-19))


@pytest.mark.parametrize(
    ("issue_status", "period", "now", "expected"),
    [
        ("Issued", None, datetime(2026, 7, 2, tzinfo=UTC), False),
        ("Open", "Closed", NOW, True),
        ("Issued", "Open", NOW, True),
        (None, "Closed", datetime(2026, 7, 2, tzinfo=UTC), False),
        (None, None, datetime(2026, 7, 2, tzinfo=UTC), True),
        (None, None, NOW, False),
    ],
)
def test_what_may_still_change_is_marked_and_opens_no_gap(issue_status, period, now, expected):
    lines = [line("5", InvoiceIssueStatus=issue_status)]
    report = compared([billed("9")], lines, [state(period)] if period else (), now=now)
    (invoice,) = report.invoices
    assert invoice.is_preliminary is expected
    assert report.totals[0].open_difference == (0 if expected else 4)


def test_an_invoice_that_reaches_into_other_months_is_summed_whole():
    charges = [billed("10", month=JULY), billed("1")]
    report = compared(charges, [line("11", month=JULY)], since="2026-07", until="2026-08")
    (invoice,) = report.invoices
    assert (invoice.status, invoice.months) == ("equal", ("2026-06-01", "2026-07-01"))


def test_a_charge_that_names_no_issuer_is_found_by_its_invoice():
    reseller = [line("10", InvoiceIssuerName="Reseller Ltd")]
    charges = [billed("10", InvoiceIssuerName=None, ServiceProviderName="Anthropic")]
    (invoice,) = compared(charges, reseller).invoices
    assert (invoice.issuer, invoice.status) == ("Reseller Ltd", "equal")


AMOUNTS = st.decimals("-1000", "1000", places=6)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["I-1", "I-2", "I-3", None]), AMOUNTS), max_size=12))
def test_every_charge_is_counted_once(charges):
    report = compared([billed(cost, invoice) for invoice, cost in charges], [line("7")])
    counted = sum((invoice.charged_cost or 0 for invoice in report.invoices), Decimal(0))
    apart = sum((each.cost for each in report.without_invoice), Decimal(0))
    assert counted + apart == sum((cost for _, cost in charges), Decimal(0))
    for invoice in report.invoices:
        own = [cost for name, cost in charges if name == invoice.invoice_id]
        assert invoice.charges == len(own)
        assert (invoice.charged_cost or 0) == sum(own, Decimal(0))


@settings(max_examples=15)
@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_an_invoice_made_from_its_charges_equals_them(costs):
    lines = [line(sum(costs, Decimal(0)))]
    (invoice,) = compared([billed(cost) for cost in costs], lines).invoices
    assert (invoice.status, invoice.difference) == ("equal", 0)


def test_invoices_made_from_a_real_bill_equal_it(centavo, tmp_path):
    """The published FOCUS sample, invoiced by account, month and category as its issuers would."""
    import csv
    from collections import defaultdict

    sums = defaultdict(Decimal)
    sample = next(shared_data("focus-1.0-sample").glob("*.csv"))
    with sample.open() as stream:
        reader = csv.DictReader(stream)
        bill = [
            {**row, "InvoiceId": f"{row['BillingAccountId']}-{row['BillingPeriodStart'][:7]}"}
            for row in reader
        ]
        fields = [*(reader.fieldnames or ()), "InvoiceId"]
    for row in bill:
        key = (row["InvoiceId"], row["InvoiceIssuerName"], row["BillingCurrency"])
        sums[*key, row["BillingPeriodStart"], row["ChargeCategory"]] += Decimal(row["BilledCost"])
    with (tmp_path / "bill.csv").open("w") as stream:
        writer = csv.DictWriter(stream, fields)
        writer.writeheader()
        writer.writerows(bill)
    with (tmp_path / "invoices.csv").open("w") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["InvoiceId", "InvoiceIssuerName", "BillingCurrency", "BillingPeriodStart",
             "ChargeCategory", "BilledCost", "InvoiceDetailId", "InvoiceIssueStatus", "PaymentTerms"]
        )  # fmt: skip
        writer.writerows(
            [*key, format(cost, "f"), f"d{number}", "Issued", "Net 30"]
            for number, (key, cost) in enumerate(sums.items())
        )
    assert centavo("ingest", "bill.csv", "invoices.csv").exit_code == 0
    report = centavo("invoices", "--json", "--fail-on", "0").json
    assert {invoice["status"] for invoice in report["invoices"]} == {"equal"}
    assert sum(invoice["charges"] for invoice in report["invoices"]) == len(bill)
    first = next(i for i in report["invoices"] if i["charges"])
    assert first["difference"]["amount"] == "0"


def test_the_command_fails_on_a_difference_when_asked(centavo, tmp_path):
    (tmp_path / "bill.csv").write_text(
        "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,"
        "ChargePeriodStart,InvoiceId,InvoiceIssuerName\n"
        "10,a,USD,2026-01-01T00:00:00Z,Usage,2026-01-02T00:00:00Z,I-1,OpenAI\n"
    )
    (tmp_path / "inv.csv").write_text(
        "BilledCost,BillingCurrency,BillingPeriodStart,InvoiceId,InvoiceIssuerName,"
        "InvoiceIssueStatus,PaymentTerms\n15,USD,2026-01-01T00:00:00Z,I-1,OpenAI,Issued,Net 30\n"
    )
    centavo("ingest", "bill.csv", "inv.csv")
    done = centavo("invoices")
    assert done.exit_code == 0
    assert "0 of 1 invoices agree" in done.err
    assert centavo("invoices", "--fail-on", "4USD").exit_code == 1
    assert centavo("invoices", "--fail-on", "5USD").exit_code == 0
    assert centavo("invoices", "--fail-on", "10%").exit_code == 1
    assert centavo("invoices", "--fail-on", "1EUR").exit_code == 0
    assert centavo("invoices", "--since", "2026-02", "--fail-on", "0").exit_code == 0
