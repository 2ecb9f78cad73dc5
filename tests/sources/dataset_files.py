"""Rows of FOCUS's datasets beside Cost and Usage, as their providers write them."""


def invoice_line(**changes):
    """A line of an issued invoice of March 2026."""
    return {
        "BilledCost": "10.00",
        "BillingAccountId": "A-1",
        "BillingCurrency": "USD",
        "BillingPeriodEnd": "2026-04-01T00:00:00Z",
        "BillingPeriodStart": "2026-03-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "InvoiceDetailCreated": "2026-04-02T00:00:00Z",
        "InvoiceDetailDescription": "Model usage",
        "InvoiceDetailGrain": "",
        "InvoiceDetailId": "1",
        "InvoiceDetailLastUpdated": "2026-04-02T00:00:00Z",
        "InvoiceId": "INV-1",
        "InvoiceIssueDate": "2026-04-02T00:00:00Z",
        "InvoiceIssueStatus": "Issued",
        "InvoiceIssuerName": "Example Cloud",
        "PaymentCurrency": "USD",
        "PaymentCurrencyBilledCost": "10.00",
        "PaymentDueDate": "2026-05-02T00:00:00Z",
        "PaymentTerms": "Net 30",
        "ReferenceInvoiceId": "INV-1",
        **changes,
    }


def billing_period(**changes):
    """March 2026, closed."""
    return {
        "BillingPeriodCreated": "2026-03-01T00:00:00Z",
        "BillingPeriodEnd": "2026-04-01T00:00:00Z",
        "BillingPeriodLastUpdated": "2026-04-03T00:00:00Z",
        "BillingPeriodStart": "2026-03-01T00:00:00Z",
        "BillingPeriodStatus": "Closed",
        "InvoiceIssuerName": "Example Cloud",
        **changes,
    }


def contract_commitment(**changes):
    """A year of committed spend."""
    return {
        "BillingCurrency": "USD",
        "ContractCommitmentApplicability": "{}",
        "ContractCommitmentBenefitCategory": "Discount",
        "ContractCommitmentCategory": "Spend",
        "ContractCommitmentCost": "1200",
        "ContractCommitmentCreated": "2026-01-01T00:00:00Z",
        "ContractCommitmentDescription": "",
        "ContractCommitmentDiscountPercentage": "0.1",
        "ContractCommitmentDurationType": "1 Year",
        "ContractCommitmentFulfillmentInterval": "Hourly",
        "ContractCommitmentId": "plan-1",
        "ContractCommitmentLastUpdated": "2026-01-01T00:00:00Z",
        "ContractCommitmentLifecycleStatus": "Active",
        "ContractCommitmentModel": "Continuous",
        "ContractCommitmentOfferCategory": "Public",
        "ContractCommitmentPaymentInterval": "Monthly",
        "ContractCommitmentPaymentModel": "No Upfront",
        "ContractCommitmentPeriodEnd": "2027-01-01T00:00:00Z",
        "ContractCommitmentPeriodStart": "2026-01-01T00:00:00Z",
        "ContractCommitmentQuantity": "",
        "ContractCommitmentType": "Savings Plan",
        "ContractCommitmentUnit": "",
        "ContractId": "contract-1",
        "ContractPeriodEnd": "2027-01-01T00:00:00Z",
        "ContractPeriodStart": "2026-01-01T00:00:00Z",
        "InvoiceIssuerName": "Example Cloud",
        "ServiceProviderName": "Example Cloud",
        **changes,
    }
