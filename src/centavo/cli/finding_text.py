"""Findings for people and machines: entries that wrap on a terminal, tables for pipes, JSON."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.finding_money import rate_lines
from centavo.cli.finding_runs import FindingRun
from centavo.cli.output import Column, Format, Table, amount_text, print_lines, print_table, say
from centavo.findings import Finding, KnownFinding, LeftOut
from centavo.findings.event import Event
from centavo.findings.report import FindingsReport
from centavo.money import Money
from centavo.wording import counted

__all__ = ["as_json", "expected_text", "finding_json", "print_findings", "show_run"]

_KINDS = {"avoidable": "", "changed": " changed", "exposed": " exposed"}
_MOST_WIDTH = 110
_LEFT_OUT: dict[LeftOut, str] = {
    "explained_by_demand": "explained by demand",
    "expected": "that somebody expects left out",
}


def show_run(run: FindingRun, *, form: Format) -> None:
    """Print the answer, the findings by money, what was not seen, coverage, and the next command."""
    say(_answer(run))
    known = [run.money.known[finding.id] for finding in run.shown]
    print_findings(known, form=form)
    say(*rate_lines(run.money))
    quiet = len(run.all) - len(known)
    if quiet:
        say(f"{quiet} more are ignored, snoozed or resolved: centavo findings list --all")
    for report in run.reports:
        say(*_unseen(report))
    # Modules that read the same tables in the same period say the same of them: once is enough.
    say(*dict.fromkeys(line for report in run.reports for line in _read_lines(report)))
    say(_next_step(known))


def _read_lines(report: FindingsReport) -> Iterator[str]:
    for name, coverage in report.coverage.items():
        lines = coverage_lines(coverage)
        what = "Bills" if name == "charges" else "Requests"
        yield from (f"{what}: {lines[0].removeprefix('Coverage: ')}", *lines[1:])


def print_findings(known: Sequence[KnownFinding], *, form: Format) -> None:
    """Print findings: entries on a terminal, otherwise a table in the form asked for."""
    if form == "table" and sys.stdout.isatty():
        for each in known:
            print_lines(*_entry(each))
    elif known or form != "table":
        print_table(_table(known), form=form)


def expected_text(event: Event) -> str:
    """Return what is expected from now on, for a person who has just said so."""
    last = event.until - timedelta(days=1)
    days = f"{event.since}" if last == event.since else f"{event.since} to {last}"
    what = {
        "once": f"what began on {event.since}",
        "weekly": f"the same weekdays as {days}",
        "monthly": f"the same days of the month as {days}",
    }[event.repeat]
    least = f", up to a quarter above {event.money.rounded()}" if event.money else ""
    return f"Expected, there and in its parts: {what}{least}. Another event opens it again."


def finding_json(known: KnownFinding) -> dict[str, object]:
    """Return a finding as JSON, evidence and history included."""
    finding, period = known.finding, known.finding.period
    evidence = finding.evidence
    return {
        "id": finding.id,
        "code": finding.code,
        "sentence": str(finding.sentence),
        "subject": dict(finding.subject),
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "amount_per_30d": finding.per_30d.as_json() if finding.per_30d else None,
        "money_kind": finding.money_kind,
        "grade": finding.grade,
        "share": None if finding.share is None else f"{finding.share:.6f}",
        "severity": finding.severity,
        "owner": {"name": finding.owner.name, "basis": str(finding.owner.basis)}
        if finding.owner
        else None,
        "to_do": str(finding.to_do),
        "wrong_when": str(finding.wrong_when),
        "state": known.state,
        "state_reason": known.state_reason,
        "snoozed_until": _iso(known.snoozed_until),
        "first_seen": _iso(known.first_seen),
        "last_seen": _iso(known.last_seen),
        "history": [
            {"at": _iso(step.at), "actor": step.actor, "action": step.action, "note": step.note}
            for step in known.history
        ],
        "evidence": {
            "query": evidence.query,
            "sql": evidence.sql,
            "columns": list(evidence.columns),
            "rows": [list(row) for row in evidence.rows],
            "row_count": evidence.row_count,
        },
    }


def as_json(run: FindingRun) -> dict[str, object]:
    """Return a run as JSON; every finding with its state, also those that are not shown."""
    return {
        "schema": "centavo.findings/1",
        "findings": [finding_json(run.register[finding.id]) for finding in run.all],
        "modules": [
            {
                "module": report.module,
                "since": report.period.since.isoformat() if report.period.since else None,
                "until": report.period.until.isoformat() if report.period.until else None,
                "spend_per_30d": report.spend_per_30d.as_json(),
                "rules": [rule.code for rule in report.run.rules],
                "blind": dict(report.run.blind),
                "below_the_floor": dict(report.run.small),
                **{reason: dict(report.run.left_out.get(reason, {})) for reason in _LEFT_OUT},
                "coverage": {name: coverage_json(c) for name, c in report.coverage.items()},
                "snapshots": {
                    name: None if s is None else str(s) for name, s in report.snapshots.items()
                },
            }
            for report in run.reports
        ],
        "changed": run.changed,
    }


def _answer(run: FindingRun) -> str:
    report = run.reports[0]
    since, until = report.period.since, report.period.until
    span = f"{since:%Y-%m-%d}" if since else "the beginning"
    end = f"{until:%Y-%m-%d}" if until else "the end of the data"
    shown = run.shown
    if not shown:
        return f"Nothing to report from {span} until {end}."
    levels = ", ".join(
        f"{count} {level}"
        for level in ("high", "medium", "low")
        if (count := sum(finding.severity == level for finding in shown))
    )
    return (
        f"{counted(len(shown), 'finding')} ({levels}) from {span} until {end}, in a "
        f"ledger that spends {_money(report.spend_per_30d)} in 30 days."
    )


def _entry(known: KnownFinding) -> list[str]:
    """Return a finding as lines that fit the terminal: code, money, grade, owner; then the sentence."""
    finding = known.finding
    width = min(shutil.get_terminal_size().columns, _MOST_WIDTH)
    owner = f"  {finding.owner.name}" if finding.owner else "  owner unknown"
    state = "" if known.state == "open" else f"  ({known.state})"
    money = f"{_money(finding.per_30d)} {finding.grade}{_KINDS[finding.money_kind]}"
    head = f"{finding.code}  {money}{owner}{state}"
    gap = max(width - len(head) - len(finding.id), 2)
    indent = " " * 8
    wrapper = textwrap.TextWrapper(
        width=width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    texts = (str(finding.sentence), f"at {finding.scope_text}; {_span(finding)}")
    # A number and its per cent sign stay on one line: the wrapper breaks at no hard space.
    wrapped = (wrapper.wrap(text.replace(" %", "\N{NO-BREAK SPACE}%")) for text in texts)
    lines = [line.replace("\N{NO-BREAK SPACE}%", " %") for text in wrapped for line in text]
    return [f"{head}{' ' * gap}{finding.id}", *lines]


def _span(finding: Finding) -> str:
    since, until = finding.period.since, finding.period.until
    if since is None or until is None:
        return "in the whole period"
    return f"{since:%Y-%m-%d} until {until:%Y-%m-%d}"


def _money(money: Money | None) -> str:
    return "unknown money" if money is None else f"{amount_text(money.amount)} {money.currency}"


def _table(known: Sequence[KnownFinding]) -> Table:
    columns = [
        Column("code"),
        Column("id", drop=6),
        Column("finding"),
        Column("scope", drop=3),
        Column("per 30 days", numeric=True),
        Column("currency"),
        Column("grade", drop=2),
        Column("money", drop=5),
        Column("owner", drop=1),
        Column("severity", drop=4),
        Column("since", drop=7),
        Column("state", drop=8),
    ]
    shown = [_cells(each, exact=False) for each in known]
    return Table(columns, shown, [_cells(each, exact=True) for each in known])


def _cells(known: KnownFinding, *, exact: bool) -> list[str | None]:
    finding = known.finding
    money = finding.per_30d
    amount = None
    if money is not None:
        amount = money.as_json()["amount"] if exact else amount_text(money.amount)
    return [
        finding.code,
        finding.id,
        str(finding.sentence),
        finding.scope_text,
        amount,
        money.currency if money else None,
        finding.grade,
        finding.money_kind,
        finding.owner.name if finding.owner else None,
        finding.severity,
        f"{finding.period.since:%Y-%m-%d}" if finding.period.since else None,
        known.state,
    ]


def _unseen(report: FindingsReport) -> list[str]:
    codes_by_reason: dict[str, list[str]] = {}
    for code, why in report.run.blind.items():
        codes_by_reason.setdefault(why, []).append(code)
    blind = [f"{', '.join(codes)} ({why})" for why, codes in codes_by_reason.items()]
    lines = [f"Could not see: {'; '.join(blind)}."] if blind else []
    small = sum(report.run.small.values())
    if small:
        codes = ", ".join(report.run.small)
        lines.append(f"{counted(small, 'finding')} below the floor of money left out ({codes}).")
    for reason, counts in report.run.left_out.items():
        said = counted(sum(counts.values()), "change")
        lines.append(f"{said} {_LEFT_OUT[reason]} ({', '.join(counts)}).")
    return lines


def _next_step(known: Sequence[KnownFinding]) -> str:
    if not known:
        return "Next: centavo costs --by application,model"
    first = known[0].finding
    return f"Next: centavo findings show {first.id}; centavo explain {first.code}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.isoformat()}Z"
