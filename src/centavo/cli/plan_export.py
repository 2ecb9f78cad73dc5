"""``centavo plan export``: scenarios as FOCUS rows, CSV, JSON or a workbook."""

import csv
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from centavo.cli.output import say
from centavo.cli.plan_json import estimate_json
from centavo.cli.plan_opening import open_plan, resolved_scenarios
from centavo.cli.price_texts import plain_price
from centavo.errors import ConfigError
from centavo.planning.estimate import Estimate, estimate
from centavo.planning.focus_rows import FOCUS_COLUMNS, focus_rows

__all__ = ["command"]

_HEADER = (
    "scenario", "component", "month", "quantity", "unit", "price", "price_currency", "cost",
    "currency", "evidence", "as_of", "source",
)  # fmt: skip


@click.command("export")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="File to write; its suffix says the form: .csv, .json or .xlsx.")  # fmt: skip
@click.option("--focus", is_flag=True, help="CSV of FOCUS 1.4 charges, graded estimated.")
@click.option("--scenario", "names", multiple=True, help="Only this scenario; may be repeated.")
@click.pass_obj
def command(
    ledger: Path | None, plan: Path, *, out: Path, focus: bool, names: tuple[str, ...]
) -> None:
    """Write a PLAN's estimate, every component and month, to a file.

    FOCUS rows carry x_CostBasis = estimated, so that a reader of bills does not take them for one.
    """
    planned = [estimate(it) for it in resolved_scenarios(open_plan(plan, ledger=ledger), names)]
    if focus and out.suffix != ".csv":
        raise ConfigError(f"{out} is no .csv", hint="FOCUS rows are written as CSV.")
    if focus and len(planned) > 1:
        raise ConfigError(
            f"{plan} has {len(planned)} scenarios, and charges of two would add up",
            hint=f"Choose one: --scenario {planned[0].resolved.scenario.name}",
        )
    rows = _write(planned, out, focus=focus)
    scenarios = "1 scenario" if len(planned) == 1 else f"{len(planned)} scenarios"
    say(f"Wrote {rows:,} rows of {scenarios} to {out}, estimated.")
    if focus:
        say(f"Next: centavo export check {out}")


def _write(planned: Sequence[Estimate], out: Path, *, focus: bool) -> int:
    if focus:
        written = list(focus_rows(planned[0]))
        with out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, FOCUS_COLUMNS, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(written)
        return len(written)
    rows = [row for it in planned for row in _rows(it)]
    if out.suffix == ".json":
        document = {
            "schema": "centavo.plan/1",
            "plan": planned[0].plan.name,
            "scenarios": [estimate_json(it) for it in planned],
        }
        out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    elif out.suffix == ".csv":
        with out.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([_HEADER, *rows])
    elif out.suffix == ".xlsx":
        _workbook(planned, rows, out)
    else:
        raise ConfigError(f"{out} has no known suffix", hint="Write .csv, .json or .xlsx.")
    return len(rows)


def _rows(planned: Estimate) -> list[list[str]]:
    plan, scenario = planned.plan, planned.resolved.scenario.name
    found: list[list[str]] = []
    for line in planned.lines:
        for month, cost in enumerate(line.costs):
            dated = line.line.dated[month]
            found.append(
                [
                    scenario, line.name, f"{plan.month(month):%Y-%m}",
                    plain_price(line.quantities[month]), dated.unit.text, plain_price(dated.amount),
                    dated.currency, plain_price(cost), plan.currency, dated.evidence,
                    dated.seen.isoformat(), dated.source,
                ]
            )  # fmt: skip
    for name, amounts in planned.taxes.items():
        found += [
            [scenario, name, f"{plan.month(month):%Y-%m}", "", "", "", "", plain_price(cost),
             plan.currency, "tax", "", ""]
            for month, cost in enumerate(amounts)
        ]  # fmt: skip
    return found


def _workbook(planned: Sequence[Estimate], rows: Sequence[Sequence[str]], out: Path) -> None:
    """Write a sheet of totals and one of all rows; the exact text stands beside what a sheet rounds.

    Raises:
        ConfigError: XlsxWriter is not installed.
    """
    try:
        xlsxwriter: Any = importlib.import_module("xlsxwriter")
    except ModuleNotFoundError:
        raise ConfigError(
            "workbooks need XlsxWriter", hint="pip install 'centavo[xlsx]', or write .csv."
        ) from None
    book = xlsxwriter.Workbook(str(out), {"in_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    totals = book.add_worksheet("Totals")
    head = ["scenario", "currency", "month", "month with taxes", "horizon", "horizon with taxes",
            "grade"]  # fmt: skip
    totals.write_row(0, 0, head, bold)
    for number, it in enumerate(planned, start=1):
        totals.write_row(number, 0, [it.resolved.scenario.name, it.plan.currency])
        amounts = (
            it.first.amount, it.taxed_months[0], it.horizon.amount, it.taxed_horizon.amount,
        )  # fmt: skip
        for column, amount in enumerate(amounts, start=2):
            # A cell of a workbook is a double: a person reads cents, and the rows keep the text.
            totals.write_number(number, column, float(amount), money)
        totals.write_string(number, 6, "estimated")
    sheet = book.add_worksheet("Rows")
    sheet.write_row(0, 0, [*_HEADER, "cost_exact"], bold)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, [*row, row[7]])
        sheet.write_number(number, 7, float(row[7]), money)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(_HEADER))
    book.close()
