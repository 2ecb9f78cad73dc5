"""Writing lines to the ledger: what a period's lines are now takes the place of what they were."""

import hashlib

import duckdb

from centavo.errors import CentavoError, LedgerError
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import sql_text
from centavo.ledger.layout import LAYOUTS
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.reconciliation_lines import RECONCILIATION_LINES
from centavo.ledger.schema import TableName
from centavo.ledger.writer import writing
from centavo.reconciliation.reconcile import Reconciliation

__all__ = ["save_lines"]

_TABLE: TableName = "reconciliation_lines"
_BATCH = LAYOUTS[_TABLE].batch


def save_lines(report: Reconciliation, *, wait_s: float = 30.0) -> int:
    """Write the lines in one commit and return how many changed; nothing is written when none did.

    Args:
        report: Its ledger must have been opened on its present state, not on an earlier one.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    changed = _changed(report)
    if not changed:
        return 0
    engine, location = report.ledger.engine, report.ledger.location
    period = report.question.period
    text = f"{report.question.now.isoformat()} {period.since} {period.until}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    # Not a file: the diary knows the run by this name, and a later run restates it.
    path = location.folder / "reconciliation"
    file = InputFile(path, "centavo reconcile", digest, digest[:16], 0)
    names = [column.name for column in RECONCILIATION_LINES]
    shown = ", ".join(
        f"{sql_text(file.batch_id)} AS {name}" if name == _BATCH else name for name in names
    )
    reading = Reading(_TABLE, f"SELECT {shown} FROM reconcile_lines", Tally(), _explain)
    with writing(location, engine, now=report.question.now, wait_s=wait_s) as writer:
        writer.write(
            WriteRequest(
                source="reconcile",
                reading=reading,
                files=[file],
                price_snapshot_id=report.price_snapshot_id,
            )
        )
    return changed


def _changed(report: Reconciliation) -> int:
    """Return how many lines are new, gone or different from those in the ledger."""
    names = ", ".join(c.name for c in RECONCILIATION_LINES if c.name != _BATCH)
    within = report.question.wide(column="interval_start")
    kept = f"SELECT {names} FROM {_TABLE} WHERE {within}"
    now = f"SELECT {names} FROM reconcile_lines WHERE {within}"
    rows = report.ledger.rows(
        f"SELECT count(DISTINCT line_id) FROM (({kept} EXCEPT {now}) UNION ALL ({now} EXCEPT {kept}))"
    )
    return int(str(rows[0][0]))


def _explain(error: duckdb.Error) -> CentavoError:
    return LedgerError(f"the lines cannot be written: {error}")
