"""Reading the ledger: a DuckDB connection over the planned files of one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from centavo.errors import LedgerError
from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.bodies import body_views
from centavo.ledger.engine import open_engine
from centavo.ledger.layout import LAYOUTS, view_select
from centavo.ledger.location import LedgerLocation
from centavo.ledger.plan import plan_table
from centavo.ledger.planned import PlannedFile, TablePlan
from centavo.ledger.schema import TABLES, TableName
from centavo.period import Period

__all__ = ["Ledger"]


@dataclass(frozen=True)
class Ledger:
    """The ledger at one moment: views ``charges``, ``usage_events``, ``resource_samples``, ``batches``.

    Beside them the prompt bodies that are kept, as of now: ``ledger/bodies/views.py``.

    Attributes:
        location: Where it stands.
        plans: Files of each table at that moment.
        engine: DuckDB connection with the views.
        as_of: The moment; ``None`` is now.
        made: What questions made in the engine for those that follow, by name.
    """

    location: LedgerLocation
    plans: dict[str, TablePlan]
    engine: duckdb.DuckDBPyConnection
    as_of: datetime | None = None
    made: dict[str, object] = field(default_factory=dict[str, object], repr=False, compare=False)

    @classmethod
    def open(
        cls,
        location: LedgerLocation,
        *,
        as_of: datetime | None = None,
        period: Period | None = None,
    ) -> "Ledger":
        """Open the ledger for reading; a writer may commit meanwhile without being seen.

        Args:
            location: Where it stands.
            as_of: Answer from the snapshots that were current then.
            period: Leave out files that hold nothing of this period; invoices, billing periods and
                contracts are always there.

        Raises:
            LedgerError: There is no ledger, or it is damaged.
        """
        engine = open_engine()
        plans = {name: plan_table(location, name, as_of=as_of) for name in (*TABLES, "batches")}
        views: dict[str, str] = {
            name: view_select(
                # What dates its rows is about periods and contracts that others lie in.
                plans[name].files
                if LAYOUTS[name].updated
                else _within(plans[name].files, LAYOUTS[name].time, period),
                columns,
            )
            for name, columns in TABLES.items()
        }
        views["batches"] = view_select(plans["batches"].files, BATCH_COLUMNS)
        views |= dict(body_views(location.bodies))
        try:
            for name, select in views.items():
                engine.execute(f"CREATE VIEW {name} AS {select}")
        except duckdb.IOException as error:
            raise _damaged(error) from error
        return cls(location, plans, engine, as_of)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            LedgerError: A file of the ledger is missing or damaged.
        """
        try:
            return self.engine.execute(sql, list(parameters)).fetchall()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise _damaged(error) from error

    @property
    def cost_rows(self) -> int:
        """Rows of charges and of requests together, as the plan knows them: no file is opened."""
        names = ("charges", "usage_events")
        return sum(file.rows for name in names for file in self.plans[name].files)

    def snapshot_ids(self) -> dict[TableName, int | None]:
        """Return the snapshot that each fact table is read from; ``None`` for an empty table."""
        return {name: _current(self.plans[name], self.as_of) for name in TABLES}


def _damaged(error: duckdb.Error) -> LedgerError:
    return LedgerError(
        f"a file of the ledger cannot be read: {error}",
        hint="`centavo doctor` names what is missing; restore it from a backup.",
    )


def _current(plan: TablePlan, as_of: datetime | None) -> int | None:
    limit = None if as_of is None else as_of.astimezone(UTC).timestamp() * 1000
    seen = [s for s in plan.snapshots if limit is None or s.committed_at_ms <= limit]
    return max(seen, key=lambda s: s.committed_at_ms).snapshot_id if seen else None


def _within(
    files: tuple[PlannedFile, ...], column: str, period: Period | None
) -> tuple[PlannedFile, ...]:
    if period is None:
        return files
    since = period.since.date().isoformat() if period.since else ""
    until = period.until.date().isoformat() if period.until else "9999"
    return tuple(
        file
        for file in files
        if column not in file.days
        or (file.days[column][1] >= since and file.days[column][0] <= until)
    )
