"""*Did it work?*: what was promised, simulated and seen on the bill; what is missing where nothing is."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.savings import in_order
from centavo.deliverables.reading import Reading
from centavo.deliverables.saving_words import saving_title, state_name
from centavo.money import EXACT, Money
from centavo.savings.saving import KnownSaving

__all__ = ["proof_page", "verified_total"]

_PROVED = frozenset({"verified", "sustained"})
_STEPS = ("identified", "validated", "approved", "enforced", "verified", "sustained")


def proof_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page; the state of a view changes nothing on it but the language."""
    del asked
    known = in_order(reading.savings.values())
    question = say("Did it work?")
    meta = {"now": reading.now.isoformat(timespec="seconds")}
    proved = [each for each in known if each.state in _PROVED]
    if not proved:
        return Page(
            "proof", question, _missing(known, say), sections=_stages(known, say), meta=meta
        )
    totals = verified_total(proved)
    answer = say.count(
        "{number} saving was seen on a closed bill: {money} in 30 days.",
        "{number} savings were seen on closed bills: {money} in 30 days.",
        len(proved),
        money=say.list_of([say.money(total) for total in totals]),
    )
    tiles = tuple(
        Tile(say("Verified saving"), Cell(say.money(total), total), "billed", say("in 30 days"))
        for total in totals
    )
    sections = (_held_against(proved, say), *_stages(known, say))
    return Page("proof", question, answer, tiles=tiles, sections=sections, meta=meta)


def verified_total(known: Sequence[KnownSaving]) -> list[Money]:
    """Return what was seen on the bill, a sum for each currency: these amounts are measured apart."""
    sums: dict[str, Decimal] = {}
    for each in known:
        amount = realised(each)
        if amount is not None and each.saving.currency:
            before = sums.get(each.saving.currency, Decimal(0))
            sums[each.saving.currency] = EXACT.add(before, amount)
    return [Money(amount, currency) for currency, amount in sums.items()]


def realised(known: KnownSaving) -> Decimal | None:
    """Return the amount of the last step that saw it on the bill."""
    seen = [step.amount for step in known.history if step.action in _PROVED]
    return next((amount for amount in reversed(seen) if amount is not None), None)


def _missing(known: Sequence[KnownSaving], say: Language) -> str:
    if not known:
        return say(
            "No saving is planned yet. `centavo savings add` puts a simulation or a finding into the plan."
        )
    live = sum(1 for each in known if each.state == "enforced")
    if not live:
        return say("No saving is live yet: there is nothing to see on a bill.")
    return say.count(
        "{number} saving is live. It is verified when its billing period is closed and late rows have "
        "stopped, ten days after.",
        "{number} savings are live. They are verified when their billing periods are closed and late rows "
        "have stopped, ten days after.",
        live,
    )


def _held_against(proved: Sequence[KnownSaving], say: Language) -> Section:
    columns = (
        Column(say("Saving"), "title"),
        Column(say("Expected"), "expected_per_30d", numeric=True),
        Column(say("On the bill"), "realised_per_30d", numeric=True),
        Column(say("Difference"), "difference_per_30d", numeric=True),
        Column(say("State"), "state"),
    )
    rows: list[Row] = []
    for each in proved:
        saving, seen = each.saving, realised(each)
        currency = saving.currency or ""
        real = None if seen is None else Money(seen, currency)
        gap = None if real is None or saving.expected is None else real - saving.expected
        rows.append(
            Row(
                (
                    Cell(saving_title(saving, say), saving.id),
                    Cell(say.money(saving.expected), saving.expected),
                    Cell(say.money(real), real),
                    Cell(say.money(gap), gap),
                    Cell(state_name(each.state, say), each.state),
                )
            )
        )
    return Section("held", say("Expected and seen"), table=Table("held", columns, tuple(rows)))


def _stages(known: Sequence[KnownSaving], say: Language) -> tuple[Section, ...]:
    if not known:
        return ()
    columns = (Column(say("State"), "state"), Column(say("Savings"), "count", numeric=True))
    counts = {step: sum(1 for each in known if each.state == step) for step in _STEPS}
    rows = tuple(
        Row((Cell(state_name(step, say), step), Cell(say.number(count), count)))
        for step, count in counts.items()
    )
    return (Section("stages", say("Where savings stand"), table=Table("stages", columns, rows)),)
