"""Azure's FOCUS export: what its ``x_`` columns say of a model, its tokens and its currency.

The meter that names the model stands in ``x_SkuMeterName`` (1.0) or ``SkuMeter`` (1.2), the
product in ``x_SkuMeterSubcategory``, and the size of one pricing unit in
``x_PricingUnitDescription`` and ``x_PricingBlockSize``.

Source: "FOCUS cost and usage details file schema", learn.microsoft.com/azure/cost-management-billing.
"""

from collections.abc import Collection

import duckdb

from centavo.sources.focus.enrichment import Derived, Enrichment, RawColumns
from centavo.sources.sku_function import (
    MODEL_COLUMNS,
    SkuNotices,
    define_sku_function,
    sku_call,
)

__all__ = ["AZURE"]

# Any two of these make a header Azure's.
_HALLMARKS = frozenset(
    {
        "x_skumetername",
        "x_skumetercategory",
        "x_skumetersubcategory",
        "x_skumeterid",
        "x_skuofferid",
        "x_billedcostinusd",
        "x_pricingsubcategory",
        "x_pricingblocksize",
        "x_pricingunitdescription",
        "x_billingexchangerate",
    }
)
# Read here, beside the hallmarks.
_READ = frozenset(
    {"x_skudescription", "x_skuservicefamily", "x_pricingcurrency", "x_invoiceid"}
    | {"x_effectiveunitprice", "x_billedunitprice", "x_billingexchangeratedate"}
)
# What is left out on purpose: the same amounts in dollars, and columns without a reader.
_LEFT_OUT = frozenset(
    {"x_effectivecostinusd", "x_listcostinusd", "x_contractedcostinusd", "x_pricingsubcategory"}
)
_NULL = "CAST(NULL AS VARCHAR)"


def _derive(raw: RawColumns, given: Collection[str]) -> Derived | None:
    if len(_HALLMARKS & raw.keys()) < 2:
        return None
    inner = {"focus_sku": _sku_call(raw)}
    outer = {column: f"focus_sku.{member}" for column, member in MODEL_COLUMNS.items()}
    quantity = _pricing_units(raw, given)
    if quantity is not None:
        inner["focus_effective_price"] = _amount(raw, "x_effectiveunitprice")
        inner["focus_billed_price"] = _amount(raw, "x_billedunitprice")
        outer["x_TokenCount"] = (
            "CASE WHEN ChargeCategory = 'Usage' THEN"
            f" CAST({quantity} * focus_sku.tokens_per_unit AS DECIMAL(38,12)) END"
        )
    for column, name in (
        ("SkuMeter", "x_skumetername"),
        ("InvoiceId", "x_invoiceid"),
        ("PricingCurrency", "x_pricingcurrency"),
    ):
        if name in raw:
            inner[f"focus_{name}"] = raw[name].text
            outer[column] = f"focus_{name}"
    if "x_billingexchangerate" in raw:
        inner["focus_rate"] = _amount(raw, "x_billingexchangerate")
        day = (
            f"TRY_CAST({raw['x_billingexchangeratedate'].text} AS DATE)"
            if "x_billingexchangeratedate" in raw
            else "CAST(NULL AS DATE)"
        )
        inner["focus_rate_day"] = day
        outer["x_FxRate"] = "focus_rate"
        outer["x_FxSource"] = "CASE WHEN focus_rate IS NOT NULL THEN 'bill' END"
        outer["x_FxDate"] = (
            "CASE WHEN focus_rate IS NOT NULL THEN"
            " coalesce(focus_rate_day, CAST(ChargePeriodStart AS DATE)) END"
        )
    return Derived(inner, outer, read=_HALLMARKS | _READ | _LEFT_OUT)


def _text(raw: RawColumns, name: str) -> str:
    return raw[name].text if name in raw else _NULL


def _amount(raw: RawColumns, name: str) -> str:
    return f"TRY_CAST({_text(raw, name)} AS DECIMAL(38,12))"


def _sku_call(raw: RawColumns) -> str:
    meter = f"coalesce({_text(raw, 'skumeter')}, {_text(raw, 'x_skumetername')})"
    block = f"regexp_replace({_text(raw, 'x_pricingblocksize')}, '\\.0*$', '')"
    usage = f"{_text(raw, 'chargecategory')} = 'Usage'"
    return sku_call(
        "focus_azure_sku",
        f"coalesce({_text(raw, 'x_skumetercategory')}, {_text(raw, 'servicename')})",
        f"concat_ws(' ', {_text(raw, 'x_skumetersubcategory')}, {_text(raw, 'x_skudescription')})",
        f"CASE WHEN {usage} THEN {meter} END",
        f"coalesce({_text(raw, 'x_pricingunitdescription')}, {block}, {_text(raw, 'pricingunit')})",
        _text(raw, "x_skuservicefamily"),
    )


def _pricing_units(raw: RawColumns, given: Collection[str]) -> str | None:
    """Return SQL of the quantity in pricing units: of 1,000 tokens, say.

    By FOCUS that is PricingQuantity. Exports of 1.0 divided a quantity that was in pricing units
    already: there ConsumedQuantity is the one that the unit price multiplies to the cost. So the
    price decides; it only decides, and no amount is computed from it.
    """
    if "PricingQuantity" not in given:
        return None
    if "ConsumedQuantity" not in given:
        return "PricingQuantity"
    pairs = (
        ("ListUnitPrice" if "ListUnitPrice" in given else None, "ListCost"),
        ("ContractedUnitPrice" if "ContractedUnitPrice" in given else None, "ContractedCost"),
        ("focus_effective_price" if "x_effectiveunitprice" in raw else None, "EffectiveCost"),
        ("focus_billed_price" if "x_billedunitprice" in raw else None, "BilledCost"),
    )
    cases = [
        f"WHEN {price} <> 0 AND {cost} <> 0 THEN"
        f" CASE WHEN abs({price}::DOUBLE * PricingQuantity::DOUBLE - {cost}::DOUBLE)"
        f" <= abs({price}::DOUBLE * ConsumedQuantity::DOUBLE - {cost}::DOUBLE)"
        " THEN PricingQuantity ELSE ConsumedQuantity END"
        for price, cost in pairs
        if price is not None and cost in given
    ]
    return f"CASE {' '.join(cases)} ELSE PricingQuantity END" if cases else "PricingQuantity"


def _prepare(connection: duckdb.DuckDBPyConnection, notices: SkuNotices) -> None:
    # Imported for the header that needs it: its SKU grammar takes longer than reading a day's bill.
    from centavo.sources.azure.services import named_meter

    define_sku_function(connection, "focus_azure_sku", parse=named_meter, notices=notices)


AZURE = Enrichment(_derive, _prepare)
