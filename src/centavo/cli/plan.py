"""``centavo plan``: what a stack will cost before it exists, and how far it went from the plan."""

import importlib

import click

__all__ = ["command"]

# Verb -> what `centavo plan --help` says of it. The verb's module is centavo.cli.plan_<verb>.
_VERBS: dict[str, str] = {
    "init": "Write a first plan: from answers, or of what is running.",
    "show": "Show what each scenario costs, with its range.",
    "check": "Check a plan: units, dates, expected totals, budgets.",
    "diff": "Show what changed between two plans or scenarios, and why.",
    "what-if": "Compute with other values; what moves the total; break-even.",
    "actual": "Hold a plan against the ledger: volume, mix, price, exchange rate.",
    "export": "Write the estimate as FOCUS rows, CSV, JSON or a workbook.",
    "size": "Size GPUs, stores, logs and a host of your own.",
    "self-host": "Cost metered requests on one's own GPUs, in whole replicas.",
    "chart": "Draw breakdown, fan, tornado or break-even as SVG.",
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
        return importlib.import_module(f"centavo.cli.plan_{cmd_name.replace('-', '_')}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.group("plan", cls=_LazyVerbs)
def command() -> None:
    """Plan a stack: a YAML file of drivers, prices, components and scenarios, and what it costs."""
