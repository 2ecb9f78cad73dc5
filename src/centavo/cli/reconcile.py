"""``centavo reconcile``: the meter against the bill, every gap by its cause."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.asking import dimension_list
from centavo.cli.limits import Limit
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
from centavo.cli.reconcile_text import as_json, blind_lines, cause_lines
from centavo.errors import GateError
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.reconciliation import (
    CAUSES,
    DIMENSIONS,
    ReconcileQuestion,
    Reconciliation,
    Tolerance,
    Totals,
    reconcile,
    save_lines,
)

__all__ = ["command"]


@click.command("reconcile")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option(
    "--by",
    default="provider,model",
    show_default=True,
    help=f"Of {', '.join(DIMENSIONS)}, separated by commas.",
)
@click.option(
    "--by-invoice", is_flag=True, help="Charges by their invoice's month, not by the day of usage."
)
@click.option(
    "--tolerance",
    default="0.5%",
    show_default=True,
    help="A line within it matches: a percentage or an amount.",
)
@click.option(
    "--fail-on",
    metavar="LIMIT",
    help="Exit 1 when the open gap is larger: an amount (50 or 50USD) or a percentage of the bill.",
)
@click.option("--top", type=click.IntRange(min=1), help="Only the N largest gaps.")
@click.option("--save/--no-save", default=True, show_default=True, help="Keep lines in the ledger.")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    folder: Path | None,
    *,
    since: str | None,
    until: str | None,
    by: str,
    by_invoice: bool,
    tolerance: str,
    fail_on: str | None,
    top: int | None,
    save: bool,
    json_out: bool,
    form: str | None,
) -> None:
    """Hold what was metered against what was billed, and take every gap apart by its cause.

    The causes of a gap add up to it exactly. The open gap is what somebody must look at: without
    tax, discounts, fees, time zones, late rows and rounding.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    limit = Limit.parse(fail_on) if fail_on else None
    question = ReconcileQuestion(
        now=datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        period=Period.parse(since, until),
        by_invoice=by_invoice,
        tolerance=_tolerance(tolerance),
        accounts=settings.accounts,
        models=settings.models,
    )
    opened = Ledger.open(settings.location, period=_wide(question.period))
    report = reconcile(
        opened,
        question,
        PriceBook.load(settings.prices),
        rates=ExchangeRates.load(settings.rates) if settings.rates else None,
    )
    parts = report.by(dimension_list(by))
    changed = save_lines(report) if save else None
    if json_out:
        print_json(as_json(report, parts[:top], changed=changed))
    else:
        _show(report, parts, top=top, form=cast("Format", form or "table"))
        if changed is not None:
            say(f"Lines in the ledger: {changed:,} changed." if changed else "Lines unchanged.")
    if limit:
        _gate(report, limit)


def _wide(period: Period) -> Period:
    """Return the period with two days to spare: bills and meters cut days differently."""
    spare = timedelta(days=2)
    # A billing month reaches further than its days.
    return Period(
        period.since - timedelta(days=35) if period.since else None,
        period.until + spare if period.until else None,
    )


def _tolerance(text: str) -> Tolerance:
    limit = Limit.parse(text)
    if limit.unit == "%":
        return Tolerance(share=limit.number / 100)
    return Tolerance(share=Decimal(0), amount=limit.number)


def _gate(report: Reconciliation, limit: Limit) -> None:
    say(*limit.unseen(total.currency for total in report.totals))
    for total in report.totals:
        allowed = limit.allowed(total.currency, whole=total.billed_cost or Decimal(0))
        if allowed is not None and total.open_gap > allowed:
            shown = _money(total.open_gap, total.currency)
            raise GateError(
                f"the open gap is {shown}, more than --fail-on {limit.text}",
                hint="`centavo explain CAUSE` says what each cause means and what to do about it.",
            )


