"""``centavo prices``: the price book, asked, compared, looked ahead in and applied again."""

import click

from centavo.cli.lazy_verbs import lazy_group

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


@click.group("prices", cls=lazy_group(_VERBS, "centavo.cli.prices_"))
def command() -> None:
    """Ask the price book: what a model costs, cost and will cost, and what is not priced."""
