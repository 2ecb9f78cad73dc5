"""``centavo findings``: what is known, and what was done about it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.acting import actor_option, login_name
from centavo.cli.finding_money import rate_lines, shown_findings
from centavo.cli.finding_text import expected_text, finding_json, print_findings
from centavo.cli.output import Column, Format, Table, print_json, print_lines, print_table, say
from centavo.findings import Evidence, KnownFinding, load_register
from centavo.findings.acting import (
    Change,
    Expected,
    act_on_finding,
    assigning,
    ignoring,
    moving,
    reopening,
    snoozing,
)
from centavo.findings.events import events_of
from centavo.findings.register import EXPECTED, find_known
from centavo.ledger.ledger import Ledger
from centavo.ledger.register_rows import Acting
from centavo.ledger.settings import Settings
from centavo.wording import counted

__all__ = ["command"]

_CLOSED = {"ignored", "snoozed", "resolved"}


@click.group("findings")
def command() -> None:
    """List findings and say what was done: assign, acknowledge, ignore, snooze, resolve, reopen.

    `centavo consumption` and `centavo audit` find them; the same finding keeps its id.
    """


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also ignored, snoozed and resolved ones.")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def list_command(ledger: Path | None, *, every: bool, json_out: bool, form: str | None) -> None:
    """List the findings of the ledger, the most money first."""
    settings, opened = _open(ledger)
    register = load_register(opened)
    money = shown_findings(settings, register, opened, now=_now())
    chosen = sorted(money.known.values(), key=_place)
    shown = [known for known in chosen if every or known.state not in _CLOSED]
    if json_out:
        print_json(
            {
                "schema": "centavo.findings/1",
                "findings": [finding_json(register[each.finding.id]) for each in shown],
            }
        )
        return
    hidden = len(chosen) - len(shown)
    say(f"{counted(len(shown), 'finding')}{f', {hidden} more with --all' if hidden else ''}.")
    print_findings(shown, form=cast("Format", form or "table"))
    say(*rate_lines(money))
    say("Next: centavo findings show ID" if shown else "Next: centavo audit")


@command.command("show")
@click.argument("finding_id", metavar="ID")
@click.option("--sql", is_flag=True, help="Also the query behind the evidence.")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def show_command(ledger: Path | None, *, finding_id: str, sql: bool, json_out: bool) -> None:
    """Show one finding: its evidence, what to do, when it is wrong, and its history."""
    settings, opened = _open(ledger)
    known = find_known(load_register(opened), finding_id)
    if json_out:
        print_json({"schema": "centavo.finding/1", **finding_json(known)})
        return
    finding, evidence = known.finding, known.finding.evidence
    money = shown_findings(settings, {finding.id: known}, opened, now=_now())
    print_findings(list(money.known.values()), form="table")
    say(*rate_lines(money))
    if finding.owner:
        say(f"Owner: {finding.owner.name} ({finding.owner.basis}).")
    say(f"What to do: {finding.to_do}", f"When it is wrong: {finding.wrong_when}")
    _print_evidence(evidence)
    if evidence.row_count > len(evidence.rows):
        say(
            f"{evidence.row_count - len(evidence.rows)} more rows: run the query ({evidence.query})."
        )
    if sql:
        print_lines(evidence.sql.rstrip())
    for step in known.history:
        note = f": {step.note}" if step.note else ""
        say(f"{step.at:%Y-%m-%d %H:%M} {step.actor} {step.action}{note}")
    say(f"Next: centavo explain {finding.code}; centavo findings ack {finding.id}")


@command.command("assign")
@click.argument("finding_id", metavar="ID")
@click.option("--owner", required=True, help="Who looks at it: a person or a team.")
@actor_option
@click.pass_obj
def assign_command(ledger: Path | None, *, finding_id: str, owner: str, actor: str | None) -> None:
    """Name the owner of a finding; later runs keep the name."""
    _act(ledger, finding_id, actor, assigning(owner))


@command.command("ack")
@click.argument("finding_id", metavar="ID")
@actor_option
@click.pass_obj
def ack_command(ledger: Path | None, *, finding_id: str, actor: str | None) -> None:
    """Acknowledge a finding: somebody works on it. It stays in the list."""
    _act(ledger, finding_id, actor, moving("acknowledged"))


@command.command("ignore")
@click.argument("finding_id", metavar="ID")
@click.option("--reason", required=True, help="Why it is no finding for you.")
@click.option(
    "--event",
    type=click.Choice(["once", "weekly", "monthly", "always"]),
    help="Of a spike, step or growth, which events are expected: this one (the default), those of "
    "the same weekdays or days of the month, or every one.",
)
@actor_option
@click.pass_obj
def ignore_command(
    ledger: Path | None, *, finding_id: str, reason: str, event: Expected | None, actor: str | None
) -> None:
    """Ignore a finding for good, with a reason; of a spike, step or growth, that event only."""
    _act(ledger, finding_id, actor, ignoring(reason, event))


@command.command("reopen")
@click.argument("finding_id", metavar="ID")
@click.option("--reason", help="Why.")
@actor_option
@click.pass_obj
def reopen_command(
    ledger: Path | None, *, finding_id: str, reason: str | None, actor: str | None
) -> None:
    """Open a finding again; no event of it is expected any more."""
    _act(ledger, finding_id, actor, reopening(reason))


@command.command("snooze")
@click.argument("finding_id", metavar="ID")
@click.option("--until", required=True, help="Day on which it opens again: 2026-12-01.")
@actor_option
@click.pass_obj
def snooze_command(ledger: Path | None, *, finding_id: str, until: str, actor: str | None) -> None:
    """Hide a finding until a day."""
    _act(ledger, finding_id, actor, snoozing(until))


@command.command("resolve")
@click.argument("finding_id", metavar="ID")
@click.option("--reason", help="What was done.")
@actor_option
@click.pass_obj
def resolve_command(
    ledger: Path | None, *, finding_id: str, reason: str | None, actor: str | None
) -> None:
    """Resolve a finding; it opens again when newer data shows it again."""
    _act(ledger, finding_id, actor, moving("resolved", reason))


def _print_evidence(evidence: Evidence) -> None:
    """Print the rows; what is the same in all of them is said once, so that the rest has room."""
    first = evidence.rows[0] if len(evidence.rows) > 1 else ()
    same = {n for n, value in enumerate(first) if all(row[n] == value for row in evidence.rows)}
    said = [f"{evidence.columns[n]} {first[n]}" for n in sorted(same) if first[n] is not None]
    if said:
        say(f"Evidence, in every row: {', '.join(said)}.")
    kept = [n for n in range(len(evidence.columns)) if n not in same]
    columns = [Column(evidence.columns[n], drop=place) for place, n in enumerate(kept)]
    print_table(Table(columns, [[row[n] for n in kept] for row in evidence.rows]))


def _act(ledger: Path | None, text: str, actor: str | None, change: Change) -> None:
    location = Settings.load(Path.cwd(), ledger=ledger).location
    known = act_on_finding(location, text, change, by=Acting(actor or login_name(), _now()))
    owner = known.finding.owner
    named = f", owner {owner.name}" if owner else ""
    say(f"{known.finding.code} {known.finding.id} is {known.state}{named}.")
    # What was said last is what is expected, if it was said just now.
    if known.state == "ignored" and known.history[-2].action == EXPECTED:
        say(expected_text(events_of([known])[-1]))
    say("Next: centavo findings list")


def _open(ledger: Path | None) -> tuple[Settings, Ledger]:
    settings = Settings.load(Path.cwd(), ledger=ledger)
    return settings, Ledger.open(settings.location)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters


def _place(known: KnownFinding) -> tuple[bool, bool, float, str]:
    """Return the place in the list: lost money first, then by amount as it stands."""
    finding = known.finding
    amount = float(finding.per_30d.amount) if finding.per_30d else 0.0
    return (finding.money_kind == "exposed", finding.per_30d is None, -amount, finding.id)
