"""``centavo plan``: what a stack will cost before it exists, and how far it went from the plan."""

import click

from centavo.cli.lazy_verbs import lazy_group

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


@click.group("plan", cls=lazy_group(_VERBS, "centavo.cli.plan_"))
def command() -> None:
    """Plan a stack: a YAML file of drivers, prices, components and scenarios, and what it costs."""
