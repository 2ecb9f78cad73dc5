"""The options that ``centavo consumption`` and ``centavo audit`` share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

__all__ = ["finding_options"]

_Command = TypeVar("_Command", bound=Callable[..., object])

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


def finding_options(command: _Command) -> _Command:
    """Return the command with the options, in the order of a first reading."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
