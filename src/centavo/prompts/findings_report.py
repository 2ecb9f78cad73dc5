"""The findings of prompts: every rule run, and what the answer rests on."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from centavo.findings import Finding, Rule, RuleSettings
from centavo.findings.report import FindingsReport
from centavo.findings.request_report import RequestModule, report_on_requests
from centavo.ledger.ledger import Ledger
from centavo.message import N_, joined
from centavo.period import Period
from centavo.prompts.anatomy import prompt_tables
from centavo.prompts.rules import RULES

__all__ = ["prompts_findings"]

# Code -> codes that explain it where both speak of the same place: what a prompt grew by is why its
# lines stand in it twice and its tools are not called.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {"PRM304": ("PRM315",), "PRM308": ("PRM315",)}


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
    module = RequestModule(
        name="prompts",
        rules=(*RULES, *more_rules),
        explained_by=_EXPLAINED_BY,
        requests="SELECT currency, day, cost FROM prompt_calls",
        has_requests=bool(tables.calls),
        finish=partial(_counted, basis=tables.basis),
    )
    return report_on_requests(module, ledger, period, settings, is_whole=is_whole)


def _counted(finding: Finding, *, basis: Sequence[str]) -> Finding:
    """Say so where tokens of parts were not counted with a vocabulary."""
    if not any(name.startswith("estimated") for name in basis):
        return finding
    note = N_("Tokens of parts are estimated by their characters: pip install 'centavo[tokens]'.")
    return replace(finding, wrong_when=joined(finding.wrong_when, note), grade="estimated")
