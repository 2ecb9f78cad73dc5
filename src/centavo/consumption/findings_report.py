"""The findings of consumption: every rule run, owners inferred, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.consumption.owners import with_owner
from centavo.consumption.rules import RULES
from centavo.consumption.spend_tables import SpendTables, spend_tables, unit_factors
from centavo.findings import Rule, RuleSettings, load_register, run_rules
from centavo.findings.events import events_of
from centavo.findings.one_cause import one_per_cause
from centavo.findings.report import FindingsReport, worth_of
from centavo.ledger.coverage import coverage_of
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.period import Period

if TYPE_CHECKING:
    from centavo.ledger.schema import TableName

__all__ = ["consumption_findings"]

# Code -> codes that explain it where both speak of the same place: a test that repeats production
# each night is no batch to be, and what nobody answers for is new and unwatched as well.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    "CON101": ("CON107",),
    "CON102": ("CON103", "CON105", "CON107", "CON108", "CON113", "CON115"),
    "CON103": ("CON108", "CON113", "CON115"),
    "CON113": ("CON115",),
    "CON116": ("CON108", "CON114", "CON115"),
    "CON117": ("CON108", "CON114", "CON115"),
}


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
    events = events_of(load_register(ledger).values())
    run = run_rules(
        (*RULES, *more_rules),
        ledger,
        period=period,
        settings=replace(settings, expected=events),
        spend_per_30d=spend.amount,
        worth=lambda money: worth_of(money, factors),
    )
    owned = tuple(
        with_owner(ledger, finding) for finding in one_per_cause(run.findings, _EXPLAINED_BY)
    )
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