def _show(
    report: Reconciliation, parts: Sequence[Totals], *, top: int | None, form: Format
) -> None:
    if not report.totals:
        say("Nothing to reconcile: no bill and no meter in this period.")
        return
    for total in report.totals:
        say(_answer(total), *cause_lines(total))
    print_table(_table(parts[:top], several=len(report.totals) > 1, form=form), form=form)
    if top and len(parts) > top:
        say(f"{len(parts) - top} more rows: leave out --top.")
    say(*blind_lines(report), _next_step(report))


def _answer(total: Totals) -> str:
    unit = total.currency
    if total.billed_cost is None:
        return f"No bill to hold {_money(total.metered_cost, unit)} metered against."
    named = "all of it named"
    unknown = total.causes["unknown"]
    if unknown:
        named = f"{_money(unknown, unit)} of it unknown"
    share = share_text(total.gap_cost or Decimal(0), total.billed_cost) or ""
    return (
        f"Billed {_money(total.billed_cost, unit)}, metered {_money(total.compared_cost, unit)}: "
        f"a gap of {_money(total.gap_cost, unit)} ({share}), {named}; "
        f"open: {_money(total.open_gap, unit)}."
    )


def _money(amount: Decimal | None, currency: str) -> str:
    return f"{amount_text(amount or Decimal(0), 2)} {currency}"


def _table(parts: Sequence[Totals], *, several: bool, form: Format) -> Table:
    # A file and a pipe get every cause; the lines above a terminal's table have them.
    wide = CAUSES if form == "csv" or not sys.stdout.isatty() else ()
    keys = list(parts[0].key) if parts else []
    unit = "" if several or not parts else f" {parts[0].currency}"
    columns = [
        *(Column(key.replace("_", " ")) for key in keys),
        *([Column("currency")] if several else []),
        Column(f"metered{unit}", numeric=True),
        Column("vendor", numeric=True, drop=4),
        Column(f"billed{unit}", numeric=True),
        Column("gap", numeric=True),
        Column("largest cause", drop=1),
        Column("open", numeric=True, drop=3),
        Column("lines", numeric=True, drop=6),
        Column("matched", numeric=True, drop=5),
        Column("preliminary", numeric=True, drop=5),
        *(Column(cause.name, numeric=True) for cause in wide),
    ]
    titles = {cause.name: cause.title for cause in CAUSES}
    shown: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    sizes = [abs(part.billed_cost or part.metered_cost or Decimal(0)) for part in parts]
    places = decimals_for(sum(sizes, Decimal(0)))
    for part in parts:
        head = [*part.key.values(), *([part.currency] if several else [])]
        amounts = (part.metered_cost, part.vendor_cost, part.billed_cost, part.gap_cost)
        cause = part.main_cause
        seen = cause if cause and round(part.causes[cause], places) else None
        counts = (part.lines, part.statuses["matched"], part.preliminary_lines)
        causes = [part.causes[cause.name] for cause in wide]
        shown.append(
            [
                *head,
                *(amount_text(amount, places) for amount in amounts),
                titles[seen] if seen else None,
                amount_text(part.open_gap, places),
                *(count_text(count) for count in counts),
                *(amount_text(amount, places) for amount in causes),
            ]
        )
        exact.append(
            [
                *head,
                *(_exact(amount) for amount in amounts),
                cause,
                _exact(part.open_gap),
                *(str(count) for count in counts),
                *(_exact(amount) for amount in causes),
            ]
        )
    return Table(columns, shown, exact)


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else Money(amount, "").as_json()["amount"]


def _next_step(report: Reconciliation) -> str:
    total = report.totals[0]
    if total.open_gap and total.main_cause:
        cause = max((c for c in CAUSES if c.is_open), key=lambda c: abs(total.causes[c.name]))
        if total.causes[cause.name]:
            return f"Next: centavo explain {cause.name}; centavo reconcile --by account,day"
    return "Next: centavo costs --basis both --by provider,model"
