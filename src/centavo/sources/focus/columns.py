"""Facts of the FOCUS Cost and Usage dataset, 1.0 to 1.4: columns, levels, nulls, allowed values.

Source: FOCUS 1.4 data model and the requirement models of 1.2 and 1.3 (FinOps Foundation,
CC BY 4.0). 1.3 renamed ProviderName to ServiceProviderName and PublisherName to HostProviderName
and kept the old names, deprecated, until 1.4.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

__all__ = [
    "ALLOWED_VALUES",
    "CURRENCY_COLUMNS",
    "FLAT_OBJECTS",
    "FOCUS_VERSIONS",
    "NON_NEGATIVE",
    "NULL_TOGETHER",
    "NULL_WITH",
    "REPLACES",
    "SUBCATEGORY_PARENTS",
    "ExportVersion",
    "FocusColumn",
    "FocusKind",
    "FocusLevel",
    "FocusVersion",
    "columns_of",
]

FocusVersion = Literal["1.0", "1.1", "1.2", "1.3", "1.4"]
ExportVersion = Literal["1.2", "1.3", "1.4"]
FocusKind = Literal["text", "decimal", "instant", "json"]
FocusLevel = Literal["mandatory", "conditional", "recommended"]
FOCUS_VERSIONS: tuple[FocusVersion, ...] = ("1.0", "1.1", "1.2", "1.3", "1.4")

# What a column of an older version is called today.
REPLACES: dict[str, str] = {
    "ProviderName": "ServiceProviderName",
    "PublisherName": "HostProviderName",
}


@dataclass(frozen=True)
class FocusColumn:
    """One column of the Cost and Usage dataset in one version.

    Attributes:
        name: As that version spells it.
        kind: What its values are.
        level: Whether a dataset must have it: always, under a condition, or should.
        nullable: Whether a value may be null at all, whatever the conditions.
        ledger_name: The ledger's column for it.
    """

    name: str
    kind: FocusKind
    level: FocusLevel
    nullable: bool
    ledger_name: str


@cache
def columns_of(version: FocusVersion) -> tuple[FocusColumn, ...]:
    """Return the version's columns, by name.

    >>> [c.name for c in columns_of("1.2") if c.ledger_name == "ServiceProviderName"]
    ['ProviderName']
    """
    found: list[FocusColumn] = []
    for line in _TABLE.strip().splitlines():
        name, kind, level, nulls, versions = line.split()
        since, _, until = versions.partition("-")
        if not since <= version <= (until or FOCUS_VERSIONS[-1]):
            continue
        # InvoiceId became conditional, and BillingAccountType not null, in 1.4.
        if version < "1.4" and name == "InvoiceId":
            level = "recommended"
        nullable = nulls == "nullable" or (version < "1.4" and name == "BillingAccountType")
        found.append(
            FocusColumn(
                name,
                cast("FocusKind", kind),
                cast("FocusLevel", level),
                nullable,
                REPLACES.get(name, name),
            )
        )
    return tuple(found)


# name, kind, level, nulls, first version (and last)
_TABLE = """
AllocatedMethodDetails json recommended nullable 1.3
AllocatedMethodId text conditional nullable 1.3
AllocatedResourceId text conditional nullable 1.3
AllocatedResourceName text conditional nullable 1.3
AllocatedTags json conditional nullable 1.3
AvailabilityZone text recommended nullable 1.0
BilledCost decimal mandatory not_null 1.0
BillingAccountId text mandatory not_null 1.0
BillingAccountName text mandatory nullable 1.0
BillingAccountType text conditional not_null 1.2
BillingCurrency text mandatory not_null 1.0
BillingPeriodEnd instant mandatory not_null 1.0
BillingPeriodStart instant mandatory not_null 1.0
CapacityReservationId text conditional nullable 1.1
CapacityReservationStatus text conditional nullable 1.1
ChargeCategory text mandatory not_null 1.0
ChargeClass text mandatory nullable 1.0
ChargeDescription text mandatory nullable 1.0
ChargeFrequency text recommended not_null 1.0
ChargePeriodEnd instant mandatory not_null 1.0
ChargePeriodStart instant mandatory not_null 1.0
CommitmentDiscountCategory text conditional nullable 1.0
CommitmentDiscountId text conditional nullable 1.0
CommitmentDiscountName text conditional nullable 1.0
CommitmentDiscountQuantity decimal conditional nullable 1.1
CommitmentDiscountStatus text conditional nullable 1.0
CommitmentDiscountType text conditional nullable 1.0
CommitmentDiscountUnit text conditional nullable 1.1
CommitmentProgramEligibilityDetails json conditional nullable 1.4
ConsumedQuantity decimal conditional nullable 1.0
ConsumedUnit text conditional nullable 1.0
ContractApplied json conditional nullable 1.3
ContractedCost decimal mandatory not_null 1.0
ContractedUnitPrice decimal conditional nullable 1.0
EffectiveCost decimal mandatory not_null 1.0
HostProviderName text mandatory nullable 1.3
InvoiceDetailId text conditional nullable 1.4
InvoiceId text conditional nullable 1.2
InvoiceIssuerName text mandatory not_null 1.0
ListCost decimal mandatory not_null 1.0
ListUnitPrice decimal conditional nullable 1.0
PricingCategory text conditional nullable 1.0
PricingCurrency text conditional not_null 1.2
PricingCurrencyContractedUnitPrice decimal conditional nullable 1.2
PricingCurrencyEffectiveCost decimal conditional not_null 1.2
PricingCurrencyListUnitPrice decimal conditional nullable 1.2
PricingQuantity decimal mandatory nullable 1.0
PricingUnit text mandatory nullable 1.0
ProviderName text mandatory not_null 1.0-1.3
PublisherName text mandatory not_null 1.0-1.3
RegionId text conditional nullable 1.0
RegionName text conditional nullable 1.0
ResourceId text conditional nullable 1.0
ResourceName text conditional nullable 1.0
ResourceType text conditional nullable 1.0
ServiceCategory text mandatory not_null 1.0
ServiceName text mandatory not_null 1.0
ServiceProviderName text mandatory not_null 1.3
ServiceSubcategory text recommended not_null 1.1
SkuId text conditional nullable 1.0
SkuMeter text conditional nullable 1.1
SkuPriceDetails json conditional nullable 1.1
SkuPriceId text conditional nullable 1.0
SubAccountId text conditional nullable 1.0
SubAccountName text conditional nullable 1.0
SubAccountType text conditional nullable 1.2
Tags json conditional nullable 1.0
"""

ALLOWED_VALUES: dict[str, tuple[str, ...]] = {
    "CapacityReservationStatus": ("Used", "Unused"),
    "ChargeCategory": ("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
    "ChargeClass": ("Correction",),
    "ChargeFrequency": ("One-Time", "Recurring", "Usage-Based"),
    "CommitmentDiscountCategory": ("Spend", "Usage"),
    "CommitmentDiscountStatus": ("Used", "Unused"),
    "PricingCategory": ("Standard", "Dynamic", "Committed", "Other"),
    "ServiceCategory": (
        "AI and Machine Learning",
        "Analytics",
        "Business Applications",
        "Compute",
        "Databases",
        "Developer Tools",
        "Multicloud",
        "Identity",
        "Integration",
        "Internet of Things",
        "Management and Governance",
        "Media",
        "Migration",
        "Mobile",
        "Networking",
        "Security",
        "Storage",
        "Web",
        "Other",
    ),
}

_SUBCATEGORIES: dict[str, tuple[str, ...]] = {
    "AI and Machine Learning": (
        "AI Platforms",
        "Bots",
        "Generative AI",
        "Machine Learning",
        "Natural Language Processing",
        "Other (AI and Machine Learning)",
    ),
    "Integration": ("API Management", "Messaging", "Other (Integration)", "Workflow Orchestration"),
    "Analytics": (
        "Analytics Platforms",
        "Business Intelligence",
        "Data Processing",
        "Other (Analytics)",
        "Search",
        "Streaming Analytics",
    ),
    "Networking": (
        "Application Networking",
        "Content Delivery",
        "Network Connectivity",
        "Network Infrastructure",
        "Network Routing",
        "Network Security",
        "Other (Networking)",
    ),
    "Web": ("Application Platforms", "Other (Web)"),
    "Management and Governance": (
        "Architecture",
        "Compliance",
        "Cost Management",
        "Data Governance",
        "Disaster Recovery",
        "Endpoint Management",
        "Observability",
        "Other (Management and Governance)",
        "Support",
    ),
    "Storage": (
        "Backup Storage",
        "Block Storage",
        "File Storage",
        "Object Storage",
        "Other (Storage)",
        "Storage Platforms",
    ),
    "Databases": (
        "Caching",
        "Data Warehouses",
        "Ledger Databases",
        "NoSQL Databases",
        "Other (Databases)",
        "Relational Databases",
        "Time Series Databases",
    ),
    "Compute": (
        "Containers",
        "End User Computing",
        "Other (Compute)",
        "Quantum Compute",
        "Serverless Compute",
        "Virtual Machines",
    ),
    "Media": ("Content Creation", "Gaming", "Media Streaming", "Mixed Reality", "Other (Media)"),
    "Developer Tools": (
        "Continuous Integration and Deployment",
        "Developer Platforms",
        "Development Environments",
        "Other (Developer Tools)",
        "Quality Assurance",
        "Source Code Management",
    ),
    "Migration": ("Data Migration", "Other (Migration)", "Resource Migration"),
    "Identity": ("Identity and Access Management", "Other (Identity)"),
    "Internet of Things": ("IoT Analytics", "IoT Platforms", "Other (Internet of Things)"),
    "Multicloud": ("Multicloud Integration", "Other (Multicloud)"),
    "Business Applications": ("Other (Business Applications)", "Productivity and Collaboration"),
    "Mobile": ("Other (Mobile)",),
    "Other": ("Other (Other)",),
    "Security": (
        "Other (Security)",
        "Secret Management",
        "Security Posture Management",
        "Threat Detection and Response",
    ),
}

# The one service category of each service subcategory.
SUBCATEGORY_PARENTS: dict[str, str] = {
    subcategory: category
    for category, subcategories in _SUBCATEGORIES.items()
    for subcategory in subcategories
}

CURRENCY_COLUMNS: tuple[str, ...] = ("BillingCurrency", "PricingCurrency")
# JSON columns that hold a flat object; the other JSON columns have objects of their own schema.
FLAT_OBJECTS: tuple[str, ...] = ("AllocatedTags", "SkuPriceDetails", "Tags")
NON_NEGATIVE: tuple[str, ...] = (
    "ContractedUnitPrice",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
)
# The first must be null where the second is.
NULL_WITH: tuple[tuple[str, str], ...] = (
    ("CapacityReservationStatus", "CapacityReservationId"),
    ("CommitmentDiscountName", "CommitmentDiscountId"),
    ("CommitmentDiscountStatus", "CommitmentDiscountId"),
    ("ResourceName", "ResourceId"),
    ("SkuMeter", "SkuId"),
    ("SkuPriceDetails", "SkuPriceId"),
)
# Null exactly where the second is.
NULL_TOGETHER: tuple[tuple[str, str], ...] = (
    ("CommitmentDiscountCategory", "CommitmentDiscountId"),
    ("CommitmentDiscountType", "CommitmentDiscountId"),
    ("CommitmentDiscountUnit", "CommitmentDiscountQuantity"),
    ("ConsumedUnit", "ConsumedQuantity"),
    ("PricingUnit", "PricingQuantity"),
    ("RegionName", "RegionId"),
    ("ResourceType", "ResourceId"),
    ("SubAccountName", "SubAccountId"),
    ("SubAccountType", "SubAccountId"),
)
