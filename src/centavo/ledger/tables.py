"""The ledger's tables as their one writer knows them: plans, live rows by batch, commits.

What was planned once is known until the next commit, and is kept beside the ledger for the next
command; pyiceberg, which takes a second to import, is first needed for the commit itself and is
imported meanwhile.
"""

import importlib
import sys
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec

from centavo.ledger.layout import LAYOUTS, view_select
from centavo.ledger.location import NAMESPACE, LedgerLocation
from centavo.ledger.plan import plan_table, remember_plan
from centavo.ledger.planned import Change, TablePlan
from centavo.ledger.schema import TABLES, TableName

if TYPE_CHECKING:
    from centavo.ledger.catalog import IcebergLedger

__all__ = ["LedgerTables"]


class LedgerTables:
    """Tables of one ledger, for the process that holds its lock."""

    def __init__(self, location: LedgerLocation) -> None:
        self._location = location
        self._plans: dict[str, TablePlan] = {}
        self._importing: threading.Thread | None = None

    @contextmanager
    def importing(self) -> Generator[None, None, None]:
        """Import pyiceberg beside what the caller does, unless pyarrow is in use already."""
        if "pyarrow" not in sys.modules:
            self._importing = threading.Thread(target=_import_catalog)
            self._importing.start()
        try:
            yield
        finally:
            self.wait_imported()

    def wait_imported(self) -> None:
        """Return when the import is over; call it before importing what pyiceberg imports too.

        Two threads that enter a package with import cycles from two sides see it half made.
        """
        if self._importing:
            self._importing.join()
            self._importing = None

    def plan(self, table: str) -> TablePlan:
        """Return the files of the table as the last commit left them."""
        if table not in self._plans:
            self._plans[table] = self._planned(table)
        return self._plans[table]

    def live_rows(self, engine: duckdb.DuckDBPyConnection, table: TableName) -> Mapping[str, int]:
        """Return the number of live rows of each batch of the table."""
        plan = self.plan(table)
        if plan.live_rows is None:
            rows: list[tuple[str, int]] = engine.execute(
                f'SELECT "{LAYOUTS[table].batch}", count(*) '
                f"FROM ({view_select(plan.files, TABLES[table])}) GROUP BY ALL"
            ).fetchall()
            plan = msgspec.structs.replace(plan, live_rows=dict(rows))
            self._plans[table] = plan
        return plan.live_rows or {}

    def commit(
        self, table: str, change: Change, *, arriving: Mapping[str, int], leaving: Mapping[str, int]
    ) -> None:
        """Commit a change, and remember the plan after it for the next reader.

        Args:
            table: Table of the change.
            change: Files that come and go.
            arriving: Rows that come, by batch.
            leaving: Rows that go, by batch.

        Raises:
            CentavoError: Nothing was committed.
        """
        live = self.plan(table).live_rows
        # A table is made with its first rows; one that nobody has written reads as empty.
        self._iceberg.ensure_tables([table])
        self._iceberg.commit(table, change)
        self._plans.pop(table, None)
        plan = self._iceberg.plan(table)
        if live is not None:
            after = Counter(live)
            after.update(arriving)
            after.subtract(leaving)
            plan = msgspec.structs.replace(plan, live_rows={b: n for b, n in after.items() if n})
        self._plans[table] = plan
        remember_plan(self._location, table, plan)

    def data_folder(self, table: str) -> Path:
        """Return the folder that holds the table's data files."""
        if self._location.is_default_catalog:
            return self._location.folder / "warehouse" / NAMESPACE / table / "data"
        self._iceberg.ensure_tables([table])
        return Path(self._iceberg.data_folder(table).removeprefix("file://"))

    def forget(self) -> None:
        """Know nothing of the tables: an interrupt may have come just after a commit."""
        self._plans.clear()
        self.__dict__.pop("_iceberg", None)

    @cached_property
    def _iceberg(self) -> "IcebergLedger":
        self.wait_imported()
        from centavo.ledger.catalog import IcebergLedger

        return IcebergLedger(self._location)

    def _planned(self, table: str) -> TablePlan:
        if not self._location.is_default_catalog:
            self._iceberg.ensure_tables([table])
            return self._iceberg.plan(table)
        if not self._location.catalog_file.exists():
            return TablePlan("", (), (), {})
        return plan_table(self._location, table)


def _import_catalog() -> None:
    for module in ("pyiceberg.catalog.sql", "centavo.ledger.catalog"):
        importlib.import_module(module)
