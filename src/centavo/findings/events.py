"""Events that people expect: what somebody said of an unusual day, so that it is not said again.

An event stands in its finding's history, as what was done then: ``once 2026-06-18 2026-06-20``, with the
money of one such event behind it where it comes back. It is known until somebody opens the finding again.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from centavo.errors import ConfigError
from centavo.findings.event import Event, Repeat
from centavo.findings.register import EXPECTED, Action, KnownFinding
from centavo.money import Money

__all__ = ["REOPENED", "event_of", "event_step", "events_of", "is_eventful"]

REOPENED = "reopened"
# Rules that find events in time: of others, a finding is a state that lasts.
_EVENTFUL = ("CON101", "CON102", "CON103")
_RETURNING = "CON101"


def is_eventful(known: KnownFinding) -> bool:
    """Say whether a finding is an event in time."""
    finding = known.finding
    return finding.code in _EVENTFUL and None not in (finding.period.since, finding.period.until)


def event_of(known: KnownFinding, repeat: Repeat) -> Event:
    """Return the event that a finding is about, as it stands.

    Raises:
        ConfigError: The finding is no event, or is not one that can come back.
    """
    finding, since, until = known.finding, known.finding.period.since, known.finding.period.until
    if not is_eventful(known) or since is None or until is None:
        raise ConfigError(
            f"{finding.code} finds no event", hint=f"Leave --event out; {', '.join(_EVENTFUL)} do."
        )
    # What clients send within minutes is no day that comes back.
    returns = finding.code == _RETURNING and "clients" not in finding.subject and finding.per_30d
    if repeat != "once" and not returns:
        raise ConfigError(
            f"finding {finding.id} cannot come back {repeat}",
            hint=f"Days of a spike ({_RETURNING}) can; say --event once.",
        )
    money = None if repeat == "once" else finding.per_30d
    return Event(finding.code, finding.subject, since.date(), until.date(), repeat, money)


def event_step(event: Event, *, at: datetime, actor: str) -> Action:
    """Return the step of a finding's history that keeps an event."""
    money = f" {event.money.amount} {event.money.currency}" if event.money else ""
    return Action(at, actor, EXPECTED, f"{event.repeat} {event.since} {event.until}{money}")


def events_of(register: Iterable[KnownFinding]) -> tuple[Event, ...]:
    """Return every event that people expect, of the findings of a register."""
    return tuple(event for known in register for event in _events(known))


def _events(known: KnownFinding) -> list[Event]:
    found: list[Event] = []
    for step in known.history:
        if step.action == REOPENED:
            found = []
        elif step.action == EXPECTED and step.note:
            repeat, since, until, *money = step.note.split()
            found.append(
                Event(
                    known.finding.code,
                    known.finding.subject,
                    date.fromisoformat(since),
                    date.fromisoformat(until),
                    cast("Repeat", repeat),
                    Money(Decimal(money[0]), money[1]) if money else None,
                )
            )
    return found
