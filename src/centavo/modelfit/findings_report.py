"""The findings of model fit: every rule run, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace

from centavo.findings import Owner, Rule, RuleSettings, run_rules
from centavo.findings.finding import Finding
from centavo.findings.one_cause import one_per_cause
from centavo.findings.report import FindingsReport, worth_of
from centavo.findings.request_spend import request_factors, request_spend
from centavo.ledger.coverage import coverage_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules import RULES
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
    requests = (
        "SELECT cost_currency AS currency, started_at::DATE AS day, cost FROM metered_events "
        f"WHERE {period_sql(period)}"
    )
    factors = request_factors(ledger, requests, settings)
    spend = request_spend(ledger, requests, factors, settings)
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
