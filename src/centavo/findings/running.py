"""Running rules: each gets its limits; findings below the floor go; the rest sort by money."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from centavo.errors import ConfigError
from centavo.findings.finding import Finding, Severity
from centavo.findings.rule import Blind, LeftOut, Looked, Rule
from centavo.findings.rule_settings import SMALL_LEDGER_SHARE, RuleSettings
from centavo.ledger.ledger import Ledger
from centavo.ledger.toml_lines import near_names
from centavo.money import Money
from centavo.period import Period

__all__ = ["RuleRun", "Worth", "check_overrides", "rank", "run_rules"]

Worth = Callable[[Money], Decimal]
"""An amount in the currency of the floor; unconverted where no rate is known."""

# Of the ledger's spend in 30 days, or in the floor's currency, whichever is reached first.
_HIGH = (Decimal("0.05"), Decimal(1000))
_MEDIUM = (Decimal("0.01"), Decimal(100))


@dataclass(frozen=True)
class RuleRun:
    """What rules said.

    Attributes:
        findings: By money, the most first; exposed money and unknown money last.
        blind: Rules that could not see, and why, by code.
        small: Findings below the floor, by code.
        rules: Rules that ran.
        left_out: Changes that are no findings: how many, by reason and by code.
    """

    findings: tuple[Finding, ...]
    blind: dict[str, str]
    small: dict[str, int]
    rules: tuple[Rule, ...]
    left_out: Mapping[LeftOut, Mapping[str, int]] = field(
        default_factory=dict["LeftOut", Mapping[str, int]]
    )


def run_rules(
    rules: Sequence[Rule],
    ledger: Ledger,
    *,
    period: Period,
    settings: RuleSettings,
    spend_per_30d: Decimal,
    worth: Worth,
) -> RuleRun:
    """Return the findings of the rules that are worth a reader's time.

    Args:
        rules: In report order.
        ledger: Opened at the moment to answer from.
        period: What is looked at.
        settings: Without limits; each rule gets its own.
        spend_per_30d: What the ledger spends in 30 days, in the floor's currency.
        worth: Converts to that currency.

    Raises:
        ConfigError: A setting names a threshold that no rule has.
    """
    check_overrides(rules, settings)
    found: list[Finding] = []
    blind: dict[str, str] = {}
    small: dict[str, int] = {}
    left_out: dict[LeftOut, dict[str, int]] = {}
    for rule in rules:
        defaults = {each.name: each.default for each in rule.thresholds}
        answer = rule.find(ledger, period, settings.with_limits(rule.code, defaults))
        if isinstance(answer, Blind):
            blind[rule.code] = answer.reason
            continue
        if isinstance(answer, Looked):
            for reason, count in answer.left_out.items():
                if count:
                    left_out.setdefault(reason, {})[rule.code] = count
            answer = answer.findings
        for finding in answer:
            if _is_small(finding, settings, spend_per_30d=spend_per_30d, worth=worth):
                small[rule.code] = small.get(rule.code, 0) + 1
            else:
                severity = _severity(finding, spend_per_30d=spend_per_30d, worth=worth)
                found.append(replace(finding, severity=severity))
    return RuleRun(rank(found, worth), blind, small, tuple(rules), left_out)


def rank(findings: Sequence[Finding], worth: Worth) -> tuple[Finding, ...]:
    """Return the findings by money: lost before exposed, known before unknown, much before little."""

    def place(finding: Finding) -> tuple[bool, bool, Decimal, Decimal, str]:
        money = finding.per_30d
        amount = Decimal(0) if money is None else -worth(money)
        share = -(finding.share or Decimal(0))
        return (finding.money_kind == "exposed", money is None, amount, share, finding.id)

    return tuple(sorted(findings, key=place))


def check_overrides(rules: Sequence[Rule], settings: RuleSettings) -> None:
    """Check that every threshold that the user set belongs to a rule.

    Raises:
        ConfigError: It does not.
    """
    known = {rule.code: [each.name for each in rule.thresholds] for rule in rules}
    for code, limits in settings.overrides.items():
        if code not in known:
            raise ConfigError(f"[rules.{code}] names no rule", hint=near_names(code, sorted(known)))
        for name in limits:
            if name not in known[code]:
                raise ConfigError(
                    f"[rules.{code}]: {name!r} is not a threshold of the rule",
                    hint=near_names(name, known[code]) if known[code] else "It has none.",
                )


def _is_small(
    finding: Finding, settings: RuleSettings, *, spend_per_30d: Decimal, worth: Worth
) -> bool:
    if finding.per_30d is None:
        return False
    amount = abs(worth(finding.per_30d))
    if not spend_per_30d:
        return amount < settings.floor
    floor = min(settings.floor, SMALL_LEDGER_SHARE * spend_per_30d)
    return amount < max(floor, settings.floor_share * spend_per_30d)


def _severity(finding: Finding, *, spend_per_30d: Decimal, worth: Worth) -> Severity:
    if finding.per_30d is None or finding.money_kind == "exposed":
        return "low"
    amount = worth(finding.per_30d)
    if amount >= min(_HIGH[0] * spend_per_30d or _HIGH[1], _HIGH[1]):
        return "high"
    return (
        "medium" if amount >= min(_MEDIUM[0] * spend_per_30d or _MEDIUM[1], _MEDIUM[1]) else "low"
    )
