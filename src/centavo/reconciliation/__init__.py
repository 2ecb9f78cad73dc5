"""Metered against vendor-reported against billed: every gap by its cause."""

from centavo.reconciliation.causes import CAUSES, OPEN_CAUSES, Cause
from centavo.reconciliation.invoices import (
    INVOICE_STATUSES,
    Invoice,
    InvoiceReport,
    InvoiceTotal,
    compare_invoices,
)
from centavo.reconciliation.question import LATE_ROWS_DAYS, ReconcileQuestion, Tolerance
from centavo.reconciliation.reconcile import (
    DIMENSIONS,
    Blind,
    Reconciliation,
    Totals,
    reconcile,
)
from centavo.reconciliation.saving import save_lines

__all__ = [
    "CAUSES",
    "DIMENSIONS",
    "INVOICE_STATUSES",
    "LATE_ROWS_DAYS",
    "OPEN_CAUSES",
    "Blind",
    "Cause",
    "Invoice",
    "InvoiceReport",
    "InvoiceTotal",
    "ReconcileQuestion",
    "Reconciliation",
    "Tolerance",
    "Totals",
    "compare_invoices",
    "reconcile",
    "save_lines",
]
