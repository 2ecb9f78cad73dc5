"""Sums of charges and of invoice lines by invoice, as the ledger has them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from centavo.ledger.ledger import Ledger
from centavo.reconciliation.names import provider_id
from centavo.reconciliation.preparing import fill_table, read_sql

__all__ = ["Gathered", "InvoiceKey", "InvoiceSums", "PeriodSums", "gather_invoices"]

# Issuer by one name, InvoiceId, currency.
InvoiceKey = tuple[str, str, str]


@dataclass(frozen=True)
class InvoiceSums:
    """Both sides of one invoice id.

    Attributes:
        key: Issuer by one name, InvoiceId, currency.
        issuer: As spelled.
        starts: First days of its billing periods, naive UTC.
        charged: Sum of BilledCost of charges; ``None`` without any.
        charges: How many.
        invoiced: Sum of invoice lines; ``None`` without any.
        lines: How many.
        tax_difference: Charged minus invoiced tax.
        issue_status: As stated; Open when any line is.
    """

    key: InvoiceKey
    issuer: str
    starts: tuple[datetime, ...]
    charged: Decimal | None
    charges: int
    invoiced: Decimal | None
    lines: int
    tax_difference: Decimal
    issue_status: str | None


@dataclass(frozen=True)
class PeriodSums:
    """Charges without InvoiceId, of one issuer, billing period and currency."""

    issuer: str
    issuer_id: str
    start: datetime
    currency: str
    rows: int
    cost: Decimal
    is_preliminary: bool = False


@dataclass(frozen=True)
class Gathered:
    """What the ledger knows of invoices.

    Attributes:
        invoices: By issuer, id and currency.
        corrects: The invoice that another one corrects with all of its lines, by issuer and id.
        without_invoice: Charges without InvoiceId.
        open_months: Whether a billing period is open, where it is stated.
        invoiced_months: Issuers and billing periods that there are invoice lines of.
    """

    invoices: tuple[InvoiceSums, ...]
    corrects: dict[tuple[str, str], str]
    without_invoice: tuple[PeriodSums, ...]
    open_months: dict[tuple[str, datetime], bool]
    invoiced_months: frozenset[tuple[str, datetime]]


def gather_invoices(ledger: Ledger) -> Gathered:
    """Sum up bills and invoices by invoice; issuers go by one name, however they are spelled."""
    spelled = ledger.rows(
        "SELECT DISTINCT coalesce(InvoiceIssuerName, ServiceProviderName) FROM charges"
        " WHERE x_CostBasis = 'billed'"
        " UNION SELECT DISTINCT InvoiceIssuerName FROM invoice_details"
        " UNION SELECT DISTINCT InvoiceIssuerName FROM billing_periods"
    )
    fill_table(
        ledger,
        "reconcile_issuers",
        "spelled_issuer VARCHAR, issuer_id VARCHAR",
        [(name, provider_id(None if name is None else str(name))) for (name,) in spelled],
    )
    ledger.rows(read_sql("invoice_charges"))
    rows = ledger.rows(read_sql("invoices"))
    return Gathered(
        invoices=tuple(_sums(row) for row in rows),
        corrects=_corrections(ledger),
        without_invoice=_without(ledger),
        open_months=_months(ledger),
        invoiced_months=frozenset(
            (str(issuer), start)
            for issuer, start in ledger.rows(
                "SELECT DISTINCT issuer_id, BillingPeriodStart FROM invoice_details"
                " JOIN reconcile_issuers ON spelled_issuer = InvoiceIssuerName"
            )
            if isinstance(start, datetime)
        ),
    )


def _sums(row: tuple[object, ...]) -> InvoiceSums:
    issuer_id, invoice, currency, issuer, starts, charged, charges, invoiced, lines, tax, status = (
        row
    )
    return InvoiceSums(
        key=(str(issuer_id), str(invoice), str(currency)),
        issuer=str(issuer or issuer_id),
        starts=tuple(datetime.fromisoformat(text) for text in str(starts).split(",")),
        charged=_amount(charged),
        charges=int(str(charges)),
        invoiced=_amount(invoiced),
        lines=int(str(lines)),
        tax_difference=_amount(tax) or Decimal(0),
        issue_status=None if status is None else str(status),
    )


def _amount(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _corrections(ledger: Ledger) -> dict[tuple[str, str], str]:
    rows = ledger.rows(
        "SELECT issuer_id, InvoiceId, any_value(ReferenceInvoiceId) FROM invoice_details"
        " JOIN reconcile_issuers ON spelled_issuer = InvoiceIssuerName GROUP BY ALL"
        " HAVING count(DISTINCT coalesce(ReferenceInvoiceId, InvoiceId)) = 1"
        " AND any_value(ReferenceInvoiceId) <> InvoiceId"
    )
    return {(str(issuer), str(invoice)): str(target) for issuer, invoice, target in rows}


def _without(ledger: Ledger) -> tuple[PeriodSums, ...]:
    rows = ledger.rows(
        "SELECT issuer_id, coalesce(any_value(issuer), issuer_id), BillingPeriodStart, currency,"
        " sum(charges), sum(charged) FROM reconcile_invoice_charges WHERE invoice_id IS NULL"
        " GROUP BY issuer_id, BillingPeriodStart, currency ORDER BY ALL"
    )
    return tuple(
        PeriodSums(
            str(issuer), str(issuer_id), start, str(currency), int(str(count)), _amount(cost) or Decimal(0)
        )
        for issuer_id, issuer, start, currency, count, cost in rows
        if isinstance(start, datetime)
    )  # fmt: skip


def _months(ledger: Ledger) -> dict[tuple[str, datetime], bool]:
    rows = ledger.rows(
        "SELECT issuer_id, BillingPeriodStart, bool_or(lower(BillingPeriodStatus) = 'open')"
        " FROM billing_periods JOIN reconcile_issuers ON spelled_issuer = InvoiceIssuerName"
        " WHERE lower(BillingPeriodStatus) IN ('open', 'closed') GROUP BY ALL"
    )
    return {
        (str(issuer), start): bool(is_open)
        for issuer, start, is_open in rows
        if isinstance(start, datetime)
    }
