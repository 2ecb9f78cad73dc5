"""``centavo consumption``: where money goes without need, by every rule of module 1."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.finding_options import finding_options
from centavo.cli.finding_runs import gate, gate_limit, run_modules
from centavo.cli.finding_text import as_json, show_run
from centavo.cli.output import Format, print_json
from centavo.cli.sarif import write_sarif

__all__ = ["command"]


@click.command("consumption")
@finding_options
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    since: str | None,
    until: str | None,
    save: bool,
    fail_on: str | None,
    sarif: Path | None,
    json_out: bool,
    form: str | None,
) -> None:
    """Find where money goes without need: prices, lost discounts, retries, tests, nobody's spend.

    Each finding says what it costs in 30 days, how far that can be trusted, and who should look at
    it. `centavo explain CODE` says how a rule measures and when it is wrong.
    """
    limit = gate_limit(fail_on) if fail_on else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    run = run_modules(ledger, ("consumption",), now=now, since=since, until=until, save=save)
    if sarif:
        write_sarif(run, sarif)
    if json_out:
        print_json(as_json(run))
    else:
        show_run(run, form=cast("Format", form or "table"))
    if limit:
        gate(run, limit)
