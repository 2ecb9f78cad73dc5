"""The findings of consumption: every rule run, owners inferred, and what the answer rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from centavo.consumption.one_cause import one_per_cause
from centavo.consumption.owners import with_owner
from centavo.consumption.rules import RULES
from centavo.consumption.spend_tables import SpendTables, spend_tables, unit_factors
from centavo.errors import LedgerError
from centavo.findings import Rule, RuleRun, RuleSettings, run_rules
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TableName
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["FindingsReport", "consumption_findings", "default_period", "worth_of"]


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


def consumption_findings(
    ledger: Ledger,
    period: Period,
    settings: RuleSettings,
    *,
    is_whole: bool = True,
    more_rules: Sequence[Rule] = (),
) -> FindingsReport:
    """Return the findings of every rule of consumption.

    Args:
        ledger: Opened at the moment to answer from, without a period.
        period: What is looked at; rules need some weeks of history.
        settings: Without limits; each rule gets its own.
        is_whole: Whether the period is the default one.
        more_rules: Of third parties.

    Raises:
        ConfigError: A setting or the policy file cannot be used.
    """
    held = spend_tables(ledger, period, settings)
    factors = unit_factors(ledger, settings)
    spend = _spend(ledger, held, settings)
    run = run_rules(
        (*RULES, *more_rules),
        ledger,
        period=period,
        settings=settings,
        spend_per_30d=spend.amount,
        worth=lambda money: worth_of(money, factors),
    )
    owned = tuple(with_owner(ledger, finding) for finding in one_per_cause(run.findings))
    tables: dict[TableName, int] = {"charges": held.bill_rows, "usage_events": held.calls}
    return FindingsReport(
        module="consumption",
        run=replace(run, findings=owned),
        period=period,
        spend_per_30d=spend,
        coverage={
            name: coverage_of(ledger, name, now=settings.now)
            for name, rows in tables.items()
            if rows
        },
        snapshots=ledger.snapshot_ids(),
        is_whole=is_whole,
        factors=factors,
    )


def _spend(ledger: Ledger, held: SpendTables, settings: RuleSettings) -> Money:
    """Return the spend of the last thirty days, in the floor's currency as far as rates are known."""
    rows = ledger.rows(
        "SELECT coalesce(sum(amount), 0) FROM spend_days WHERE day >= ?", [held.recent()]
    )
    amount = rows[0][0]
    total = amount if isinstance(amount, Decimal) else Decimal(0)
    return Money(total, settings.floor_currency)
