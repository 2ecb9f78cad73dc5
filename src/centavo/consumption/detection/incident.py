"""An incident: where, from when until when, of which shape, and how much more than expected."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from centavo.consumption.detection.series import Scope

__all__ = ["Incident", "Shape"]

Shape = Literal["spike", "step", "growth"]


@dataclass(frozen=True)
class Incident:
    """One incident of one scope.

    Attributes:
        scope: Where.
        shape: A spike is over within a week; a step lasts; growth goes on.
        onset: First day of it.
        until: Day after its last.
        alert: Day on which it could first be known.
        extra: Money above what was expected, over its days; a float, for ranking and merging only.
        recurring: Money of its days that comes back each month, and is no part of ``extra``.
        evidence: What was compared with the threshold.
        parts: Scopes that moved with it and share the cause.
    """

    scope: Scope
    shape: Shape
    onset: date
    until: date
    alert: date
    extra: float
    evidence: float
    recurring: float = 0.0
    parts: tuple[Scope, ...] = field(default=())

    @property
    def days(self) -> int:
        """How many days it took, or has taken so far."""
        return (self.until - self.onset).days
