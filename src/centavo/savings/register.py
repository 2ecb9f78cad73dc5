"""The register of savings: what is planned, decided, done and proved, by whom and when.

Reading it is pure: ``load_savings`` answers with values, ``plan_totals`` with what may be added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.ledger.register_rows import write_register_rows
from centavo.money import EXACT, Money
from centavo.savings.lever import SavingKind
from centavo.savings.saving import NEXT_STATES, KnownSaving, Saving, State, StateStep
from centavo.savings.saving_rows import COLUMNS, known_of, row_of

__all__ = [
    "PlanTotal", "add_savings", "find_saving", "load_savings", "move", "plan_totals", "revise",
    "save_savings",
]  # fmt: skip


@dataclass(frozen=True)
class PlanTotal:
    """What the lines of one plan, kind, state and currency save together in 30 days.

    Lines of one simulation are shares of a joint total, so they add up; lines of two plans (or of no
    plan) may speak of the same requests and do not.
    """

    plan: str | None
    saving_kind: SavingKind
    state: State
    expected: Money
    lines: int


def load_savings(ledger: Ledger) -> dict[str, KnownSaving]:
    """Return every saving by its id."""
    rows = ledger.rows(f"SELECT {', '.join(COLUMNS)} FROM savings")
    known = (known_of(dict(zip(COLUMNS, row, strict=True))) for row in rows)
    return {each.saving.id: each for each in known}


def save_savings(
    ledger: Ledger,
    before: Mapping[str, KnownSaving],
    after: Mapping[str, KnownSaving],
    *,
    now: datetime,
) -> int:
    """Write the savings that changed in one commit and return how many did.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    changed = [known for key, known in after.items() if known != before.get(key)]
    if changed:
        write_register_rows(
            ledger,
            "savings",
            lambda batch_id: [row_of(known, batch_id) for known in changed],
            ids=[known.saving.id for known in changed],
            now=now,
        )
    return len(changed)


def add_savings(
    register: Mapping[str, KnownSaving], savings: Iterable[Saving], step: StateStep
) -> dict[str, KnownSaving]:
    """Return the register with new lines, or known ones with new figures.

    A line that somebody has decided on keeps its state, its people and its costs; its figures are the
    new ones.

    Args:
        register: Before.
        savings: Lines of a simulation or a finding.
        step: When, by whom, and the state of new lines: identified or validated.
    """
    merged = dict(register)
    for saving in savings:
        known = register.get(saving.id)
        dated = replace(step, amount=saving.expected_per_30d)
        if known is None:
            state: State = "validated" if step.action == "validated" else "identified"
            merged[saving.id] = KnownSaving(saving, state, step.at, (dated,))
        else:
            merged[saving.id] = _renewed(known, saving, dated)
    return merged


def move(known: KnownSaving, state: State, step: StateStep) -> KnownSaving:
    """Return the saving in its next state.

    Raises:
        ConfigError: It cannot go there from where it is.
    """
    if state not in NEXT_STATES[known.state]:
        raise ConfigError(
            f"saving {known.saving.id} is {known.state} and cannot become {state}",
            hint=f"From {known.state} it may become {', '.join(NEXT_STATES[known.state])}.",
        )
    return replace(known, state=state, history=(*known.history, replace(step, action=state)))


def revise(known: KnownSaving, changed: Saving, step: StateStep) -> KnownSaving:
    """Return the saving with other people, costs or guardrails; its identity may not change.

    Raises:
        ConfigError: It would be another saving.
    """
    if changed.id != known.saving.id:
        raise ConfigError(f"saving {known.saving.id} would become another one, {changed.id}")
    return replace(known, saving=changed, history=(*known.history, step))


def find_saving(register: Mapping[str, KnownSaving], text: str) -> KnownSaving:
    """Return the saving whose id begins with the text.

    Raises:
        ConfigError: None does, or several do.
    """
    fitting = [key for key in register if key.startswith(text.lower())]
    if len(fitting) == 1:
        return register[fitting[0]]
    if not fitting:
        raise ConfigError(f"no saving {text!r}", hint="`centavo savings list` shows all.")
    raise ConfigError(f"{text!r} begins several ids: {', '.join(sorted(fitting)[:5])}")


def plan_totals(register: Iterable[KnownSaving]) -> tuple[PlanTotal, ...]:
    """Return what may be added, and nothing else, the most money first."""
    groups: dict[tuple[str | None, SavingKind, State, str], list[Decimal]] = {}
    for known in register:
        saving = known.saving
        if saving.expected_per_30d is None or saving.currency is None:
            continue
        # Without a plan a line stands alone: it may speak of the same requests as another.
        plan = saving.plan or saving.id
        place = (plan, saving.saving_kind, known.state, saving.currency)
        groups.setdefault(place, []).append(saving.expected_per_30d)
    totals = [
        PlanTotal(plan, kind, state, Money(_sum(amounts), currency), len(amounts))
        for (plan, kind, state, currency), amounts in groups.items()
    ]
    return tuple(sorted(totals, key=lambda each: (-each.expected.amount, each.plan or "")))


def _renewed(known: KnownSaving, saving: Saving, step: StateStep) -> KnownSaving:
    old = known.saving
    decided = replace(
        saving,
        guardrail=old.guardrail or saving.guardrail,
        effort_days=old.effort_days,
        one_off_cost=old.one_off_cost,
        risk=old.risk or saving.risk,
        rollback=old.rollback or saving.rollback,
        owner=old.owner or saving.owner,
        approver=old.approver,
        due=old.due,
    )
    state: State = known.state
    if state == "identified" and step.action == "validated":
        state = "validated"
    if decided == old and state == known.state:
        return known
    return replace(known, saving=decided, state=state, history=(*known.history, step))


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
