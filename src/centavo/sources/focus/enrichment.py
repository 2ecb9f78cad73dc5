"""The hook by which a provider's own columns say more than FOCUS does.

A provider's file ``<provider>_columns.py`` answers, for a header, with SQL over the columns that
FOCUS does not know: model and token columns, tags, commitments. The table ``ENRICHMENTS`` in
``enrichments.py`` names those files. A derived value only fills what the file leaves empty,
unless it is said to replace it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import duckdb

from centavo.sources.sku_function import SkuNotices

__all__ = ["Derived", "Enrichment", "RawColumn", "RawColumns"]


@dataclass(frozen=True)
class RawColumn:
    """One column of the file as it stands there.

    Attributes:
        reference: SQL of its value.
        stored: Its DuckDB type; ``VARCHAR`` for every column of a CSV or JSON file.
    """

    reference: str
    stored: str = "VARCHAR"

    @property
    def text(self) -> str:
        """SQL of the value as text, lists and records as JSON; NULL where it is empty."""
        if self.stored.startswith(("STRUCT", "MAP")) or self.stored.endswith("[]"):
            return f"CAST(to_json({self.reference}) AS VARCHAR)"
        text = (
            self.reference if self.stored == "VARCHAR" else (f"CAST({self.reference} AS VARCHAR)")
        )
        return f"nullif(nullif({text}, ''), 'NULL')"


# The file's columns by lower-case name.
RawColumns = Mapping[str, RawColumn]


@dataclass(frozen=True)
class Derived:
    """What a provider's columns add to the charges of one header.

    Attributes:
        inner: SQL by alias, over the file's own columns; an alias begins with ``focus_``.
        outer: SQL by ledger column, over ledger names (of columns that the file has) and the
            aliases of ``inner``. It fills gaps.
        replaced: Ledger columns whose derived value counts where the file has one of its own.
        read: Lower-case names of the file's columns that are read, so not reported as kept out.
    """

    inner: Mapping[str, str]
    outer: Mapping[str, str]
    replaced: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Enrichment:
    """One provider's columns beyond FOCUS.

    Attributes:
        derive: From the file's columns and the ledger columns that the file fills itself, to what
            they add; ``None`` when the header is not this provider's.
        prepare: Defines on the connection the SQL functions that ``derive`` names.
    """

    derive: Callable[[RawColumns, Collection[str]], Derived | None]
    prepare: Callable[[duckdb.DuckDBPyConnection, SkuNotices], None]
