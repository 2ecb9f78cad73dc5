"""When each planted incident and each harmless look-alike happens.

Dates are placed by month of the sample, so that any six months carry the same story. The one
exception is the price cut: it is the real one of the price library and keeps its real day.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

__all__ = ["Plan", "Window", "add_months"]


def add_months(day: date, months: int) -> date:
    """Return the first of the month that many months away.

    >>> add_months(date(2026, 11, 1), -6).isoformat()
    '2026-05-01'
    """
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Window:
    """Days from ``since`` (included) until ``until`` (excluded); may be empty."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day < self.until

    @property
    def days(self) -> int:
        """Number of days; 0 when the window is empty."""
        return max(0, (self.until - self.since).days)


@dataclass(frozen=True)
class Plan:
    """The story of the sample.

    Attributes:
        since: First day, the first of a month.
        until: First day after, the first of a month.
    """

    since: date
    until: date

    def _on(self, month: int, day: int) -> date:
        return min(add_months(self.since, month).replace(day=day), self.until)

    def _from(self, month: int, day: int) -> Window:
        return Window(self._on(month, day), self.until)

    @cached_property
    def whole(self) -> Window:
        """The whole sample."""
        return Window(self.since, self.until)

    @cached_property
    def spike(self) -> Window:
        """A client resends timed-out searches for one night."""
        return Window(self._on(1, 18), self._on(1, 19))

    @cached_property
    def ramp(self) -> Window:
        """The coding agent drags ever longer histories along, until it compacts them."""
        return Window(self._on(2, 13), self._on(4, 21))

    @cached_property
    def forgotten_endpoint(self) -> Window:
        """The prediction endpoint gets its last request the day before."""
        return self._from(1, 6)

    @cached_property
    def test_like_production(self) -> Window:
        """The test environment reads every production document each night."""
        return self._from(3, 3)

    @cached_property
    def bloated_prompt(self) -> Window:
        """Version 2 of the marketing prompt is deployed."""
        return self._from(2, 1)

    @cached_property
    def idle_gpu(self) -> Window:
        """The notebook with a GPU is left running."""
        return self._from(2, 20)

    @cached_property
    def unlabelled(self) -> Window:
        """An application without any label starts."""
        return self._from(2, 6)

    @cached_property
    def discount_ended(self) -> Window:
        """The committed-use discount of the inference GPUs is over."""
        return self._from(4, 1)

    @cached_property
    def model_switch(self) -> date:
        """Conversation summaries move to gpt-5.6-terra, at the same price as before."""
        return self._on(2, 13)

    @cached_property
    def launch(self) -> Window:
        """The answers above the search results reach twice as many shoppers, as planned."""
        return self._from(4, 15)

    @cached_property
    def refund(self) -> date:
        """Anthropic and Google give money back."""
        return self._on(3, 20)

    def ramp_factor(self, day: date) -> float:
        """Return how much longer the agent's contexts are than they should be, 1 to 3."""
        if day not in self.ramp:
            return 1.0
        # It climbs for eight weeks and stays there until somebody compacts the histories.
        return min(3.0, 1.0 + 2.0 * ((day - self.ramp.since).days + 1) / 56)
