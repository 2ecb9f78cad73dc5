"""What a report rests on: what was read, priced, skipped and is still preliminary."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from centavo.ledger.layout import LAYOUTS
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import preliminary_rows
from centavo.ledger.reading import QualityWarning
from centavo.ledger.schema import TableName

__all__ = ["Coverage", "coverage_of"]

# The price book's reason for a request that failed before it used anything.
_FAILED = "failed_without_usage"


@dataclass(frozen=True)
class Coverage:
    """The coverage line of a report. No report is built without one.

    Attributes:
        files: Files whose rows are in the table.
        rows_read: Records in those files.
        rows_written: Rows that they became.
        rows_skipped: Records without a row, by reason.
        rows_unpriced: Requests without a price, by reason; empty for bills.
        rows_failed: Failed requests that report no usage, so that there is nothing to price.
        rows_preliminary: Charges of billing periods that are stated to be open, or that nothing is
            stated of and that ended less than ten days ago; they may be restated.
        calls_seen_twice: Calls that two or more meters recorded; each is in every total once.
        warnings: Data-quality warnings of those files.
    """

    files: int
    rows_read: int
    rows_written: int
    rows_skipped: dict[str, int] = field(default_factory=dict[str, int])
    rows_unpriced: dict[str, int] = field(default_factory=dict[str, int])
    rows_failed: int = 0
    rows_preliminary: int = 0
    calls_seen_twice: int = 0
    warnings: tuple[QualityWarning, ...] = ()

    @property
    def skipped(self) -> int:
        """Records without a row."""
        return sum(self.rows_skipped.values())

    @property
    def unpriced(self) -> int:
        """Requests without a price."""
        return sum(self.rows_unpriced.values())


def coverage_of(ledger: Ledger, table: TableName, *, now: datetime | None = None) -> Coverage:
    """Return the coverage of one fact table: every file that has live rows in it.

    Args:
        ledger: Opened at the moment to answer from.
        table: Fact table.
        now: The clock, for what is preliminary; without it nothing is said of that.
    """
    batch = LAYOUTS[table].batch
    rows = ledger.rows(
        f"""SELECT last(rows_read ORDER BY ingested_at), last(rows_written ORDER BY ingested_at),
                   last(rows_skipped ORDER BY ingested_at), last(warnings ORDER BY ingested_at)
        FROM batches
        WHERE fact_table = ? AND batch_id IN (SELECT DISTINCT "{batch}" FROM {table})
        GROUP BY batch_id""",
        [table],
    )
    skipped: Counter[str] = Counter()
    warnings: dict[tuple[str, str], int] = {}
    for _, _, reasons, raised in rows:
        skipped.update(json.loads(str(reasons)))
        for warning in json.loads(str(raised)):
            warnings[warning["code"], warning["message"]] = warning["rows"]
    unpriced = _unpriced(ledger) if table == "usage_events" else {}
    return Coverage(
        files=len(rows),
        rows_read=sum(int(str(row[0])) for row in rows),
        rows_written=sum(int(str(row[1])) for row in rows),
        rows_skipped=dict(skipped),
        rows_failed=unpriced.pop(_FAILED, 0),
        rows_unpriced=unpriced,
        rows_preliminary=_preliminary(ledger, now) if now and table == "charges" else 0,
        warnings=tuple(
            QualityWarning(code, message, count) for (code, message), count in warnings.items()
        ),
    )


def _preliminary(ledger: Ledger, now: datetime) -> int:
    return sum(each.rows for each in preliminary_rows(ledger, now))


def _unpriced(ledger: Ledger) -> dict[str, int]:
    rows = ledger.rows(
        "SELECT coalesce(price_problem, 'unknown'), count(*) FROM usage_events "
        "WHERE cost IS NULL GROUP BY ALL ORDER BY 2 DESC"
    )
    return {str(reason): int(str(count)) for reason, count in rows}
