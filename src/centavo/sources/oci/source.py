"""Oracle Cloud cost reports: the CSV reports whose columns begin with lineItem/, cost/ and tags/.

Oracle's FOCUS reports are read by the source ``focus``.

Source: "Cost and Usage Reports Overview", docs.oracle.com/iaas/Content/Billing/Concepts/usagereportsoverview.htm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files

import duckdb

from centavo.errors import BadValueError, CentavoError, InputError
from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.csv_diagnosis import (
    MAX_LINE_BYTES,
    CsvHeader,
    ValueKind,
    diagnose,
    good_records,
    read_header,
)
from centavo.sources.oci.product import named_product
from centavo.sources.scan_paths import path_literal
from centavo.sources.sku_function import SkuNotices, define_sku_function, sku_call
from centavo.sources.source import Probe, ReadOptions, Recognition
from centavo.sources.text_rows import register_text_rows

__all__ = ["OracleCostSource"]

# What a report states, by the names of its columns; the first that a header has counts.
_FIELDS: dict[str, tuple[str, ...]] = {
    "reference": ("lineItem/referenceNo",),
    "tenant": ("lineItem/tenantId",),
    "starts": ("lineItem/intervalUsageStart",),
    "ends": ("lineItem/intervalUsageEnd",),
    "is_correction": ("lineItem/isCorrection",),
    "back_reference": ("lineItem/backreferenceNo",),
    "service": ("product/service",),
    "description": ("product/Description",),
    "compartment": ("product/compartmentId",),
    "compartment_name": ("product/compartmentName",),
    "region": ("product/region",),
    "domain": ("product/availabilityDomain",),
    "resource": ("product/resourceId",),
    "quantity": ("usage/billedQuantity",),
    "quantity_overage": ("usage/billedQuantityOverage",),
    "subscription": ("cost/subscriptionId",),
    "sku": ("cost/productSku",),
    "price": ("cost/unitPrice",),
    "price_overage": ("cost/unitPriceOverage",),
    "cost": ("cost/myCost",),
    "cost_overage": ("cost/myCostOverage",),
    "currency": ("cost/currencyCode",),
    "unit": ("cost/skuUnitDescription", "cost/billingUnitReadable"),
    "overage_flag": ("cost/overageFlag",),
    "attributed_cost": ("cost/attributedCost",),
    "attributed_usage": ("usage/attributedUsage",),
}
_KINDS: dict[str, ValueKind] = {
    "starts": "instant",
    "ends": "instant",
    "quantity": "decimal",
    "price": "decimal",
    "cost": "decimal",
}
_REQUIRED = ("tenant", "starts", "currency")
_KNOWN = {spelled.lower() for names in _FIELDS.values() for spelled in names} | {
    "product/resource",
    "usage/consumedquantity",
    "usage/consumedquantityunits",
    "usage/consumedquantitymeasure",
}
_TAGS = "tags/"


@dataclass(frozen=True)
class _Group:
    """Files with the same header."""

    header: CsvHeader
    positions: dict[str, int]
    files: tuple[InputFile, ...]

    def rows(self) -> str:
        """Return the SELECT of all lines, every field as text."""
        references = ", ".join(f"c{at}: 'VARCHAR'" for at in range(len(self.header.columns)))
        paths = ", ".join(path_literal(file) for file in self.files)
        pairs = ", ".join(f"({sql_text(str(f.path))}, {sql_text(f.batch_id)})" for f in self.files)
        return (
            f"SELECT {self._fields()}, oci_batch AS batch_id FROM read_csv([{paths}],"
            f" columns = {{{references}}}, header = true, auto_detect = false,"
            f" delim = {sql_text(self.header.delimiter)}, quote = '\"', escape = '\"',"
            f" max_line_size = {MAX_LINE_BYTES}, compression = '{self.header.compression}',"
            f" filename = 'oci_file') AS line JOIN (VALUES {pairs}) AS batches(oci_path, oci_batch)"
            " ON line.oci_file = batches.oci_path"
        )

    def good_rows(self, connection: duckdb.DuckDBPyConnection, tally: Tally) -> str:
        """Return the SELECT of the good lines; the others are counted by reason."""
        selects: list[str] = []
        for file in self.files:
            name = f"oci_rows_{file.batch_id}"
            register_text_rows(
                connection,
                self._good(file, tally),
                relation="oci_python",
                columns=[f"c{at}" for at in range(len(self.header.columns))],
            )
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM oci_python")
            selects.append(
                f"SELECT {self._fields()}, {sql_text(file.batch_id)} AS batch_id FROM {name} AS line"
            )
        return " UNION ALL ".join(selects)

    def problem(self) -> InputError | None:
        """Return the first thing wrong with the files."""
        for file in self.files:
            found = diagnose(
                file.path, name=file.name, kinds=self._kinds(), required=self._required()
            )
            if found is not None:
                return found
        return None

    def unknown(self) -> Iterator[str]:
        """Yield the columns that this source does not know."""
        for column in self.header.columns:
            if column.lower() not in _KNOWN and not column.lower().startswith(_TAGS):
                yield column

    def _good(self, file: InputFile, tally: Tally) -> Iterator[list[str | None]]:
        def skip(problem: BadValueError) -> None:
            tally.read[file.batch_id] += 1
            tally.skipped[file.batch_id, f"{problem.column} {problem.problem}"] += 1

        yield from good_records(
            file.path,
            name=file.name,
            kinds=self._kinds(),
            required=self._required(),
            on_bad=skip,
        )

    def _kinds(self) -> dict[str, ValueKind]:
        return {
            self.header.columns[self.positions[field]]: kind
            for field, kind in _KINDS.items()
            if field in self.positions
        }

    def _required(self) -> list[str]:
        return [self.header.columns[self.positions[field]] for field in _REQUIRED]

    def _fields(self) -> str:
        texts = [
            f"nullif(nullif(trim(line.c{self.positions[field]}), ''), 'NULL') AS {field}"
            if field in self.positions
            else f"CAST(NULL AS VARCHAR) AS {field}"
            for field in _FIELDS
        ]
        return ", ".join([*texts, f"{self._tags()} AS tags"])

    def _tags(self) -> str:
        """Return SQL of one JSON object of the tags that have a value."""
        pairs = ", ".join(
            f"{{'k': {sql_text(column[len(_TAGS) :])}, 'v': nullif(line.c{at}, '')}}"
            for at, column in enumerate(self.header.columns)
            if column.lower().startswith(_TAGS)
        )
        if not pairs:
            return "CAST(NULL AS VARCHAR)"
        return f"oci_object(list_filter([{pairs}], lambda p: p.v IS NOT NULL))"


class OracleCostSource:
    """Reads Oracle cost reports into charges: one row per line that has a cost."""

    name = "oci"
    table: TableName = "charges"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the header is an Oracle report's, by its lineItem/ and cost/ columns."""
        found = {column.strip().lower() for column in probe.columns} & _KNOWN
        if "lineitem/intervalusagestart" not in found or len(found) < 6:
            return None
        return Recognition(
            0.5 + 0.45 * len(found) / len(_KNOWN),
            f"it has {len(found)} columns of an Oracle cost report",
        )

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one charge per line; see ``Source.read``."""
        groups = _groups(files)
        connection.execute(
            "CREATE OR REPLACE TEMP MACRO oci_object(pairs) AS CASE WHEN len(pairs) > 0 THEN"
            " CAST(to_json(map_from_entries(pairs)) AS VARCHAR) END"
        )
        tally = Tally()
        rows = " UNION ALL ".join(
            group.good_rows(connection, tally) if options.skip_bad else group.rows()
            for group in groups
        )

        def explain(error: duckdb.Error) -> CentavoError:
            found = next(filter(None, (group.problem() for group in groups)), None)
            return found or InputError(
                f"{', '.join(file.name for file in files)} cannot be read:"
                f" {str(error).strip().splitlines()[0]}",
                hint="Copy or download the reports again.",
            )

        try:
            counts = connection.execute(
                "SELECT batch_id, count(*), count(*) FILTER (cost IS NULL),"
                " count(*) FILTER (TRY_CAST(cost_overage AS DECIMAL(38, 12)) <> 0)"
                f" FROM ({rows}) GROUP BY ALL"
            ).fetchall()
        except duckdb.Error as error:
            raise explain(error) from error
        _count(tally, counts)
        tally.warnings.extend(_warnings(groups, counts))
        define_sku_function(
            connection, "oci_sku", parse=named_product, notices=SkuNotices(tally.warnings)
        )
        template = package_files("centavo.sources.oci").joinpath("sql/oci_charges.sql")
        select = template.read_text("utf-8").replace(
            "{sku}", sku_call("oci_sku", "r.service", "r.description", "r.unit")
        )
        return Reading(self.table, select.replace("{rows}", rows), tally, explain)


def _groups(files: Sequence[InputFile]) -> list[_Group]:
    by_header: dict[CsvHeader, list[InputFile]] = {}
    for file in files:
        found = read_header(file.path, name=file.name)
        header = CsvHeader(
            found.columns, found.delimiter, has_rows=True, compression=found.compression
        )
        by_header.setdefault(header, []).append(file)
    return [
        _Group(header, _positions(header, of[0]), tuple(of)) for header, of in by_header.items()
    ]


def _positions(header: CsvHeader, file: InputFile) -> dict[str, int]:
    lower = {column.lower(): at for at, column in enumerate(header.columns)}
    found: dict[str, int] = {}
    for field, names in _FIELDS.items():
        at = next((lower[name.lower()] for name in names if name.lower() in lower), None)
        if at is not None:
            found[field] = at
    if "cost" not in found and "usage/consumedquantity" in lower:
        raise InputError(
            f"{file.name} is a usage report: it has no column cost/myCost",
            hint="Download the cost reports (reports/cost-csv), not the usage reports.",
        )
    for field in ("cost", *_REQUIRED):
        if field not in found:
            raise InputError(
                f"{file.name} has no column {_FIELDS[field][0]}; it has"
                f" {', '.join(header.columns[:8])} …",
                hint="Download the cost report again, with all of its columns.",
            )
    return found


def _count(tally: Tally, counts: Sequence[tuple[str, int, int, int]]) -> None:
    for batch, records, without_cost, _ in counts:
        tally.read[batch] += records
        if without_cost:
            tally.skipped[batch, "no cost in cost/myCost"] += without_cost


def _warnings(
    groups: Sequence[_Group], counts: Sequence[tuple[str, int, int, int]]
) -> Iterator[QualityWarning]:
    unknown = sorted({column for group in groups for column in group.unknown()})
    if unknown:
        yield QualityWarning(
            "unknown_columns", f"columns that are not read: {', '.join(unknown)}.", 0
        )
    overage = sum(count[3] for count in counts)
    if overage:
        yield QualityWarning(
            "overage_not_added",
            f"{overage:,} lines have a cost/myCostOverage beside cost/myCost; it is kept in"
            " SkuPriceDetails and not added.",
            overage,
        )
    empty = {file.batch_id for group in groups for file in group.files} - {c[0] for c in counts}
    if empty:
        names = [f.name for group in groups for f in group.files if f.batch_id in empty]
        yield QualityWarning("no_rows", f"no rows after the header in {', '.join(names[:3])}", 0)
