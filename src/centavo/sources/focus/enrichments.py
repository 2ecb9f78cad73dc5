"""The providers whose own columns are read beside those of FOCUS, one file each."""

from collections.abc import Collection, Iterable, Mapping

import duckdb

from centavo.sources.focus.aws_columns import AWS
from centavo.sources.focus.azure_columns import AZURE
from centavo.sources.focus.enrichment import Derived, Enrichment, RawColumn, RawColumns
from centavo.sources.focus.google_columns import GOOGLE
from centavo.sources.focus.oracle_columns import ORACLE
from centavo.sources.sku_function import SkuNotices

__all__ = ["ENRICHMENTS", "columns_read", "derive", "filled_gaps", "prepare"]

# The first whose columns a header has is the one that counts.
ENRICHMENTS: tuple[Enrichment, ...] = (AWS, AZURE, GOOGLE, ORACLE)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    headers: Iterable[Collection[str]],
    notices: SkuNotices,
) -> None:
    """Define the SQL functions that the headers need on the connection.

    Args:
        connection: Where the SELECT will run.
        headers: Column names of each group of files.
        notices: Told of the names that were not understood.
    """
    raws = [_raw(header) for header in headers]
    for enrichment in ENRICHMENTS:
        if any(enrichment.derive(raw, ()) is not None for raw in raws):
            enrichment.prepare(connection, notices)


def derive(raw: RawColumns, given: Collection[str]) -> Derived:
    """Return what the header's provider adds; nothing when it is nobody's in particular."""
    for enrichment in ENRICHMENTS:
        found = enrichment.derive(raw, given)
        if found is not None:
            return found
    return Derived({}, {})


def columns_read(header: Collection[str], given: Collection[str]) -> frozenset[str]:
    """Return the lower-case names of the header's columns that a provider's file reads."""
    return derive(_raw(header), given).read


def filled_gaps(
    derived: Derived, *, own: Collection[str], settled: Mapping[str, str]
) -> dict[str, str]:
    """Return the SQL of every ledger column that is not simply the file's own.

    Args:
        derived: What the provider adds.
        own: Ledger columns that the file fills.
        settled: SQL of the columns that follow from FOCUS alone.
    """
    found = dict(settled)
    for name, sql in derived.outer.items():
        if name in derived.replaced or (name not in own and name not in settled):
            found[name] = sql
        else:
            found[name] = f"coalesce({settled.get(name, name)}, {sql})"
    return found


def _raw(header: Collection[str]) -> RawColumns:
    return {name.strip().lower(): RawColumn("NULL") for name in header}
