"""The price book that requests were priced with, how old it is, and the prices that are disputed."""

from datetime import date

from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.reading import Reading
from centavo.pricing import PriceBook
from centavo.pricing.dispute_causes import Cause
from centavo.pricing.disputes import Comparison, Dispute
from centavo.pricing.list_age import STALE_DAYS, newest_price_day

__all__ = ["price_sections"]

_USED = """
SELECT price_snapshot_id, count(*)::BIGINT, min(started_at)::DATE, max(started_at)::DATE
FROM usage_events WHERE price_snapshot_id IS NOT NULL GROUP BY ALL ORDER BY 4 DESC, 1
"""
_CAUSES: dict[Cause, str] = {
    "own_price": N_("your own price"),
    "currency": N_("another currency"),
    "missing_price": N_("one side has no price"),
    "missing_cache_price": N_("one side has no price for the cache"),
    "zero_price": N_("zero on one side"),
    "older_price": N_("an older price"),
    "announced_price": N_("an announced price"),
    "batch_price": N_("the price of batch processing"),
    "long_context_price": N_("the price of longer or shorter input"),
    "regional_premium": N_("regional premium"),
    "unit": N_("another unit"),
    "factor_two": N_("a factor of 2"),
    "rounding": N_("rounding"),
    "unknown": N_("unknown"),
}


def price_sections(reading: Reading, say: Language) -> tuple[Section, ...]:
    """Return the price book and the disputes; nothing where the ledger holds no requests."""
    if not reading.ledger.plans["usage_events"].files:
        return ()
    book = reading.book
    return _book(reading, book, say), _disputes(reading, say)


def _book(reading: Reading, book: PriceBook, say: Language) -> Section:
    today = reading.now.date()
    told = [say("Installed: {list}, snapshot {id}.", list=book.data.source, id=book.snapshot_id)]
    newest = newest_price_day(book, today=today)
    if newest is not None:
        days = (today - newest).days
        told.append(
            say.count(
                "Its newest price is of {day}, {number} day ago.",
                "Its newest price is of {day}, {number} days ago.",
                days,
                day=say.day(newest),
            )
            if days
            else say("Its newest price is of today.")
        )
        if days > STALE_DAYS:
            told.append(
                say("That is long for a price list: a newer release may know newer prices.")
            )
    told.append(say("What was priced keeps its price: a newer book changes no past figure."))
    columns = (
        Column(say("Snapshot"), "snapshot"),
        Column(say("State"), "state"),
        Column(say("Requests"), "requests", numeric=True),
        Column(say("From"), "since"),
        Column(say("Until"), "until"),
    )
    rows = tuple(
        Row(
            (
                Cell(str(name), str(name)),
                Cell(say("installed") if name == book.snapshot_id else say("earlier")),
                Cell(say.number(int(str(count))), int(str(count))),
                *(Cell(say.day(day), day.isoformat()) for day in days if isinstance(day, date)),
            )
        )
        for name, count, *days in reading.ledger.rows(_USED)
    )
    table = Table("prices", columns, rows) if rows else None
    return Section("prices", say("Price book"), tuple(told), table=table)


def _disputes(reading: Reading, say: Language) -> Section:
    title = say("Disputed prices")
    found = reading.disputes
    if found is None:
        missing = say("There is no second opinion to compare with. `centavo prices disputes` says how to get one.")  # fmt: skip
        return Section("disputes", title, (missing,))
    comparison, source = found
    told = (
        say.count(
            "{number} price differs from {source}. It is shown, never resolved: the price book goes on pricing.",
            "{number} prices differ from {source}. They are shown, never resolved: the price book goes on pricing.",
            len(comparison.disputes),
            source=source,
        ),
        say(
            "Compared: {models} models and tiers; {agreed} agree in every price.",
            models=say.number(comparison.models),
            agreed=say.number(comparison.agreed),
        ),
    )
    return Section("disputes", title, told, table=_table(comparison, say))


def _table(comparison: Comparison, say: Language) -> Table | None:
    columns = (
        Column(say("Model"), "model"),
        Column(say("Unit"), "unit"),
        Column(say("Ours"), "ours", numeric=True),
        Column(say("Theirs"), "theirs", numeric=True),
        Column(say("At stake"), "at_stake", numeric=True),
        Column(say("Likely cause"), "cause"),
    )
    rows = tuple(_row(each, say) for each in comparison.disputes)
    return Table("disputes", columns, rows) if rows else None


def _row(dispute: Dispute, say: Language) -> Row:
    return Row(
        (
            Cell(f"{dispute.model} · {dispute.provider}", dispute.model),
            Cell(dispute.unit, dispute.unit),
            Cell(say.number(dispute.ours, 4), dispute.ours),
            Cell(say.number(dispute.theirs, 4), dispute.theirs),
            Cell(say.money(dispute.at_stake), dispute.at_stake),
            Cell(say(_CAUSES[dispute.cause]), dispute.cause),
        )
    )
