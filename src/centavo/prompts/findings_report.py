"""The findings of prompts: every rule run, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace

from centavo.findings import Finding, Rule, RuleSettings, run_rules
from centavo.findings.one_cause import one_per_cause
from centavo.findings.report import FindingsReport, worth_of
from centavo.findings.request_spend import request_factors, request_spend
from centavo.ledger.coverage import coverage_of
from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.prompts.anatomy import prompt_tables
from centavo.prompts.rules import RULES

__all__ = ["prompts_findings"]

# Code -> codes that explain it where both speak of the same place: what a prompt grew by is why its
# lines stand in it twice and its tools are not called.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {"PRM304": ("PRM315",), "PRM308": ("PRM315",)}
_PLACES = ("application", "project", "endpoint")


def prompts_findings(
    ledger: Ledger,
    period: Period,
    settings: RuleSettings,
    *,
    is_whole: bool = True,
    more_rules: Sequence[Rule] = (),
) -> FindingsReport:
    """Return the findings of every rule of prompts.

    Args:
        ledger: Opened at the moment to answer from, without a period.
        period: What is looked at.
        settings: Without limits; each rule gets its own.
        is_whole: Whether the period is the default one.
        more_rules: Of third parties.

    Raises:
        ConfigError: A setting cannot be used.
    """
    tables = prompt_tables(ledger, period)
    requests = "SELECT currency, day, cost FROM prompt_calls"
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
    kept = one_per_cause(run.findings, _EXPLAINED_BY, places=_PLACES)
    return FindingsReport(
        module="prompts",
        run=replace(run, findings=tuple(_counted(finding, tables.basis) for finding in kept)),
        period=period,
        spend_per_30d=spend,
        coverage={"usage_events": coverage_of(ledger, "usage_events", now=settings.now)}
        if tables.calls
        else {},
        snapshots=ledger.snapshot_ids(),
        is_whole=is_whole,
        factors=factors,
    )


def _counted(finding: Finding, basis: Sequence[str]) -> Finding:
    """Say so where tokens of parts were not counted with a vocabulary."""
    if not any(name.startswith("estimated") for name in basis):
        return finding
    note = "Tokens of parts are estimated by their characters: pip install 'centavo[tokens]'."
    return replace(finding, wrong_when=f"{finding.wrong_when} {note}", grade="estimated")
