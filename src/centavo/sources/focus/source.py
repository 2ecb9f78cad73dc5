"""FOCUS Cost and Usage bills, 1.0 to 1.4: CSV, gzip CSV, Parquet and JSON, many files at once.

The version is not asked for: every column is found by its name, and a name that a later version
changed is read as the later one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.focus.columns import FOCUS_VERSIONS, columns_of
from centavo.sources.focus.csv_files import CsvGroup, csv_groups, csv_warnings, find_problem
from centavo.sources.focus.enrichments import prepare
from centavo.sources.focus.json_files import (
    JsonGroup,
    find_json_problem,
    is_json,
    json_groups,
    json_warnings,
)
from centavo.sources.focus.mapping import REQUIRED
from centavo.sources.focus.parquet_files import (
    ParquetGroup,
    find_parquet_problem,
    parquet_groups,
    parquet_warnings,
)
from centavo.sources.json_records import top_level_keys
from centavo.sources.sku_function import SkuNotices
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["FocusSource"]

# Looking ahead costs a tenth of a second.
_LARGE_BYTES = 8 * 1024 * 1024
_SAMPLE_ROWS = 50_000
# Each thread unpacks a buffer ahead: of DuckDB's 32 MB most would not be looked at.
_SAMPLE_BUFFER_BYTES = 4 * 1024 * 1024
_PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True)
class FocusSource:
    """Reads FOCUS Cost and Usage files into charges."""

    name: str = "focus"
    table: TableName = "charges"
    version: int = 2

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the header is one of FOCUS, by the columns that FOCUS makes mandatory."""
        header = {column.strip().lower() for column in probe.columns or _json_keys(probe.head)}
        required = [column for column in REQUIRED if column.lower() in header]
        known = {c.name.lower() for version in FOCUS_VERSIONS for c in columns_of(version)}
        count = len(header & known)
        if len(required) == len(REQUIRED):
            return Recognition(
                0.95,
                f"it has all {len(REQUIRED)} columns that no FOCUS charge can do without"
                f" and {count} FOCUS columns in all",
            )
        if len(required) >= 3 and count >= 8:
            return Recognition(
                0.6,
                f"it has {count} FOCUS columns, though not"
                f" {' nor '.join(c for c in REQUIRED if c not in required)}",
            )
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with the charges of all files; see ``Source.read``."""
        parquet = [file for file in files if _is_parquet(file)]
        records = [file for file in files if file not in parquet and is_json(file)]
        csv = csv_groups(file for file in files if file not in parquet and file not in records)
        columnar = parquet_groups(connection, parquet)
        nested = json_groups(records)
        tally = Tally()
        headers = [group.layout.header for group in (*csv, *columnar, *nested)]
        prepare(connection, headers, SkuNotices(tally.warnings))
        if options.skip_bad:
            selects = [
                *(part for group in csv for part in group.tolerant_selects(connection, tally)),
                *(group.tolerant_select(connection, tally) for group in columnar),
            ]
        else:
            selects = [group.strict_select() for group in (*csv, *columnar)]
        selects += [group.select(connection, tally, skip_bad=options.skip_bad) for group in nested]
        tally.warnings += [
            *_kept_out((*csv, *columnar, *nested)),
            *csv_warnings(csv),
            *parquet_warnings(connection, columnar),
            *json_warnings(nested),
        ]

        def explain(error: duckdb.Error) -> CentavoError:
            message = str(error).strip()
            found = find_problem(csv, message, skip_bad=options.skip_bad)
            if found is None and not options.skip_bad:
                found = find_parquet_problem(connection, columnar)
            if found is None:
                found = find_json_problem(nested)
            return found or _unexplained(files, message)

        return Reading(
            table=self.table,
            select=" UNION ALL BY NAME ".join(selects),
            tally=tally,
            explain=explain,
            sample=_sample(csv) if not options.skip_bad else None,
            values=_values(files, headers_of=(*csv, *columnar, *nested)),
        )


def _values(
    files: Sequence[InputFile], *, headers_of: Sequence[CsvGroup | ParquetGroup | JsonGroup]
) -> Mapping[str, Sequence[str]]:
    """Return the values of the columns that the reading itself fills."""
    values: dict[str, Sequence[str]] = {"x_Source": (FocusSource.name,)}
    if len(files) == 1:
        values["x_IngestionBatchId"] = (files[0].batch_id,)
    if not any("x_CostBasis" in group.layout.sources for group in headers_of):
        values["x_CostBasis"] = ("billed",)
    return values


def _sample(csv: Sequence[CsvGroup]) -> str | None:
    """Return the first rows of a large bill, to look ahead."""
    large = [group for group in csv if sum(file.size_bytes for file in group.files) >= _LARGE_BYTES]
    if not large:
        return None
    rows = large[0].strict_select(buffer_bytes=_SAMPLE_BUFFER_BYTES)
    return f"SELECT * FROM ({rows}) LIMIT {_SAMPLE_ROWS}"


def _is_parquet(file: InputFile) -> bool:
    with file.path.open("rb") as stream:
        return stream.read(4) == _PARQUET_MAGIC


def _json_keys(head: str) -> frozenset[str]:
    """Return the columns of the first JSON record, or those that an API's answer names."""
    if not head.lstrip().startswith(("{", "[")):
        return frozenset()
    keys = top_level_keys(head)
    if "schema" not in keys or "BilledCost" in keys:
        return keys
    known = (c.name for version in FOCUS_VERSIONS for c in columns_of(version))
    return frozenset(name for name in known if f'"{name}"' in head)


def _kept_out(groups: Sequence[CsvGroup | ParquetGroup | JsonGroup]) -> list[QualityWarning]:
    """Return the warning that names the columns that the ledger has no place for."""
    files: dict[str, list[str]] = {}
    for group in groups:
        for column in group.layout.kept_out:
            files.setdefault(column, []).extend(member.name for member in group.files)
    if not files:
        return []
    names = sorted({name for of in files.values() for name in of})
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files"
    return [
        QualityWarning(
            "unknown_columns",
            f"columns kept out, because neither FOCUS nor centavo has them:"
            f" {', '.join(files)} (in {where})",
            0,
        )
    ]


def _unexplained(files: Sequence[InputFile], message: str) -> CentavoError:
    names = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
    return InputError(
        f"{names} cannot be read: {message.splitlines()[0]}",
        hint="Every value looks right on its own; please report this with the message above.",
    )
