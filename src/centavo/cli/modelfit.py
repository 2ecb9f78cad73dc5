"""``centavo modelfit``: is each model too large, too dear or too fast for its task?"""

from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.finding_options import FindingOptions, finding_options, run_findings
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    print_json,
    print_table,
    say,
)
from centavo.cli.rule_settings import history_days
from centavo.findings.evidence import plain
from centavo.findings.report import default_period
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.modelfit.profiles import Profile, profiles
from centavo.period import Period

__all__ = ["command"]


@click.group("modelfit", invoke_without_command=True)
@finding_options
@click.pass_context
def command(
    context: click.Context,
    *,
    asked: FindingOptions,
) -> None:
    """Find models too large, too dear or too fast for their task.

    Without a command it runs every rule. `centavo modelfit profile` shows what each caller asks of its
    model; `centavo explain CODE` says how a rule measures and when it is wrong.
    """
    if context.invoked_subcommand:
        return
    run_findings(context.obj, ("modelfit",), asked)


@command.command("profile")
@click.option("--since", help="First day, e.g. 2026-03 [default: the newest 184 days of the data].")
@click.option("--until", help="End, excluded.")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def profile_command(
    ledger: Path | None, *, since: str | None, until: str | None, json_out: bool, form: str | None
) -> None:
    """Show the task of each caller: kind, sizes, tools, reasoning, failures and retries."""
    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = Ledger.open(settings.location)
    period = (
        Period.parse(since, until)
        if since or until
        else default_period(opened, history_days(settings))
    )
    found = profiles(opened, period)
    if json_out:
        print_json(
            {"schema": "centavo.modelfit.profiles/1", "profiles": [_json(it) for it in found]}
        )
        return
    print_table(_table(found), form=cast("Format", form or "table"))
    say("Tokens are per request; the kind is told from sizes, tools and reasoning, not from text.")
    say("Next: centavo modelfit")


def _table(found: list[Profile]) -> Table:
    columns = [
        Column("caller"), Column("model"), Column("task"), Column("environment", drop=6),
        Column("requests", numeric=True, drop=2), Column("cost", numeric=True), Column("currency", drop=3),
        Column("input p50", numeric=True, drop=1), Column("output p50", numeric=True, drop=1),
        Column("reasoning", numeric=True, drop=4), Column("tools", numeric=True, drop=4),
        Column("failed", numeric=True, drop=5), Column("retried", numeric=True, drop=5),
        Column("tier", drop=7),
    ]  # fmt: skip
    return Table(
        columns, [_cells(it, exact=False) for it in found], [_cells(it, exact=True) for it in found]
    )


def _cells(it: Profile, *, exact: bool) -> list[str | None]:
    def number(name: str) -> str | None:
        value = it.number(name)
        return plain(value) if exact or value is None else f"{value:,.0f}"

    def share(name: str) -> str | None:
        value = it.number(name)
        return plain(value) if exact or value is None else f"{100 * value:.0f} %"

    return [
        it.place, it.model, it.kind, it.scope.get("environment"),
        str(it.requests) if exact else count_text(it.requests),
        plain(it.cost) if exact else amount_text(it.cost), it.currency,
        number("input_p50"), number("output_p50"), share("reasoning_share"), share("tool_share"),
        share("failed_share"), share("retry_share"), it.scope.get("tier"),
    ]  # fmt: skip


def _json(it: Profile) -> dict[str, object]:
    figures = {
        name: plain(value) if isinstance(value, Decimal) or value is None else str(value)
        for name, value in it.row.items()
        if name not in it.scope
    }
    return {"scope": dict(it.scope), "task": it.kind, **figures}
