"""Running the modules' rules for a command: run, remember in the register, and gate."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from centavo.cli.finding_money import shown_findings
from centavo.cli.modules import MODULES
from centavo.cli.rule_settings import history_days, rule_settings
from centavo.consumption.finding_amounts import ShownFindings
from centavo.consumption.findings_report import consumption_findings
from centavo.errors import ConfigError, GateError
from centavo.findings import (
    Finding,
    KnownFinding,
    Rule,
    RuleSettings,
    change_register,
    load_register,
    merge_findings,
)
from centavo.findings.installed import installed_rules
from centavo.findings.report import FindingsReport, default_period
from centavo.findings.running import rank
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.modelfit.findings_report import modelfit_findings
from centavo.money import Money, currency_code
from centavo.period import Period
from centavo.prompts.findings_report import prompts_findings

__all__ = ["FindingRun", "gate", "gate_limit", "run_modules"]

Module = Callable[..., FindingsReport]
_RUNS: dict[str, Module] = {
    "consumption": consumption_findings,
    "modelfit": modelfit_findings,
    "prompts": prompts_findings,
}
_QUIET = {"ignored", "snoozed", "resolved"}
_LIMIT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]{3})?\s*$")


@dataclass(frozen=True)
class FindingRun:
    """What the modules said, beside what was known.

    Attributes:
        reports: One for each module.
        register: Every known finding, by id, after the run.
        changed: Findings of the register that changed.
        money: The register as it is shown: its money in one currency where rates are known.
    """

    reports: tuple[FindingsReport, ...]
    register: Mapping[str, KnownFinding]
    changed: int
    money: ShownFindings

    @property
    def shown(self) -> list[Finding]:
        """Findings that nobody has ignored, put to sleep or resolved, by money."""
        return [f for f in self.all if self.register[f.id].state not in _QUIET]

    @property
    def all(self) -> list[Finding]:
        """Every finding of the run, by money whichever module found it."""
        found = [finding for report in self.reports for finding in report.run.findings]
        return list(rank(found, self.reports[0].worth))


def run_modules(
    folder: Path | None,
    modules: Sequence[str],
    *,
    now: datetime,
    since: str | None,
    until: str | None,
    save: bool,
) -> FindingRun:
    """Run modules and bring the register up to date.

    Args:
        folder: The ledger as the command line names it.
        modules: Keys of ``MODULES``.
        now: The clock, aware.
        since: First day as typed; without both ends the newest days are taken.
        until: End as typed.
        save: Whether the register is written.

    Raises:
        CentavoError: The ledger, a setting or the policy file cannot be used.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    rules = rule_settings(settings, now=now)
    # Without a period: rules look at what was before, and the register at everything.
    ledger = Ledger.open(settings.location)
    is_whole = not (since or until)
    period = (
        default_period(ledger, history_days(settings)) if is_whole else Period.parse(since, until)
    )
    foreign = installed_rules()
    reports = tuple(
        _run(ledger, name, period, rules, is_whole=is_whole, foreign=foreign) for name in modules
    )
    found = {f.id: f for report in reports for f in report.run.findings}

    def merged(before: Mapping[str, KnownFinding]) -> Mapping[str, KnownFinding]:
        listed = list(found.values())
        return merge_findings(before, listed, now=now, complete=_complete(reports))

    before = load_register(ledger)
    after, changed = merged(before), 0
    if save and after != before:
        # Read again while nobody can write: the rules took their time, and somebody may have acted.
        after, changed = change_register(settings.location, merged, now=now)
    shown = shown_findings(settings, after, ledger, now=now)
    return FindingRun(reports, after, changed, shown)


def _run(
    ledger: Ledger,
    name: str,
    period: Period,
    settings: RuleSettings,
    *,
    is_whole: bool,
    foreign: Sequence[Rule],
) -> FindingsReport:
    own = [rule for rule in foreign if rule.code.startswith(MODULES[name])]
    return _RUNS[name](ledger, period, settings, is_whole=is_whole, more_rules=own)


def _complete(reports: Sequence[FindingsReport]) -> set[str]:
    """Return the codes of the rules that saw everything, so that what they do not find is gone."""
    return {
        rule.code
        for report in reports
        if report.is_whole
        for rule in report.run.rules
        if rule.code not in report.run.blind
    }


def gate_limit(text: str) -> tuple[Decimal, str]:
    """Return amount and currency of ``--fail-on``; dollars where none is named.

    >>> gate_limit("50usd")
    (Decimal('50'), 'USD')
    """
    found = _LIMIT.match(text)
    if not found:
        raise ConfigError(f"--fail-on {text!r} is not an amount", hint="Write 50USD or 250BRL.")
    return Decimal(found[1]), currency_code(found[2] or "USD")


def gate(run: FindingRun, limit: tuple[Decimal, str]) -> None:
    """Check that no open finding costs more than the limit in 30 days.

    Exposed money and money that was saved do not count, nor what somebody has acknowledged.

    Raises:
        GateError: One does.
    """
    amount, currency = limit
    for report in run.reports:
        allowed = report.worth(Money(amount, currency))
        beyond = [
            finding
            for finding in report.run.findings
            if run.register[finding.id].state == "open"
            and finding.per_30d is not None
            and finding.money_kind != "exposed"
            and report.worth(finding.per_30d) > allowed
        ]
        if beyond:
            named = ", ".join(f"{f.code} {f.id}" for f in beyond[:3])
            more = f" and {len(beyond) - 3} more" if len(beyond) > 3 else ""
            raise GateError(
                f"{len(beyond)} finding{'s cost' if len(beyond) > 1 else ' costs'} more than "
                f"--fail-on {amount} {currency} in 30 days: {named}{more}",
                hint="`centavo findings show ID` says why; ack, ignore or snooze what is known.",
            )
