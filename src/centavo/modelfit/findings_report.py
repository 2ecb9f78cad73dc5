"""The findings of model fit: every rule run, and what the answer rests on."""

from collections.abc import Sequence

from centavo.findings import Rule, RuleSettings
from centavo.findings.report import FindingsReport
from centavo.findings.request_report import RequestModule, report_on_requests
from centavo.ledger.ledger import Ledger
from centavo.modelfit.profiles import profile_tables
from centavo.modelfit.rules import RULES
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql

__all__ = ["modelfit_findings"]

# Code -> codes that explain it at the same place: reasoning goes with a model that is too large.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {"FIT204": ("FIT201",)}


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
    )
    return report_on_requests(module, ledger, period, settings, is_whole=is_whole)
