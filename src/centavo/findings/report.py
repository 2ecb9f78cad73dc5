"""What the rules of one module say, with the period, the spend and the coverage it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from centavo.errors import LedgerError
from centavo.findings.running import RuleRun
from centavo.ledger.coverage import Coverage
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TableName
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["HISTORY_DAYS", "FindingsReport", "default_period", "worth_of"]

# Half a year: two quarters to compare, and a season of months for what returns each month.
HISTORY_DAYS = 184


def worth_of(money: Money, factors: Mapping[str, Decimal]) -> Decimal:
    """Return an amount times its currency's factor; as it is where none is known."""
    return EXACT.multiply(money.amount, factors.get(money.currency, Decimal(1)))


@dataclass(frozen=True)
class FindingsReport:
    """What the rules of one module say.

    Attributes:
        module: Its name.
        run: Findings, by money; what could not be seen; what was too small.
        period: What was looked at.
        spend_per_30d: What the ledger spends in 30 days, by the last thirty.
        coverage: Of bills and of requests, where there are any.
        snapshots: Snapshot of each fact table.
        is_whole: Whether nothing was left out by the user, so that what is not found is gone.
        factors: What one unit of each currency is worth in that of ``spend_per_30d``.
    """

    module: str
    run: RuleRun
    period: Period
    spend_per_30d: Money
    coverage: dict[TableName, Coverage]
    snapshots: dict[TableName, int | None]
    is_whole: bool

    factors: dict[str, Decimal]

    def worth(self, money: Money) -> Decimal:
        """Return an amount in the currency of the floor; as it is where no rate is known."""
        return worth_of(money, self.factors)


def default_period(ledger: Ledger, history_days: int) -> Period:
    """Return the newest ``history_days`` of the ledger's bills and requests.

    Raises:
        LedgerError: The ledger is empty.
    """
    rows = ledger.rows(
        """SELECT max(newest) FROM (
          SELECT max(ChargePeriodStart) AS newest FROM charges
          UNION ALL SELECT max(started_at) FROM usage_events
          UNION ALL SELECT max(interval_start) FROM usage_aggregates)"""
    )
    newest = rows[0][0]
    if not isinstance(newest, datetime):
        raise LedgerError(
            "the ledger holds no bill and no requests",
            hint="Read some first: `centavo ingest BILL REQUESTS…`, or `centavo demo`.",
        )
    until = datetime.combine(newest.date() + timedelta(days=1), time(), UTC)
    return Period(until - timedelta(days=history_days), until)
