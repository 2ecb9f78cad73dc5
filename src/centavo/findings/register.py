"""The register: every finding ever found, its state, and what was done about it, by whom and when.

A run updates the figures of what it finds and leaves states alone, but for four moves that it
writes into the history: a snooze that is over opens again, a resolved finding that newer data shows
again opens again, so does one of which one event was ignored when there is another, and an open
finding that a full run does not find any more is resolved.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, cast

from centavo.errors import ConfigError, LedgerError
from centavo.findings.evidence import Evidence
from centavo.findings.finding import Finding, Grade, MoneyKind, Owner, Severity
from centavo.ledger.findings_table import FINDINGS
from centavo.ledger.ledger import Ledger
from centavo.message import messages_in, messages_kept
from centavo.money import Money
from centavo.period import Period

__all__ = [
    "ASSIGNED",
    "EXPECTED",
    "Action",
    "KnownFinding",
    "State",
    "apply_action",
    "find_known",
    "load_register",
    "merge_findings",
    "row_of",
]

State = Literal["open", "acknowledged", "ignored", "snoozed", "resolved"]
CENTAVO = "centavo"
# How an owner is known whom a person named: runs infer no other.
ASSIGNED = "assigned"
# What was ignored right after it is one event of the finding; another one opens it.
EXPECTED = "expected"


@dataclass(frozen=True)
class Action:
    """Something that was done about a finding: when (naive UTC), by whom, what, and why."""

    at: datetime
    actor: str
    action: str
    note: str | None = None


@dataclass(frozen=True)
class KnownFinding:
    """A finding and its life. Times are naive UTC, as in the ledger."""

    finding: Finding
    state: State
    first_seen: datetime
    last_seen: datetime
    history: tuple[Action, ...]
    state_reason: str | None = None
    snoozed_until: datetime | None = None


def load_register(ledger: Ledger) -> dict[str, KnownFinding]:
    """Return every known finding by its id."""
    names = [column.name for column in FINDINGS]
    rows = ledger.rows(f"SELECT {', '.join(names)} FROM findings")
    known = (_known(dict(zip(names, row, strict=True))) for row in rows)
    return {each.finding.id: each for each in known}


def merge_findings(
    register: Mapping[str, KnownFinding],
    found: Sequence[Finding],
    *,
    now: datetime,
    complete: Collection[str] = (),
) -> dict[str, KnownFinding]:
    """Return the register after a run.

    Args:
        register: Before the run.
        found: What the run found.
        now: The clock, aware.
        complete: Codes of rules that looked at everything and could see: an open finding of theirs
            that is not in ``found`` is resolved.
    """
    at = now.replace(tzinfo=None)
    merged = dict(register)
    for finding in found:
        known = register.get(finding.id)
        merged[finding.id] = (
            _new(finding, at) if known is None else _again(known, _owned(finding, known), at)
        )
    here = {finding.id for finding in found}
    for key, known in register.items():
        gone = key not in here and known.finding.code in complete
        if gone and known.state in {"open", "acknowledged", "snoozed"}:
            step = Action(at, CENTAVO, "resolved", "not found any more")
            merged[key] = replace(
                known,
                state="resolved",
                state_reason=step.note,
                snoozed_until=None,
                history=(*known.history, step),
            )
    return merged


def apply_action(known: KnownFinding, state: State, action: Action) -> KnownFinding:
    """Return the finding in its new state; ``action.note`` is the reason, or until when it sleeps."""
    return replace(
        known,
        state=state,
        state_reason=action.note if state in {"ignored", "resolved"} else None,
        snoozed_until=datetime.fromisoformat(action.note)
        if state == "snoozed" and action.note
        else None,
        history=(*known.history, action),
    )


def find_known(register: Mapping[str, KnownFinding], text: str) -> KnownFinding:
    """Return the finding whose id begins with the text.

    Raises:
        ConfigError: None does, or several do.
    """
    fitting = [key for key in register if key.startswith(text.lower())]
    if len(fitting) == 1:
        return register[fitting[0]]
    if not fitting:
        raise ConfigError(f"no finding {text!r}", hint="`centavo findings list --all` shows all.")
    raise ConfigError(f"{text!r} begins several ids: {', '.join(sorted(fitting)[:5])}")


def row_of(known: KnownFinding, batch_id: str) -> tuple[object, ...]:
    """Return the finding as a row of the table, in the order of its columns."""
    finding = known.finding
    money = finding.per_30d
    values: dict[str, object] = {
        "finding_id": finding.id,
        "source": "findings",
        "batch_id": batch_id,
        "code": finding.code,
        "subject": json.dumps(dict(finding.subject), ensure_ascii=False),
        "sentence": str(finding.sentence),
        "period_start": _naive(finding.period.since),
        "period_end": _naive(finding.period.until),
        "amount_per_30d": money.amount if money else None,
        "currency": money.currency if money else None,
        "grade": finding.grade,
        "money_kind": finding.money_kind,
        "share": finding.share,
        "severity": finding.severity,
        "owner": finding.owner.name if finding.owner else None,
        "owner_basis": str(finding.owner.basis) if finding.owner else None,
        "to_do": str(finding.to_do),
        "wrong_when": str(finding.wrong_when),
        "said": messages_kept(
            {
                "sentence": finding.sentence,
                "owner_basis": finding.owner.basis if finding.owner else "",
                "to_do": finding.to_do,
                "wrong_when": finding.wrong_when,
            }
        ),
        "evidence": json.dumps(finding.evidence.__dict__, ensure_ascii=False),
        "state": known.state,
        "state_reason": known.state_reason,
        "snoozed_until": known.snoozed_until,
        "first_seen": known.first_seen,
        "last_seen": known.last_seen,
        "history": json.dumps(
            [{**step.__dict__, "at": step.at.isoformat()} for step in known.history],
            ensure_ascii=False,
        ),
    }
    return tuple(values[column.name] for column in FINDINGS)


def _new(finding: Finding, at: datetime) -> KnownFinding:
    return KnownFinding(finding, "open", at, at, (Action(at, CENTAVO, "found"),))


def _owned(finding: Finding, known: KnownFinding) -> Finding:
    owner = known.finding.owner
    return replace(finding, owner=owner) if owner and owner.basis == ASSIGNED else finding


def _again(known: KnownFinding, finding: Finding, at: datetime) -> KnownFinding:
    # Run on the same data, nothing of the row may change, or every look would be a commit.
    if _stored(finding) == _stored(known.finding):
        newer, seen = False, known
    else:
        # A row of a version that kept no messages gets them, which is no news.
        newer = _facts(finding) != _facts(known.finding)
        seen = replace(known, finding=finding, last_seen=at if newer else known.last_seen)
    reopened = _reopened(seen, at) if newer or known.state == "snoozed" else None
    if reopened is None:
        return seen
    step = Action(at, CENTAVO, "opened", reopened)
    return replace(
        seen, state="open", state_reason=None, snoozed_until=None, history=(*seen.history, step)
    )


def _reopened(known: KnownFinding, at: datetime) -> str | None:
    """Return why a finding opens again, or ``None`` when it stays as it is."""
    if known.state == "snoozed" and known.snoozed_until and known.snoozed_until <= at:
        return "the snooze is over"
    until = _naive(known.finding.period.until)
    if known.state == "resolved" and until and known.history and until > known.history[-1].at:
        return "newer data shows it again"
    if known.state == "ignored" and _is_one_event(known.history):
        return "another event"
    by_run = known.history and known.history[-1].note == "not found any more"
    return "found again" if known.state == "resolved" and by_run else None


def _is_one_event(history: Sequence[Action]) -> bool:
    """Say whether one event was ignored, not the finding for good: what is expected is not found."""
    ignored = max((n for n, step in enumerate(history) if step.action == "ignored"), default=0)
    return ignored > 0 and history[ignored - 1].action == EXPECTED


def _stored(finding: Finding) -> dict[str, object]:
    blank = KnownFinding(finding, "open", datetime.min, datetime.min, ())  # noqa: DTZ901 -- compared only
    names = (column.name for column in FINDINGS)
    return {
        name: round(value, 12) if isinstance(value, Decimal) else value
        for name, value in zip(names, row_of(blank, ""), strict=True)
    }


def _facts(finding: Finding) -> dict[str, object]:
    return _stored(finding) | {"said": None}


def _known(row: Mapping[str, object]) -> KnownFinding:
    def text(name: str) -> str | None:
        value = row[name]
        return None if value is None else str(value)

    def moment(name: str) -> datetime | None:
        value = row[name]
        return value if isinstance(value, datetime) else None

    steps = cast("list[dict[str, str | None]]", json.loads(str(row["history"])))
    first, last = moment("first_seen"), moment("last_seen")
    if first is None or last is None:
        raise LedgerError(f"finding {row['finding_id']} has no first or last day")
    return KnownFinding(
        finding=_finding(row, text, (moment("period_start"), moment("period_end"))),
        state=cast("State", text("state")),
        first_seen=first,
        last_seen=last,
        history=tuple(_actions(steps)),
        state_reason=text("state_reason"),
        snoozed_until=moment("snoozed_until"),
    )


def _finding(
    row: Mapping[str, object],
    text: Callable[[str], str | None],
    ends: tuple[datetime | None, datetime | None],
) -> Finding:
    amount, owner = row["amount_per_30d"], text("owner")
    share = row["share"]
    evidence = json.loads(text("evidence") or "{}")
    said = messages_in(text("said"))
    return Finding(
        code=text("code") or "",
        subject=json.loads(text("subject") or "{}"),
        sentence=said.get("sentence") or text("sentence") or "",
        period=Period(*(None if end is None else end.replace(tzinfo=UTC) for end in ends)),
        per_30d=Money(amount, text("currency") or "") if isinstance(amount, Decimal) else None,
        grade=cast("Grade", text("grade")),
        money_kind=cast("MoneyKind", text("money_kind")),
        share=share if isinstance(share, Decimal) else None,
        evidence=Evidence(
            evidence["query"],
            evidence["sql"],
            tuple(evidence["columns"]),
            tuple(tuple(each) for each in evidence["rows"]),
            evidence["row_count"],
        ),
        to_do=said.get("to_do") or text("to_do") or "",
        wrong_when=said.get("wrong_when") or text("wrong_when") or "",
        severity=cast("Severity", text("severity")),
        owner=Owner(owner, said.get("owner_basis") or text("owner_basis") or "") if owner else None,
    )


def _actions(steps: Iterable[Mapping[str, str | None]]) -> Iterable[Action]:
    for step in steps:
        at = datetime.fromisoformat(str(step["at"]))
        yield Action(at, str(step["actor"]), str(step["action"]), step["note"])


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)
