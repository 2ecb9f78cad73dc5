"""Google's FOCUS export: what its ``x_`` columns say that its FOCUS columns leave empty.

The BigQuery view has 37 of FOCUS's columns and 18 of its own: no ServiceCategory, no Tags and no
commitment columns, and a model only in the SKU's description. Its credits are inside BilledCost
and EffectiveCost already; they are told beside them and never added.

Source: "FOCUS BigQuery view", cloud.google.com/billing/docs/how-to/export-data-bigquery-focus.
"""

from collections.abc import Collection

import duckdb

from centavo.sources.focus.enrichment import Derived, Enrichment, RawColumn, RawColumns
from centavo.sources.sku_function import (
    MODEL_COLUMNS,
    SkuNotices,
    define_sku_function,
    sku_call,
)

__all__ = ["GOOGLE"]

# Any two of these make a header Google's; other exports have columns with one such name.
_HALLMARKS = frozenset(
    {
        "x_labels",
        "x_projectlabels",
        "x_systemlabels",
        "x_credits",
        "x_serviceid",
        "x_currencyconversionrate",
        "x_consumptionmodelid",
        "x_subscriptioninstanceid",
        "x_costtype",
    }
)
_LABELS = ("x_labels", "x_projectlabels", "x_systemlabels", "x_tags")
# What has no column in FOCUS goes into SkuPriceDetails.
_DETAILS: dict[str, str] = {
    "x_location": "x_Location",
    "x_serviceid": "x_ServiceId",
    "x_priceeffectivepricedefault": "x_PriceEffectivePriceDefault",
    "x_pricelistpriceconsumptionmodel": "x_PriceListPriceConsumptionModel",
    "x_costateffectivepricedefault": "x_CostAtEffectivePriceDefault",
    "x_costatlistconsumptionmodel": "x_CostAtListConsumptionModel",
    "x_consumptionmodelid": "x_ConsumptionModelId",
    "x_consumptionmodeldescription": "x_ConsumptionModelDescription",
    "x_subscriptioninstanceid": "x_SubscriptionInstanceId",
}
_NULL = "CAST(NULL AS VARCHAR)"
# A dollar-based commitment spends; one on cores or memory uses.
_SPEND = r"flexible|flex|dollar|spend"
_COMMITTED = r"\b(cuds?|commit(ment|ted)?)\b"


def _derive(raw: RawColumns, given: Collection[str]) -> Derived | None:
    if len(_HALLMARKS & raw.keys()) < 2:
        return None
    parts = (
        _sku_columns(raw, given),
        _focus_columns(raw, given),
        _tag_columns(raw),
        _credit_columns(raw),
        _project_columns(raw),
        _commitment_columns(raw),
    )
    return Derived(
        {alias: sql for part in parts for alias, sql in part.inner.items()},
        {column: sql for part in parts for column, sql in part.outer.items()},
        frozenset(column for part in parts for column in part.replaced),
        frozenset({*_HALLMARKS, *_LABELS, *_DETAILS, "x_project"}),
    )


def _sku_columns(raw: RawColumns, given: Collection[str]) -> Derived:
    """Return the model and token columns, and the category of the service."""
    outer = {column: f"focus_sku.{member}" for column, member in MODEL_COLUMNS.items()}
    if "ConsumedQuantity" in given:
        outer["x_TokenCount"] = (
            "CASE WHEN ChargeCategory = 'Usage' THEN"
            " CAST(ConsumedQuantity * focus_sku.tokens_per_unit AS DECIMAL(38,12)) END"
        )
    return Derived({"focus_sku": _sku_call(raw)}, outer)


def _focus_columns(raw: RawColumns, given: Collection[str]) -> Derived:
    """Return columns that FOCUS asks for and the view has not, or leaves empty on a tax."""
    outer = {
        "ServiceProviderName": "'Google Cloud'",
        "HostProviderName": "'Google Cloud'",
        "InvoiceIssuerName": "'Google Cloud'",
        "ChargeFrequency": "CASE WHEN ChargeCategory = 'Usage' THEN 'Usage-Based' END",
    }
    if "SubAccountId" in given:
        outer["SubAccountType"] = "CASE WHEN SubAccountId IS NOT NULL THEN 'Project' END"
    if "SkuId" in given and "ChargeDescription" in given:
        outer["SkuMeter"] = "CASE WHEN SkuId IS NOT NULL THEN ChargeDescription END"
    if "SkuPriceDetails" in given or "SkuPriceId" not in given:
        return Derived({}, outer)
    outer["SkuPriceDetails"] = "CASE WHEN SkuPriceId IS NOT NULL THEN focus_google_details END"
    return Derived({"focus_google_details": _details(raw)}, outer)


def _tag_columns(raw: RawColumns) -> Derived:
    if not any(name in raw for name in _LABELS):
        return Derived({}, {})
    return Derived({"focus_tags": _tags(raw)}, {"Tags": "focus_tags"})


def _project_columns(raw: RawColumns) -> Derived:
    """Return the project's id where the file has the project's record as JSON text."""
    if "x_project" not in raw or raw["x_project"].stored.startswith("STRUCT"):
        return Derived({}, {})
    text = raw["x_project"].text
    project = (
        f"CASE WHEN prefix(ltrim({text}), '{{') AND json_valid({text})"
        f" THEN coalesce(json_extract_string({text}, '$.Id'),"
        f" json_extract_string({text}, '$.id')) ELSE {text} END"
    )
    columns = {"x_Project": "focus_project"}
    return Derived({"focus_project": project}, columns, frozenset(columns))


