"""Each invoice against its charges: the sum of BilledCost by invoice equals what was invoiced, or not.

A correction that is an invoice of its own is counted with the invoice that it corrects, on both
sides; the parts stay visible. An invoice that corrects another among lines of its own stays apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from centavo.ledger.ledger import Ledger
from centavo.money import EXACT
from centavo.period import Period
from centavo.reconciliation.invoice_sums import (
    InvoiceKey,
    InvoiceSums,
    PeriodSums,
    gather_invoices,
)
from centavo.reconciliation.question import LATE_ROWS_DAYS
from centavo.reconciliation.rounding_tolerance import rounding_tolerance

__all__ = [
    "INVOICE_STATUSES",
    "Invoice",
    "InvoiceReport",
    "InvoiceStatus",
    "InvoiceTotal",
    "compare_invoices",
]

InvoiceStatus = Literal[
    "equal", "rounding", "tax", "differs", "no_charges", "unknown_invoice", "nothing_to_compare"
]
INVOICE_STATUSES: dict[InvoiceStatus, str] = {
    "equal": "charges and invoice are the same to the last digit",
    "rounding": "they differ by no more than FOCUS allows for rounded invoice lines",
    "tax": "all but tax is the same; tax may be missing on the charges",
    "differs": "they differ",
    "no_charges": "an invoice that no charge belongs to",
    "unknown_invoice": "charges of an invoice that the invoices of that issuer do not have",
    "nothing_to_compare": "charges of an issuer whose invoices are not in the ledger",
}
_OPEN: frozenset[InvoiceStatus] = frozenset({"differs", "no_charges", "unknown_invoice"})
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Invoice:
    """One invoice in one currency, with its corrections.

    Attributes:
        issuer: As the invoice spells it, else as the charges do.
        invoice_id: Of the invoice that the others correct.
        currency: Of every amount.
        months: First days of its billing periods, ``YYYY-MM-DD``.
        charged_cost: Sum of BilledCost of its charges; ``None`` where there are none.
        charges: How many.
        invoiced_cost: Sum of its lines; ``None`` where no invoice is known.
        lines: How many.
        difference: Charged minus invoiced; ``None`` where one side is missing.
        status: Of ``INVOICE_STATUSES``.
        issue_status: Open, Issued or Voided as stated; Open when any line is.
        is_preliminary: The invoice or its billing period is open, or too young to be complete.
        parts: Its own invoice and each correction, where there is more than one.
    """

    issuer: str
    invoice_id: str
    currency: str
    months: tuple[str, ...]
    charged_cost: Decimal | None
    charges: int
    invoiced_cost: Decimal | None
    lines: int
    difference: Decimal | None
    status: InvoiceStatus
    issue_status: str | None
    is_preliminary: bool
    parts: tuple["Invoice", ...] = ()

    @property
    def open_difference(self) -> Decimal:
        """Size of what somebody must look at; nothing while the invoice is preliminary."""
        if self.is_preliminary or self.status not in _OPEN:
            return _ZERO
        gap = EXACT.subtract(self.charged_cost or _ZERO, self.invoiced_cost or _ZERO)
        return abs(gap)


@dataclass(frozen=True)
class InvoiceTotal:
    """Sums over the invoices of one currency.

    Attributes:
        currency: Of every amount.
        charged_cost: Of charges with an invoice.
        invoiced_cost: Of invoice lines.
        open_difference: Sum of the sizes of differences, final invoices only.
        without_invoice: Of charges without an invoice.
        statuses: Invoices by status.
        preliminary: Invoices that may still change.
    """

    currency: str
    charged_cost: Decimal
    invoiced_cost: Decimal
    open_difference: Decimal
    without_invoice: Decimal
    statuses: Mapping[InvoiceStatus, int]
    preliminary: int


@dataclass(frozen=True)
class InvoiceReport:
    """The answer.

    Attributes:
        invoices: By currency, the largest open difference first.
        without_invoice: Charges without InvoiceId, by issuer, month and currency.
        totals: One for each currency.
        notes: What else a reader must know.
    """

    invoices: tuple[Invoice, ...]
    without_invoice: tuple[PeriodSums, ...]
    totals: tuple[InvoiceTotal, ...]
    notes: tuple[str, ...]


def compare_invoices(ledger: Ledger, *, now: datetime, period: Period) -> InvoiceReport:
    """Return every invoice with a billing period that begins in ``period``, and its charges.

    Args:
        ledger: Opened without a period: an invoice may reach into other months, and is summed whole.
        now: The clock, aware.
        period: Half-open; of the beginning of billing periods.
    """
    found = gather_invoices(ledger)
    judge = _Judge(found.open_months, found.invoiced_months, now.replace(tzinfo=None))
    families: dict[InvoiceKey, list[InvoiceSums]] = {}
    for each in found.invoices:
        families.setdefault(_root(each.key, found.corrects), []).append(each)
    invoices = [
        judge.invoice(root, family)
        for root, family in families.items()
        if any(_within(period, start) for each in family for start in each.starts)
    ]
    without = [
        PeriodSums(
            each.issuer, each.issuer_id, each.start, each.currency, each.rows, each.cost,
            judge.is_preliminary(each.issuer_id, (each.start,), None),
        )
        for each in found.without_invoice
        if _within(period, each.start)
    ]  # fmt: skip
    invoices.sort(key=lambda i: (i.currency, -i.open_difference, i.issuer, i.invoice_id))
    return InvoiceReport(
        tuple(invoices),
        tuple(without),
        tuple(_totals(invoices, without)),
        tuple(_currency_notes(invoices)),
    )


def _within(period: Period, start: datetime) -> bool:
    since = period.since.replace(tzinfo=None) if period.since else datetime.min  # noqa: DTZ901 -- naive UTC
    until = period.until.replace(tzinfo=None) if period.until else datetime.max  # noqa: DTZ901 -- naive UTC
    return since <= start < until


def _root(key: InvoiceKey, corrects: Mapping[tuple[str, str], str]) -> InvoiceKey:
    """Return the invoice that stands at the end of a chain of corrections."""
    issuer, invoice, currency = key
    seen = {invoice}
    while (target := corrects.get((issuer, invoice))) is not None and target not in seen:
        invoice = target
        seen.add(invoice)
    return issuer, invoice, currency


@dataclass(frozen=True)
class _Judge:
    """What is known of months, to judge invoices by.

    Attributes:
        stated: Whether a billing period is open, by issuer and first day.
        invoiced: Issuers and months that the ledger has invoice lines of.
        now: Naive UTC.
    """

    stated: Mapping[tuple[str, datetime], bool]
    invoiced: frozenset[tuple[str, datetime]]
    now: datetime

    def invoice(self, root: InvoiceKey, family: Sequence[InvoiceSums]) -> Invoice:
        own = sorted(family, key=lambda each: (each.key != root, each.key))
        parts = tuple(self._one(each.key, [each]) for each in own) if len(own) > 1 else ()
        return self._one(root, own, parts)

    def is_preliminary(
        self, issuer: str, starts: Iterable[datetime], issue_status: str | None
    ) -> bool:
        """Say whether figures may still change: by what is stated, else by the calendar."""
        if issue_status == "Open":
            return True
        stated = [self.stated[issuer, start] for start in starts if (issuer, start) in self.stated]
        if any(stated):
            return True
        if stated or issue_status:
            return False
        return any(_next_month(s) + timedelta(days=LATE_ROWS_DAYS) > self.now for s in starts)

    def _one(
        self, key: InvoiceKey, sums: Sequence[InvoiceSums], parts: tuple[Invoice, ...] = ()
    ) -> Invoice:
        charged = _added(each.charged for each in sums)
        invoiced = _added(each.invoiced for each in sums)
        starts = sorted({start for each in sums for start in each.starts})
        issue_status = _strongest([each.issue_status for each in sums])
        both = charged is not None and invoiced is not None
        return Invoice(
            issuer=next(each.issuer for each in sums),
            invoice_id=key[1],
            currency=key[2],
            months=tuple(f"{start:%Y-%m-%d}" for start in starts),
            charged_cost=charged,
            charges=sum(each.charges for each in sums),
            invoiced_cost=invoiced,
            lines=sum(each.lines for each in sums),
            difference=EXACT.subtract(charged or _ZERO, invoiced or _ZERO) if both else None,
            status=self._status(key, sums, (charged, invoiced)),
            issue_status=issue_status,
            is_preliminary=self.is_preliminary(key[0], starts, issue_status),
            parts=parts,
        )

    def _status(
        self,
        key: InvoiceKey,
        sums: Sequence[InvoiceSums],
        amounts: tuple[Decimal | None, Decimal | None],
    ) -> InvoiceStatus:
        charged, invoiced = amounts
        if invoiced is None:
            months = {(key[0], start) for each in sums for start in each.starts}
            return "unknown_invoice" if months & self.invoiced else "nothing_to_compare"
        if charged is None:
            # A line of nothing needs no charge.
            return "no_charges" if invoiced else "equal"
        difference = EXACT.subtract(charged, invoiced)
        if not difference:
            return "equal"
        tax = _added(each.tax_difference for each in sums) or _ZERO
        allowed = rounding_tolerance(key[2], sum(each.charges for each in sums))
        if abs(difference) <= allowed:
            return "rounding"
        return "tax" if abs(EXACT.subtract(difference, tax)) <= allowed else "differs"


def _next_month(start: datetime) -> datetime:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _strongest(statuses: Sequence[str | None]) -> str | None:
    known = {status for status in statuses if status}
    for status in ("Open", "Voided", "Issued"):
        if status in known:
            return status
    return min(known, default=None)


def _added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total: Decimal | None = None
    for amount in amounts:
        if amount is not None:
            total = amount if total is None else EXACT.add(total, amount)
    return total


def _totals(invoices: Sequence[Invoice], without: Sequence[PeriodSums]) -> list[InvoiceTotal]:
    found: list[InvoiceTotal] = []
    for currency in sorted({i.currency for i in invoices} | {each.currency for each in without}):
        own = [invoice for invoice in invoices if invoice.currency == currency]
        found.append(
            InvoiceTotal(
                currency=currency,
                charged_cost=_added(i.charged_cost for i in own) or _ZERO,
                invoiced_cost=_added(i.invoiced_cost for i in own) or _ZERO,
                open_difference=_added(i.open_difference for i in own) or _ZERO,
                without_invoice=_added(w.cost for w in without if w.currency == currency) or _ZERO,
                statuses={s: sum(i.status == s for i in own) for s in INVOICE_STATUSES},
                preliminary=sum(i.is_preliminary for i in own),
            )
        )
    return found


def _currency_notes(invoices: Sequence[Invoice]) -> list[str]:
    """Return a sentence for each invoice whose charges are in another currency."""
    by_id: dict[tuple[str, str], list[Invoice]] = {}
    for invoice in invoices:
        by_id.setdefault((invoice.issuer, invoice.invoice_id), []).append(invoice)
    return [
        f"Invoice {key[1]} of {key[0]} is in {' and '.join(sorted(i.currency for i in own))}: "
        "amounts of two currencies are never compared."
        for key, own in by_id.items()
        if len(own) > 1
    ]
