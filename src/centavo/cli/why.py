"""``centavo why``: what made cost change between two periods."""

import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

import click

from centavo.cli.asking import dimension_list, where_pairs
from centavo.cli.completing import complete_dimensions
from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    decimals_for,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.cli.why_text import cause_name, reason, sentences, signed
from centavo.consumption.cost_cells import METRICS, Basis, Metric
from centavo.consumption.root_cause.change import Cause, Change, ChangeReport
from centavo.consumption.root_cause.explain import explain_change
from centavo.consumption.root_cause.periods import Compared, compared_periods, parse_against
from centavo.consumption.root_cause.question import ChangeQuestion
from centavo.consumption.root_cause.split import PARTS
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money, currency_code
from centavo.period import Period, parse_instant

__all__ = ["command", "show_change"]

_BASES = {
    "billed": "billed: on providers' bills",
    "vendor_reported": "vendor reported: not a bill",
    "metered": "metered: counted from requests; not a bill",
    "estimated": "estimated: not a measurement",
}
# Narrower terminals show the names of causes whole, and their parts as one word; before and after need
# the widest.
_WIDE = 120
_WIDEST = 180


@click.command("why")
@click.option("--since", help="First day of the later period [default: its last complete week].")
@click.option("--until", help="Its end, excluded.")
@click.option(
    "--against",
    metavar="PERIOD",
    help="The earlier period: 2026-03, or 2026-03-01..2026-03-08 (end excluded) [default: as long, "
    "just before, on the same weekdays].",
)
@click.option(
    "--by",
    help="Dimensions of a cause, separated by commas [default: those that vary].",
    shell_complete=complete_dimensions,
)
@click.option(
    "--basis",
    type=click.Choice(get_args(Basis)),
    help="Evidence level [default: the first that both periods have, billed first].",
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
@click.option("--as-of", help="Answer from the ledger as it was at this time.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    since: str | None,
    until: str | None,
    against: str | None,
    by: str | None,
    basis: str | None,
    metric: str,
    currency: str | None,
    filters: tuple[str, ...],
    as_of: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Say what made cost change between two periods: where, and by price, volume, mix, new or gone.

    Billed, metered and estimated amounts are never compared with each other. Two currencies never add.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    shown_in = currency or settings.currency
    opened = Ledger.open(settings.location, as_of=parse_instant(as_of) if as_of else None)
    by_bill = basis == "billed" or (basis is None and bool(opened.plans["charges"].files))
    compared = compared_periods(
        opened,
        Period.parse(since, until),
        parse_against(against) if against else None,
        by_bill=by_bill,
    )
    question = ChangeQuestion(
        later=compared.later,
        earlier=compared.earlier,
        by=dimension_list(by),
        where=where_pairs(filters),
        basis=cast("Basis | None", basis),
        metric=cast("Metric", metric),
        currency=currency_code(shown_in) if shown_in else None,
    )
    rates = ExchangeRates.load(settings.rates) if settings.rates and question.currency else None
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    report = explain_change(opened, question, rates=rates, now=now)
    if as_json:
        print_json(_as_json(report, compared))
    else:
        show_change(report, compared, form=cast("Format", form or "table"))


def show_change(report: ChangeReport, compared: Compared, *, form: Format = "table") -> None:
    """Print the answer, the tables, the coverage line and the next command."""
    for change in report.changes:
        say(*sentences(change, names=report.names))
    later, earlier = (_period_text(p) for p in (compared.later, compared.earlier))
    say(f"{later} against {earlier}; {_BASES[report.basis]}.")
    person = form == "table" and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if person else _WIDEST
    print_table(_table(report, width=width), form=form)
    if width < _WIDEST:
        parts = "price, volume, mix, new, gone, " if width < _WIDE else ""
        say(f"Not shown for want of width: {parts}before, after (--format csv has all).")
    for change in report.changes:
        if change.cells_searched < change.cells:
            say(
                f"Causes were sought in the {change.cells_searched:,} largest of {change.cells:,} "
                "cells; all are summed."
            )
    attributed = (report.attributed_rows, report.ledger_rows)
    say(*compared.notes, *report.notes, *coverage_lines(report.coverage, attributed=attributed))
    say(_next_step(report))


def _table(report: ChangeReport, *, width: int) -> Table:
    several = len(report.changes) > 1
    unit = "" if several or not report.changes else f" {report.changes[0].before.currency}"
    shown_parts = (
        []
        if width < _WIDE
        else [name for name in PARTS if any(c.split.parts[name] for c in _all(report))]
    )
    sides = ("before", "after") if width >= _WIDEST else ()
    columns = [
        Column("cause"),
        Column(f"change{unit}", numeric=True),
        *([Column("currency")] if several else []),
        Column("share", numeric=True, drop=1),
        Column("why", drop=2),
        *(Column(name, numeric=True, drop=3 + n) for n, name in enumerate(shown_parts)),
        *(Column(side, numeric=True, drop=10) for side in sides),
    ]
    shown: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    for change in report.changes:
        size = max(abs(change.before.amount), abs(change.after.amount))
        decimals = decimals_for(size)
        for name, why, part, share in _rows(change, report):
            currency = [change.before.currency] if several else []
            parts = [part.split.parts[p] for p in shown_parts]
            moved = part.change
            shown.append(
                [name, signed(moved.amount, decimals), *currency, share, why]
                + [signed(p, decimals) if p else "0" for p in parts]
                + [amount_text(m.amount, decimals) for m in (part.before, part.after) if sides]
            )
            exact.append(
                [name, _plain(moved), *currency, share, why]
                + [_plain(Money(p, "")) for p in parts]
                + [_plain(m) for m in (part.before, part.after) if sides]
            )
    return Table(columns, shown, exact)


def _rows(change: Change, report: ChangeReport) -> list[tuple[str, str, Cause, str | None]]:
    """Return the table's rows: causes, the rest, and the whole where there is more than one."""
    whole = change.change.amount
    parts = [*change.causes, *([change.remaining] if change.remaining.rows else [])]
    rows = [
        (
            cause_name(c, names=report.names),
            reason(c, detailed=False),
            c,
            share_text(c.change.amount, whole),
        )
        for c in parts
    ]
    if len(parts) != 1:
        total = Cause((), (), "remaining", change.before, change.after, change.split)
        rows.append(("total", reason(total, detailed=False), total, share_text(whole, whole)))
    return rows


def _all(report: ChangeReport) -> list[Cause]:
    return [cause for change in report.changes for cause in (*change.causes, change.remaining)]


def _plain(money: Money) -> str:
    return money.as_json()["amount"]


def _period_text(period: Period) -> str:
    if period.since is None or period.until is None:
        return "all"
    return f"{period.since:%Y-%m-%d} to {period.until:%Y-%m-%d} (excluded)"


def _next_step(report: ChangeReport) -> str:
    causes = [cause for change in report.changes for cause in change.causes if cause.element]
    since = report.question.later.since
    when = f" --since {since:%Y-%m-%d}" if since else ""
    if not causes:
        return f"Next: centavo costs{when} --grain day"
    filters = "".join(
        f" --where {shlex.quote(name + '=' + (value or ''))}" for name, value in causes[0].element
    )
    return f"Next: centavo costs --basis {report.basis} --grain day{filters}"


def _as_json(report: ChangeReport, compared: Compared) -> dict[str, object]:
    question = report.question
    return {
        "schema": "centavo.why/1",
        "basis": report.basis,
        "metric": question.metric,
        "by": list(report.by),
        "later": _period_json(compared.later),
        "earlier": _period_json(compared.earlier),
        "changes": [_change_json(change, report) for change in report.changes],
        "attributed_rows": report.attributed_rows,
        "ledger_rows": report.ledger_rows,
        "notes": [*compared.notes, *report.notes],
        "coverage": coverage_json(report.coverage),
        "snapshots": {name: None if s is None else str(s) for name, s in report.snapshots.items()},
    }


def _change_json(change: Change, report: ChangeReport) -> dict[str, object]:
    return {
        "sentence": " ".join(sentences(change, names=report.names)),
        "before": change.before.as_json(),
        "after": change.after.as_json(),
        "change": change.change.as_json(),
        "split": {name: _plain(Money(p, "")) for name, p in change.split.parts.items()},
        "causes": [_cause_json(cause, change, report) for cause in change.causes],
        "remaining": _cause_json(change.remaining, change, report),
        "cells": change.cells,
        "cells_searched": change.cells_searched,
    }


def _cause_json(cause: Cause, change: Change, report: ChangeReport) -> dict[str, object]:
    share = change.share(cause)
    return {
        "name": cause_name(cause, names=report.names),
        "element": dict(cause.element),
        "shared": dict(cause.shared),
        "found_by": cause.found_by,
        "reason": reason(cause),
        "before": cause.before.as_json(),
        "after": cause.after.as_json(),
        "change": cause.change.as_json(),
        "share": None if share is None else f"{share:.6f}",
        "split": {name: _plain(Money(p, "")) for name, p in cause.split.parts.items()},
        "requests": None if cause.calls is None else list(cause.calls),
        "tokens": None if cause.tokens is None else [f"{t.normalize():f}" for t in cause.tokens],
        "rows": cause.rows,
    }


def _period_json(period: Period) -> dict[str, str | None]:
    return {
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
    }
