"""The ledger's tables as their one writer knows them: plans, live rows by batch, commits.

What was planned once is known until the next commit, and is kept beside the ledger for the next
command.
"""

from collections import Counter
from collections.abc import Mapping
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
    from centavo.ledger.iceberg.iceberg_ledger import IcebergLedger

__all__ = ["LedgerTables"]


class LedgerTables:
    """Tables of one ledger, for the process that holds its lock."""

    def __init__(self, location: LedgerLocation) -> None:
        self._location = location
        self._plans: dict[str, TablePlan] = {}

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
        before = self.plan(table)
        plan = self._iceberg.commit(table, change, before=before)
        if before.live_rows is not None:
            after = Counter(before.live_rows)
            after.update(arriving)
            after.subtract(leaving)
            plan = msgspec.structs.replace(plan, live_rows={b: n for b, n in after.items() if n})
        self._plans[table] = plan
        remember_plan(self._location, table, plan)

    def data_folder(self, table: str) -> Path:
        """Return the folder that holds the table's data files."""
        if self._location.is_default_catalog:
            return self._location.folder / "warehouse" / NAMESPACE / table / "data"
        return self._iceberg.data_folder(table)

    def forget(self) -> None:
        """Know nothing of the tables: an interrupt may have come just after a commit."""
        self._plans.clear()
        self.__dict__.pop("_iceberg", None)

    @cached_property
    def _iceberg(self) -> "IcebergLedger":
        from centavo.ledger.iceberg.iceberg_ledger import IcebergLedger

        return IcebergLedger(self._location)

    def _planned(self, table: str) -> TablePlan:
        if not self._location.is_default_catalog:
            # Made, and given the columns that it lacks, before it is planned.
            self._iceberg.data_folder(table)
            return self._iceberg.plan(table)
        if not self._location.catalog_file.exists():
            return TablePlan("", (), (), {})
        return plan_table(self._location, table)
