"""What a shell completes beside verbs, options and choices: files, dimensions, sources.

Each function is one of click's ``shell_complete`` callbacks; what it needs is imported when it runs.
"""

import click

__all__ = ["FILES", "complete_dimensions", "complete_source"]

# Files, folders and patterns: whether they are there is for the command to say.
FILES = click.Path()


def complete_dimensions(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the last of several dimensions, separated by commas."""
    from centavo.consumption.dimensions import DIMENSIONS

    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    return [
        f"{before}{comma}{name}"
        for name in DIMENSIONS
        if name.startswith(last) and name not in taken
    ]


def complete_source(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a source."""
    from centavo.cli.source_list import all_sources

    return [source.name for source in all_sources() if source.name.startswith(incomplete)]
