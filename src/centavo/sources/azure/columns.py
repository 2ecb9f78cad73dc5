"""The columns of an Azure cost export, by every name that an agreement or a version gives them.

Names are compared without case, spaces and signs: ``Consumed Quantity``, ``consumedQuantity``. A
localised header carries the English name in parentheses: ``Ressourcensatz (ResourceRate)``.

Source: "Understand usage details fields", learn.microsoft.com/azure/cost-management-billing/automate.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from centavo.errors import InputError

__all__ = ["FIELDS", "HALLMARKS", "AzureLayout", "Field", "FieldKind", "lay_out", "plain_name"]

FieldKind = Literal["text", "amount", "day"]
_ENGLISH = re.compile(r".*\(([A-Za-z0-9_ ]+)\)\s*$")
_SIGNS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Field:
    """One thing that an export states.

    Attributes:
        name: Of the column in every relation of this source.
        spellings: Names of the column in plain form; the first that a header has counts.
        kind: What its text must be.
    """

    name: str
    spellings: tuple[str, ...]
    kind: FieldKind = "text"


def _texts(lines: str) -> tuple[Field, ...]:
    return _fields(lines, "text")


def _fields(lines: str, kind: FieldKind) -> tuple[Field, ...]:
    found: list[Field] = []
    for line in lines.split("\n"):
        name, _, spellings = line.strip().partition(" ")
        if name:
            found.append(Field(name, tuple(spellings.split() or [name.replace("_", "")]), kind))
    return tuple(found)


FIELDS: tuple[Field, ...] = (
    *_fields(
        """
        cost costinbillingcurrency cost pretaxcost extendedcost kosten
        cost_usd costinusd
        list_cost paygcostinbillingcurrency
        quantity quantity usagequantity consumedquantity
        price effectiveprice resourcerate
        unit_price unitprice
        payg_price paygprice
        exchange_rate exchangeratepricingtobilling exchangerate
        """,
        "amount",
    ),
    *_fields(
        """
        day date usagedatetime usagedate
        period_start billingperiodstartdate
        period_end billingperiodenddate
        exchange_date exchangeratedate
        """,
        "day",
    ),
    *_texts(
        """
        currency billingcurrency billingcurrencycode currency currencycode
        pricing_currency pricingcurrency pricingcurrencycode
        billing_period billingperiod
        account billingaccountid enrollmentnumber
        account_name billingaccountname
        profile billingprofileid
        profile_name billingprofilename
        invoice invoiceid
        invoice_section invoicesectionname invoicesection departmentname
        subscription subscriptionid subscriptionguid
        subscription_name subscriptionname
        department departmentname
        account_owner accountname
        resource_group resourcegroup resourcegroupname
        resource resourceid instanceid
        instance_name instancename
        resource_name resourcename
        resource_type resourcetype
        resource_location resourcelocation
        location location
        zone availabilityzone
        consumed_service consumedservice
        service_name servicename
        service_tier servicetier
        service_family servicefamily
        service_info1 serviceinfo1
        service_info2 serviceinfo2
        product productname product
        product_id productid
        plan planname
        meter_id meterid resourceguid
        meter metername
        meter_category metercategory
        meter_subcategory metersubcategory
        meter_region meterregion
        unit unitofmeasure
        part_number partnumber
        offer offerid
        charge_type chargetype
        frequency frequency
        pricing_model pricingmodel
        publisher_type publishertype
        publisher publishername
        reservation reservationid
        reservation_name reservationname
        benefit benefitid
        benefit_name benefitname
        order_id productorderid
        order_name productordername
        term term
        cost_center costcenter
        allocation_rule costallocationrulename
        tags tags
        additional_info additionalinfo
        """
    ),
)

# Columns by which an export is known. A FOCUS export has none of them.
HALLMARKS: frozenset[str] = frozenset(
    {
        "cost", "quantity", "price", "day", "subscription", "resource", "resource_group",
        "resource_location", "consumed_service", "meter", "meter_id", "meter_category",
        "meter_subcategory", "unit", "offer", "additional_info", "charge_type",
    }
)  # fmt: skip
# Of what costs no charge can do without, the names that an export gives them.
_MANDATORY: dict[str, str] = {
    "cost": "CostInBillingCurrency, Cost, PreTaxCost or ExtendedCost",
    "day": "Date or UsageDateTime",
    "subscription": "SubscriptionId or SubscriptionGuid",
}
# Known and left out on purpose: what they say stands elsewhere, or is nobody's business here.
_IGNORED: frozenset[str] = frozenset(
    [
        "accountid",
        "accountownerid",
        "accountowneremail",
        "costinpricingcurrency",
        "customername",
        "customertenantid",
        "day",
        "invoicesectionid",
        "isazurecrediteligible",
        "month",
        "partnername",
        "partnerearnedcreditapplied",
        "partnerearnedcreditrate",
        "paygcostinusd",
        "previousinvoiceid",
        "provider",
        "publisherid",
        "reasoncode",
        "resellername",
        "resellermpnid",
        "serviceadministratorid",
        "serviceperiodenddate",
        "serviceperiodstartdate",
        "storeserviceidentifier",
        "subscriptionnumber",
        "year",
        "departmentid",
        "accountownername",
        "servicesubcategory",
        "resourcerateincurrency",
    ]
)


@dataclass(frozen=True)
class AzureLayout:
    """Where one header has which field.

    Attributes:
        positions: Position in the header, by field name.
        unknown: Columns that this source does not know, as the file names them.
        is_localised: Whether names carry a translation.
        currency: Currency of every cost, where the cost's own name says it.
    """

    positions: dict[str, int]
    unknown: tuple[str, ...]
    is_localised: bool
    currency: str | None = None


def plain_name(column: str) -> str:
    """Return the column's English name without case, spaces and signs.

    >>> plain_name("Ressourcensatz (ResourceRate)"), plain_name("Consumed Quantity")
    ('resourcerate', 'consumedquantity')
    """
    english = _ENGLISH.fullmatch(column)
    return _SIGNS.sub("", (english.group(1) if english else column).lower())


def lay_out(columns: Sequence[str], *, name: str, complete: bool = True) -> AzureLayout:
    """Return where each field stands in a header.

    Args:
        columns: Names as in the file.
        name: The file as the user named it; used in messages.
        complete: Whether what no charge can do without must be there.

    Raises:
        InputError: Something that no charge can do without is missing.
    """
    plain = [plain_name(column) for column in columns]
    first = {spelled: plain.index(spelled) for spelled in plain}
    positions: dict[str, int] = {}
    for field in FIELDS:
        found = next((first[spelled] for spelled in field.spellings if spelled in first), None)
        if found is not None:
            positions[field.name] = found
    in_dollars = "cost" not in positions and "cost_usd" in positions
    if in_dollars:
        positions["cost"] = positions["cost_usd"]
        positions.pop("currency", None)
    if complete:
        _refuse_missing(positions, columns, name)
    known = {spelled for field in FIELDS for spelled in field.spellings} | _IGNORED
    return AzureLayout(
        positions,
        tuple(
            column for column, spelled in zip(columns, plain, strict=True) if spelled not in known
        ),
        any(_ENGLISH.fullmatch(column) for column in columns),
        "USD" if in_dollars else None,
    )


def _refuse_missing(positions: dict[str, int], columns: Sequence[str], name: str) -> None:
    for field, names in _MANDATORY.items():
        if field in positions or (field == "subscription" and "account" in positions):
            continue
        shown = ", ".join(columns[:10]) + (" …" if len(columns) > 10 else "")
        raise InputError(
            f"{name} has no column {names}; it has {shown}",
            hint="Export cost details (actual or amortised) with all columns.",
        )
