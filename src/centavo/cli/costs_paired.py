"""``centavo costs --basis both``: billed and metered side by side, in words, a table and JSON."""

from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    decimals_for,
    print_table,
    say,
    share_text,
)
from centavo.consumption.side_by_side import PairedReport, PairedRow
from centavo.money import Money

__all__ = ["paired_json", "show_paired"]


def show_paired(report: PairedReport, *, top: int | None = None, form: Format = "table") -> None:
    """Print both totals, the rows side by side, the coverage lines and the next command."""
    sides = ((report.billed, "billed"), (report.metered, "metered"))
    totals = [
        f"{' and '.join(_money(total) for total in side.totals)} {name}" for side, name in sides
    ]
    say(f"{', '.join(totals)}: two grades of evidence beside each other, never added.")
    print_table(_table(report, top), form=form)
    say(*report.notes)
    for side, name in sides:
        coverage = coverage_lines(side.coverage)
        say(*(line.replace("Coverage:", f"Coverage, {name}:") for line in coverage))
    say("Next: centavo reconcile (every difference by its cause)")


def _table(report: PairedReport, top: int | None) -> Table:
    keys = report.billed.question.keys
    currencies = {row.currency for row in report.rows}
    several = len(currencies) > 1
    unit = "" if several else f" {next(iter(currencies), '')}"
    columns = [
        *(Column(key.replace("_", " ")) for key in keys),
        *([Column("currency")] if several else []),
        Column(f"billed{unit}", numeric=True),
        Column(f"metered{unit}", numeric=True),
        Column("difference", numeric=True),
        Column("of billed", numeric=True, drop=1),
        Column("rows billed", numeric=True, drop=3),
        Column("metered calls", numeric=True, drop=2),
    ]
    shown: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    for row in report.rows[:top]:
        amounts = (row.billed, row.metered, row.difference)
        size = max(abs(money.amount) for money in (row.billed, row.metered) if money)
        places = min(4, decimals_for(size))
        head = [*(row.key.get(name) for name in keys), *([row.currency] if several else [])]
        share = (
            share_text(row.difference.amount, row.billed.amount)
            if row.difference and row.billed
            else None
        )
        counts = (row.billed_rows, row.metered_rows)
        shown.append(
            [
                *head,
                *(amount_text(m.amount, places) if m else None for m in amounts),
                share,
                *(count_text(count) for count in counts),
            ]
        )
        exact.append(
            [
                *head,
                *(m.as_json()["amount"] if m else None for m in amounts),
                share,
                *(str(count) for count in counts),
            ]
        )
    return Table(columns, shown, exact)


def _money(total: Money) -> str:
    return f"{amount_text(total.amount, decimals_for(total.amount))} {total.currency}"


def paired_json(report: PairedReport, top: int | None) -> dict[str, object]:
    """Return the report in the schema of ``centavo costs``; rows gain the metered side.

    ``cost`` and ``rows`` are the bill's, as in every other answer; ``cost`` is null where no bill
    has the key.
    """
    question, billed = report.billed.question, report.billed
    return {
        "schema": "centavo.costs/1",
        "basis": "both",
        "metric": question.metric,
        "by": list(question.by),
        "grain": question.grain,
        "since": question.period.since.isoformat() if question.period.since else None,
        "until": question.period.until.isoformat() if question.period.until else None,
        "total": billed.total.as_json() if billed.total else None,
        "totals": [total.as_json() for total in billed.totals],
        "metered_totals": [total.as_json() for total in report.metered.totals],
        "rows": [_row_json(row) for row in report.rows[:top]],
        "notes": list(report.notes),
        "coverage": coverage_json(billed.coverage),
        "metered_coverage": coverage_json(report.metered.coverage),
        "snapshots": {name: None if s is None else str(s) for name, s in billed.snapshots.items()},
    }


def _row_json(row: PairedRow) -> dict[str, object]:
    def money(amount: Money | None) -> dict[str, str] | None:
        return amount.as_json() if amount else None

    return {
        "key": dict(row.key),
        "cost": money(row.billed),
        "rows": row.billed_rows,
        "metered": money(row.metered),
        "metered_rows": row.metered_rows,
        "difference": money(row.difference),
    }
