"""``centavo prices``: the price book, asked, compared, looked ahead in and applied again."""

import importlib

import click

__all__ = ["command"]

# Verb -> what `centavo prices --help` says of it. The verb's module is centavo.cli.prices_<verb>.
_VERBS: dict[str, str] = {
    "show": "Show what a model costs on a day.",
    "missing": "Show requests that have no price.",
    "disputes": "Hold the price book against a second opinion.",
    "calendar": "Show announced prices and shutdowns, and what they will cost.",
    "diff": "Show what changed between two price books or two days.",
    "snapshots": "List the price books that requests were priced with.",
    "reprice": "Price a past period with another price book.",
    "contract": "Show committed spend, minimums and taxes against the ledger.",
    "cloud": "Show prices of machines, storage, logs, traffic and plans.",
}


class _LazyVerbs(click.Group):
    """Imports the module of a verb only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the verbs in the order of a first reading."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Return the verb's command, imported now."""
        if cmd_name not in _VERBS:
            return None
        return importlib.import_module(f"centavo.cli.prices_{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.group("prices", cls=_LazyVerbs)
def command() -> None:
    """Ask the price book: what a model costs, cost and will cost, and what is not priced."""
