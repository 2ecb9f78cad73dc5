"""The page docs/commands.md, written by the commands themselves: ``python -m tests.commands_page``."""

from pathlib import Path

import click

from centavo.cli.group import VERBS, cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"


def rendered() -> str:
    """Return the page: the help of every command, as the command prints it."""
    root = click.Context(
        cli,
        info_name="centavo",
        terminal_width=88,
        max_content_width=88,
        help_option_names=["-h", "--help"],
    )
    parts = [
        "# Commands\n",
        "Written by the commands themselves (`make docs`); a test keeps it true.\n",
        _section(cli, root),
    ]
    for verb in VERBS:
        parts += _pages(cli.get_command(root, verb), root, verb)
    return "\n".join(parts)


def _pages(command, parent, name) -> list[str]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=88, max_content_width=88
    )
    pages = [_section(command, context)]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            pages += _pages(command.get_command(context, child), context, child)
    return pages


def _section(command, context) -> str:
    return f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
