"""``centavo prices snapshots``: the price books that requests were priced with."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_table, say
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.pricing import KeptBooks, PriceBook

__all__ = ["command"]

_QUERY = """
SELECT price_snapshot_id, count(*)::BIGINT, min(started_at)::DATE::VARCHAR, max(started_at)::DATE::VARCHAR
FROM usage_events WHERE price_snapshot_id IS NOT NULL GROUP BY ALL
"""


@click.command("snapshots")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(ledger: Path | None, *, as_json: bool) -> None:
    """List the price books that requests were priced with, and which of them are kept."""
    settings = Settings.load(Path.cwd(), ledger=ledger)
    kept = {book.snapshot_id: book for book in KeptBooks.beside(settings.location.folder).known()}
    used = {str(row[0]): row[1:] for row in Ledger.open(settings.location).rows(_QUERY)}
    installed = PriceBook.load(settings.prices)
    found: list[dict[str, object]] = []
    for snapshot in sorted({*kept, *used, installed.snapshot_id}):
        book = kept.get(snapshot)
        is_installed = snapshot == installed.snapshot_id
        file = book.file_name if book else None
        if is_installed and installed.file:
            file = installed.file.name
        rows, first, last = used.get(snapshot, (0, None, None))
        found.append(
            {
                "snapshot": snapshot,
                "installed": is_installed,
                "kept": book is not None,
                "list": book.source if book else installed.data.source if is_installed else None,
                "price_file": file,
                "requests": rows,
                "first_day": first,
                "last_day": last,
            }
        )
    if as_json:
        print_json({"schema": "centavo.prices.snapshots/1", "snapshots": found})
        return
    books = "1 price book" if len(used) == 1 else f"{len(used)} price books"
    say(f"{books} priced the requests; kept for pricing again: {len(kept)}.")
    columns = [
        Column("snapshot"), Column("state"), Column("list"), Column("price file", drop=2),
        Column("requests", numeric=True), Column("first day", drop=1), Column("last day", drop=1),
    ]  # fmt: skip
    rows = [_row(book, count_text) for book in found]
    print_table(Table(columns, rows, [_row(book, str) for book in found]))
    say("Next: centavo prices diff A B; centavo prices reprice --snapshot ID")


def _row(book: Mapping[str, object], count: Callable[[int], str | None]) -> list[str | None]:
    states = [name for name in ("installed", "kept") if book[name]]
    texts = [
        None if book[key] is None else str(book[key])
        for key in ("list", "price_file", "requests", "first_day", "last_day")
    ]
    texts[2] = count(int(str(book["requests"])))
    return [str(book["snapshot"]), ", ".join(states) or "not kept", *texts]
