"""A change and its causes: the answer's parts, all in exact amounts of one currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from centavo.consumption.cost_cells import Basis
from centavo.consumption.root_cause.cube import Element
from centavo.consumption.root_cause.question import ChangeQuestion
from centavo.consumption.root_cause.split import Split
from centavo.ledger.coverage import Coverage
from centavo.ledger.schema import TableName
from centavo.money import Money

__all__ = ["Cause", "Change", "ChangeReport", "FoundBy"]

FoundBy = Literal["pattern", "amount", "alike", "remaining"]


@dataclass(frozen=True)
class Cause:
    """One part of a change.

    Attributes:
        element: Attribute values by dimension; empty for what is left over.
        shared: Further values that all of its cost has in common.
        found_by: ``pattern``: its cells moved as one, against the noise of the rest; ``amount``: it
            holds much of the change; ``alike``: everything else moved by about one factor;
            ``remaining``: what no cause explains.
        before: Cost in the earlier period.
        after: Cost in the later period.
        split: Its change by price, volume, mix, new and gone; adds up exactly.
        calls: Requests before and after, where they are known.
        tokens: Tokens before and after, where they are known.
        rows: Ledger rows behind it.
    """

    element: Element
    shared: Element
    found_by: FoundBy
    before: Money
    after: Money
    split: Split
    calls: tuple[int, int] | None = None
    tokens: tuple[Decimal, Decimal] | None = None
    rows: int = 0

    @property
    def change(self) -> Money:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class Change:
    """The change of one currency and its causes, the largest first.

    Causes share no cost: what belongs to two is the first one's. Causes and the remaining add up to
    the whole, and so do their splits, part by part.
    """

    before: Money
    after: Money
    causes: tuple[Cause, ...]
    remaining: Cause
    cells: int
    cells_searched: int

    @property
    def change(self) -> Money:
        """After less before."""
        return self.after - self.before

    @property
    def split(self) -> Split:
        """The whole change by its parts."""
        total = self.remaining.split
        for cause in self.causes:
            total += cause.split
        return total

    def share(self, cause: Cause) -> Decimal | None:
        """Return a cause's change over the whole; beyond 1 or below 0 where causes offset each other."""
        whole = self.change.amount
        return None if whole == 0 else cause.change.amount / whole


@dataclass(frozen=True)
class ChangeReport:
    """The answer to "why": one change for each currency, and what it rests on."""

    question: ChangeQuestion
    basis: Basis
    by: tuple[str, ...]
    changes: tuple[Change, ...]
    ledger_rows: int
    attributed_rows: int
    notes: tuple[str, ...]
    coverage: Coverage
    snapshots: Mapping[TableName, int | None]
    names: Mapping[str, str]
