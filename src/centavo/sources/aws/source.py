"""AWS Cost and Usage Reports: legacy and CUR 2.0, CSV and Parquet."""

from collections.abc import Mapping, Sequence
from importlib.resources import files as package_files

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.aws.bedrock import BEDROCK_OPERATIONS, named_sku
from centavo.sources.aws.columns import FIELDS, MAPS, Field, canonical
from centavo.sources.aws.manifest import MANIFEST_REASON, is_manifest, missing_parts
from centavo.sources.aws.report_files import ReportGroup, report_groups
from centavo.sources.aws.report_warnings import LineTypeNotes, report_warnings
from centavo.sources.aws.services import services_values
from centavo.sources.sku_function import (
    MODEL_COLUMNS,
    SkuNotices,
    define_sku_function,
    sku_call,
)
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["AwsReportSource"]

_HALLMARKS = frozenset(
    canonical(f"lineItem/{name}")
    for name in (
        "LineItemType", "UsageStartDate", "UsageAccountId", "ProductCode", "UsageType",
        "CurrencyCode", "UnblendedCost", "LineItemDescription",
    )
)  # fmt: skip
_MOST = 5

# What has no column in FOCUS goes into SkuPriceDetails. InstanceType and OperatingSystem are
# FOCUS's own keys; the x_ keys that AWS's FOCUS exports have as columns are named as there.
_DETAILS: Mapping[str, str] = {
    "InstanceType": "instance_type",
    "OperatingSystem": "operating_system",
    "x_ServiceCode": "service_code",
    "x_ProductCode": "product_code",
    "x_Operation": "operation",
    "x_UsageType": "usage_type",
    "x_ProductFamily": "family",
    "x_BillingEntity": "billing_entity",
    "x_LegalEntity": "legal_entity",
    "x_BillType": "bill_type",
    "x_TaxType": "tax_type",
    "x_PricingTerm": "term",
    "x_PurchaseOption": "purchase_option",
    "x_OfferingClass": "offering_class",
    "x_Discounts": "discount_map",
}
_AMOUNT_DETAILS: Mapping[str, str] = {
    "x_NetUnblendedCost": "net_cost",
    "x_NetUnblendedRate": "net_rate",
}
# The texts that the grammar of Bedrock's lines takes, in the order of BedrockLine.
_LINE: tuple[str, ...] = (
    "usage_type",
    "coalesce(product_name, service_name)",
    "coalesce(model, titan_model)",
    "provider",
    "unit",
    # The price's text varies by region; it only counts where the unit says nothing.
    "CASE WHEN coalesce(unit, 'Units') = 'Units' THEN description END",
    "CASE WHEN coalesce(unit, 'Units') = 'Units' THEN rate_text END",
    "regexp_extract(resource, '(?:foundation-model|inference-profile)/.*$')",
)
_IS_BEDROCK = (
    "(contains(lower(coalesce(product_name, service_name, '')), 'bedrock')"
    " OR contains(lower(coalesce(product_code, '')), 'bedrock')"
    f" OR operation IN {BEDROCK_OPERATIONS})"
)
# Said by the service table and by the line type, here.
_SAID_ELSEWHERE = frozenset({"ServiceCategory", "ServiceSubcategory", "PricingCategory"})


