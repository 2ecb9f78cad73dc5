"""A finding: what is wrong, where, since when, what it costs in 30 days, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from centavo.findings.evidence import Evidence
from centavo.findings.identity import finding_id
from centavo.message import Words
from centavo.money import Money
from centavo.period import Period

__all__ = ["Finding", "Grade", "MoneyKind", "Owner", "Severity"]

Grade = Literal["billed", "metered", "simulated", "estimated"]
Severity = Literal["high", "medium", "low"]
# avoidable: it need not be spent. changed: more (or less) than before. exposed: concerned, not lost.
MoneyKind = Literal["avoidable", "changed", "exposed"]


@dataclass(frozen=True)
class Owner:
    """Who should look at it, and how that is known: "team of 98 % of the cost"."""

    name: str
    basis: Words


@dataclass(frozen=True)
class Finding:
    """One finding of one rule. What it says are messages, which each reader says in its language.

    Attributes:
        code: The rule's code: ``CON104``.
        subject: Where: value by dimension of scope. With the code it is the finding's identity.
        sentence: What a person would say, one sentence, with the figures that matter.
        period: When; half-open, UTC.
        per_30d: Money at stake in 30 days; of something shorter that is over, what it cost. Below
            zero when less is paid than before. ``None`` where nothing states money.
        grade: What the money rests on.
        money_kind: What the money is.
        share: Part of the scope's whole that is concerned, 0 to 1, where that says more than money.
        evidence: The query and its rows.
        to_do: What to do, one sentence.
        wrong_when: When the finding is wrong, one sentence.
        severity: Set by the run, from the money and the ledger's whole.
        owner: Set by the run; ``None`` when nobody can be inferred.
    """

    code: str
    subject: Mapping[str, str]
    sentence: Words
    period: Period
    per_30d: Money | None
    grade: Grade
    evidence: Evidence
    to_do: Words
    wrong_when: Words
    money_kind: MoneyKind = "avoidable"
    share: Decimal | None = None
    severity: Severity = "low"
    owner: Owner | None = None
    _id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_id", finding_id(self.code, self.subject))

    @property
    def id(self) -> str:
        """The stable identity: the same finding next week has the same."""
        return self._id

    @property
    def scope_text(self) -> str:
        """The subject as a person reads it: ``busca-semantica · production``.

        >>> from centavo.findings.evidence import Evidence
        >>> e = Evidence("q", "", (), (), 0)
        >>> Finding("X", {}, "", Period(), None, "billed", e, "", "").scope_text
        'everything'
        """
        return " · ".join(self.subject.values()) or "everything"
