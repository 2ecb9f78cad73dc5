"""What every command that runs rules shares: its options, and the run that they ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import cast

import click

from centavo.cli.finding_runs import gate, gate_limit, run_modules
from centavo.cli.finding_text import as_json, show_run
from centavo.cli.output import Format, print_json
from centavo.cli.sarif import write_sarif

__all__ = ["FindingOptions", "finding_options", "run_findings"]


@dataclass(frozen=True)
class FindingOptions:
    """The options as they were typed."""

    since: str | None
    until: str | None
    save: bool
    fail_on: str | None
    sarif: Path | None
    json_out: bool
    form: str | None


_OPTIONS = (
    click.option(
        "--since",
        help="First day, e.g. 2026-03 or 2026-03-05 [default: the newest 184 days of the data].",
    ),
    click.option("--until", help="End, excluded."),
    click.option(
        "--save/--no-save",
        default=True,
        show_default=True,
        help="Remember the findings in the ledger: their state stays the same next week.",
    ),
    click.option(
        "--fail-on",
        metavar="AMOUNT",
        help="Exit 1 when a finding costs more in 30 days: 50USD, 250BRL. For CI.",
    ),
    click.option(
        "--sarif",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Also write the findings as a SARIF 2.1.0 file.",
    ),
    click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout."),
    click.option(
        "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
    ),
)


def finding_options(command: Callable[..., object]) -> Callable[..., object]:
    """Return the command with the options, which it is handed as ``asked``."""

    @wraps(command)
    def told(
        *,
        since: str | None,
        until: str | None,
        save: bool,
        fail_on: str | None,
        sarif: Path | None,
        json_out: bool,
        form: str | None,
    ) -> object:
        return command(asked=FindingOptions(since, until, save, fail_on, sarif, json_out, form))

    for option in reversed(_OPTIONS):
        told = option(told)
    return told


def run_findings(ledger: Path | None, modules: Sequence[str], asked: FindingOptions) -> None:
    """Run the rules of modules, say what they found, and gate.

    Raises:
        GateError: A finding costs more than ``--fail-on``.
        CentavoError: The ledger, a setting or a file cannot be used.
    """
    limit = gate_limit(asked.fail_on) if asked.fail_on else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    run = run_modules(
        ledger, modules, now=now, since=asked.since, until=asked.until, save=asked.save
    )
    if asked.sarif:
        write_sarif(run, asked.sarif)
    if asked.json_out:
        print_json(as_json(run))
    else:
        show_run(run, form=cast("Format", asked.form or "table"))
    if limit:
        gate(run, limit)
