"""``centavo consumption``: where money goes without need, by every rule of module 1."""

from pathlib import Path

import click

from centavo.cli.finding_options import FindingOptions, finding_options, run_findings

__all__ = ["command"]


@click.command("consumption")
@finding_options
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    asked: FindingOptions,
) -> None:
    """Find where money goes without need: prices, lost discounts, retries, tests, nobody's spend.

    Each finding says what it costs in 30 days, how far that can be trusted, and who should look at
    it. `centavo explain CODE` says how a rule measures and when it is wrong.
    """
    run_findings(ledger, ("consumption",), asked)
