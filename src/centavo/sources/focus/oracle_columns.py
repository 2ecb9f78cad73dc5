"""Oracle's FOCUS reports: names of FOCUS's preview, and what the ``oci_`` columns say.

Oracle's reports keep the names of FOCUS 1.0-preview: Provider, Publisher, InvoiceIssuer, Region,
UsageQuantity, UsageUnit.

Source: "FOCUS Cost Report Schema", docs.oracle.com/iaas/Content/Billing/Concepts/costusagereportsoverview.htm.
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

__all__ = ["ORACLE"]

_RENAMED: dict[str, str] = {
    "provider": "ServiceProviderName",
    "publisher": "HostProviderName",
    "invoiceissuer": "InvoiceIssuerName",
    "region": "RegionId",
    "usageunit": "ConsumedUnit",
}
_READ = frozenset({"oci_compartmentname", "oci_backreferencenumber", "usagequantity"})
# Known and left out: overage and attribution beside the cost, and FOCUS's former subcategory.
_LEFT_OUT = frozenset(
    {"oci_referencenumber", "oci_compartmentid", "oci_overageflag", "oci_unitpriceoverage"}
    | {"oci_billedquantityoverage", "oci_costoverage", "oci_attributedusage", "oci_attributedcost"}
    | {"chargesubcategory"}
)
_NULL = "CAST(NULL AS VARCHAR)"


def _derive(raw: RawColumns, given: Collection[str]) -> Derived | None:
    if not any(name.startswith("oci_") for name in raw):
        return None
    texts = {name: column.text for name, column in raw.items()}
    unit = f"coalesce({texts.get('pricingunit', _NULL)}, {texts.get('usageunit', _NULL)})"
    inner = {
        "focus_sku": sku_call(
            "focus_oracle_sku",
            texts.get("servicename", _NULL),
            texts.get("chargedescription", _NULL),
            unit,
        )
    }
    outer = {column: f"focus_sku.{member}" for column, member in MODEL_COLUMNS.items()}
    for name, column in _RENAMED.items():
        if name in texts:
            inner[f"focus_{name}"] = texts[name]
            outer[column] = f"focus_{name}"
    if "usagequantity" in texts:
        inner["focus_usage"] = f"TRY_CAST({texts['usagequantity']} AS DECIMAL(38,12))"
        outer["ConsumedQuantity"] = "focus_usage"
    if "oci_compartmentname" in texts:
        inner["focus_compartment"] = texts["oci_compartmentname"]
        outer["x_Project"] = "focus_compartment"
    if "oci_backreferencenumber" in texts:
        inner["focus_back"] = texts["oci_backreferencenumber"]
        outer["ChargeClass"] = "CASE WHEN focus_back IS NOT NULL THEN 'Correction' END"
    if "PricingQuantity" in given:
        outer["x_TokenCount"] = (
            "CAST(PricingQuantity * focus_sku.tokens_per_unit AS DECIMAL(38,12))"
        )
    return Derived(inner, outer, read=_READ | _LEFT_OUT | _RENAMED.keys())


def _prepare(connection: duckdb.DuckDBPyConnection, notices: SkuNotices) -> None:
    # Imported for the header that needs it: its SKU grammar takes longer than reading a day's bill.
    from centavo.sources.oci.product import named_product

    define_sku_function(connection, "focus_oracle_sku", parse=named_product, notices=notices)


ORACLE = Enrichment(_derive, _prepare)
