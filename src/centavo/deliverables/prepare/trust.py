"""*Can I trust it?*: what was read, held against bills and priced, how fresh it is, and what warns."""

from datetime import date

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.coverage import read_sentences
from centavo.deliverables.prepare.prices import price_sections
from centavo.deliverables.prepare.reconciled import reconciled_sections
from centavo.deliverables.reading import Reading
from centavo.deliverables.warning_words import warning_text
from centavo.ledger.contents import SourceMonth, TableContents, ledger_contents
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.schema import TableName

__all__ = ["trust_page"]

_TABLES: tuple[TableName, ...] = ("charges", "usage_events")
# What centavo itself wrote is no source.
_OURS = frozenset({"findings", "reconciliation_lines", "savings"})


def trust_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page; the state of a view changes nothing on it but the language."""
    del asked
    held = [
        table
        for table in ledger_contents(reading.ledger)
        if table.rows and table.table not in _OURS
    ]
    question = say("Can I trust it?")
    if not held:
        return Page(id="trust", question=question, answer=say("The ledger is empty."))
    coverages = [
        coverage_of(reading.ledger, name, now=reading.now)
        for name in _TABLES
        if reading.ledger.plans[name].files
    ]
    skipped = sum(each.skipped for each in coverages)
    unpriced = sum(each.unpriced for each in coverages)
    preliminary = sum(each.rows_preliminary for each in coverages)
    warnings = sum(len(each.warnings) for each in coverages)
    return Page(
        id="trust",
        question=question,
        answer=_answer(coverages, say),
        tiles=(
            Tile(say("Skipped records"), Cell(say.number(skipped), skipped)),
            Tile(say("Requests without a price"), Cell(say.number(unpriced), unpriced)),
            Tile(say("Preliminary rows"), Cell(say.number(preliminary), preliminary)),
            Tile(say("Warnings"), Cell(say.number(warnings), warnings)),
        ),
        sections=(
            *reconciled_sections(reading, say),
            _sources(held, say),
            *price_sections(reading, say),
            *_warnings(coverages, say),
        ),
        coverage=tuple(line for each in coverages for line in read_sentences(each, say)),
        meta={
            "now": reading.now.isoformat(timespec="seconds"),
            **{f"snapshot {n}": str(s) for n, s in reading.ledger.snapshot_ids().items() if s},
        },
    )


def _answer(coverages: list[Coverage], say: Language) -> str:
    doubts: list[str] = []
    skipped = sum(each.skipped for each in coverages)
    unpriced = sum(each.unpriced for each in coverages)
    warnings = sum(len(each.warnings) for each in coverages)
    if skipped:
        doubts.append(
            say.count("{number} record was skipped", "{number} records were skipped", skipped)
        )
    if unpriced:
        doubts.append(
            say.count("{number} request has no price", "{number} requests have no price", unpriced)
        )
    if warnings:
        doubts.append(
            say.count(
                "{number} warning is to be read", "{number} warnings are to be read", warnings
            )
        )
    read = say("Everything that was read is in a total or counted as left out")
    return f"{read}: {say.list_of(doubts)}." if doubts else f"{read}."


def _sources(held: list[TableContents], say: Language) -> Section:
    columns = (
        Column(say("Source"), "source"),
        Column(say("Table"), "table"),
        Column(say("Rows"), "rows", numeric=True),
        Column(say("From"), "since"),
        Column(say("Until"), "until"),
    )
    rows = tuple(
        _source(table, name, say)
        for table in held
        for name in sorted({m.source for m in table.months})
    )
    return Section(id="sources", title=say("Sources"), table=Table("sources", columns, rows))


def _source(table: TableContents, name: str, say: Language) -> Row:
    months: list[SourceMonth] = [month for month in table.months if month.source == name]
    rows = sum(month.rows for month in months)
    first, last = min(m.first_day for m in months), max(m.last_day for m in months)
    return Row(
        (
            Cell(name, name),
            Cell(table.table, table.table),
            Cell(say.number(rows), rows),
            Cell(say.day(date.fromisoformat(first)), first),
            Cell(say.day(date.fromisoformat(last)), last),
        )
    )


def _warnings(coverages: list[Coverage], say: Language) -> tuple[Section, ...]:
    found = [warning for each in coverages for warning in each.warnings]
    if not found:
        return ()
    columns = (
        Column(say("Warning"), "code"),
        Column(say("What it says"), "message"),
        Column(say("Rows"), "rows", numeric=True),
    )
    rows = tuple(
        Row(
            (
                Cell(w.code, w.code),
                Cell(warning_text(w.code, w.message, say), w.message),
                Cell(say.number(w.rows), w.rows),
            )
        )
        for w in found
    )
    return (Section(id="warnings", title=say("Warnings"), table=Table("warnings", columns, rows)),)
