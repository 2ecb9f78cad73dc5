"""An event that somebody expects: where, on which days, and whether it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from centavo.money import Money

__all__ = ["Event", "Repeat"]

Repeat = Literal["once", "weekly", "monthly"]


@dataclass(frozen=True)
class Event:
    """Something that somebody expects.

    Attributes:
        code: The rule that had found it.
        subject: Where: value by dimension, as in the finding.
        since: Its first day.
        until: The day after its last.
        repeat: Whether it comes back, and when.
        money: What one such event cost too much; ``None`` where it does not come back.
    """

    code: str
    subject: Mapping[str, str]
    since: date
    until: date
    repeat: Repeat = "once"
    money: Money | None = None

    def holds(self, day: date) -> bool:
        """Say whether a day is one of the event's.

        A month without the day has it on its last, and the last day of a month is that of another.

        >>> e = Event("CON101", {}, date(2026, 1, 31), date(2026, 2, 1), "monthly")
        >>> e.holds(date(2026, 2, 28)), e.holds(date(2026, 2, 27)), e.holds(date(2026, 3, 31))
        (True, False, True)
        """
        if self.repeat == "once":
            return self.since <= day < self.until
        if self.repeat == "weekly":
            return any(day.weekday() == own.weekday() for own in self._days())
        return any(
            day.day == own.day or (_is_last(day) and (_is_last(own) or own.day > day.day))
            for own in self._days()
        )

    def _days(self) -> list[date]:
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days)]


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
