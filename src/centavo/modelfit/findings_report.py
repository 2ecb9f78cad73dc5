"""The findings of model fit: every rule run, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from centavo.findings import Owner, Rule, RuleSettings, run_rules
from centavo.findings.finding import Finding
from centavo.findings.one_cause import one_per_cause
from centavo.findings.pace import PACE_DAYS
from centavo.findings.report import FindingsReport, worth_of
from centavo.ledger.coverage import coverage_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules import RULES
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql

__all__ = ["modelfit_findings"]

# Code -> codes that explain it at the same place: what a small model can do needs no newer large one,
# and its reasoning goes with it.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {"FIT206": ("FIT201",), "FIT204": ("FIT201",)}
_OWNED_BY = ("application", "project", "environment", "endpoint", "feature")


def modelfit_findings(
    ledger: Ledger,
    period: Period,
    settings: RuleSettings,
    *,
    is_whole: bool = True,
    more_rules: Sequence[Rule] = (),
) -> FindingsReport:
    """Return the findings of every rule of model fit.

    Args:
        ledger: Opened at the moment to answer from, without a period.
        period: What is looked at.
        settings: Without limits; each rule gets its own.
        is_whole: Whether the period is the default one.
        more_rules: Of third parties.

    Raises:
        ConfigError: A setting cannot be used.
    """
    held = profile_tables(ledger, period)
    factors = _factors(ledger, settings)
    spend = _spend(ledger, period, factors, settings)
    run = run_rules(
        (*RULES, *more_rules),
        ledger,
        period=period,
        settings=settings,
        spend_per_30d=spend.amount,
        worth=lambda money: worth_of(money, factors),
    )
    kept = one_per_cause(run.findings, _EXPLAINED_BY, places=("application", "project", "endpoint"))
    return FindingsReport(
        module="modelfit",
        run=replace(run, findings=tuple(_owned(ledger, finding) for finding in kept)),
        period=period,
        spend_per_30d=spend,
        coverage={"usage_events": coverage_of(ledger, "usage_events", now=settings.now)}
        if held
        else {},
        snapshots=ledger.snapshot_ids(),
        is_whole=is_whole,
        factors=factors,
    )


def _owned(ledger: Ledger, finding: Finding) -> Finding:
    """Return the finding with the team of most of its cost as owner, where there is one."""
    conditions = [
        f"{name} = {sql_text(value)}"
        for name, value in finding.subject.items()
        if name in _OWNED_BY
    ]
    if not conditions:
        return finding
    rows = ledger.rows(
        "SELECT team, sum(cost) / nullif(sum(sum(cost)) OVER (), 0) AS share FROM metered_events "
        f"WHERE {' AND '.join(conditions)} AND cost IS NOT NULL GROUP BY team "
        "QUALIFY team IS NOT NULL AND share >= 0.5 ORDER BY share DESC LIMIT 1"
    )
    if not rows:
        return finding
    return replace(
        finding, owner=Owner(str(rows[0][0]), f"team of {float(str(rows[0][1])):.0%} of the cost")
    )


def _spend(
    ledger: Ledger, period: Period, factors: dict[str, Decimal], settings: RuleSettings
) -> Money:
    """Return what requests cost in the last thirty days, in the floor's currency."""
    rows = ledger.rows(
        f"""SELECT cost_currency, sum(cost)::DECIMAL(38,12) FROM metered_events
        WHERE cost IS NOT NULL AND {period_sql(period)} AND started_at >
          (SELECT max(started_at) FROM metered_events WHERE {period_sql(period)})
          - to_days({PACE_DAYS})
        GROUP BY ALL"""
    )
    total = sum(
        (worth_of(Money(Decimal(str(cost)), str(name)), factors) for name, cost in rows), Decimal(0)
    )
    return Money(total, settings.floor_currency)


def _factors(ledger: Ledger, settings: RuleSettings) -> dict[str, Decimal]:
    """Return what one unit of each currency of the requests is worth in the floor's."""
    found = {settings.floor_currency: Decimal(1)}
    if settings.rates is None:
        return found
    rows = ledger.rows(
        "SELECT cost_currency, max(started_at)::DATE FROM metered_events "
        "WHERE cost_currency IS NOT NULL GROUP BY ALL"
    )
    for name, day in rows:
        if name == settings.floor_currency or not isinstance(day, date):
            continue
        way = settings.rates.find(str(name), settings.floor_currency, day)
        if way is not None:
            found[str(name)] = EXACT.divide(way.multiply, way.divide)
    return found
