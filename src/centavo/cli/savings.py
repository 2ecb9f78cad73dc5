"""``centavo savings``: the register of savings, from identified to verified."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast

import click

from centavo.cli.acting import actor_option, login_name
from centavo.cli.levers import body_parts, lever_kinds
from centavo.cli.output import Format, print_json, say
from centavo.cli.savings_text import (
    print_saving,
    print_savings,
    saving_json,
    totals_json,
    totals_lines,
)
from centavo.cli.savings_verify import command as verify_command
from centavo.cli.simulate import plan_of
from centavo.errors import ConfigError
from centavo.findings import load_register
from centavo.findings.register import find_known
from centavo.ledger.ledger import Ledger
from centavo.ledger.register_rows import Acting
from centavo.ledger.settings import Settings
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.savings import simulate
from centavo.savings.acting import SavingChange, act_on_saving, assigning, day_of, moving
from centavo.savings.plan_lines import line_of_finding, lines_of_simulation
from centavo.savings.recording import Question
from centavo.savings.register import (
    add_savings,
    find_saving,
    load_savings,
    plan_totals,
    save_savings,
)
from centavo.savings.saving import STATES, KnownSaving, Saving, State, StateStep

__all__ = ["command"]

_CLOSED = {"rejected", "lapsed"}


@click.group("savings")
def command() -> None:
    """Keep the savings plan: what is planned, decided, done and proved, by whom and when.

    A saving is identified by a rule, validated by a simulation, approved, enforced, verified on the
    bill, and then sustained or lapsed; or it is rejected.
    """


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only savings in this state.")
@click.option("--all", "every", is_flag=True, help="Also rejected and lapsed ones.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def list_command(
    ledger: Path | None, *, state: str | None, every: bool, as_json: bool, form: str | None
) -> None:
    """List the savings, by plan and place, then by money. Amounts are of 30 days."""
    register = load_savings(_open(ledger))
    chosen = [
        known
        for known in sorted(register.values(), key=_order)
        if (known.state == state if state else every or known.state not in _CLOSED)
    ]
    totals = plan_totals(chosen)
    if as_json:
        print_json(
            {
                "schema": "centavo.savings/1",
                "savings": [saving_json(each) for each in chosen],
                "totals": totals_json(totals),
            }
        )
        return
    hidden = len(register) - len(chosen)
    say(f"{len(chosen)} savings{f', {hidden} more with --all' if hidden else ''}.")
    print_savings(chosen, form=cast("Format", form or "table"))
    say(*totals_lines(totals))
    say("Next: centavo savings show ID" if chosen else "Next: centavo savings add --plan FILE")


@command.command("show")
@click.argument("saving_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def show_command(ledger: Path | None, *, saving_id: str, as_json: bool) -> None:
    """Show one saving: evidence, amounts, quality, effort, people, and its history."""
    known = find_saving(load_savings(_open(ledger)), saving_id)
    if as_json:
        print_json({"schema": "centavo.saving/1", **saving_json(known)})
    else:
        print_saving(known)


@command.command("add")
@click.argument("finding_ids", metavar="[FINDING]...", nargs=-1)
@click.option(
    "--lever", "--levers", "texts", multiple=True, metavar="LEVER", help="As in simulate."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A YAML file of levers, in order.",
)
@click.option("--name", help="Name of the plan [default: that of the file].")
@click.option("--since", help="First day of the simulation, e.g. 2026-03.")
@click.option("--until", help="End, excluded.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals.")
@actor_option
@click.pass_obj
def add_command(
    ledger: Path | None,
    *,
    finding_ids: tuple[str, ...],
    texts: tuple[str, ...],
    plan_file: Path | None,
    name: str | None,
    since: str | None,
    until: str | None,
    seed: int,
    actor: str | None,
) -> None:
    """Add the levers of a plan (simulated: validated), or findings (a rule's estimate: identified).

    A saving that is there already keeps its state and its people and gets the new figures.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = Ledger.open(settings.location)
    lines: list[Saving] = []
    if finding_ids:
        if texts or plan_file:
            raise ConfigError("add findings or a plan, not both at once")
        register = load_register(opened)
        lines = [line_of_finding(find_known(register, text).finding) for text in finding_ids]
        state: State = "identified"
    else:
        plan, period = plan_of(plan_file, texts), Period.parse(since, until)
        found = simulate(
            opened,
            plan.levers,
            Question(period, (), seed),
            book=PriceBook.load(settings.prices),
            parts=body_parts(),
        )
        named = name or plan.name
        lines = [*lines_of_simulation(found, plan=named, kinds=lever_kinds())]
        state = "validated"
    _add(opened, lines, state=state, actor=actor)


@command.command("approve")
@click.argument("saving_id", metavar="ID")
@click.option("--note", help="Under which condition.")
@actor_option
@click.pass_obj
def approve_command(
    ledger: Path | None, *, saving_id: str, note: str | None, actor: str | None
) -> None:
    """Approve a saving: it may be enforced."""
    _act(ledger, saving_id, actor, moving("approved", note=note))


@command.command("reject")
@click.argument("saving_id", metavar="ID")
@click.option("--reason", required=True, help="Why it is not done.")
@actor_option
@click.pass_obj
def reject_command(ledger: Path | None, *, saving_id: str, reason: str, actor: str | None) -> None:
    """Reject a saving, with a reason."""
    _act(ledger, saving_id, actor, moving("rejected", note=reason))


@command.command("mark")
@click.argument("saving_id", metavar="ID")
@click.argument("state", metavar="STATE", type=click.Choice(STATES))
@click.option("--amount", help="What it saves in 30 days in that state, in its currency.")
@click.option("--note", help="On what evidence: a period, an invoice, a deployment.")
@actor_option
@click.pass_obj
def mark_command(
    ledger: Path | None,
    *,
    saving_id: str,
    state: str,
    amount: str | None,
    note: str | None,
    actor: str | None,
) -> None:
    """Move a saving on.

    To enforced, verified, sustained or lapsed; verified and sustained need an amount and a note.
    """
    value = _number(amount, "--amount")
    if state in {"verified", "sustained"} and (value is None or not note):
        raise ConfigError(
            f"{state} needs what the bill shows: --amount and --note",
            hint="A saving is verified when its billing period is closed and late rows have stopped.",
        )
    _act(ledger, saving_id, actor, moving(cast("State", state), note=note, amount=value))


@command.command("assign")
@click.argument("saving_id", metavar="ID")
@click.option("--owner", help="Who carries it out.")
@click.option("--approver", help="Who decides.")
@click.option("--due", help="By when: 2026-12-15.")
@click.option("--effort-days", help="Person-days to carry it out.")
@click.option("--one-off-cost", help="Cost of carrying it out, in its currency.")
@click.option("--guardrail", help="Quality below which it is taken back.")
@click.option("--risk", help="What may go wrong.")
@click.option("--rollback", help="How it is taken back.")
@actor_option
@click.pass_obj
def assign_command(
    ledger: Path | None, *, saving_id: str, actor: str | None, **given: str | None
) -> None:
    """Say who does it by when, at what effort and risk, and how it is taken back."""
    values: dict[str, str | date | Decimal] = {k: v for k, v in given.items() if v is not None}
    if given.get("due") is not None:
        values["due"] = day_of(str(given["due"]))
    for name in ("effort_days", "one_off_cost"):
        number = _number(given.get(name), f"--{name.replace('_', '-')}")
        if number is not None:
            values[name] = number
    _act(ledger, saving_id, actor, assigning(values))


command.add_command(verify_command)


def _add(ledger: Ledger, lines: list[Saving], *, state: State, actor: str | None) -> None:
    now = _now()
    before = load_savings(ledger)
    step = StateStep(now.replace(tzinfo=None), actor or login_name(), state)
    after = add_savings(before, lines, step)
    changed = save_savings(ledger, before, after, now=now)
    print_savings([after[line.id] for line in lines], form="table")
    say(f"{changed} of {len(lines)} savings are new or have new figures.")
    say("Next: centavo savings approve ID" if lines else "Next: centavo simulate --list")


def _act(ledger: Path | None, text: str, actor: str | None, change: SavingChange) -> None:
    location = Settings.load(Path.cwd(), ledger=ledger).location
    after = act_on_saving(location, text, change, by=Acting(actor or login_name(), _now()))
    say(f"Saving {after.saving.id} ({after.saving.title}) is {after.state}.")
    say("Next: centavo savings list")


def _open(ledger: Path | None) -> Ledger:
    return Ledger.open(Settings.load(Path.cwd(), ledger=ledger).location)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters


def _number(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ConfigError(f"{option} {text!r} is not a number of 0 or more")
    return number


def _order(known: KnownSaving) -> tuple[bool, str, int, Decimal, str]:
    """Return the place in the list: lines of a plan together in its order, then by money."""
    saving = known.saving
    amount = -(saving.expected_per_30d or Decimal(0))
    return (saving.plan is None, saving.plan or "", saving.place or 0, amount, saving.id)
