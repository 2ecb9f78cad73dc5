"""Facts of FOCUS's datasets Invoice Detail, Billing Period and Contract Commitment: columns and values.

Source: FOCUS 1.4 data model (FinOps Foundation, CC BY 4.0). Contract Commitment came with 1.3, with
fewer columns; the other two are new in 1.4.
"""

from functools import cache
from typing import Literal, cast

from centavo.sources.focus.columns import FocusColumn, FocusKind, FocusLevel

__all__ = ["ALLOWED_VALUES", "DatasetId", "dataset_columns"]

DatasetId = Literal["invoice-detail", "billing-period", "contract-commitment"]


@cache
def dataset_columns(dataset: DatasetId) -> tuple[FocusColumn, ...]:
    """Return the dataset's columns in version 1.4, by name.

    >>> [column.name for column in dataset_columns("billing-period")][-1]
    'InvoiceIssuerName'
    """
    found: list[FocusColumn] = []
    for line in _TABLES[dataset].strip().splitlines():
        name, kind, level, nulls = line.split()
        found.append(
            FocusColumn(
                name,
                cast("FocusKind", kind),
                cast("FocusLevel", level),
                nulls == "nullable",
                name,
            )
        )
    return tuple(found)


# name, kind, level, nulls
_TABLES: dict[DatasetId, str] = {
    "invoice-detail": """
BilledCost decimal mandatory not_null
BillingAccountId text mandatory not_null
BillingCurrency text mandatory not_null
BillingPeriodEnd instant mandatory not_null
BillingPeriodStart instant mandatory not_null
ChargeCategory text mandatory not_null
InvoiceDetailCreated instant mandatory not_null
InvoiceDetailDescription text mandatory nullable
InvoiceDetailGrain json mandatory nullable
InvoiceDetailId text mandatory not_null
InvoiceDetailLastUpdated instant mandatory not_null
InvoiceId text mandatory not_null
InvoiceIssueDate instant mandatory nullable
InvoiceIssueStatus text mandatory not_null
InvoiceIssuerName text mandatory not_null
PaymentCurrency text conditional not_null
PaymentCurrencyBilledCost decimal conditional not_null
PaymentCurrencyInvoiceDetailId text conditional not_null
PaymentDueDate instant mandatory nullable
PaymentTerms text mandatory not_null
PurchaseOrderNumber text conditional nullable
ReferenceInvoiceId text mandatory not_null
""",
    "billing-period": """
BillingPeriodCreated instant mandatory not_null
BillingPeriodEnd instant mandatory not_null
BillingPeriodLastUpdated instant mandatory not_null
BillingPeriodStart instant mandatory not_null
BillingPeriodStatus text mandatory not_null
InvoiceIssuerName text mandatory not_null
""",
    "contract-commitment": """
BillingCurrency text mandatory nullable
ContractCommitmentApplicability json mandatory not_null
ContractCommitmentBenefitCategory text mandatory not_null
ContractCommitmentCategory text mandatory not_null
ContractCommitmentCost decimal mandatory nullable
ContractCommitmentCreated instant mandatory not_null
ContractCommitmentDescription text mandatory nullable
ContractCommitmentDiscountPercentage decimal mandatory nullable
ContractCommitmentDurationType text mandatory not_null
ContractCommitmentFulfillmentInterval text mandatory not_null
ContractCommitmentId text mandatory not_null
ContractCommitmentLastUpdated instant mandatory not_null
ContractCommitmentLifecycleStatus text mandatory not_null
ContractCommitmentModel text mandatory not_null
ContractCommitmentOfferCategory text mandatory not_null
ContractCommitmentPaymentInterval text mandatory not_null
ContractCommitmentPaymentModel text mandatory not_null
ContractCommitmentPaymentUpfrontPercentage decimal conditional not_null
ContractCommitmentPeriodEnd instant mandatory not_null
ContractCommitmentPeriodStart instant mandatory not_null
ContractCommitmentQuantity decimal mandatory nullable
ContractCommitmentType text mandatory not_null
ContractCommitmentUnit text mandatory nullable
ContractId text mandatory not_null
ContractPeriodEnd instant mandatory not_null
ContractPeriodStart instant mandatory not_null
InvoiceIssuerName text mandatory not_null
PricingCurrency text conditional not_null
PricingCurrencyContractCommitmentCost decimal conditional nullable
ServiceProviderName text mandatory not_null
""",
}

ALLOWED_VALUES: dict[str, tuple[str, ...]] = {
    "BillingPeriodStatus": ("Open", "Closed"),
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "ContractCommitmentBenefitCategory": ("Discount", "Entitlement", "Availability", "Other"),
    "ContractCommitmentCategory": ("Spend", "Usage"),
    "ContractCommitmentFulfillmentInterval": (
        "Hourly",
        "Daily",
        "Weekly",
        "Monthly",
        "Quarterly",
        "Semi-Annual",
        "Annual",
        "Full Period",
        "Transactional",
        "Custom",
    ),
    "ContractCommitmentLifecycleStatus": (
        "Proposed",
        "Pending",
        "Active",
        "Exhausted",
        "Expired",
        "Canceled",
        "Superseded",
    ),
    "ContractCommitmentModel": ("Continuous", "Discontinuous"),
    "ContractCommitmentOfferCategory": ("Negotiated", "Public"),
    "ContractCommitmentPaymentInterval": (
        "One-Time",
        "Monthly",
        "Quarterly",
        "Semi-Annual",
        "Annual",
        "Custom",
    ),
    "ContractCommitmentPaymentModel": ("No Upfront", "Partial Upfront", "All Upfront"),
    "InvoiceIssueStatus": ("Open", "Issued", "Voided"),
}
