"""What people do about a saving: decide, name who does it by when, move it on.

Command line and dashboard act through this file, so that both write the same history.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import cast

from centavo.errors import ConfigError
from centavo.ledger.location import LedgerLocation
from centavo.ledger.register_rows import Acting, changing_register, check_reason
from centavo.savings.register import find_saving, load_savings, move, revise
from centavo.savings.saving import KnownSaving, Saving, State, StateStep
from centavo.savings.saving_rows import row_of

__all__ = ["SavingChange", "act_on_saving", "assigning", "day_of", "moving"]

SavingChange = Callable[[KnownSaving, Acting], KnownSaving]
"""Makes the saving after an action, of the saving and who acts."""


def act_on_saving(
    location: LedgerLocation,
    text: str,
    change: SavingChange,
    *,
    by: Acting,
    wait_s: float = 30.0,
) -> KnownSaving:
    """Change one saving of the register and return it as it is now.

    Args:
        location: Where the ledger stands.
        text: Beginning of the saving's id.
        change: What is done.
        by: Who does it, and when.
        wait_s: How long to wait for another writer.

    Raises:
        ConfigError: There is no such saving, or the action is not possible.
        ChangedMeanwhileError: Somebody did something else since the actor looked.
        LedgerError: The ledger cannot be written.
    """
    with changing_register(location, now=by.now, wait_s=wait_s) as held:
        known = find_saving(load_savings(held.ledger), text)
        by.check(f"saving {known.saving.id}", known.history)
        after = change(known, by)
        held.write("savings", lambda batch: [row_of(after, batch)], ids=[after.saving.id])
    return after


def moving(state: State, *, note: str | None = None, amount: Decimal | None = None) -> SavingChange:
    """Return the move to a state; to reject a saving takes a reason.

    Raises:
        ConfigError: The reason is missing or empty.
    """
    check_reason(note, is_needed=state == "rejected")

    def moved(known: KnownSaving, by: Acting) -> KnownSaving:
        return move(known, state, StateStep(by.at, by.actor, state, amount, note))

    return moved


def assigning(values: Mapping[str, str | date | Decimal]) -> SavingChange:
    """Return the naming of people, day, effort or risk: fields of a saving and their values.

    Raises:
        ConfigError: There is nothing, or a name says nothing.
    """
    if not values:
        raise ConfigError("nothing to assign", hint="Give --owner, --approver, --due …")
    for name, value in values.items():
        if isinstance(value, str) and not value.strip():
            raise ConfigError(f"{name.replace('_', ' ')} is empty", hint="Say something there.")
    note = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())

    def assigned(known: KnownSaving, by: Acting) -> KnownSaving:
        changed = cast("Saving", replace(known.saving, **values))  # type: ignore[arg-type]
        return revise(known, changed, StateStep(by.at, by.actor, "assigned", None, note))

    return assigned


def day_of(text: str) -> date:
    """Return a day as people write it in forms and options.

    Raises:
        ConfigError: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not a date", hint="Write 2026-12-15.") from None
