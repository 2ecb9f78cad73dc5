"""``centavo invoices``: each invoice against the charges that belong to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.limits import Limit
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    print_json,
    print_table,
    say,
)
from centavo.errors import GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import Period
from centavo.reconciliation import (
    INVOICE_STATUSES,
    Invoice,
    InvoiceReport,
    InvoiceTotal,
    compare_invoices,
)

__all__ = ["command"]


@click.command("invoices")
@click.option("--since", help="First billing period, e.g. 2026-03.")
@click.option("--until", help="End, excluded.")
@click.option(
    "--fail-on",
    metavar="LIMIT",
    help="Exit 1 when final invoices differ by more: 50, 50USD, or 2% of what was invoiced.",
)
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    folder: Path | None,
    *,
    since: str | None,
    until: str | None,
    fail_on: str | None,
    json_out: bool,
    form: str | None,
) -> None:
    """Hold every invoice against its charges: is the sum of BilledCost what was invoiced?

    Invoices come from FOCUS's Invoice Detail dataset, charges from bills. An invoice is summed
    whole, with its corrections, when one of its billing periods begins in the period.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    limit = Limit.parse(fail_on) if fail_on else None
    period = Period.parse(since, until)
    report = compare_invoices(
        Ledger.open(settings.location),
        now=datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        period=period,
    )
    if json_out:
        print_json(_as_json(report, period))
    else:
        _show(report, form=cast("Format", form or "table"))
    if limit:
        _gate(report, limit)


def _gate(report: InvoiceReport, limit: Limit) -> None:
    say(*limit.unseen(total.currency for total in report.totals))
    for total in report.totals:
        allowed = limit.allowed(total.currency, whole=total.invoiced_cost)
        if allowed is not None and total.open_difference > allowed:
            shown = _money(total.open_difference, total.currency)
            raise GateError(
                f"final invoices differ from their charges by {shown}, more than --fail-on {limit.text}",
                hint="`centavo invoices --json` shows every invoice with its exact difference.",
            )


def _show(report: InvoiceReport, *, form: Format) -> None:
    if not report.totals:
        say("No invoice and no bill in this period.")
        return
    for total in report.totals:
        say(_answer(total))
    if report.invoices:
        print_table(_table(report.invoices), form=form)
    for each in report.without_invoice:
        mark = ", preliminary" if each.is_preliminary else ""
        say(
            f"Without an invoice: {each.issuer} {each.start:%Y-%m}"
            f" {_money(each.cost, each.currency)} in {each.rows:,} charges{mark}."
        )
    say(*report.notes)
    preliminary = sum(total.preliminary for total in report.totals)
    if preliminary:
        say(f"Preliminary: {preliminary:,} invoices are open or of a period that is not closed.")
    say("Next: centavo reconcile --by-invoice; centavo explain invoices")


def _answer(total: InvoiceTotal) -> str:
    found = sum(total.statuses.values())
    unknown = total.statuses["nothing_to_compare"]
    if not found:
        return (
            f"No invoices in {total.currency}: charges of"
            f" {_money(total.without_invoice, total.currency)} name none."
        )
    if unknown == found:
        return (
            f"No invoices in {total.currency} to compare with: {found:,} invoice ids stand on charges of"
            f" {_money(total.charged_cost, total.currency)}. Ingest FOCUS's Invoice Detail dataset."
        )
    same = sum(total.statuses[status] for status in ("equal", "rounding"))
    return (
        f"{same:,} of {found - unknown:,} invoices agree with their charges:"
        f" invoiced {_money(total.invoiced_cost, total.currency)},"
        f" charged {_money(total.charged_cost, total.currency)};"
        f" open: {_money(total.open_difference, total.currency)}."
    )


def _table(invoices: Sequence[Invoice]) -> Table:
    columns = [
        Column("issuer", drop=2),
        Column("invoice"),
        Column("months", drop=3),
        Column("currency"),
        Column("charged", numeric=True),
        Column("invoiced", numeric=True),
        Column("difference", numeric=True),
        Column("status"),
        Column("stated", drop=4),
        Column("preliminary", drop=1),
        Column("corrections", drop=5),
        Column("charges", numeric=True, drop=6),
        Column("lines", numeric=True, drop=7),
    ]
    return Table(
        columns,
        [_row(invoice, exact=False) for invoice in invoices],
        [_row(invoice, exact=True) for invoice in invoices],
    )


def _row(invoice: Invoice, *, exact: bool) -> list[str | None]:
    amounts = (invoice.charged_cost, invoice.invoiced_cost, invoice.difference)
    counts = (invoice.charges, invoice.lines)
    return [
        invoice.issuer,
        invoice.invoice_id,
        ", ".join(month[:7] for month in invoice.months),
        invoice.currency,
        *(_exact(amount) if exact else _shown(amount) for amount in amounts),
        invoice.status,
        invoice.issue_status,
        "yes" if invoice.is_preliminary else "",
        ", ".join(part.invoice_id for part in invoice.parts[1:]),
        *(str(count) if exact else count_text(count) for count in counts),
    ]


def _shown(amount: Decimal | None) -> str | None:
    """Return an amount with two decimals, or with all of them where two would show nothing."""
    if amount is None or not amount or abs(amount) >= Decimal("0.01"):
        return amount_text(amount, 2)
    return _exact(amount)


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else Money(amount, "").as_json()["amount"]


def _money(amount: Decimal, currency: str) -> str:
    return f"{_shown(amount)} {currency}"


def _as_json(report: InvoiceReport, period: Period) -> dict[str, object]:
    return {
        "schema": "centavo.invoices/1",
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "totals": [
            {
                "charged_cost": Money(total.charged_cost, total.currency).as_json(),
                "invoiced_cost": Money(total.invoiced_cost, total.currency).as_json(),
                "open_difference": Money(total.open_difference, total.currency).as_json(),
                "without_invoice": Money(total.without_invoice, total.currency).as_json(),
                "statuses": dict(total.statuses),
                "preliminary": total.preliminary,
            }
            for total in report.totals
        ],
        "statuses": dict(INVOICE_STATUSES),
        "invoices": [_invoice_json(invoice) for invoice in report.invoices],
        "without_invoice": [
            {
                "issuer": each.issuer,
                "month": f"{each.start:%Y-%m}",
                "charges": each.rows,
                "charged_cost": Money(each.cost, each.currency).as_json(),
                "is_preliminary": each.is_preliminary,
            }
            for each in report.without_invoice
        ],
        "notes": list(report.notes),
    }


def _invoice_json(invoice: Invoice) -> dict[str, object]:
    def money(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else Money(amount, invoice.currency).as_json()

    return {
        "issuer": invoice.issuer,
        "invoice_id": invoice.invoice_id,
        "currency": invoice.currency,
        "billing_periods": list(invoice.months),
        "charged_cost": money(invoice.charged_cost),
        "invoiced_cost": money(invoice.invoiced_cost),
        "difference": money(invoice.difference),
        "status": invoice.status,
        "issue_status": invoice.issue_status,
        "is_preliminary": invoice.is_preliminary,
        "charges": invoice.charges,
        "lines": invoice.lines,
        "parts": [_invoice_json(part) for part in invoice.parts],
    }
