"""``centavo ingest``: bills, request logs and telemetry into the ledger."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from centavo.cli.completing import FILES, complete_source
from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.cli.wiring import Ingested, IngestOptions, find_files, ingest, recognise_all
from centavo.errors import ConfigError, UnknownFormatError
from centavo.ledger.settings import Settings
from centavo.wording import counted

__all__ = ["command", "mapping_pairs", "show_ingested"]

_WITH_COSTS = ("charges", "usage_events")


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=FILES)
@click.option(
    "--source",
    help="Read every file with this source, whatever it looks like.",
    shell_complete=complete_source,
)
@click.option("--part", is_flag=True, help="The files are further parts of bills already read.")
@click.option("--skip-bad", is_flag=True, help="Count malformed records and go on without them.")
@click.option(
    "--map",
    "mappings",
    multiple=True,
    metavar="SCOPE=PATH",
    help="Where a request log carries a scope, e.g. application=metadata.app [default: [scopes]].",
)
@click.option(
    "--keep-bodies/--no-bodies",
    "keep_bodies",
    default=None,
    help="Keep prompts and answers, without secrets, in the ledger's folder [default: [bodies] keep].",
)
@click.option(
    "--dry-run", is_flag=True, help="Only say what each file is and which source reads it."
)
@click.option(
    "--wait", "wait_s", default=30.0, show_default=True, help="Seconds to wait for another writer."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(
    ledger: Path | None,
    paths: tuple[str, ...],
    *,
    source: str | None,
    part: bool,
    skip_bad: bool,
    mappings: tuple[str, ...],
    keep_bodies: bool | None,
    dry_run: bool,
    wait_s: float,
    as_json: bool,
) -> None:
    """Read FILEs, folders or quoted patterns into the ledger.

    The format is recognised from each file's content. The same file twice changes nothing; a
    corrected bill replaces exactly the account and days that it covers.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    recognised, unknown = recognise_all(find_files(paths), forced=source)
    if not recognised:
        raise unknown[0]
    if dry_run:
        say(*(f"{item.name}: {item.source.name} ({item.reason})" for item in recognised))
        say(*(f"Not read: {error.message}" for error in unknown))
        return
    options = IngestOptions(
        now=datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        source=source,
        skip_bad=skip_bad,
        add_only=part,
        mapping=settings.scopes | mapping_pairs(mappings),
        wait_s=wait_s,
        keep_bodies=settings.keep_bodies if keep_bodies is None else keep_bodies,
    )
    from centavo.cli.progress import following

    with following() as progress:
        done = list(ingest(settings, recognised, options, progress=progress))
    if as_json:
        print_json(_as_json(done, unknown))
    else:
        show_ingested(done, unknown)


def show_ingested(done: Sequence[Ingested], unknown: Sequence[UnknownFormatError] = ()) -> None:
    """Print what an ingest did: a row for each source, then what needs a reader's attention."""
    written = sum(item.report.rows_written for item in done if item.report)
    files = sum(len(item.files) for item in done)
    same = sum(len(item.unchanged) for item in done)
    kept = f"; {same} unchanged {'file' if same == 1 else 'files'} left as they are" if same else ""
    say(f"Wrote {counted(written, 'row')} from {counted(files, 'file')}{kept}.")
    columns = [
        Column("source"),
        Column("table", drop=2),
        Column("files", numeric=True),
        Column("read", numeric=True),
        Column("written", numeric=True),
        Column("skipped", numeric=True),
        Column("replaced", numeric=True, drop=1),
    ]
    rows = [_row(item) for item in done if item.report]
    if rows:
        print_table(Table(columns, rows))
    for item in done:
        if item.report:
            _show_notes(item)
    for error in unknown:
        say(f"Not read: {error.message}")
    holds_costs = any(item.source.table in _WITH_COSTS for item in done)
    say(f"Next: centavo {'costs --by application,model' if holds_costs else 'ledger'}")


def _row(item: Ingested) -> list[str | None]:
    report = item.report
    if report is None:
        return [item.source.name, item.source.table, "0", "0", "0", "0", "0"]
    counts = (
        len(item.files),
        report.rows_read,
        report.rows_written,
        sum(report.rows_skipped.values()),
        sum(report.replaced.values()),
    )
    return [item.source.name, report.table, *(count_text(count) for count in counts)]


def _show_notes(item: Ingested) -> None:
    report = item.report
    if report is None:
        return
    for reason, count in Counter(report.rows_skipped).most_common(8):
        say(f"Skipped {count:,}: {reason}")
    own = {str(file.path.absolute()) for file in item.files}
    for path, count in report.replaced.items():
        if path not in own:
            say(
                f"Replaced {counted(count, 'row')} that {path} had brought for the same account and days; "
                "if the new file is a further part, not a correction, read it with --part."
            )
    if report.without_successor:
        say(
            f"Removed {counted(report.without_successor, 'row')} that an earlier version of a file had "
            "and this one has not."
        )
    for warning in report.warnings:
        say(f"Warning [{warning.code}]: {warning.message}")


def _as_json(done: Sequence[Ingested], unknown: Sequence[UnknownFormatError]) -> dict[str, object]:
    return {
        "schema": "centavo.ingest/1",
        "sources": [
            {
                "source": item.source.name,
                "table": item.source.table,
                "files": [file.name for file in item.files],
                "unchanged": list(item.unchanged),
                "rows_read": item.report.rows_read if item.report else 0,
                "rows_written": item.report.rows_written if item.report else 0,
                "rows_skipped": dict(item.report.rows_skipped) if item.report else {},
                "rows_replaced": dict(item.report.replaced) if item.report else {},
                "rows_without_successor": item.report.without_successor if item.report else 0,
                "warnings": [
                    {"code": w.code, "message": w.message, "rows": w.rows}
                    for w in (item.report.warnings if item.report else ())
                ],
            }
            for item in done
        ],
        "not_read": [error.message for error in unknown],
    }


def mapping_pairs(mappings: Sequence[str]) -> dict[str, str]:
    """Return ``--map`` options as scope columns and their paths.

    Raises:
        ConfigError: One is not SCOPE=PATH.
    """
    pairs: dict[str, str] = {}
    for text in mappings:
        scope, equals, path = text.partition("=")
        if not equals or not scope or not path:
            raise ConfigError(
                f"--map {text!r} is not SCOPE=PATH", hint="For example application=metadata.app."
            )
        pairs[scope] = path
    return pairs
