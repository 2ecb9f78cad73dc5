"""Findings of commands with their money in the currency that pages and reports show it in."""

from collections.abc import Mapping
from datetime import datetime

from centavo.cli.rule_settings import rule_settings
from centavo.consumption.finding_amounts import ShownFindings, findings_in
from centavo.findings import KnownFinding
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.wording import counted

__all__ = ["rate_lines", "shown_findings"]


def shown_findings(
    settings: Settings, register: Mapping[str, KnownFinding], ledger: Ledger, *, now: datetime
) -> ShownFindings:
    """Return findings in the user's currency or, where rates are known, in that of rules.

    Raises:
        ConfigError: A setting or the file of rates cannot be used.
    """
    rules = rule_settings(settings, now=now)
    currency = settings.currency or (rules.floor_currency if rules.rates else None)
    return findings_in(currency, register, ledger, rates=rules.rates, now=now)


def rate_lines(shown: ShownFindings) -> list[str]:
    """Return at which rates money of findings was converted, and what was not."""
    return [
        f"Findings, at the rate of their last day: {use.sentence}"
        if use.used
        else f"The money of {counted(use.rows, 'finding')} stays in {use.base}: no rate to {use.target} is known."
        for use in shown.rates
    ]