class AwsReportSource:
    """Reads Cost and Usage Reports into charges: one row for each line of the report."""

    name = "aws"
    table: TableName = "charges"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a report, by its columns, or a report's manifest."""
        if not probe.columns and is_manifest(probe.head):
            return Recognition(0.9, "it is the manifest of a Cost and Usage Report")
        found = _HALLMARKS & {canonical(column) for column in probe.columns}
        if len(found) < _MOST:
            return None
        return Recognition(
            0.5 + 0.45 * len(found) / len(_HALLMARKS),
            f"it has {len(found)} of {len(_HALLMARKS)} line item columns of an AWS Cost and Usage"
            " Report",
        )

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one charge for each line; manifests are skipped, see ``Source.read``."""
        manifests = [file for file in files if _is_manifest_file(file)]
        reports = [file for file in files if file not in manifests]
        groups = report_groups(connection, reports)
        tally = Tally(warnings=[*report_warnings(groups), *missing_parts(manifests, reports)])
        for manifest in manifests:
            tally.skipped[manifest.batch_id, MANIFEST_REASON] += 1
        connection.execute(_sql("aws_macros.sql"))
        rows = _rows(connection, groups, tally, skip_bad=options.skip_bad)

        def explain(error: duckdb.Error) -> CentavoError:
            problems = (group.problem(connection, skip_bad=options.skip_bad) for group in groups)
            found = next((problem for problem in problems if problem is not None), None)
            return found or _unexplained(files, error)

        return Reading(
            table=self.table,
            select=_charges(connection, rows, tally),
            tally=tally,
            explain=explain,
        )


def _is_manifest_file(file: InputFile) -> bool:
    with file.path.open("rb") as stream:
        return is_manifest(stream.read(64 * 1024).decode("utf-8", "replace"))


def _rows(
    connection: duckdb.DuckDBPyConnection,
    groups: Sequence[ReportGroup],
    tally: Tally,
    *,
    skip_bad: bool,
) -> str:
    """Return the SELECT of the lines of all files as text."""
    if not groups:
        columns = [f"NULL::VARCHAR AS {field.name}" for field in FIELDS]
        columns += [f"NULL::VARCHAR AS {name}_map" for name in MAPS if name != "product"]
        pairs = "NULL::STRUCT(k VARCHAR, v VARCHAR)[] AS tag_columns"
        return f"SELECT {', '.join(columns)}, {pairs}, NULL::VARCHAR AS batch_id WHERE false"
    if not skip_bad:
        return " UNION ALL ".join(group.rows() for group in groups)
    return " UNION ALL ".join(
        part for group in groups for part in group.good_rows(connection, tally)
    )


def _charges(connection: duckdb.DuckDBPyConnection, rows: str, tally: Tally) -> str:
    """Return the SELECT of the charges, with the functions that it calls installed."""
    notes = LineTypeNotes(tally)
    notes.install(connection)
    define_sku_function(
        connection, "aws_bedrock", parse=named_sku, notices=SkuNotices(tally.warnings)
    )
    texts = [f"'\"{k}\":' || CAST(to_json(t.{c}) AS VARCHAR)" for k, c in _DETAILS.items()]
    texts += [f"'\"{k}\":' || aws_number(t.{c})" for k, c in _AMOUNT_DETAILS.items()]
    marks = {
        "rows": rows,
        "required": ",\n            ".join(
            f"{_typed(field)} AS {field.name}" for field in FIELDS if field.required
        ),
        "note": "aws_line_type(r.line_type)",
        "ai": _IS_BEDROCK,
        "meaning": sku_call("aws_bedrock", *_LINE),
        "details": ",\n".join(f"        {text}" for text in texts),
        "tags": _tags(),
        "models": ",\n".join(
            f"    t.ai.{member} AS {column}"
            for column, member in MODEL_COLUMNS.items()
            if column not in _SAID_ELSEWHERE
        ),
        "services": services_values(),
    }
    template = _sql("aws_charges.sql")
    for mark, text in marks.items():
        template = template.replace(f"{{{mark}}}", text)
    return template


def _typed(field: Field) -> str:
    """Return the SQL of a field that must have a value; without one the query ends in an error."""
    text = f"coalesce(r.{field.name}, error('{field.header} must have a value'))"
    return {"amount": f"aws_amount({text})", "instant": f"aws_instant({text})"}.get(
        field.kind, text
    )


def _tags() -> str:
    """Return the SQL of a line's tags as pairs, the resource's own before those of others."""
    keyed = "lambda p: {'k': aws_tag_key(p.k), 'v': p.v}"
    own = f"list_transform(aws_pairs(t.resource_tags_map), {keyed})"
    every = f"list_transform(aws_pairs(t.tags_map), {keyed})"
    category = (
        "list_transform(aws_pairs(t.cost_category_map),"
        " lambda p: {'k': 'costCategory/' || p.k, 'v': p.v})"
    )
    principal = "[{'k': 'aws:iamPrincipal', 'v': t.principal}]"
    return f"aws_unique(list_concat(t.tag_columns, {own}, {every}, {category}, {principal}))"


def _sql(name: str) -> str:
    return package_files("centavo.sources.aws").joinpath("sql", name).read_text("utf-8")


def _unexplained(files: Sequence[InputFile], error: duckdb.Error) -> CentavoError:
    names = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
    return InputError(
        f"{names} cannot be read: {str(error).strip().splitlines()[0]}",
        hint="Every value looks right on its own; please report this with the message above.",
    )
