"""``centavo ledger``: tables, periods, sources, snapshots and sizes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.ledger.bodies import BodyIndex
from centavo.ledger.contents import TableContents, ledger_contents
from centavo.ledger.coverage import coverage_of
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import PreliminaryRows, preliminary_rows
from centavo.ledger.schema import TABLES
from centavo.ledger.settings import Settings
from centavo.period import parse_instant
from centavo.wording import counted

__all__ = ["command"]

_NEXT = "Next: centavo costs --by application,model; --as-of TIME answers from an older snapshot"


@click.command("ledger")
@click.option("--as-of", help="Show the ledger as it was at this time.")
@click.option("--snapshots", is_flag=True, help="List every commit.")
@click.option("--warnings", is_flag=True, help="List the data-quality warnings of what it holds.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(
    folder: Path | None, *, as_of: str | None, snapshots: bool, warnings: bool, as_json: bool
) -> None:
    """Show what the ledger holds: tables, periods, sources, snapshots and sizes."""
    settings = Settings.load(Path.cwd(), ledger=folder)
    moment = parse_instant(as_of) if as_of else None
    opened = Ledger.open(settings.location, as_of=moment)
    contents = ledger_contents(opened)
    now = moment or datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    if warnings:
        print_table(_warning_table(opened))
    elif as_json:
        print_json(
            {
                "schema": "centavo.ledger/1",
                "folder": str(settings.location.folder),
                "tables": [_as_json(c) for c in contents],
                "bodies_size_bytes": _bodies_bytes(settings),
                "preliminary": [
                    {"issuer": p.issuer, "month": p.month, "charges": p.rows, "reason": p.reason}
                    for p in preliminary_rows(opened, now)
                ],
            }
        )
    else:
        _show(settings, contents, snapshots=snapshots)
        say(*_preliminary_lines(preliminary_rows(opened, now)), _NEXT)


def _show(settings: Settings, contents: list[TableContents], *, snapshots: bool) -> None:
    rows = sum(c.rows for c in contents)
    size_mb = sum(c.size_bytes for c in contents) / 1e6
    say(
        f"The ledger in {settings.location.folder} holds {counted(rows, 'row')} in {size_mb:,.1f} MB."
    )
    print_table(_snapshot_table(contents) if snapshots else _month_table(contents))
    if size_bytes := _bodies_bytes(settings):
        say(f"Prompts and answers beside it take {size_bytes / 1e6:,.1f} MB: centavo bodies show")


def _bodies_bytes(settings: Settings) -> int:
    folder = settings.location.bodies
    return BodyIndex.read(folder).sizes(folder).size_bytes


def _preliminary_lines(found: Sequence[PreliminaryRows]) -> list[str]:
    reasons = {"open": "billing period open", "late": "ended less than 10 days ago"}
    return [
        f"Preliminary: {each.issuer or 'issuer not stated'} {each.month[:7]},"
        f" {counted(each.rows, 'charge')} ({reasons[each.reason]})."
        for each in found
    ]


def _month_table(contents: list[TableContents]) -> Table:
    columns = [
        Column("table"),
        Column("source"),
        Column("month"),
        Column("rows", numeric=True),
        Column("files", numeric=True, drop=2),
        Column("first day", drop=1),
        Column("last day", drop=1),
    ]
    rows = [
        [
            c.table,
            m.source,
            m.month,
            count_text(m.rows),
            count_text(m.files),
            m.first_day,
            m.last_day,
        ]
        for c in contents
        for m in c.months
    ]
    return Table(columns, rows)


def _warning_table(ledger: Ledger) -> Table:
    columns = [
        Column("table", drop=2),
        Column("code"),
        Column("rows", numeric=True, drop=1),
        Column("warning"),
    ]
    rows = [
        [table, warning.code, count_text(warning.rows), warning.message]
        for table in TABLES
        for warning in coverage_of(ledger, table).warnings
    ]
    return Table(columns, rows)


def _snapshot_table(contents: list[TableContents]) -> Table:
    columns = [
        Column("table"),
        Column("committed (UTC)"),
        Column("rows after", numeric=True),
        Column("snapshot", numeric=True, drop=1),
    ]
    rows = [
        [c.table, f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z", count_text(count), str(number)]
        for c in contents
        for number, at, count in c.snapshots
    ]
    return Table(columns, rows)


def _as_json(contents: TableContents) -> dict[str, object]:
    return {
        "table": contents.table,
        "rows": contents.rows,
        "data_files": contents.data_files,
        "size_bytes": contents.size_bytes,
        "snapshots": [
            {"id": str(number), "committed_at": at.isoformat(), "rows_after": count}
            for number, at, count in contents.snapshots
        ],
        "months": [
            {
                "source": m.source,
                "month": m.month,
                "rows": m.rows,
                "files": m.files,
                "first_day": m.first_day,
                "last_day": m.last_day,
            }
            for m in contents.months
        ],
    }
