"""Google Cloud Billing: the standard and the detailed export, nested or flattened."""

import json
from collections.abc import Sequence
from importlib.resources import files as package_files
from itertools import chain
from typing import cast

import duckdb

from centavo.errors import BadValueError, CentavoError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.gcp.columns import FIELDS, PARTITION_COLUMNS, RECORDS, header_name
from centavo.sources.gcp.diagnosis import BAD_COLUMN, bad_value
from centavo.sources.gcp.forms import Forms, by_form, form_warnings, not_readable, text_problem
from centavo.sources.gcp.jsonl import NO_RECORD
from centavo.sources.gcp.survey import Kind, survey, survey_warnings, write_skus
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["GcpBillingSource"]

# Columns by which an export is known; a file must have most of them, as records or flattened.
_HALLMARKS: tuple[str, ...] = (
    "billing_account_id",
    "service",
    "sku",
    "usage_start_time",
    "project",
    "export_time",
    "cost",
    "currency",
    "credits",
    "invoice",
    "cost_type",
)
_MOST = 6

_REQUIRED: frozenset[str | None] = frozenset(field.path for field in FIELDS if field.required)

# What has no column in FOCUS goes into SkuPriceDetails, whose own keys begin with x_.
_DETAILS: dict[str, str] = {
    "x_TierStartAmount": "price_tier_start_amount",
    "x_PriceUnit": "price_unit",
    "x_PricingUnitQuantity": "price_pricing_unit_quantity",
    "x_EffectivePriceDefault": "price_effective_price_default",
    "x_ListPriceConsumptionModel": "price_list_price_consumption_model",
    "x_CostAtEffectivePriceDefault": "cost_at_effective_price_default",
    "x_CostAtListConsumptionModel": "cost_at_list_consumption_model",
    "x_ConsumptionModelId": "consumption_model_id",
    "x_ConsumptionModelDescription": "consumption_model_description",
    "x_SubscriptionInstanceId": "subscription_instance_id",
    "x_TransactionType": "transaction_type",
    "x_SellerName": "seller_name",
    "x_PublisherType": "invoice_publisher_type",
    "x_AdjustmentId": "adjustment_info_id",
    "x_AdjustmentDescription": "adjustment_info_description",
    "x_AdjustmentMode": "adjustment_info_mode",
    "x_AdjustmentType": "adjustment_info_type",
    "x_ServiceId": "service_id",
    "x_ProjectNumber": "project_number",
    "x_ProjectAncestryNumbers": "project_ancestry_numbers",
    "x_ProjectAncestors": "project_ancestors",
    "x_Country": "location_country",
}


class GcpBillingSource:
    """Reads Cloud Billing exports into charges: one row per record, net of its credits."""

    name = "gcp"
    table: TableName = "charges"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a Cloud Billing export, by its columns or keys."""
        names = probe.columns or _json_keys(probe.head)
        heads = set(map(header_name, names))
        found = [
            mark
            for mark in _HALLMARKS
            if mark in heads or any(head.startswith(f"{mark}_") for head in heads)
        ]
        if "billing_account_id" not in heads or len(found) < _MOST:
            return None
        return Recognition(
            0.5 + 0.45 * len(found) / len(_HALLMARKS),
            f"it has {len(found)} of {len(_HALLMARKS)} columns of a Cloud Billing export "
            f"({', '.join(found[:4])} …)",
        )

    @staticmethod
    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        """Define the macros of this source (``sql/gcp_macros.sql``) on the connection."""
        connection.execute(_sql("gcp_macros.sql"))

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one charge per record.

        The records are read twice: once to count, to check every value and to find the SKUs, and
        once, by the relation that is returned, to write them. So a bad value is found here.

        Raises:
            InputError: A file is malformed, or lacks a mandatory column.
        """
        self.prepare(connection)
        forms = by_form(connection, files)
        rows = " UNION ALL ".join(
            form.relation(group, is_lenient=options.skip_bad) for form, group in forms.items()
        )
        try:
            kinds = survey(connection, rows)
        except duckdb.Error as error:
            raise _explain(forms, error) from error
        _refuse_bad(connection, forms, kinds, skip_bad=options.skip_bad)
        skus = f"gcp_skus_{files[0].batch_id}"
        write_skus(connection, skus, kinds)
        wanted = f"({BAD_COLUMN}) IS NULL" if options.skip_bad else "true"
        return Reading(
            table=self.table,
            select=_charges(rows, skus, wanted),
            tally=_tally(kinds, forms),
            explain=lambda error: _explain(forms, error),
            dated_by_export=True,
        )


def _sql(name: str) -> str:
    return package_files("centavo.sources.gcp").joinpath("sql", name).read_text("utf-8")


def _charges(rows: str, skus: str, wanted: str) -> str:
    details = ",\n".join(
        f"        '\"{key}\":' || CAST(to_json(t.{column}) AS VARCHAR)"
        for key, column in _DETAILS.items()
    )
    template = _sql("gcp_charges.sql")
    for mark, text in (("rows", rows), ("skus", skus), ("wanted", wanted), ("details", details)):
        template = template.replace(f"{{{mark}}}", text)
    return template


def _refuse_bad(
    connection: duckdb.DuckDBPyConnection,
    forms: Forms,
    kinds: Sequence[Kind],
    *,
    skip_bad: bool,
) -> None:
    """Raise for the first record that cannot be read, and for a mandatory column that is missing.

    A column is missing when no record of a file has a value in it; nothing can skip that.
    """
    for form, group in forms.items():
        for file in group:
            bad = {kind.bad for kind in kinds if kind.batch_id == file.batch_id}
            if bad <= {None} or (skip_bad and (len(bad) > 1 or not bad <= _REQUIRED)):
                continue
            found = text_problem(form, file) if form.kind == "csv" or NO_RECORD in bad else None
            error = found or bad_value(
                connection, form.relation([file]), file=file, has_lines=form.kind == "jsonl"
            )
            if isinstance(error, BadValueError) and error.value is None and len(bad) == 1:
                raise InputError(
                    f"{file.name}: no record has a value in the column {bad.pop()}",
                    hint="Export the whole table of the Cloud Billing export to BigQuery.",
                )
            if not skip_bad:
                raise error


def _explain(forms: Forms, error: duckdb.Error) -> CentavoError:
    """Return what is wrong with the files, in the reader's words."""
    for form, group in forms.items():
        for file in group:
            found = text_problem(form, file)
            if found is not None:
                return found
    names = ", ".join(file.name for file in chain.from_iterable(forms.values()))
    return not_readable(names, error)


def _tally(kinds: Sequence[Kind], forms: Forms) -> Tally:
    tally = Tally()
    for kind in kinds:
        tally.read[kind.batch_id] += kind.records
        if kind.bad is not None:
            tally.skipped[(kind.batch_id, f"{kind.bad} cannot be read")] += kind.records
    kept = [kind for kind in kinds if kind.bad is None]
    tally.warnings.extend(survey_warnings(kept))
    tally.warnings.extend(form_warnings(forms))
    return tally


def _json_keys(head: str) -> tuple[str, ...]:
    """Return the keys of the first record of JSON text, also when its end is cut off."""
    text = head.lstrip("\ufeff \t\r\n[")
    if not text.startswith("{"):
        return ()
    try:
        value = cast("dict[str, object]", json.JSONDecoder().raw_decode(text)[0])
    except ValueError:
        known = (*(field.path for field in FIELDS), *RECORDS, *PARTITION_COLUMNS)
        return tuple(name for name in known if f'"{name}"' in text)
    return tuple(value)
