"""``centavo audit``: the rules of every module that there is, in one report."""

from pathlib import Path

import click

from centavo.cli.finding_options import FindingOptions, finding_options, run_findings
from centavo.cli.modules import MODULES

__all__ = ["command"]


@click.command("audit")
@finding_options
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    asked: FindingOptions,
) -> None:
    """Run the rules of every module and report all findings by money.

    Modules so far: consumption, modelfit, prompts. Nothing is changed but the findings' own table.
    """
    run_findings(ledger, tuple(MODULES), asked)
