"""Savings for people and machines: the plan as a table, one line in full, totals that may be added."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.cli.output import Column, Format, Table, amount_text, print_lines, print_table, say
from centavo.findings.evidence import plain
from centavo.message import Message, Words
from centavo.savings.register import PlanTotal
from centavo.savings.saving import KnownSaving, Saving

__all__ = ["print_saving", "print_savings", "saving_json", "totals_json", "totals_lines"]


def print_savings(known: Sequence[KnownSaving], *, form: Format) -> None:
    """Print savings as a table; amounts are of 30 days."""
    columns = [
        Column("id"), Column("saving"), Column("scope", drop=5), Column("state"),
        Column("low", numeric=True, drop=2), Column("expected", numeric=True),
        Column("high", numeric=True, drop=2), Column("currency", drop=1), Column("method", drop=3),
        Column("kind", drop=7), Column("owner", drop=4), Column("due", drop=6), Column("plan", drop=8),
        Column("place", numeric=True, drop=8),
    ]  # fmt: skip
    rows = [_cells(each, exact=False) for each in known]
    print_table(Table(columns, rows, [_cells(each, exact=True) for each in known]), form=form)


def print_saving(known: KnownSaving) -> None:
    """Print everything that is known of one saving, unknown as a dash, and its history."""
    print_table(Table([Column("what"), Column("value")], _facts(known)))
    for step in known.history:
        amount = "" if step.amount is None else f" {amount_text(step.amount)}"
        note = f": {step.note}" if step.note else ""
        print_lines(f"{step.at:%Y-%m-%d %H:%M} {step.actor} {step.action}{amount}{note}")
    say(f"Next: centavo savings {_next(known)}")


def saving_json(known: KnownSaving) -> dict[str, object]:
    """Return a saving as JSON: amounts as text, unknown as null."""
    saving = known.saving
    names = (
        "title", "saving_kind", "evidence", "method", "rule", "finding_id", "lever", "plan", "place",
        "price_snapshot_id", "currency", "driver", "guardrail", "quality_basis", "risk", "rollback",
        "owner", "approver",
    )  # fmt: skip
    numbers = (
        "baseline_per_30d", "driver_per_30d", "low_per_30d", "expected_per_30d", "high_per_30d",
        "confidence", "quality_change", "effort_days", "one_off_cost", "payback_days",
    )  # fmt: skip
    return {
        "id": saving.id,
        "state": known.state,
        "scope": dict(saving.scope),
        **{name: _told(getattr(saving, name)) for name in names},
        **{name: plain(getattr(saving, name)) for name in numbers},
        "since": plain(saving.period_start),
        "until": plain(saving.period_end),
        "due": plain(saving.due),
        "exclusions": list(saving.exclusions),
        "added_at": known.added_at.isoformat() + "Z",
        "history": [
            {
                "at": step.at.isoformat() + "Z",
                "actor": step.actor,
                "action": step.action,
                "amount": plain(step.amount),
                "note": step.note,
                "proof": None if step.proof is None else dict(step.proof),
            }
            for step in known.history
        ],
    }


def totals_lines(totals: Sequence[PlanTotal]) -> list[str]:
    """Return what may be added up: lines of one plan, kind, state and currency."""
    lines = [
        f"{each.plan}: {each.lines} {each.state} {each.saving_kind}s, together "
        f"{amount_text(each.expected.amount)} {each.expected.currency} in 30 days."
        for each in totals
        if each.lines > 1
    ]
    if len(totals) > 1:
        lines.append(
            "Amounts of different plans may speak of the same requests: they are not added."
        )
    return lines


def totals_json(totals: Sequence[PlanTotal]) -> list[dict[str, object]]:
    """Return the same as JSON."""
    return [
        {
            "plan": each.plan,
            "kind": each.saving_kind,
            "state": each.state,
            "lines": each.lines,
            "expected_per_30d": each.expected.as_json(),
        }
        for each in totals
    ]


def _cells(known: KnownSaving, *, exact: bool) -> list[str | None]:
    saving = known.saving

    def text(amount: Decimal | None) -> str | None:
        return plain(amount) if exact else amount_text(amount)

    return [
        saving.id, saving.title, _scope(saving), known.state, text(saving.low_per_30d),
        text(saving.expected_per_30d), text(saving.high_per_30d), saving.currency, saving.method,
        saving.saving_kind, saving.owner, plain(saving.due), saving.plan, plain(saving.place),
    ]  # fmt: skip


def _facts(known: KnownSaving) -> list[list[str | None]]:
    saving = known.saving
    payback = saving.payback_days
    facts: dict[str, str | None] = {
        "id": saving.id,
        "saving": saving.title,
        "state": known.state,
        "kind": saving.saving_kind,
        "scope": _scope(saving),
        "rule": saving.rule,
        "lever": saving.lever,
        "evidence": str(saving.evidence),
        "method": saving.method,
        "price book": saving.price_snapshot_id,
        "baseline, 30 days": _amount(saving, saving.baseline_per_30d),
        "driver, 30 days": f"{plain(saving.driver_per_30d)} {saving.driver}"
        if saving.driver
        else None,
        "low, 30 days": _amount(saving, saving.low_per_30d),
        "expected, 30 days": _amount(saving, saving.expected_per_30d),
        "high, 30 days": _amount(saving, saving.high_per_30d),
        "confidence": None if saving.confidence is None else f"{100 * saving.confidence:.0f} %",
        "quality guardrail": _text(saving.guardrail),
        "quality change": plain(saving.quality_change),
        "quality basis": _text(saving.quality_basis),
        "effort, person-days": plain(saving.effort_days),
        "one-off cost": _amount(saving, saving.one_off_cost),
        "payback, days": None if payback is None else f"{payback:.0f}",
        "risk": _text(saving.risk),
        "rollback": saving.rollback,
        "owner": saving.owner,
        "approver": saving.approver,
        "due": plain(saving.due),
        "plan": saving.plan,
        "place in the plan": plain(saving.place),
        "excludes": ", ".join(saving.exclusions) or None,
    }
    return [[name, value] for name, value in facts.items()]


def _told(value: object) -> object:
    return str(value) if isinstance(value, Message) else value


def _text(words: Words | None) -> str | None:
    return None if words is None else str(words)


def _amount(saving: Saving, amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount_text(amount)} {saving.currency}"


def _scope(saving: Saving) -> str:
    return " · ".join(saving.scope.values()) or "everything"


def _next(known: KnownSaving) -> str:
    name = known.saving.id
    return {
        "identified": f"add --lever LEVER, which validates it; or approve {name}",
        "validated": f"approve {name}",
        "approved": f"mark {name} enforced",
        "enforced": f"verify {name}",
        "verified": f"verify {name}",
        "sustained": f"verify {name}",
    }.get(known.state, "list")
