"""``centavo audit``: the rules of every module that there is, in one report."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.finding_options import finding_options
from centavo.cli.finding_runs import MODULES, gate, gate_limit, run_modules
from centavo.cli.finding_text import as_json, show_run
from centavo.cli.output import Format, print_json
from centavo.cli.sarif import write_sarif

__all__ = ["command"]


@click.command("audit")
@finding_options
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    since: str | None,
    until: str | None,
    save: bool,
    fail_on: str | None,
    sarif: Path | None,
    json_out: bool,
    form: str | None,
) -> None:
    """Run the rules of every module and report all findings by money.

    Modules so far: consumption, modelfit, prompts. Nothing is changed but the findings' own table.
    """
    limit = gate_limit(fail_on) if fail_on else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    run = run_modules(ledger, tuple(MODULES), now=now, since=since, until=until, save=save)
    if sarif:
        write_sarif(run, sarif)
    if json_out:
        print_json(as_json(run))
    else:
        show_run(run, form=cast("Format", form or "table"))
    if limit:
        gate(run, limit)
