"""``centavo costs``: where the money went."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

import click

from centavo.cli.asking import dimension_list, where_pairs
from centavo.cli.completing import complete_dimensions
from centavo.cli.costs_paired import paired_json, show_paired
from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    decimals_for,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.consumption.cost_cells import METRICS, Basis, CostQuestion, Metric
from centavo.consumption.costs import CostReport, CostRow, add_by_currency, cost_report
from centavo.consumption.side_by_side import side_by_side
from centavo.ledger.allocation import Allocation
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money, currency_code
from centavo.period import Grain, Period, parse_instant
from centavo.wording import counted

__all__ = ["command", "show_report"]

_GRADES: dict[str, str] = {
    "billed": "billed: on providers' bills",
    "vendor_reported": "vendor reported: stated by logs or usage reports, not a bill",
    "metered": "metered: counted from requests, at the prices of their day; not a bill",
    "estimated": "estimated: not a measurement",
}


@click.command("costs")
@click.option(
    "--by",
    help="Dimensions, separated by commas: application,model,tag:env … [default: service for bills, model for requests]",
    shell_complete=complete_dimensions,
)
@click.option("--grain", type=click.Choice(get_args(Grain)), help="Also by day, week or month.")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option(
    "--basis",
    type=click.Choice([*get_args(Basis), "both"]),
    help="Evidence level [default: the first that the ledger has, billed first]; both: billed and "
    "metered side by side.",
)
@click.option(
    "--metric",
    type=click.Choice(list(METRICS)),
    default="billed",
    show_default=True,
    help="Cost column of bills.",
)
@click.option("--currency", help="Show everything in this currency where rates are known.")
@click.option(
    "--where",
    "filters",
    multiple=True,
    metavar="DIMENSION=VALUE",
    help="Only these; an empty value: has none.",
)
@click.option("--top", type=click.IntRange(min=1), help="The N costliest rows; the rest as one.")
@click.option("--as-of", help="Answer from the ledger as it was at this time.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    by: str | None,
    grain: str | None,
    since: str | None,
    until: str | None,
    basis: str | None,
    metric: str,
    currency: str | None,
    filters: tuple[str, ...],
    top: int | None,
    as_of: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Show cost by any combination of dimensions, how far it can be trusted, and what is left out.

    Billed, metered and estimated amounts are never added. Two currencies are never added.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    shown_in = currency or settings.currency
    paired = basis == "both"
    question = CostQuestion(
        by=dimension_list(by or ("provider,model" if paired else "")),
        grain=cast("Grain | None", grain),
        period=Period.parse(since, until),
        where=where_pairs(filters),
        basis=None if paired else cast("Basis | None", basis),
        metric=cast("Metric", metric),
        currency=currency_code(shown_in) if shown_in else None,
    )
    opened = Ledger.open(
        settings.location, as_of=parse_instant(as_of) if as_of else None, period=question.period
    )
    allocation = Allocation.load(settings.rules)
    rates = ExchangeRates.load(settings.rates) if settings.rates and question.currency else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    if paired:
        pairs = side_by_side(
            opened,
            question,
            allocation=allocation,
            rates=rates,
            now=now,
            models=settings.models,
        )
        if as_json:
            print_json(paired_json(pairs, top))
        else:
            show_paired(pairs, top=top, form=cast("Format", form or "table"))
        return
    report = cost_report(opened, question, allocation=allocation, rates=rates, now=now)
    if as_json:
        print_json(_as_json(report, top))
    else:
        show_report(report, top=top, form=cast("Format", form or "table"))


def show_report(report: CostReport, *, top: int | None = None, form: Format = "table") -> None:
    """Print the answer, the table, the coverage line and the next command."""
    totals = " and ".join(_money(total) for total in report.totals)
    metric = "" if report.question.metric == "billed" else f" ({report.question.metric} cost)"
    say(f"{totals}{metric}, {_GRADES[report.basis]}.")
    if report.question.keys:
        print_table(_table(report, top), form=form)
    else:
        _print_total(report, form)
    for name, others in report.others.items():
        amounts = " and ".join(_money(total) for total in others)
        say(f"Beside it, never added: {amounts} {name.replace('_', ' ')} (--basis {name}).")
    attributed = (report.attributed_rows, report.ledger_rows)
    say(*report.notes, *coverage_lines(report.coverage, attributed=attributed))
    say(_next_step(report))


def _print_total(report: CostReport, form: Format) -> None:
    columns = [Column("cost", numeric=True), Column("currency")]
    shown = [[amount_text(t.amount, decimals_for(t.amount)), t.currency] for t in report.totals]
    exact = [[t.as_json()["amount"], t.currency] for t in report.totals]
    print_table(Table(columns, shown, exact), form=form)


def _money(total: Money) -> str:
    return f"{amount_text(total.amount, decimals_for(total.amount))} {total.currency}"


def _table(report: CostReport, top: int | None) -> Table:
    keys = report.question.keys
    several = len(report.totals) > 1
    columns = [
        *(Column(key.replace("_", " ")) for key in keys),
        Column("cost" if several else f"cost {report.totals[0].currency}", numeric=True),
        *([Column("currency")] if several else []),
        Column("share", numeric=True, drop=1),
        Column("rows", numeric=True, drop=2),
    ]
    shown: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    totals = {total.currency: total for total in report.totals}
    for row in _cut(report.rows, top):
        total = totals[row.cost.currency]
        key = [row.key.get(name) for name in keys]
        unit = [row.cost.currency] if several else []
        cost = amount_text(row.cost.amount, decimals_for(total.amount))
        share = share_text(row.cost.amount, total.amount)
        shown.append([*key, cost, *unit, share, count_text(row.rows)])
        exact.append([*key, row.cost.as_json()["amount"], *unit, share, str(row.rows)])
    return Table(columns, shown, exact)


def _cut(rows: Sequence[CostRow], top: int | None) -> list[CostRow]:
    """Return the costliest rows and one more for each currency that stands for the others."""
    if top is None or len(rows) <= top:
        return list(rows)
    kept = sorted(rows, key=lambda row: row.cost.amount, reverse=True)[:top]
    chosen = {id(row) for row in kept}
    rest = [row for row in rows if id(row) not in chosen]
    others: list[CostRow] = []
    for total in add_by_currency(row.cost for row in rest):
        part = [row for row in rest if row.cost.currency == total.currency]
        names = list(part[0].key)
        label = f"({counted(len(part), 'other')})"
        key = {name: label if name == names[0] else "" for name in names}
        others.append(CostRow(key, total, sum(row.rows for row in part)))
    return [row for row in rows if id(row) in chosen] + others


def _next_step(report: CostReport) -> str:
    if report.coverage.unpriced:
        return "Next: centavo prices missing"
    if report.attributed_rows < report.ledger_rows:
        return "Next: centavo explain unattributed"
    if not report.question.keys:
        return "Next: centavo costs --by application,model"
    return "Next: centavo costs --grain month --by " + ",".join(
        report.question.by or ("application",)
    )


def _as_json(report: CostReport, top: int | None) -> dict[str, object]:
    question = report.question
    return {
        "schema": "centavo.costs/1",
        "basis": report.basis,
        "metric": question.metric,
        "by": list(question.by),
        "grain": question.grain,
        "since": question.period.since.isoformat() if question.period.since else None,
        "until": question.period.until.isoformat() if question.period.until else None,
        "total": report.total.as_json() if report.total else None,
        "totals": [total.as_json() for total in report.totals],
        "rows": [
            {"key": dict(row.key), "cost": row.cost.as_json(), "rows": row.rows}
            for row in _cut(report.rows, top)
        ],
        "other_bases": {
            name: [total.as_json() for total in totals] for name, totals in report.others.items()
        },
        "attributed_rows": report.attributed_rows,
        "ledger_rows": report.ledger_rows,
        "notes": list(report.notes),
        "coverage": coverage_json(report.coverage),
        "snapshots": {name: None if s is None else str(s) for name, s in report.snapshots.items()},
    }
