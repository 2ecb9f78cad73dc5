"""What is to be reconciled, and how strictly."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from centavo.ledger.preliminary import LATE_ROWS_DAYS
from centavo.period import Period

__all__ = ["LATE_ROWS_DAYS", "ReconcileQuestion", "Tolerance"]


@dataclass(frozen=True)
class Tolerance:
    """How far apart a line's amounts may be to count as matched: the larger of the two.

    Attributes:
        share: Of the larger of billed and metered cost, 0 to 1.
        amount: In the line's currency.
    """

    share: Decimal = Decimal("0.005")
    amount: Decimal = Decimal("0.000001")


@dataclass(frozen=True)
class ReconcileQuestion:
    """What is asked.

    Attributes:
        now: The clock, aware: bills of months that ended less than ten days ago are preliminary.
        period: Half-open; of the day of usage, or with ``by_invoice`` of the billing month.
        by_invoice: Take the charges whose billing month lies in the period, whatever day they are
            of; an invoice month of US Pacific time then crosses the meter's UTC month.
        tolerance: For the status of a line.
        accounts: The user's names of accounts: the meter's, and the bill's.
        models: The user's names of models: on a bill or in a log, and in the price book.
    """

    now: datetime
    period: Period = Period()
    by_invoice: bool = False
    tolerance: Tolerance = Tolerance()
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    models: dict[str, str] = field(default_factory=dict[str, str])

    def wide(self, days: int = 0, *, column: str) -> str:
        """Return the SQL condition that a naive UTC column lies in the period, or so close to it."""
        margin = timedelta(days=days)
        conditions = ["true"]
        if self.period.since:
            conditions.append(f"{column} >= TIMESTAMP '{self.period.since - margin:%F %T}'")
        if self.period.until:
            conditions.append(f"{column} < TIMESTAMP '{self.period.until + margin:%F %T}'")
        return " AND ".join(conditions)
