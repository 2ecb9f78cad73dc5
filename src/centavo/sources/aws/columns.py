"""The columns of an AWS Cost and Usage Report that are read, in all its spellings.

    lineItem/UnblendedCost        legacy report, CSV
    line_item_unblended_cost      legacy report in Parquet or Athena; CUR 2.0 (Data Exports)

Letters and digits alone say which column it is. CUR 2.0 keeps a service's own attributes in the
map ``product``; a column of that name may also stand on its own.

Source: "Cost and Usage Report (CUR) 2.0" and "Data dictionary", AWS Data Exports user guide.
"""

import re
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "FAMILIES",
    "FIELDS",
    "MAPS",
    "PRODUCT_KEYS",
    "Field",
    "FieldKind",
    "canonical",
]

FieldKind = Literal["text", "amount", "instant", "object"]


@dataclass(frozen=True)
class Field:
    """One column.

    Attributes:
        name: Its name in the relations of this source: CUR 2.0's, shortened where that is long.
        header: As the legacy report spells it.
        kind: What its values must be.
        required: Whether a line without it cannot be charged to anybody.
    """

    name: str
    header: str
    kind: FieldKind = "text"
    required: bool = False


def canonical(header: str) -> str:
    """Return the letters and digits of a column's name, by which all its spellings are one.

    >>> canonical("savingsPlan/SavingsPlanARN") == canonical("savings_plan_savings_plan_a_r_n")
    True
    """
    return re.sub(r"[^a-z0-9]", "", header.lower())


def _text(**headers: str) -> tuple[Field, ...]:
    return tuple(Field(name, header) for name, header in headers.items())


def _amounts(**headers: str) -> tuple[Field, ...]:
    return tuple(Field(name, header, "amount") for name, header in headers.items())


FIELDS: tuple[Field, ...] = (
    Field("payer", "bill/PayerAccountId", required=True),
    Field("period_start", "bill/BillingPeriodStartDate", "instant", required=True),
    Field("period_end", "bill/BillingPeriodEndDate", "instant"),
    Field("line_type", "lineItem/LineItemType", required=True),
    Field("usage_start", "lineItem/UsageStartDate", "instant", required=True),
    Field("usage_end", "lineItem/UsageEndDate", "instant"),
    Field("currency", "lineItem/CurrencyCode", required=True),
    Field("cost", "lineItem/UnblendedCost", "amount", required=True),
    *_text(
        payer_name="bill/PayerAccountName",
        invoice="bill/InvoiceId",
        invoicing_entity="bill/InvoicingEntity",
        billing_entity="bill/BillingEntity",
        bill_type="bill/BillType",
        account="lineItem/UsageAccountId",
        account_name="lineItem/UsageAccountName",
        product_code="lineItem/ProductCode",
        usage_type="lineItem/UsageType",
        operation="lineItem/Operation",
        zone="lineItem/AvailabilityZone",
        resource="lineItem/ResourceId",
        description="lineItem/LineItemDescription",
        tax_type="lineItem/TaxType",
        legal_entity="lineItem/LegalEntity",
        principal="lineItem/IamPrincipal",
    ),
    *_amounts(
        usage_amount="lineItem/UsageAmount",
        rate="lineItem/UnblendedRate",
        net_cost="lineItem/NetUnblendedCost",
        net_rate="lineItem/NetUnblendedRate",
    ),
    *_text(
        product_name="product/ProductName",
        service_code="product/servicecode",
        service_name="product/servicename",
        family="product/productFamily",
        region="product/region",
        region_code="product/regionCode",
        location="product/location",
        instance_type="product/instanceType",
        operating_system="product/operatingSystem",
        sku="product/sku",
        model="product/model",
        titan_model="product/titanModel",
        provider="product/provider",
        rate_code="pricing/RateCode",
        pricing_currency="pricing/currency",
        unit="pricing/unit",
        term="pricing/term",
        purchase_option="pricing/PurchaseOption",
        offering_class="pricing/OfferingClass",
        lease_length="pricing/LeaseContractLength",
    ),
    *_amounts(
        list_cost="pricing/publicOnDemandCost",
        list_rate="pricing/publicOnDemandRate",
    ),
    *_text(
        reservation="reservation/ReservationARN",
        subscription="reservation/SubscriptionId",
        reservation_start="reservation/StartTime",
        reservation_end="reservation/EndTime",
        plan="savingsPlan/SavingsPlanARN",
        plan_type="savingsPlan/OfferingType",
        plan_start="savingsPlan/StartTime",
        plan_end="savingsPlan/EndTime",
        plan_payment="savingsPlan/PaymentOption",
        plan_term="savingsPlan/PurchaseTerm",
        capacity_id="capacityReservation/CapacityReservationArn",
        capacity_status="capacityReservation/CapacityReservationStatus",
    ),
    *_amounts(
        reservation_cost="reservation/EffectiveCost",
        unused_upfront="reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
        unused_recurring="reservation/UnusedRecurringFee",
        unused_quantity="reservation/UnusedQuantity",
        plan_cost="savingsPlan/SavingsPlanEffectiveCost",
        plan_total="savingsPlan/TotalCommitmentToDate",
        plan_used="savingsPlan/UsedCommitment",
    ),
)

# Keys of CUR 2.0's map ``product`` that stand for a column of the legacy report.
PRODUCT_KEYS: dict[str, tuple[str, ...]] = {
    "product_name": ("product_name",),
    "service_code": ("servicecode",),
    "service_name": ("servicename",),
    "family": ("product_family",),
    "region": ("region",),
    "region_code": ("region_code",),
    "location": ("location",),
    "instance_type": ("instance_type",),
    "operating_system": ("operating_system",),
    "sku": ("sku",),
    "model": ("model",),
    "titan_model": ("titan_model",),
    "provider": ("provider",),
}

# Maps of CUR 2.0; what their keys mean is in sql/aws_macros.sql.
MAPS: tuple[str, ...] = ("product", "resource_tags", "cost_category", "tags", "discount")

# First parts of the names of columns that are known, read or not: what a service says of its SKU,
# and figures that follow from others. A column of another family is named to the user.
FAMILIES: tuple[str, ...] = (
    "identity",
    "bill",
    "lineitem",
    "product",
    "pricing",
    "reservation",
    "savingsplan",
    "splitlineitem",
    "capacityreservation",
    "discount",
    "billingperiod",
    "year",
    "month",
)
