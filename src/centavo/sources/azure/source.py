"""Azure cost details: actual and amortised exports of every agreement, as CSV or Parquet."""

from collections.abc import Mapping, Sequence
from importlib.resources import files as package_files

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.azure.columns import HALLMARKS, lay_out
from centavo.sources.azure.diagnosis import BAD_COLUMN, first_problem
from centavo.sources.azure.export_files import BLANK, ExportGroup, export_groups
from centavo.sources.azure.services import named_meter
from centavo.sources.azure.survey import FileStyle, Seen, file_styles, survey, survey_warnings
from centavo.sources.sku_function import SkuNotices, define_sku_function, sku_call
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["AzureCostSource"]

_MOST = 5

# What has no column in FOCUS goes into SkuPriceDetails, whose own keys begin with x_.
_DETAILS: dict[str, str] = {
    "x_MeterId": "meter_id",
    "x_MeterCategory": "meter_category",
    "x_MeterSubCategory": "meter_subcategory",
    "x_MeterRegion": "meter_region",
    "x_UnitOfMeasure": "unit",
    "x_EffectivePrice": "price",
    "x_Product": "product",
    "x_PartNumber": "part_number",
    "x_OfferId": "offer",
    "x_PlanName": "plan",
    "x_ServiceFamily": "service_family",
    "x_ServiceTier": "service_tier",
    "x_ServiceInfo1": "service_info1",
    "x_ServiceInfo2": "service_info2",
    "x_ConsumedService": "consumed_service",
    "x_ResourceGroup": "resource_group",
    "x_BillingProfileId": "profile",
    "x_BillingProfileName": "profile_name",
    "x_InvoiceSection": "invoice_section",
    "x_AccountName": "account_owner",
    "x_BillingPeriod": "billing_period",
    "x_PublisherType": "publisher_type",
    "x_OrderId": "order_id",
    "x_OrderName": "order_name",
    "x_Term": "term",
    "x_CostAllocationRule": "allocation_rule",
}
_COMMITTED = "azure_is_committed(pricing_model, reservation, benefit, charge_type)"
# By what a charge is found again in the other export. Not by its amounts: a day may have been
# restated between the two exports.
_SAME = (
    "concat_ws(chr(31), coalesce(subscription, account, ''),"
    " coalesce(CAST(azure_day(day, day_first) AS VARCHAR), ''),"
    " coalesce(meter_id, meter, meter_category, charge_type, ''),"
    " lower(coalesce(resource, instance_name, '')))"
)
_COPY = "same charges as in another file of this reading"
_STANDS_IN_ACTUAL = "amortised row of a charge that the actual export has"
_STANDS_IN_AMORTISED = "covered use that the amortised export has with its cost"


class AzureCostSource:
    """Reads Azure cost details into charges: one row per record."""

    name = "azure"
    table: TableName = "charges"
    version = 1
    # An actual and an amortised export tell one cost twice: read in one command they complete
    # each other, so a file that has not changed is read again beside one that has.
    reads_together = True

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the header is one of cost details, by the columns that only they have."""
        if not probe.columns:
            return None
        layout = lay_out(probe.columns, name=probe.name, complete=False)
        found = HALLMARKS & layout.positions.keys()
        meters = {"meter", "meter_id", "meter_category"} & found
        if not meters or len(found) < _MOST or not {"day", "cost", "subscription"} & found:
            return None
        return Recognition(
            0.5 + 0.45 * len(found) / len(HALLMARKS),
            f"it has {len(found)} of {len(HALLMARKS)} columns of Azure cost details",
        )

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one charge per record; see ``Source.read``.

        The records are read twice: once to see how the files write numbers and days and which
        are amortised, and once, by the relation that is returned, to write them.
        """
        connection.execute(_sql("azure_macros.sql"))
        groups = export_groups(connection, files)
        tally = Tally()
        rows = " UNION ALL ".join(
            group.good_rows(connection, tally) if options.skip_bad else group.rows()
            for group in groups
        )
        try:
            seen = survey(connection, rows)
        except duckdb.Error as error:
            raise _explained(connection, groups, {}, error) from error
        styles = file_styles(groups, seen)
        tally.warnings.extend(survey_warnings(groups, seen, styles))
        define_sku_function(
            connection, "azure_sku", parse=named_meter, notices=SkuNotices(tally.warnings)
        )
        pairing = _Pairing(connection, rows, styles, skip_bad=options.skip_bad)
        _count(tally, seen, pairing.left_out())
        return Reading(
            table=self.table,
            select=_charges(rows, styles, pairing.wanted),
            tally=tally,
            explain=lambda error: _explained(connection, groups, styles, error),
        )


