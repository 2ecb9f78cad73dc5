"""Metered against billed, provider by provider, every gap by its cause: of the lines that are kept."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import basis_name, signed
from centavo.money import EXACT, Money
from centavo.reconciliation.causes import OPEN_CAUSES
from centavo.reconciliation.kept_totals import KeptTotal, kept_at, kept_totals

__all__ = ["reconciled_sections"]

_CAUSES: dict[str, str] = {
    "uncaptured_traffic": N_("traffic that no meter saw"),
    "retry_or_error": N_("retries and errors"),
    "cache_class": N_("another cache class"),
    "context_or_tier": N_("another context or processing tier"),
    "regional_premium": N_("regional premium"),
    "no_price": N_("no price"),
    "price_disagreement": N_("price disagreement"),
    "discount_or_credit": N_("discounts and credits"),
    "tax": N_("tax"),
    "fee": N_("fees"),
    "time_zone": N_("time zone or turn of month"),
    "late_rows": N_("late rows"),
    "rounding": N_("rounding"),
    "unknown": N_("unknown"),
}


def reconciled_sections(reading: Reading, say: Language) -> tuple[Section, ...]:
    """Return totals by provider and the causes of their gaps; what to run where nobody has yet."""
    title = say("Metered against billed")
    when, is_stale = kept_at(reading.ledger)
    totals = kept_totals(reading.ledger)
    if when is None or not totals:
        missing = say("Nobody has held meters against bills yet. `centavo reconcile` does.")
        return (Section("reconciled", title, (missing,)),)
    told = [*_told(totals, say), say("Held against each other on {day}.", day=say.day(when.date()))]
    if is_stale:
        told.append(say("Bills or meters have changed since: run `centavo reconcile` again."))
    shown = Section("reconciled", title, tuple(told), table=_table(totals, say))
    causes = _causes(totals, say)
    return (shown, causes) if causes.table and causes.table.rows else (shown,)


def _told(totals: Sequence[KeptTotal], say: Language) -> list[str]:
    held: dict[str, tuple[Decimal, Decimal]] = {}
    currencies = dict.fromkeys(each.held.currency for each in totals if each.held)
    for currency in currencies:
        billed = [
            e.held for e in totals if e.held and e.held.currency == currency and e.grade == "billed"
        ]
        # As the command line has it: what one provider has too much and another too little, by cause.
        open_gaps = [
            abs(
                _sum(
                    [
                        e.causes[name]
                        for e in totals
                        if name in e.causes and e.causes[name].currency == currency
                    ]
                )
            )
            for name in OPEN_CAUSES
        ]
        held[currency] = _sum(billed), sum(open_gaps, Decimal(0))
    return [
        say(
            "Of {billed} billed, {gap} ({share}) are a gap that somebody must look at.",
            billed=say.money(Money(whole, currency)),
            gap=say.money(Money(part, currency)),
            share=say.percent(EXACT.divide(part, whole) if whole else None),
        )
        for currency, (whole, part) in held.items()
    ]


def _sum(amounts: Sequence[Money]) -> Decimal:
    total = Decimal(0)
    for each in amounts:
        total = EXACT.add(total, each.amount)
    return total


def _table(totals: Sequence[KeptTotal], say: Language) -> Table:
    columns = (
        Column(say("Provider"), "provider"),
        Column(say("Held against"), "grade"),
        Column(say("Billed"), "billed", numeric=True),
        Column(say("Metered"), "metered", numeric=True),
        Column(say("Gap"), "gap", numeric=True),
        Column(say("To be looked at"), "open_gap", numeric=True),
        Column(say("Metered without a bill"), "without_bill", numeric=True),
        Column(say("From"), "since"),
        Column(say("Until"), "until"),
    )
    return Table("reconciled", columns, tuple(_row(each, say) for each in totals))


def _row(total: KeptTotal, say: Language) -> Row:
    grade = basis_name(total.grade, say) if total.grade else "—"
    if total.is_preliminary:
        grade = say("{grade}, preliminary", grade=grade)
    gap = total.gap
    return Row(
        (
            Cell(total.provider, total.provider),
            Cell(grade, total.grade),
            Cell(say.money(total.held), total.held),
            Cell(say.money(total.metered), total.metered),
            Cell(signed(gap.amount if gap else None, say.money(gap)), gap),
            Cell(say.money(total.open_gap), total.open_gap),
            Cell(say.money(total.without_bill), total.without_bill),
            Cell(say.day(total.first.date()), total.first.date().isoformat()),
            Cell(say.day(total.end.date()), total.end.date().isoformat()),
        )
    )


def _causes(totals: Sequence[KeptTotal], say: Language) -> Section:
    columns = (
        Column(say("Provider"), "provider"),
        Column(say("Cause"), "cause"),
        Column(say("Of the gap"), "amount", numeric=True),
    )
    parts = [
        (total.provider, name, money) for total in totals for name, money in total.causes.items()
    ]
    parts.sort(key=lambda part: -abs(part[2].amount))
    rows = tuple(
        Row(
            (
                Cell(provider, provider),
                Cell(say(_CAUSES[name]), name),
                Cell(signed(money.amount, say.money(money)), money),
            )
        )
        for provider, name, money in parts
    )
    told = say("The causes of a gap add up to it exactly.")
    return Section("causes", say("Why they differ"), (told,), table=Table("causes", columns, rows))
