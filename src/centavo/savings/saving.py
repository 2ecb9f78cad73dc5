"""A line of the savings plan: what is done where, what it saves, how that is known, and who decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from centavo.findings.identity import finding_id
from centavo.message import Words
from centavo.money import EXACT, Money
from centavo.savings.lever import SavingKind

__all__ = [
    "METHODS",
    "NEXT_STATES",
    "STATES",
    "KnownSaving",
    "Method",
    "Saving",
    "State",
    "StateStep",
]

State = Literal[
    "identified", "validated", "approved", "enforced", "verified", "sustained", "lapsed", "rejected"
]
Method = Literal["rule", "replay", "shadow", "bill"]
STATES: tuple[State, ...] = get_args(State)
METHODS: tuple[Method, ...] = get_args(Method)

NEXT_STATES: dict[State, tuple[State, ...]] = {
    # A person may approve a rule's estimate; the line keeps the method "rule" and so says what it is.
    "identified": ("validated", "approved", "rejected"),
    "validated": ("approved", "rejected"),
    "approved": ("enforced", "rejected"),
    "enforced": ("verified", "lapsed", "rejected"),
    "verified": ("sustained", "lapsed"),
    # Each month's bill may show it again.
    "sustained": ("sustained", "lapsed"),
    "lapsed": ("enforced", "rejected"),
    "rejected": ("identified",),
}
"""Where a saving may go from each state; every move has a date and an actor."""


@dataclass(frozen=True)
class Saving:
    """One line of the savings plan. Amounts are of 30 days, in ``currency``; unknown is ``None``.

    Attributes:
        title: What a person would say: "claude-haiku-4-5 instead of claude-opus-4-6".
        saving_kind: Reduction or avoidance; the two are never added.
        scope: Value by dimension.
        evidence: What it rests on, in words and figures.
        method: ``rule`` (a rule's estimate), ``replay`` (simulated), ``shadow`` (measured beside the
            real traffic), ``bill`` (on the bill).
        rule: Code of the rule that found it.
        finding_id: Finding that it comes from.
        lever: The lever as the command line writes it.
        plan: Plan that it was simulated in: only amounts of one plan add up.
        place: Its place in the order of that plan, from 1.
        period_start: Start of the period that it was computed on (naive UTC).
        period_end: End of that period, excluded.
        price_snapshot_id: Price book of the simulation.
        currency: Of every amount.
        baseline_per_30d: Cost of the scope without it.
        driver: What the baseline grows with.
        driver_per_30d: Amount of the driver.
        low_per_30d: Lower end.
        expected_per_30d: Expected saving.
        high_per_30d: Upper end.
        confidence: Of the interval, 0 to 1.
        guardrail: Quality below which it is taken back.
        quality_change: Measured change, points of 0 to 1; below zero is worse.
        quality_basis: How that is known.
        effort_days: Person-days.
        one_off_cost: Cost of carrying it out, once.
        risk: What may go wrong.
        rollback: How it is taken back.
        owner: Who carries it out.
        approver: Who decides.
        due: By when.
        exclusions: Ids of savings that do the same to the same requests.
    """

    title: str
    saving_kind: SavingKind
    scope: Mapping[str, str]
    evidence: Words
    method: Method
    rule: str | None = None
    finding_id: str | None = None
    lever: str | None = None
    plan: str | None = None
    place: int | None = None
    period_start: datetime | None = None
    period_end: datetime | None = None
    price_snapshot_id: str | None = None
    currency: str | None = None
    baseline_per_30d: Decimal | None = None
    driver: str | None = None
    driver_per_30d: Decimal | None = None
    low_per_30d: Decimal | None = None
    expected_per_30d: Decimal | None = None
    high_per_30d: Decimal | None = None
    confidence: Decimal | None = None
    guardrail: Words | None = None
    quality_change: Decimal | None = None
    quality_basis: Words | None = None
    effort_days: Decimal | None = None
    one_off_cost: Decimal | None = None
    risk: Words | None = None
    rollback: str | None = None
    owner: str | None = None
    approver: str | None = None
    due: date | None = None
    exclusions: tuple[str, ...] = ()
    _id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        what = self.lever or self.rule or self.title
        object.__setattr__(self, "_id", finding_id(f"saving {what} {self.currency}", self.scope))

    @property
    def id(self) -> str:
        """The stable identity: the same measure at the same place has the same, any week."""
        return self._id

    @property
    def expected(self) -> Money | None:
        """Expected saving of 30 days."""
        if self.expected_per_30d is None or self.currency is None:
            return None
        return Money(self.expected_per_30d, self.currency)

    @property
    def payback_days(self) -> Decimal | None:
        """Days until the one-off cost has come back; ``None`` where either is not known.

        >>> from decimal import Decimal as D
        >>> Saving("t", "reduction", {}, "", "rule", currency="USD",
        ...        expected_per_30d=D(60), one_off_cost=D(100)).payback_days
        Decimal('50')
        """
        if self.one_off_cost is None or not self.expected_per_30d or self.expected_per_30d < 0:
            return None
        return EXACT.divide(EXACT.multiply(self.one_off_cost, Decimal(30)), self.expected_per_30d)


@dataclass(frozen=True)
class StateStep:
    """Something that happened to a saving: when (naive UTC), by whom, what, how much, and why.

    ``action`` is the new state, or "assigned" or "changed"; ``amount`` is of 30 days, in the saving's
    currency. ``proof`` is what a bill showed (docs/savings.md): text by name, amounts of the days proved.
    """

    at: datetime
    actor: str
    action: str
    amount: Decimal | None = None
    note: str | None = None
    proof: Mapping[str, str] | None = None


@dataclass(frozen=True)
class KnownSaving:
    """A saving and its life."""

    saving: Saving
    state: State
    added_at: datetime
    history: tuple[StateStep, ...]
