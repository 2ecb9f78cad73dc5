"""Charges of a vendor's cost report: what OpenAI's and Anthropic's lines have in common."""

import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from centavo.errors import CurrencyError
from centavo.money import EXACT, LEDGER_DECIMALS, currency_code
from centavo.sources.record_values import RecordError, text
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes

__all__ = ["CHARGE_COLUMNS", "charge_row", "exact_number", "ledger_amount", "stated_currency"]

# FOCUS keeps 26 digits before the decimal point in DECIMAL(38,12).
_LARGEST = Decimal(10) ** 26
_CREDIT = re.compile(r"credit|promo|grant|discount|refund|coupon", re.IGNORECASE)

CHARGE_COLUMNS: tuple[str, ...] = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceIssuerName",
    "ListCost",
    "PricingCategory",
    "RegionId",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SubAccountId",
    "SubAccountType",
    "Tags",
    "x_CostBasis",
    "x_CostType",
    "x_Source",
    "x_IngestionBatchId",
    "x_RestatementDate",
    "x_ModelDeveloper",
    "x_ModelFamily",
    "x_ModelId",
    "x_ModelVersion",
    "x_TokenDirection",
    "x_TokenCacheAction",
    "x_CacheRetention",
    "x_ProcessingTier",
    "x_ContextTier",
    "x_TokenModality",
    "x_InferenceGeo",
)


def exact_number(value: object, column: str) -> Decimal:
    """Return a number exactly as it is written, signed.

    Raises:
        RecordError: Missing, not a number, not finite, or of more than 26 digits.

    >>> exact_number("-3.25", "amount")
    Decimal('-3.25')
    """
    if value is None:
        raise RecordError(column, "is missing", value)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise RecordError(column, "is not a decimal number", value)
    try:
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise RecordError(column, "is not a decimal number", value) from None
    if not exact.is_finite():
        raise RecordError(column, "is not a decimal number", value)
    if abs(exact) >= _LARGEST:
        raise RecordError(column, "is too large", value)
    return exact


def ledger_amount(value: Decimal, notes: LineNotes) -> Decimal:
    """Return the amount in the ledger's 12 decimals, half to even; what is rounded is counted."""
    rounded = value.quantize(LEDGER_DECIMALS, rounding=ROUND_HALF_EVEN, context=EXACT)
    notes.rounded += rounded != value
    return rounded


def stated_currency(value: object, column: str) -> str:
    """Return the currency's code.

    Raises:
        RecordError: Missing, or no code.
    """
    stated = text(value)
    if stated is None:
        raise RecordError(column, "is missing", value)
    try:
        return currency_code(stated)
    except CurrencyError:
        raise RecordError(column, "is not a currency code", value) from None


def charge_row(
    line: ReportLine, *, source: str, vendor: str, cost: Decimal, described: str | None
) -> dict[str, object]:
    """Return the columns that every charge of a cost report has.

    Args:
        line: The line.
        source: Name of the source.
        vendor: The vendor's name: ``OpenAI``.
        cost: The cost, in major units, as the ledger keeps it.
        described: The vendor's own words for what was used.
    """
    start = line.bucket.start
    category = _category(cost, described)
    is_usage = category == "Usage"
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "BillingAccountId": line.organization or vendor.lower(),
        "BillingAccountType": "Organization",
        "BillingPeriodStart": datetime(start.year, start.month, 1),  # noqa: DTZ001 -- the ledger's times are naive UTC
        "BillingPeriodEnd": _next_month(start),
        "ChargeCategory": category,
        "ChargeDescription": described,
        "ChargeFrequency": "Usage-Based" if is_usage else "One-Time",
        "ChargePeriodStart": start,
        "ChargePeriodEnd": line.bucket.end,
        "HostProviderName": vendor,
        "InvoiceIssuerName": vendor,
        "PricingCategory": "Standard" if is_usage else None,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": f"{vendor} API",
        "ServiceProviderName": vendor,
        "ServiceSubcategory": "Generative AI",
        "SkuId": described,
        "x_CostBasis": "vendor_reported",
        "x_Source": source,
        "x_IngestionBatchId": line.file.batch_id,
        "x_RestatementDate": start.date(),
    }


def _category(cost: Decimal, described: str | None) -> str:
    if cost >= 0:
        return "Usage"
    return "Credit" if _CREDIT.search(described or "") else "Adjustment"


def _next_month(moment: datetime) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return datetime(year, month + 1, 1)  # noqa: DTZ001 -- the ledger's times are naive UTC
