"""What people do about a finding: name an owner, acknowledge, ignore, snooze, resolve, reopen.

Command line and dashboard act through this file, so that both write the same history.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from centavo.errors import ConfigError
from centavo.findings.events import REOPENED, Repeat, event_of, event_step, is_eventful
from centavo.findings.finding import Owner
from centavo.findings.register import (
    ASSIGNED,
    Action,
    KnownFinding,
    State,
    apply_action,
    find_known,
    load_register,
    row_of,
)
from centavo.ledger.location import LedgerLocation
from centavo.ledger.register_rows import Acting, changing_register, check_reason
from centavo.period import parse_instant

__all__ = [
    "Change", "Expected", "act_on_finding", "assigning", "ignoring", "moving", "reopening", "snoozing",
]  # fmt: skip

Change = Callable[[KnownFinding, Acting], KnownFinding]
"""Makes the finding after an action, of the finding and who acts."""


Expected = Repeat | Literal["always"]
"""Which events of a finding are expected."""


def act_on_finding(
    location: LedgerLocation,
    text: str,
    change: Change,
    *,
    by: Acting,
    wait_s: float = 30.0,
) -> KnownFinding:
    """Change one finding of the register and return it as it is now.

    Args:
        location: Where the ledger stands.
        text: Beginning of the finding's id.
        change: What is done.
        by: Who does it, and when.
        wait_s: How long to wait for another writer.

    Raises:
        ConfigError: There is no such finding, or the action is not possible.
        ChangedMeanwhileError: Somebody did something else since the actor looked.
        LedgerError: The ledger cannot be written.
    """
    with changing_register(location, now=by.now, wait_s=wait_s) as held:
        known = find_known(load_register(held.ledger), text)
        by.check(f"finding {known.finding.id}", known.history)
        after = change(known, by)
        held.write("findings", lambda batch: [row_of(after, batch)], ids=[after.finding.id])
    return after


def moving(state: State, note: str | None = None) -> Change:
    """Return the move to a state; to ignore a finding takes a reason.

    Raises:
        ConfigError: The reason is missing or empty.
    """
    check_reason(note, is_needed=state == "ignored")

    def moved(known: KnownFinding, by: Acting) -> KnownFinding:
        return apply_action(known, state, Action(by.at, by.actor, state, note))

    return moved


def ignoring(reason: str, event: Expected | None = None) -> Change:
    """Return the ignoring of a finding: of what is an event in time, of that event.

    Args:
        reason: Why.
        event: Which events of the finding are expected: this one, those that come back each week or
            month, or every one. ``None``: this one; of findings that are no events, always.

    Raises:
        ConfigError: The reason is empty; later, the finding is no such event.
    """
    ignored = moving("ignored", reason)

    def learnt(known: KnownFinding, by: Acting) -> KnownFinding:
        after = ignored(known, by)
        if event == "always" or (event is None and not is_eventful(known)):
            return after
        kept = event_step(event_of(known, event or "once"), at=by.at, actor=by.actor)
        return replace(after, history=(*known.history, kept, after.history[-1]))

    return learnt


def reopening(reason: str | None = None) -> Change:
    """Return the opening of a finding: no event of it is expected any more.

    Raises:
        ConfigError: The reason is empty.
    """
    check_reason(reason)

    def opened(known: KnownFinding, by: Acting) -> KnownFinding:
        return apply_action(known, "open", Action(by.at, by.actor, REOPENED, reason))

    return opened


def snoozing(until: str) -> Change:
    """Return the sleep until a day to come.

    Raises:
        ConfigError: The text is no day.
    """
    end = parse_instant(until).replace(tzinfo=None)

    def asleep(known: KnownFinding, by: Acting) -> KnownFinding:
        if end <= by.at:
            raise ConfigError(
                f"{until} is not in the future", hint="Name a day to come: 2026-12-01."
            )
        return apply_action(known, "snoozed", Action(by.at, by.actor, "snoozed", end.isoformat()))

    return asleep


def assigning(owner: str) -> Change:
    """Return the naming of an owner, whom later runs keep.

    Raises:
        ConfigError: The name is empty.
    """
    name = owner.strip()
    if not name:
        raise ConfigError("an owner has a name", hint="Name a person or a team.")

    def assigned(known: KnownFinding, by: Acting) -> KnownFinding:
        owned = replace(known.finding, owner=Owner(name, ASSIGNED))
        step = Action(by.at, by.actor, ASSIGNED, name)
        return replace(known, finding=owned, history=(*known.history, step))

    return assigned
