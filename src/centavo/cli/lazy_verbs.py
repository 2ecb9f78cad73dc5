"""A group of verbs whose modules are imported only when one of them runs, so that ``--help`` stays fast."""

import importlib
from collections.abc import Mapping

import click

__all__ = ["LazyVerbs", "lazy_group"]


class LazyVerbs(click.Group):
    """Knows its verbs by name and one sentence each."""

    verbs: Mapping[str, str] = {}
    prefix: str = ""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the verbs in the order of a first reading, not of the alphabet."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Return the verb's command, imported now."""
        if cmd_name not in self.verbs:
            return None
        return importlib.import_module(f"{self.prefix}{cmd_name.replace('-', '_')}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))


def lazy_group(verbs: Mapping[str, str], prefix: str) -> type[LazyVerbs]:
    """Return the class of a group.

    Args:
        verbs: Verb -> what the group's help says of it.
        prefix: What stands before a verb in the name of its module: ``centavo.cli.plan_``.
    """
    return type("LazyVerbs", (LazyVerbs,), {"verbs": verbs, "prefix": prefix})
