"""``centavo plan check``: a plan as a test, for a person and for CI."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, Table, print_json, print_table, say
from centavo.cli.plan_opening import open_plan, resolved_scenarios
from centavo.errors import GateError
from centavo.period import parse_instant
from centavo.planning.checking import Kind, Problem, check_estimate, stale
from centavo.planning.estimate import Estimate, estimate

__all__ = ["command"]

_KINDS: tuple[Kind, ...] = ("expect_total", "budget", "stale")


@click.command("check")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--scenario", "names", multiple=True, help="Only this scenario; may be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(_KINDS),
    multiple=True,
    default=("expect_total", "budget"),
    show_default=True,
    help="What ends with exit code 1.",
)
@click.option("--at", help="Day from which prices look old [default: today].")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    plan: Path,
    *,
    names: tuple[str, ...],
    fail_on: tuple[str, ...],
    at: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Check a PLAN: its file, units, dates, expected totals and budgets; exit 1 when one is not kept.

    A file that cannot be used ends with exit code 2 and names the line.
    """
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    today = parse_instant(at).date() if at else now.date()
    planned = [estimate(it) for it in resolved_scenarios(open_plan(plan, ledger=ledger), names)]
    problems = [
        it for each in planned for it in check_estimate(each, odds_within_budget=_odds(each))
    ]
    problems += dict.fromkeys(it for each in planned for it in stale(each, today))
    if as_json:
        print_json(
            {
                "schema": "centavo.plan.check/1",
                "plan": planned[0].plan.name,
                "scenarios": [it.resolved.scenario.name for it in planned],
                "problems": [
                    {
                        "kind": it.kind,
                        "scenario": it.scenario,
                        "line": it.line,
                        "message": it.message,
                    }
                    for it in problems
                ],
            }
        )
    else:
        _show(plan, planned, problems, form=cast("Format", form or "table"))
    failed = [it for it in problems if it.kind in fail_on]
    if failed:
        raise GateError(
            f"{plan}: {len(failed)} of what it states is not kept: {failed[0].scenario}"
            f" {failed[0].message}",
            hint="Mend the plan, or what it states of itself.",
        )


def _odds(planned: Estimate) -> float | None:
    """Return the odds within the budget, drawn only where the plan asks for them."""
    scenario = planned.resolved.scenario
    if scenario.budget is None or scenario.confidence is None:
        return None
    from centavo.planning.simulation import simulate

    return simulate(planned.resolved).share_within(float(scenario.budget), taxed=True)


def _show(plan: Path, planned: list[Estimate], problems: list[Problem], *, form: Format) -> None:
    count = len(planned)
    scenarios = "1 scenario" if count == 1 else f"{count} scenarios"
    expected = sum(it.resolved.scenario.expect_total is not None for it in planned)
    budgets = sum(it.resolved.scenario.budget is not None for it in planned)
    said = f"{expected} expected totals and {budgets} budgets"
    if problems:
        say(f"{plan}: {len(problems)} problems in {scenarios} ({said} checked).")
        columns = [
            Column("kind"), Column("scenario"), Column("line", numeric=True, drop=1),
            Column("problem"),
        ]  # fmt: skip
        rows = [
            [it.kind, it.scenario, None if it.line is None else str(it.line), it.message]
            for it in problems
        ]
        print_table(Table(columns, rows), form=form)
    else:
        say(f"{plan} is sound: {scenarios}, {said} kept, no stale price.")
    say(f"Coverage: {sum(len(it.lines) for it in planned)} priced lines of {scenarios} computed.")
    say(f"Next: centavo plan show {plan}")
