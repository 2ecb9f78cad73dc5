"""``centavo export``: the ledger's charges, invoices, periods and commitments as FOCUS files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.consumption.commitments import commitment_rows
from centavo.consumption.cost_rows import BASES
from centavo.errors import ConfigError, GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import preliminary_months
from centavo.ledger.settings import Settings
from centavo.period import Period, parse_instant
from centavo.sources.focus.export import ExportReport, export_focus
from centavo.sources.focus.lint import lint_columns, lint_focus
from centavo.sources.focus_datasets.export import DatasetReport, export_dataset
from centavo.sources.focus_datasets.model import ALLOWED_VALUES, dataset_columns
from centavo.wording import counted

if TYPE_CHECKING:
    from centavo.sources.focus.columns import ExportVersion
    from centavo.sources.focus_datasets.model import DatasetId

__all__ = ["command"]


@click.group("export")
def command() -> None:
    """Write the ledger in an open format."""


@command.command("focus")
@click.option(
    "--version", type=click.Choice(["1.2", "1.3", "1.4"]), default="1.4", show_default=True
)
@click.option(
    "--dataset",
    type=click.Choice(
        ["cost-and-usage", "invoice-detail", "billing-period", "contract-commitment"]
    ),
    default="cost-and-usage",
    show_default=True,
    help="Those after the first are of version 1.4.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help=".csv, .csv.gz or .parquet."
)
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option(
    "--basis",
    "bases",
    type=click.Choice(BASES),
    multiple=True,
    default=("billed",),
    show_default=True,
    help="Evidence levels.",
)
@click.option("--custom-columns", is_flag=True, help="Also centavo's own x_ columns.")
@click.option("--as-of", help="Write the ledger as it was at this time.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def focus(
    ledger: Path | None,
    *,
    version: str,
    dataset: str,
    out: Path,
    since: str | None,
    until: str | None,
    bases: tuple[str, ...],
    custom_columns: bool,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Write a dataset of FOCUS, and say what the version still lacks.

    Commitments that no contract dataset told are derived from what charges say of them.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    period = Period.parse(since, until)
    opened = Ledger.open(
        settings.location, as_of=parse_instant(as_of) if as_of else None, period=period
    )
    if dataset != "cost-and-usage":
        _refuse_version(version, dataset)
        lacking = export_dataset(
            opened.engine,
            relation=f"({_rows_of(opened, dataset, period)})",
            dataset=cast("DatasetId", dataset),
            out=out,
        )
        if as_json:
            print_json(_dataset_json(lacking))
        else:
            _show_dataset(lacking)
        return
    opened.engine.execute(f"CREATE VIEW chosen AS SELECT * FROM charges WHERE {_within(period)}")
    report = export_focus(
        opened.engine,
        relation="chosen",
        version=cast("ExportVersion", version),
        out=out,
        bases=bases,
        custom_columns=custom_columns,
    )
    months = _preliminary(opened, period)
    if as_json:
        print_json({**_as_json(report), "preliminary": [list(each) for each in months]})
    else:
        _show(report)
        say(*(f"Preliminary: {who} {month}; its bill may still change." for who, month in months))


def _preliminary(ledger: Ledger, period: Period) -> list[tuple[str, str]]:
    """Return providers and months of the period whose bills may still change."""
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    found: list[tuple[str, str]] = []
    for provider, first_day in sorted(preliminary_months(ledger, now)):
        month = Period.month(first_day)
        begins = month.since is None or period.until is None or month.since < period.until
        ends = month.until is None or period.since is None or month.until > period.since
        if begins and ends:
            found.append((provider or "provider not stated", f"{first_day:%Y-%m}"))
    return found


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--version", type=click.Choice(["1.2", "1.3", "1.4"]), default="1.4", show_default=True
)
@click.option(
    "--dataset",
    type=click.Choice(
        ["cost-and-usage", "invoice-detail", "billing-period", "contract-commitment"]
    ),
    default="cost-and-usage",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
def check(path: Path, *, version: str, dataset: str, as_json: bool) -> None:
    """Check a FOCUS file against the rules of its version; exit 1 when it breaks one."""
    if dataset == "cost-and-usage":
        findings = lint_focus(path, cast("ExportVersion", version))
    else:
        _refuse_version(version, dataset)
        columns_expected = dataset_columns(cast("DatasetId", dataset))
        findings = lint_columns(path, columns_expected, allowed=ALLOWED_VALUES)
    if as_json:
        shown = [
            {"rule": f.rule, "column": f.column, "message": f.message, "rows": f.rows}
            for f in findings
        ]
        print_json({"schema": "centavo.export.check/1", "version": version, "findings": shown})
    else:
        columns = [
            Column("rule"), Column("column"), Column("rows", numeric=True), Column("message", drop=1)
        ]  # fmt: skip
        rows = [[f.rule, f.column, count_text(f.rows), f.message] for f in findings]
        say(f"{path} breaks {len(findings)} rules of FOCUS {version}.")
        if rows:
            print_table(Table(columns, rows))
    if findings:
        raise GateError(f"{len(findings)} rules of FOCUS {version} are broken")


def _within(period: Period, *, start: str = "ChargePeriodStart", end: str | None = None) -> str:
    """Return the condition that a time, or a span with an end, lies in the period."""
    conditions = ["true"]
    if period.since:
        first = f"TIMESTAMP '{period.since:%Y-%m-%d %H:%M:%S}'"
        conditions.append(f"coalesce({end} > {first}, true)" if end else f"{start} >= {first}")
    if period.until:
        last = f"TIMESTAMP '{period.until:%Y-%m-%d %H:%M:%S}'"
        conditions.append(f"coalesce({start} < {last}, true)")
    return " AND ".join(conditions)


def _refuse_version(version: str, dataset: str) -> None:
    if version != "1.4":
        raise ConfigError(
            f"the dataset {dataset} is not written in version {version}",
            hint="Leave out --version, or say 1.4.",
        )


def _rows_of(ledger: Ledger, dataset: str, period: Period) -> str:
    if dataset == "contract-commitment":
        span = _within(
            period, start="ContractCommitmentPeriodStart", end="ContractCommitmentPeriodEnd"
        )
        return f"SELECT * FROM ({commitment_rows(ledger, period)}) WHERE {span}"
    table = "invoice_details" if dataset == "invoice-detail" else "billing_periods"
    return f"SELECT * FROM {table} WHERE {_within(period, start='BillingPeriodStart')}"


def _show_dataset(report: DatasetReport) -> None:
    say(f"Wrote {counted(report.rows, 'row')} as FOCUS 1.4 {report.dataset} to {report.path}.")
    for column, count in report.null_violations.items():
        say(f"Lacking: {column} must not be null and is unknown on {counted(count, 'row')}.")


def _dataset_json(report: DatasetReport) -> dict[str, object]:
    return {
        "schema": "centavo.export.focus/1",
        "path": str(report.path),
        "version": "1.4",
        "dataset": report.dataset,
        "rows": report.rows,
        "columns": list(report.columns),
        "null_violations": dict(report.null_violations),
        "not_in_version": {},
        "left_out": {},
    }


def _show(report: ExportReport) -> None:
    say(f"Wrote {counted(report.rows, 'charge')} as FOCUS {report.version} to {report.path}.")
    for column, count in report.null_violations.items():
        say(f"Lacking: {column} must not be null and is unknown on {counted(count, 'row')}.")
    for column, count in report.not_in_version.items():
        say(f"Not in FOCUS {report.version}: {column}, which {count:,} rows have.")
    for basis, count in report.left_out.items():
        say(f"Left out: {counted(count, 'row')} {basis} (--basis {basis} writes them).")


def _as_json(report: ExportReport) -> dict[str, object]:
    return {
        "schema": "centavo.export.focus/1",
        "path": str(report.path),
        "version": report.version,
        "dataset": "cost-and-usage",
        "rows": report.rows,
        "columns": list(report.columns),
        "null_violations": dict(report.null_violations),
        "not_in_version": dict(report.not_in_version),
        "left_out": dict(report.left_out),
    }
