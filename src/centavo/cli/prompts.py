"""``centavo prompts``: what of a prompt is not needed, by every rule of module 3; and requests to look at."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.finding_options import finding_options
from centavo.cli.finding_runs import gate, gate_limit, run_modules
from centavo.cli.finding_text import as_json, show_run
from centavo.cli.output import Format, print_json
from centavo.cli.prompts_cache import command as cache_command
from centavo.cli.prompts_show import command as show_command
from centavo.cli.sarif import write_sarif

__all__ = ["command"]


@click.group("prompts", invoke_without_command=True)
@finding_options
@click.pass_context
def command(
    context: click.Context,
    *,
    since: str | None,
    until: str | None,
    save: bool,
    fail_on: str | None,
    sarif: Path | None,
    json_out: bool,
    form: str | None,
) -> None:
    """Find tokens that need not be sent: uncached beginnings, unused tools, repeats, verbose JSON.

    Looks at prompts that were kept (`centavo ingest --keep-bodies`). Without a command it runs every
    rule; `centavo explain CODE` says how a rule measures and when it is wrong.
    """
    if context.invoked_subcommand:
        return
    limit = gate_limit(fail_on) if fail_on else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    run = run_modules(context.obj, ("prompts",), now=now, since=since, until=until, save=save)
    if sarif:
        write_sarif(run, sarif)
    if json_out:
        print_json(as_json(run))
    else:
        show_run(run, form=cast("Format", form or "table"))
    if limit:
        gate(run, limit)


command.add_command(show_command)
command.add_command(cache_command)
