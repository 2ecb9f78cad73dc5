"""The findings of model fit: every rule run, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from centavo.findings import Finding, Owner, Rule, RuleSettings
from centavo.findings.report import FindingsReport
from centavo.findings.request_report import RequestModule, report_on_requests
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import message, percent
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules import RULES
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql

__all__ = ["modelfit_findings"]

# Code -> codes that explain it at the same place: reasoning goes with a model that is too large.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {"FIT204": ("FIT201",)}
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
    module = RequestModule(
        name="modelfit",
        rules=(*RULES, *more_rules),
        explained_by=_EXPLAINED_BY,
        requests=requests,
        has_requests=bool(held),
        finish=partial(_owned, ledger),
    )
    return report_on_requests(module, ledger, period, settings, is_whole=is_whole)


def _owned(ledger: Ledger, finding: Finding) -> Finding:
    """Return the finding with the team of most of its cost as owner, where there is one."""
    named = {name: value for name, value in finding.subject.items() if name in _OWNED_BY}
    if not named and "model" in finding.subject:
        # A model over all its callers.
        named = {
            "coalesce(priced_model, answered_model, requested_model)": finding.subject["model"]
        }
    if not named:
        return finding
    conditions = [f"{name} = {sql_text(value)}" for name, value in named.items()]
    rows = ledger.rows(
        "SELECT team, sum(cost) / nullif(sum(sum(cost)) OVER (), 0) AS share FROM metered_events "
        f"WHERE {' AND '.join(conditions)} AND cost IS NOT NULL GROUP BY team "
        "QUALIFY team IS NOT NULL AND share >= 0.5 ORDER BY share DESC LIMIT 1"
    )
    if not rows:
        return finding
    return replace(
        finding,
        owner=Owner(
            str(rows[0][0]),
            message("team of {share} of the cost", share=percent(Decimal(str(rows[0][1])))),
        ),
    )
