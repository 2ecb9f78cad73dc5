"""A rule: one code, one question, its thresholds with their sources, and its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from centavo.findings.finding import Finding
from centavo.findings.rule_docs import RuleDoc
from centavo.findings.rule_settings import RuleSettings
from centavo.ledger.ledger import Ledger
from centavo.period import Period

__all__ = ["DEMAND", "EXPECTED", "Blind", "Find", "LeftOut", "Looked", "Rule", "Threshold"]


@dataclass(frozen=True)
class Blind:
    """A rule's answer when it cannot see: what is missing. It then finds nothing."""

    reason: str


LeftOut = Literal["explained_by_demand", "expected"]
DEMAND: LeftOut = "explained_by_demand"
EXPECTED: LeftOut = "expected"


@dataclass(frozen=True)
class Looked:
    """A rule's answer when it saw changes that are no findings: how many, by reason."""

    findings: Sequence[Finding]
    left_out: Mapping[LeftOut, int]


Find = Callable[[Ledger, Period, RuleSettings], Sequence[Finding] | Looked | Blind]


@dataclass(frozen=True)
class Threshold:
    """A number that decides, which the user may set under ``[rules.CODE]``.

    Attributes:
        name: Key in ``centavo.toml``.
        default: Value without a setting.
        unit: "share", "days", "tokens", "USD per 30 days" …
        source: What justifies the default: a page, a paper or a measurement.
    """

    name: str
    default: Decimal
    unit: str
    source: str


@dataclass(frozen=True)
class Rule:
    """A rule as modules and third parties register it (entry points ``centavo.rules``).

    Attributes:
        code: Three letters of the module and a number: ``CON104``.
        name: What it finds, as a file name: ``unit_price``.
        find: Pure function of ledger, period and settings.
        text: The structured docstring: What it finds, Why it costs, How it is measured, When it is
            wrong, Example.
        thresholds: Numbers that decide.
    """

    code: str
    name: str
    find: Find
    text: str
    thresholds: tuple[Threshold, ...] = field(default=())

    @cached_property
    def doc(self) -> RuleDoc:
        """The docstring in its parts."""
        return RuleDoc.parse(self.text, code=self.code)
