"""AWS's FOCUS exports: what their ``x_`` columns and Bedrock's usage types say beside FOCUS.

FOCUS 1.0 with AWS columns has x_UsageType, x_Operation, x_ServiceCode, x_Discounts and
x_CostCategories. In FOCUS 1.2 the usage type is SkuMeter, and cost categories are in Tags. What
the ledger has no column for goes where FOCUS has room for it: SkuPriceDetails and Tags.

Source: "FOCUS 1.0 with AWS columns" and "Migrating from FOCUS 1.0 to FOCUS 1.2", AWS Data Exports
user guide.
"""

from collections.abc import Collection, Sequence

import duckdb

from centavo.sources.focus.enrichment import Derived, Enrichment, RawColumns
from centavo.sources.sku_function import (
    MODEL_COLUMNS,
    SkuNotices,
    define_sku_function,
    sku_call,
)

__all__ = ["AWS"]

# Any two of these make a header AWS's.
_HALLMARKS = frozenset({"x_operation", "x_servicecode", "x_usagetype", "x_discounts"})
_IN_DETAILS = {
    "x_operation": "x_Operation",
    "x_servicecode": "x_ServiceCode",
    "x_discounts": "x_Discounts",
}
_NULL = "CAST(NULL AS VARCHAR)"


def _derive(raw: RawColumns, given: Collection[str]) -> Derived | None:
    if len(_HALLMARKS & raw.keys()) < 2:
        return None
    outer = {column: f"focus_sku.{member}" for column, member in MODEL_COLUMNS.items()}
    inner = {"focus_sku": _sku(raw)}
    replaced: set[str] = set()
    if "x_usagetype" in raw:
        inner["focus_usage_type"] = raw["x_usagetype"].text
        outer["SkuMeter"] = "focus_usage_type"
    if "PricingQuantity" in given:
        outer["x_TokenCount"] = _tokens(given)
    members = [_member(key, _text(raw, name)) for name, key in _IN_DETAILS.items() if name in raw]
    if members:
        inner["focus_members"] = f"nullif(concat_ws(',', {', '.join(members)}), '')"
        outer["SkuPriceDetails"] = _joined("SkuPriceDetails", "focus_members", given)
        replaced.add("SkuPriceDetails")
    if "x_costcategories" in raw:
        inner["focus_categories"] = _categories(_text(raw, "x_costcategories"))
        outer["Tags"] = _joined("Tags", "focus_categories", given)
        replaced.add("Tags")
    read = frozenset({*_HALLMARKS, "x_costcategories"})
    return Derived(inner, outer, frozenset(replaced), read)


def _text(raw: RawColumns, name: str) -> str:
    """Return the SQL of a column's text; an empty object says nothing."""
    return f"nullif(nullif({raw[name].text}, 'null'), '{{}}')" if name in raw else _NULL


def _sku(raw: RawColumns) -> str:
    """Return the SQL of what a line of Bedrock meters; NULL for every other line."""
    from centavo.sources.aws.bedrock import BEDROCK_OPERATIONS

    service, operation = _text(raw, "servicename"), _text(raw, "x_operation")
    usage_type = f"coalesce({_text(raw, 'x_usagetype')}, {_text(raw, 'skumeter')})"
    is_bedrock = (
        f"(contains(lower(coalesce({service}, '')), 'bedrock')"
        f" OR starts_with(coalesce({_text(raw, 'x_servicecode')}, ''), 'AmazonBedrock')"
        f" OR {operation} IN {BEDROCK_OPERATIONS})"
    )
    rate = f"coalesce({_text(raw, 'contractedunitprice')}, {_text(raw, 'listunitprice')})"
    resource = (
        f"regexp_extract({_text(raw, 'resourceid')}, '(?:foundation-model|inference-profile)/.*$')"
    )
    unit = _text(raw, "pricingunit")
    is_vague = f"coalesce({unit}, 'Units') = 'Units'"
    call = sku_call(
        "focus_aws_bedrock",
        usage_type,
        service,
        _NULL,
        _NULL,
        unit,
        f"CASE WHEN {is_vague} THEN {_text(raw, 'chargedescription')} END",
        f"CASE WHEN {is_vague} THEN {rate} END",
        resource,
    )
    return f"CASE WHEN {usage_type} IS NOT NULL AND {is_bedrock} THEN {call} END"


def _tokens(given: Collection[str]) -> str:
    """Return the SQL of a line's tokens, where ConsumedQuantity does not count them itself."""
    tokens = "CAST(PricingQuantity * focus_sku.tokens_per_unit AS DECIMAL(38,12))"
    if "ConsumedUnit" in given:
        counted = "lower(coalesce(ConsumedUnit, '')) IN ('token', 'tokens')"
        tokens = f"CASE WHEN NOT {counted} THEN {tokens} END"
    return f"CASE WHEN ChargeCategory = 'Usage' THEN {tokens} END"


def _member(key: str, text: str) -> str:
    return f"'\"{key}\":' || CAST(to_json({text}) AS VARCHAR)"


def _categories(text: str) -> str:
    """Return the SQL of cost categories as members of Tags, each under ``costCategory/``."""
    entries = f"map_entries(CAST(CAST({text} AS JSON) AS MAP(VARCHAR, VARCHAR)))"
    member = (
        "CAST(to_json('costCategory/' || e.key) AS VARCHAR) || ':'"
        " || coalesce(CAST(to_json(e.value) AS VARCHAR), 'null')"
    )
    return (
        f"CASE WHEN json_valid({text}) AND prefix(ltrim({text}), '{{') THEN"
        f" nullif(array_to_string(list_transform({entries}, lambda e: {member}), ','), '')"
        f" ELSE {_member('costCategory', text)} END"
    )


def _joined(column: str, members: str, given: Collection[str]) -> str:
    """Return the SQL of a JSON object: a column's own members, then others."""
    parts: Sequence[str] = [members]
    if column in given:
        own = f"regexp_replace(trim({column}), '^\\{{\\s*|\\s*\\}}$', '', 'g')"
        parts = [f"nullif({own}, '')", members]
    both = f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'"
    return (
        f"CASE WHEN {members} IS NULL THEN {column if column in given else 'NULL'} ELSE {both} END"
    )


def _prepare(connection: duckdb.DuckDBPyConnection, notices: SkuNotices) -> None:
    # Imported for the header that needs it: its SKU grammar takes longer than reading a day's bill.
    from centavo.sources.aws.bedrock import named_sku

    define_sku_function(connection, "focus_aws_bedrock", parse=named_sku, notices=notices)


AWS = Enrichment(_derive, _prepare)
