"""The three datasets: how a file of each is told, where it goes, and what identifies its rows."""

from dataclasses import dataclass

from centavo.ledger.column import Column
from centavo.ledger.schema import TABLES, TableName
from centavo.sources.focus_datasets.model import DatasetId

__all__ = ["DATASETS", "Dataset"]

_SET_BY_READING = frozenset({"x_RowId", "x_Source", "x_IngestionBatchId"})


@dataclass(frozen=True)
class Dataset:
    """One dataset.

    Attributes:
        dataset: Its name on the command line.
        source: Name of the source that reads it.
        table: Its table in the ledger.
        told_by: Columns that no other dataset has; a file has at least two of them.
        absent: Columns that tell another dataset.
        required: Columns that every row must have a value in.
        identity: What identifies a row.
        content: What identifies a row whose id, the third column of ``identity``, is not known;
            empty where a row cannot be without.
        updated: When the row was last changed.
    """

    dataset: DatasetId
    source: str
    table: TableName
    told_by: tuple[str, ...]
    absent: tuple[str, ...]
    required: tuple[str, ...]
    identity: tuple[str, ...]
    content: tuple[str, ...]
    updated: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The ledger's columns that a file can have."""
        return tuple(c for c in TABLES[self.table] if c.name not in _SET_BY_READING)


DATASETS: tuple[Dataset, ...] = (
    Dataset(
        dataset="invoice-detail",
        source="focus-invoices",
        table="invoice_details",
        told_by=(
            "InvoiceDetailCreated",
            "InvoiceDetailDescription",
            "InvoiceDetailGrain",
            "InvoiceDetailLastUpdated",
            "InvoiceIssueDate",
            "InvoiceIssueStatus",
            "PaymentCurrencyBilledCost",
            "PaymentDueDate",
            "PaymentTerms",
            "ReferenceInvoiceId",
        ),
        absent=("ChargePeriodStart", "ServiceCategory"),
        required=(
            "BilledCost",
            "BillingCurrency",
            "BillingPeriodStart",
            "InvoiceId",
            "InvoiceIssuerName",
        ),
        # FOCUS 1.4: InvoiceDetailId identifies a record within its InvoiceId, and no further.
        identity=(
            "InvoiceIssuerName",
            "InvoiceId",
            "InvoiceDetailId",
            "PaymentCurrencyInvoiceDetailId",
        ),
        content=(
            "InvoiceIssuerName",
            "InvoiceId",
            "BillingAccountId",
            "BillingPeriodStart",
            "ChargeCategory",
            "InvoiceDetailDescription",
            "InvoiceDetailGrain",
            "PurchaseOrderNumber",
            "ReferenceInvoiceId",
        ),
        updated="InvoiceDetailLastUpdated",
    ),
    Dataset(
        dataset="billing-period",
        source="focus-periods",
        table="billing_periods",
        told_by=("BillingPeriodStatus", "BillingPeriodCreated", "BillingPeriodLastUpdated"),
        absent=("BilledCost", "ChargePeriodStart", "InvoiceId"),
        required=("BillingPeriodStart", "BillingPeriodStatus", "InvoiceIssuerName"),
        identity=("InvoiceIssuerName", "BillingPeriodStart"),
        content=(),
        updated="BillingPeriodLastUpdated",
    ),
    Dataset(
        dataset="contract-commitment",
        source="focus-commitments",
        table="contract_commitments",
        told_by=(
            "ContractCommitmentId",
            "ContractCommitmentPeriodStart",
            "ContractCommitmentPeriodEnd",
            "ContractCommitmentCategory",
            "ContractCommitmentCost",
            "ContractCommitmentQuantity",
        ),
        absent=("BilledCost", "ChargePeriodStart"),
        required=("ContractCommitmentId", "ContractCommitmentPeriodStart"),
        identity=("ContractCommitmentId", "ContractCommitmentPeriodStart"),
        content=(),
        updated="ContractCommitmentLastUpdated",
    ),
)