def _details(raw: RawColumns) -> str:
    """Return SQL of a JSON object of the columns that have no place of their own."""
    members = [
        f"'\"{key}\":' || CAST(to_json({raw[name].text}) AS VARCHAR)"
        for name, key in _DETAILS.items()
        if name in raw
    ]
    return f"'{{' || nullif(concat_ws(',', {', '.join(members) or 'NULL'}), '') || '}}'"


def _text(raw: RawColumns, name: str) -> str:
    return raw[name].text if name in raw else _NULL


def _consumption(raw: RawColumns) -> str:
    return (
        f"coalesce({_text(raw, 'x_consumptionmodeldescription')},"
        f" {_text(raw, 'x_consumptionmodelid')})"
    )


def _sku_call(raw: RawColumns) -> str:
    model = _consumption(raw)
    description = f"coalesce({_text(raw, 'skumeter')}, {_text(raw, 'chargedescription')})"
    # A tax or a credit on a model is no model's meter.
    description = f"CASE WHEN {_text(raw, 'chargecategory')} = 'Usage' THEN {description} END"
    texts = (
        _text(raw, "servicename"),
        _text(raw, "x_serviceid"),
        description,
        _text(raw, "consumedunit"),
        model,
    )
    return sku_call("focus_google_sku", *texts)


def _known_keys(text: str) -> str:
    """Return SQL of JSON whose keys are spelled as the Cloud Billing export spells them.

    A quote inside a JSON string has a backslash before it, so ``"Key":`` is a key.
    """
    for spelled, known in (
        ("Key", "key"),
        ("Value", "value"),
        ("x_Namespace", "namespace"),
        ("Namespace", "namespace"),
        ("Id", "id"),
        ("FullName", "full_name"),
        ("Type", "type"),
        ("Name", "name"),
        ("Amount", "amount"),
    ):
        text = f"""replace({text}, '"{spelled}":', '"{known}":')"""
    return text


def _tags(raw: RawColumns) -> str:
    """Return SQL of one JSON object of all labels and tags, like the Cloud Billing source's."""
    lists = ", ".join(f"gcp_labels({_minified(raw.get(name))})" for name in _LABELS)
    return f"gcp_object(gcp_unique(gcp_pairs({lists})))"


def _minified(column: RawColumn | None) -> str:
    if column is None:
        return _NULL
    text = column.text
    valid = f"CASE WHEN json_valid({text}) AND prefix(ltrim({text}), '[') THEN json({text}) END"
    return _known_keys(f"CAST({valid} AS VARCHAR)")


def _credit_columns(raw: RawColumns) -> Derived:
    """Return what the credits add up to: told beside the cost, which they are inside of."""
    if "x_credits" not in raw:
        return Derived({}, {})
    total = "list_sum(list_transform(focus_credits, lambda c: gcp_amount(c.amount)))"
    some = "CASE WHEN len(focus_credits) > 0 THEN"
    return Derived(
        {"focus_credits": f"gcp_credits({_known_keys(raw['x_credits'].text)})"},
        {
            "x_CreditCost": f"{some} CAST({total} AS DECIMAL(38,12)) END",
            "x_GrossCost": f"{some} CAST(BilledCost - {total} AS DECIMAL(38,12)) END",
            # An empty list says nothing.
            "x_Credits": f"{some} x_Credits END",
        },
        frozenset({"x_Credits"}),
    )


def _commitment_columns(raw: RawColumns) -> Derived:
    """Return the commitment columns: from the subscription, else from a commitment's credit."""
    subscription = _text(raw, "x_subscriptioninstanceid")
    model = _consumption(raw)
    committed = f"(regexp_matches(lower({model}), '{_COMMITTED}') OR {subscription} IS NOT NULL)"
    inner = {
        "focus_commitment": f"CASE WHEN {committed} THEN coalesce({subscription}, {model}) END",
        "focus_commitment_name": f"CASE WHEN {committed} THEN {model} END",
    }
    identity, name = "focus_commitment", "focus_commitment_name"
    if "x_credits" in raw:
        used = (
            "list_filter(focus_credits, lambda c: starts_with(coalesce(c.type, ''),"
            " 'COMMITTED_USAGE_DISCOUNT'))[1]"
        )
        identity = f"coalesce({identity}, {used}.id, {used}.type)"
        name = f"coalesce({name}, {used}.full_name, {used}.name)"
        spends = f"concat_ws(' ', {name}, {used}.type)"
    else:
        spends = f"coalesce({name}, '')"
    return Derived(
        inner,
        {
            "CommitmentDiscountId": identity,
            "CommitmentDiscountName": name,
            "CommitmentDiscountType": f"CASE WHEN {identity} IS NOT NULL THEN 'CUD' END",
            "CommitmentDiscountCategory": (
                f"CASE WHEN {identity} IS NULL THEN NULL WHEN"
                f" regexp_matches(lower({spends}), '{_SPEND}') THEN 'Spend' ELSE 'Usage' END"
            ),
            "CommitmentDiscountStatus": (
                f"CASE WHEN {identity} IS NOT NULL AND ChargeCategory = 'Usage' THEN 'Used' END"
            ),
        },
    )


def _prepare(connection: duckdb.DuckDBPyConnection, notices: SkuNotices) -> None:
    # Imported for the header that needs it: its SKU grammar takes longer than reading a day's bill.
    from centavo.sources.focus.google_names import named_sku
    from centavo.sources.gcp.source import GcpBillingSource

    GcpBillingSource.prepare(connection)
    define_sku_function(connection, "focus_google_sku", parse=named_sku, notices=notices)


GOOGLE = Enrichment(_derive, _prepare)
