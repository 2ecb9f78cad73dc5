"""``centavo clusters``: calls grouped without labels, what each group costs, and whose it may be."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.asking import dimension_list
from centavo.cli.clusters_json import report_json, suggestion_json
from centavo.cli.clusters_text import (
    answer,
    cluster_lines,
    cluster_table,
    grouped_line,
    owner_table,
    reasons,
    rule_lines,
    unlabelled_line,
)
from centavo.cli.coverage_text import coverage_lines
from centavo.cli.output import Format, print_json, print_lines, print_table, say
from centavo.consumption.clusters.register import load_clusters, save_clusters
from centavo.consumption.clusters.report import ClusterReport, cluster_report
from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.period import Period

__all__ = ["command"]

_since = click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
_until = click.option("--until", help="End, excluded.")
_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
_form = click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
_save = click.option(
    "--save/--no-save", default=True, show_default=True, help="Keep ids and names for the next run."
)


@click.group("clusters", invoke_without_command=True)
@_since
@_until
@click.option("--by", help="Dimensions beside the cluster, separated by commas.")
@click.option("--top", type=click.IntRange(min=1), help="Only the N costliest rows.")
@_save
@_json
@_form
@click.pass_context
def command(
    context: click.Context,
    *,
    since: str | None,
    until: str | None,
    by: str | None,
    top: int | None,
    save: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Group calls without labels: by prompt template, else by the shape of their usage.

    Templates need prompts that are kept (`centavo ingest --keep-bodies`). A cluster keeps its id from run
    to run. Metered: prices of the day, from the requests in the ledger; not the bill.
    """
    ledger = cast("Path | None", context.obj)
    if context.invoked_subcommand:
        return
    report = _report(ledger, Period.parse(since, until), by=dimension_list(by), save=save)
    if as_json:
        print_json(report_json(report))
        return
    say(answer(report))
    person = not form and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if person else None
    table = cluster_table(report, top=top, width=width)
    print_table(table, form=cast("Format", form or "table"))
    if top and len(report.costs) > top:
        say(f"{len(report.costs) - top} more rows: leave out --top.")
    say(*unlabelled_line(report), grouped_line(report), *coverage_lines(report.coverage))
    first = next((row.cluster_id for row in report.costs if row.cluster_id), None)
    say(f"Next: centavo clusters show {first}" if first else "Next: centavo ingest REQUESTS")


@command.command("show")
@click.argument("cluster_id", metavar="ID")
@_since
@_until
@click.option(
    "--by", default="application", show_default=True, help="Dimensions, separated by commas."
)
@_json
@_form
@click.pass_obj
def show_command(
    ledger: Path | None,
    *,
    cluster_id: str,
    since: str | None,
    until: str | None,
    by: str,
    as_json: bool,
    form: str | None,
) -> None:
    """Show one cluster: its constant text or shape, when it is called, by whom, and what it costs."""
    report = _report(ledger, Period.parse(since, until), by=dimension_list(by), save=False)
    known = _find(report, cluster_id)
    only = report.of(known)
    if as_json:
        print_json(report_json(only))
        return
    print_lines(*cluster_lines(only, known))
    print_table(cluster_table(only, is_one=True), form=cast("Format", form or "table"))
    say(grouped_line(report), *coverage_lines(report.coverage))
    say(f"Next: centavo clusters show {known} --by model,environment")


@command.command("unlabelled")
@_since
@_until
@click.option("--rules", is_flag=True, help="Print lines for the attribution file instead.")
@_json
@_form
@click.pass_obj
def unlabelled_command(
    ledger: Path | None,
    *,
    since: str | None,
    until: str | None,
    rules: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show calls without an application, and the labelled application that they behave like, if any.

    Nothing is applied: `--rules` prints the lines that would, to be checked and added to the attribution
    file by hand.
    """
    report = _report(ledger, Period.parse(since, until), by=(), save=False)
    if as_json:
        told = [suggestion_json(each) for each in report.suggestions]
        print_json({"schema": "centavo.clusters.unlabelled/1", "unlabelled": told})
        return
    named = [each for each in report.suggestions if each.application]
    if rules:
        print_lines(*(line for each in named for line in rule_lines(each)))
        say(f"{len(named)} rules suggested for {len(report.suggestions)} groups; none is applied.")
        return
    say(
        f"Groups of calls that name no application: {len(report.suggestions)}; like one: {len(named)}."
    )
    print_table(owner_table(report.suggestions), form=cast("Format", form or "table"))
    say(*reasons(report.suggestions))
    say(grouped_line(report), *coverage_lines(report.coverage))
    say(
        "Next: centavo clusters unlabelled --rules" if named else "Next: centavo costs --by project"
    )


def _report(
    folder: Path | None, period: Period, *, by: tuple[str, ...], save: bool
) -> ClusterReport:
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    settings = Settings.load(Path.cwd(), ledger=folder)
    ledger = Ledger.open(settings.location, period=period)
    report = cluster_report(ledger, period, by=by, now=now)
    if save:
        found = [each.known for each in report.clusters.values()]
        save_clusters(ledger, load_clusters(ledger), found, now=now)
    return report


def _find(report: ClusterReport, text: str) -> str:
    fitting = [name for name in report.clusters if name.startswith(text.lower())]
    if text.lower() in report.clusters:
        return text.lower()
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise ConfigError(
            f"no cluster {text!r} in this period", hint="`centavo clusters` lists them."
        )
    raise ConfigError(f"{text!r} begins several ids: {', '.join(sorted(fitting)[:5])}")
