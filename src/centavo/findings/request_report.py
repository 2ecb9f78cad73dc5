"""The report of a module that looks at requests: its rules run, causes told apart, and what it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from centavo.findings.finding import Finding
from centavo.findings.one_cause import one_per_cause
from centavo.findings.report import FindingsReport, worth_of
from centavo.findings.request_owner import owned
from centavo.findings.request_spend import request_factors, request_spend
from centavo.findings.rule import Rule
from centavo.findings.rule_settings import RuleSettings
from centavo.findings.running import run_rules
from centavo.ledger.coverage import coverage_of
from centavo.ledger.ledger import Ledger
from centavo.period import Period

__all__ = ["RequestModule", "report_on_requests"]

_PLACES = ("application", "project", "endpoint")


@dataclass(frozen=True)
class RequestModule:
    """What a module brings to its report.

    Attributes:
        name: Of the module.
        rules: In report order.
        explained_by: By code, the codes that explain it where both speak of the same place.
        requests: Name or SELECT of requests with ``currency``, ``day`` and ``cost``.
        has_requests: Whether there are any.
        finish: What is added to each finding at the end; ``None`` adds nothing.
    """

    name: str
    rules: tuple[Rule, ...]
    explained_by: Mapping[str, tuple[str, ...]]
    requests: str
    has_requests: bool
    finish: Callable[[Finding], Finding] | None = None


def report_on_requests(
    module: RequestModule,
    ledger: Ledger,
    period: Period,
    settings: RuleSettings,
    *,
    is_whole: bool,
) -> FindingsReport:
    """Return the findings of every rule of a module.

    Args:
        module: Whose tables are in the ledger's engine already.
        ledger: Opened at the moment to answer from, without a period.
        period: What is looked at.
        settings: Without limits; each rule gets its own.
        is_whole: Whether the period is the default one.

    Raises:
        ConfigError: A setting cannot be used.
    """
    factors = request_factors(ledger, module.requests, settings)
    spend = request_spend(ledger, module.requests, factors, settings)
    run = run_rules(
        module.rules,
        ledger,
        period=period,
        settings=settings,
        spend_per_30d=spend.amount,
        worth=lambda money: worth_of(money, factors),
    )
    kept = one_per_cause(run.findings, module.explained_by, places=_PLACES)
    found = tuple(owned(ledger, finding) for finding in kept)
    if module.finish:
        found = tuple(map(module.finish, found))
    return FindingsReport(
        module=module.name,
        run=replace(run, findings=found),
        period=period,
        spend_per_30d=spend,
        coverage={"usage_events": coverage_of(ledger, "usage_events", now=settings.now)}
        if module.has_requests
        else {},
        snapshots=ledger.snapshot_ids(),
        is_whole=is_whole,
        factors=factors,
    )
