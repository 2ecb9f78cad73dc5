"""``centavo prompts``: what of a prompt is not needed, by every rule of module 3; and requests to look at."""

import click

from centavo.cli.finding_options import FindingOptions, finding_options, run_findings
from centavo.cli.prompts_cache import command as cache_command
from centavo.cli.prompts_show import command as show_command

__all__ = ["command"]


@click.group("prompts", invoke_without_command=True)
@finding_options
@click.pass_context
def command(
    context: click.Context,
    *,
    asked: FindingOptions,
) -> None:
    """Find tokens that need not be sent: uncached beginnings, unused tools, repeats, verbose JSON.

    Looks at prompts that were kept (`centavo ingest --keep-bodies`). Without a command it runs every
    rule; `centavo explain CODE` says how a rule measures and when it is wrong.
    """
    if context.invoked_subcommand:
        return
    run_findings(context.obj, ("prompts",), asked)


command.add_command(show_command)
command.add_command(cache_command)
