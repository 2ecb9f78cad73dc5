"""What the ledger holds: rows, files and days by source and month, snapshots and sizes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from centavo.ledger.layout import LAYOUTS
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TABLES, TableName

__all__ = ["SourceMonth", "TableContents", "ledger_contents"]


@dataclass(frozen=True)
class SourceMonth:
    """Rows of one source in one calendar month (UTC); days are ISO dates, both included."""

    source: str
    month: str
    rows: int
    files: int
    first_day: str
    last_day: str


@dataclass(frozen=True)
class TableContents:
    """One fact table.

    Attributes:
        table: Its name.
        rows: Rows at the ledger's moment.
        data_files: Parquet files.
        size_bytes: Of those files.
        snapshots: (id, commit time in UTC, rows after it), oldest first.
        months: Its contents by source and month.
    """

    table: TableName
    rows: int
    data_files: int
    size_bytes: int
    snapshots: tuple[tuple[int, datetime, int], ...]
    months: tuple[SourceMonth, ...]


def ledger_contents(ledger: Ledger) -> list[TableContents]:
    """Return what each fact table holds at the ledger's moment."""
    return [_table(ledger, name) for name in TABLES]


def _table(ledger: Ledger, name: TableName) -> TableContents:
    plan, layout = ledger.plans[name], LAYOUTS[name]
    query = files("centavo.ledger").joinpath("sql", "contents.sql").read_text(encoding="utf-8")
    rows = ledger.rows(
        query.format(table=name, source=layout.source, time=layout.time, batch=layout.batch)
    )
    return TableContents(
        table=name,
        rows=sum(file.rows for file in plan.files),
        data_files=len(plan.files),
        size_bytes=sum(file.size_bytes for file in plan.files),
        snapshots=tuple(
            (
                snapshot.snapshot_id,
                datetime.fromtimestamp(snapshot.committed_at_ms / 1000, UTC),
                int(snapshot.summary.get("total-records", "0")),
            )
            for snapshot in plan.snapshots
        ),
        months=tuple(
            SourceMonth(str(r[0]), str(r[1]), int(str(r[2])), int(str(r[3])), str(r[4]), str(r[5]))
            for r in rows
        ),
    )
