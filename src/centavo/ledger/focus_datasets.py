"""FOCUS's other datasets: Invoice Detail, Billing Period and Contract Commitment, column by column.

Source: FOCUS 1.4 data model. Beside FOCUS's columns each row says where it came from, when it was
exported and what identifies it, so that a later export takes its place.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["BILLING_PERIODS", "CONTRACT_COMMITMENTS", "INVOICE_DETAILS"]


def _focus(name: str, sql_type: SqlType = "VARCHAR", *, required: bool = False) -> Column:
    return Column(name, sql_type, f"FOCUS 1.4 {name}", required=required)


_READ = (
    Column("x_RowId", "VARCHAR", "What identifies the row: issuer, id and period", required=True),
    Column("x_Source", "VARCHAR", "Source that read the row", required=True),
    Column(
        "x_IngestionBatchId",
        "VARCHAR",
        "The file and reading that the row came from",
        required=True,
    ),
)

INVOICE_DETAILS: tuple[Column, ...] = (
    _focus("BilledCost", "DECIMAL(38,12)", required=True),
    _focus("BillingAccountId"),
    _focus("BillingCurrency", required=True),
    _focus("BillingPeriodEnd", "TIMESTAMP"),
    _focus("BillingPeriodStart", "TIMESTAMP", required=True),
    _focus("ChargeCategory"),
    _focus("InvoiceDetailCreated", "TIMESTAMP"),
    _focus("InvoiceDetailDescription"),
    _focus("InvoiceDetailGrain"),
    _focus("InvoiceDetailId"),
    _focus("InvoiceDetailLastUpdated", "TIMESTAMP"),
    _focus("InvoiceId", required=True),
    _focus("InvoiceIssueDate", "TIMESTAMP"),
    _focus("InvoiceIssueStatus"),
    _focus("InvoiceIssuerName", required=True),
    _focus("PaymentCurrency"),
    _focus("PaymentCurrencyBilledCost", "DECIMAL(38,12)"),
    _focus("PaymentCurrencyInvoiceDetailId"),
    _focus("PaymentDueDate", "TIMESTAMP"),
    _focus("PaymentTerms"),
    _focus("PurchaseOrderNumber"),
    _focus("ReferenceInvoiceId"),
    *_READ,
)

BILLING_PERIODS: tuple[Column, ...] = (
    _focus("BillingPeriodCreated", "TIMESTAMP"),
    _focus("BillingPeriodEnd", "TIMESTAMP"),
    _focus("BillingPeriodLastUpdated", "TIMESTAMP"),
    _focus("BillingPeriodStart", "TIMESTAMP", required=True),
    _focus("BillingPeriodStatus", required=True),
    _focus("InvoiceIssuerName", required=True),
    *_READ,
)

CONTRACT_COMMITMENTS: tuple[Column, ...] = (
    _focus("BillingCurrency"),
    _focus("ContractCommitmentApplicability"),
    _focus("ContractCommitmentBenefitCategory"),
    _focus("ContractCommitmentCategory"),
    _focus("ContractCommitmentCost", "DECIMAL(38,12)"),
    _focus("ContractCommitmentCreated", "TIMESTAMP"),
    _focus("ContractCommitmentDescription"),
    _focus("ContractCommitmentDiscountPercentage", "DECIMAL(38,12)"),
    _focus("ContractCommitmentDurationType"),
    _focus("ContractCommitmentFulfillmentInterval"),
    _focus("ContractCommitmentId", required=True),
    _focus("ContractCommitmentLastUpdated", "TIMESTAMP"),
    _focus("ContractCommitmentLifecycleStatus"),
    _focus("ContractCommitmentModel"),
    _focus("ContractCommitmentOfferCategory"),
    _focus("ContractCommitmentPaymentInterval"),
    _focus("ContractCommitmentPaymentModel"),
    _focus("ContractCommitmentPaymentUpfrontPercentage", "DECIMAL(38,12)"),
    _focus("ContractCommitmentPeriodEnd", "TIMESTAMP"),
    _focus("ContractCommitmentPeriodStart", "TIMESTAMP", required=True),
    _focus("ContractCommitmentQuantity", "DECIMAL(38,12)"),
    _focus("ContractCommitmentType"),
    _focus("ContractCommitmentUnit"),
    _focus("ContractId"),
    _focus("ContractPeriodEnd", "TIMESTAMP"),
    _focus("ContractPeriodStart", "TIMESTAMP"),
    _focus("InvoiceIssuerName"),
    _focus("PricingCurrency"),
    _focus("PricingCurrencyContractCommitmentCost", "DECIMAL(38,12)"),
    _focus("ServiceProviderName"),
    *_READ,
)
