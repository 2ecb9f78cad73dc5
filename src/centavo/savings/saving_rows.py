"""A saving as a row of the ledger, and back: columns carry the names of the fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from centavo.errors import LedgerError
from centavo.ledger.savings_table import SAVINGS
from centavo.message import Words, messages_in, messages_kept
from centavo.savings.resting_on import that_was_written
from centavo.savings.saving import KnownSaving, Method, Saving, State, StateStep

if TYPE_CHECKING:
    from centavo.savings.lever import SavingKind

__all__ = ["COLUMNS", "known_of", "row_of"]

COLUMNS = tuple(column.name for column in SAVINGS)
_FIELDS = tuple(each.name for each in fields(Saving) if each.init)
# What may be a message; its columns hold the English text, and "said" the message.
_SAID = ("evidence", "guardrail", "quality_basis", "risk")


def row_of(known: KnownSaving, batch_id: str) -> tuple[object, ...]:
    """Return the saving as a row of the table, in the order of its columns."""
    saving = known.saving
    values: dict[str, object] = {name: getattr(saving, name) for name in _FIELDS}
    said: dict[str, Words | None] = {name: getattr(saving, name) for name in _SAID}
    values |= {name: None if words is None else str(words) for name, words in said.items()}
    values["said"] = messages_kept(said)
    values["scope"] = json.dumps(dict(saving.scope), ensure_ascii=False)
    values["exclusions"] = json.dumps(list(saving.exclusions))
    values |= {
        "saving_id": saving.id,
        "source": "savings",
        "batch_id": batch_id,
        "added_at": known.added_at,
        "state": known.state,
        "history": json.dumps([asdict(step) for step in known.history], default=_text),
    }
    return tuple(values[name] for name in COLUMNS)


def known_of(row: Mapping[str, object]) -> KnownSaving:
    """Return the saving of a row.

    Raises:
        LedgerError: The row does not say when it was added.
    """
    added = row["added_at"]
    if not isinstance(added, datetime):
        raise LedgerError(f"saving {row['saving_id']} does not say when it was added")
    steps = cast("Sequence[Mapping[str, object]]", json.loads(str(row["history"])))
    return KnownSaving(
        _saving(row), cast("State", row["state"]), added, tuple(_step(step) for step in steps)
    )


def _saving(row: Mapping[str, object]) -> Saving:
    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    def number(name: str) -> Decimal | None:
        value = row[name]
        return value.normalize() + 0 if isinstance(value, Decimal) else None

    def moment(name: str) -> datetime | None:
        value = row[name]
        return value if isinstance(value, datetime) else None

    said = messages_in(text("said"))
    place, due = row["place"], row["due"]
    evidence = text("evidence") or ""
    return Saving(
        title=text("title") or "",
        saving_kind=cast("SavingKind", text("saving_kind")),
        scope=cast("dict[str, str]", json.loads(text("scope") or "{}")),
        evidence=said.get("evidence") or that_was_written(evidence) or evidence,
        method=cast("Method", text("method")),
        rule=text("rule"),
        finding_id=text("finding_id"),
        lever=text("lever"),
        plan=text("plan"),
        place=place if isinstance(place, int) else None,
        period_start=moment("period_start"),
        period_end=moment("period_end"),
        price_snapshot_id=text("price_snapshot_id"),
        currency=text("currency"),
        baseline_per_30d=number("baseline_per_30d"),
        driver=text("driver"),
        driver_per_30d=number("driver_per_30d"),
        low_per_30d=number("low_per_30d"),
        expected_per_30d=number("expected_per_30d"),
        high_per_30d=number("high_per_30d"),
        confidence=number("confidence"),
        guardrail=said.get("guardrail") or text("guardrail"),
        quality_change=number("quality_change"),
        quality_basis=said.get("quality_basis") or text("quality_basis"),
        effort_days=number("effort_days"),
        one_off_cost=number("one_off_cost"),
        risk=said.get("risk") or text("risk"),
        rollback=text("rollback"),
        owner=text("owner"),
        approver=text("approver"),
        due=due if isinstance(due, date) else None,
        exclusions=tuple(cast("list[str]", json.loads(text("exclusions") or "[]"))),
    )


def _step(step: Mapping[str, object]) -> StateStep:
    amount, note, proof = step["amount"], step["note"], step.get("proof")
    return StateStep(
        at=datetime.fromisoformat(str(step["at"])),
        actor=str(step["actor"]),
        action=str(step["action"]),
        amount=None if amount is None else Decimal(str(amount)),
        note=None if note is None else str(note),
        proof=cast("dict[str, str]", proof) if proof else None,
    )


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