class _Pairing:
    """Which rows are wanted where actual and amortised exports of one subscription meet.

    The actual export keeps every row but the use that a commitment covers, which costs nothing in
    it; the amortised one keeps only the rows of commitments: the same use with its cost, and what
    went unused. So BilledCost adds up to the actual export and EffectiveCost to the amortised one.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        rows: str,
        styles: Mapping[str, FileStyle],
        *,
        skip_bad: bool,
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._styles = styles
        self._skip_bad = skip_bad
        kinds = {style.is_amortised for style in styles.values()}
        self._is_pair = len(kinds) == 2
        if self._is_pair:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE azure_pairs AS SELECT DISTINCT is_amortised,"
                f" {_COMMITTED} AS is_committed, {_SAME} AS thing"
                f" FROM ({rows}) JOIN ({_files(styles)}) USING (batch_id) WHERE NOT {BLANK}"
            )

    @property
    def wanted(self) -> str:
        """SQL over rows and their file's style: whether the row becomes a charge."""
        return f"({self._reason()}) IS NULL"

    def left_out(self) -> dict[tuple[str, str], int]:
        """Return how many rows do not become charges, by batch and reason; blank ones apart."""
        if not (self._is_pair or self._skip_bad or any(s.copy_of for s in self._styles.values())):
            return {}
        found = self._connection.execute(
            "SELECT batch_id, reason, count(*) FROM"
            f" (SELECT batch_id, {self._reason()} AS reason FROM ({self._rows}) AS r"
            f" JOIN ({_files(self._styles)}) AS f USING (batch_id) WHERE NOT {BLANK})"
            " WHERE reason IS NOT NULL GROUP BY batch_id, reason"
        ).fetchall()
        return {(batch, reason): count for batch, reason, count in found}

    def _reason(self) -> str:
        cases = [f"WHEN is_copy THEN {sql_text(_COPY)}"]
        if self._skip_bad:
            cases.insert(
                0, f"WHEN ({BAD_COLUMN}) IS NOT NULL THEN ({BAD_COLUMN}) || ' cannot be read'"
            )
        if self._is_pair:
            also = f"{_SAME} IN (SELECT thing FROM azure_pairs WHERE {{}})"
            cases += [
                f"WHEN is_amortised AND NOT {_COMMITTED}"
                f" AND {also.format('NOT is_amortised AND NOT is_committed')}"
                f" THEN {sql_text(_STANDS_IN_ACTUAL)}",
                f"WHEN NOT is_amortised AND {_COMMITTED}"
                " AND lower(coalesce(charge_type, 'usage')) = 'usage'"
                " AND azure_amount(cost, comma) = 0"
                f" AND {also.format('is_amortised AND is_committed')}"
                f" THEN {sql_text(_STANDS_IN_AMORTISED)}",
            ]
        return f"CASE {' '.join(cases)} END"


def _files(styles: Mapping[str, FileStyle]) -> str:
    """Return SQL of each batch's style."""
    rows = ", ".join(
        f"({sql_text(batch)}, {style.is_amortised}, {style.comma}, {style.day_first},"
        f" {style.copy_of is not None})"
        for batch, style in styles.items()
    )
    columns = "batch_id, is_amortised, comma, day_first, is_copy"
    # Files without records have no style; then nothing is joined.
    return f"SELECT * FROM (VALUES {rows or '(NULL, false, false, false, false)'}) AS s({columns})"


def _charges(rows: str, styles: Mapping[str, FileStyle], wanted: str) -> str:
    details = ",\n".join(
        f"            '\"{key}\":' || CAST(to_json(t.{column}) AS VARCHAR)"
        for key, column in _DETAILS.items()
    )
    details += (
        ",\n            '\"x_AdditionalInfo\":' || CASE WHEN json_valid(t.additional_info)"
        " AND prefix(ltrim(t.additional_info), '{') THEN t.additional_info END"
    )
    sku = sku_call(
        "azure_sku",
        "r.meter_category",
        "concat_ws(' ', r.meter_subcategory, r.product)",
        "r.meter",
        "r.unit",
        "r.service_family",
    )
    template = _sql("azure_charges.sql")
    for mark, text in (
        ("sku", sku),
        ("rows", rows),
        ("files", _files(styles)),
        ("blank", BLANK),
        ("wanted", wanted),
        ("details", details),
    ):
        template = template.replace(f"{{{mark}}}", text)
    return template


def _count(tally: Tally, seen: Mapping[str, Seen], left_out: Mapping[tuple[str, str], int]) -> None:
    for batch, one in seen.items():
        tally.read[batch] += one.records
        if one.blank:
            tally.skipped[batch, "an empty record: no cost, quantity or subscription"] += one.blank
    for (batch, reason), count in left_out.items():
        tally.skipped[batch, reason] += count


def _sql(name: str) -> str:
    return package_files("centavo.sources.azure").joinpath("sql", name).read_text("utf-8")


def _explained(
    connection: duckdb.DuckDBPyConnection,
    groups: Sequence[ExportGroup],
    styles: Mapping[str, FileStyle],
    error: duckdb.Error,
) -> CentavoError:
    found = first_problem(connection, list(groups), styles)
    if found is not None:
        return found
    names = ", ".join(file.name for group in groups for file in group.files)
    return InputError(
        f"{names} cannot be read: {str(error).strip().splitlines()[0]}",
        hint="Copy or export it again.",
    )
